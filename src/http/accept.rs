//! Which of the two media types an answer has.
//!
//! Subscriptions are events ([`takes_events`]). Absent: other charsets than UTF-8, and other types: a client that takes none of them gets 406.

use axum::http::{HeaderMap, HeaderValue, header};

/// How an answer is written, and which status rules go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: a well-formed request is answered with 200, whatever became of it.
    Json,
    /// `application/graphql-response+json`: the status says whether the request was executed.
    GraphqlResponse,
}

impl Media {
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        })
    }

    /// What the client likes best; the newer type if it likes both equally and names it. `None`: neither.
    pub(super) fn wanted(headers: &HeaderMap) -> Option<Self> {
        let mut said_anything = false;
        let (mut json, mut newer) = (Rank::default(), Rank::default());
        for (name, quality) in ranges(headers) {
            said_anything = true;
            match name.as_str() {
                "application/json" => json.hear(2, quality),
                "application/graphql-response+json" => newer.hear(2, quality),
                // Wildcards mean what a client that says nothing gets.
                "application/*" => json.hear(1, quality),
                "*/*" => json.hear(0, quality),
                _ => {}
            }
        }
        if !said_anything || (newer.quality <= 0.0 && json.quality > 0.0) {
            return Some(Self::Json);
        }
        match newer.quality > 0.0 {
            true if json.quality > newer.quality => Some(Self::Json),
            true => Some(Self::GraphqlResponse),
            false => None,
        }
    }
}

/// Whether the client takes Server-Sent Events, by their name.
pub(super) fn takes_events(headers: &HeaderMap) -> bool {
    ranges(headers).any(|(name, quality)| name == "text/event-stream" && quality > 0.0)
}

/// The types that a client accepts, in lower case, each with how much it likes it.
fn ranges(headers: &HeaderMap) -> impl Iterator<Item = (String, f32)> {
    let values = headers.get_all(header::ACCEPT).iter().map(|value| value.to_str().unwrap_or_default());
    values.flat_map(|value| value.split(',')).filter(|range| !range.trim().is_empty()).map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
        (name, quality)
    })
}

/// The most exact range counts, as HTTP has it.
#[derive(Clone, Copy, Debug, Default)]
struct Rank {
    exact: u8,
    heard: bool,
    quality: f32,
}

impl Rank {
    fn hear(&mut self, exact: u8, quality: f32) {
        if !self.heard || exact >= self.exact {
            *self = Self { exact, heard: true, quality };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_is_negotiated() {
        let wanted = |accept: &'static str| {
            Media::wanted(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
        };
        let table = [
            ("", Some(Media::Json)),
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/json; charset=utf-8", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphqlResponse)),
            (
                "Application/GraphQL-Response+JSON; charset=utf-8, application/json; charset=utf-8",
                Some(Media::GraphqlResponse),
            ),
            ("application/graphql-response+json;q=0.5, application/json", Some(Media::Json)),
            ("application/graphql-response+json, */*;q=0.1", Some(Media::GraphqlResponse)),
            ("application/json;q=0, */*", None),
            ("text/html", None),
            ("text/html, */*;q=0.8", Some(Media::Json)),
        ];
        for (accept, expected) in table {
            assert_eq!(wanted(accept), expected, "{accept}");
        }
        assert_eq!(Media::wanted(&HeaderMap::new()), Some(Media::Json));
    }
}
