//! Which of the two media types an answer has.
//!
//! Absent: other charsets than UTF-8, and other types: a client that takes neither gets 406.

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
        for value in headers.get_all(header::ACCEPT) {
            for range in value.to_str().unwrap_or_default().split(',').filter(|range| !range.trim().is_empty()) {
                said_anything = true;
                let mut parts = range.split(';').map(str::trim);
                let name = parts.next().unwrap_or_default().to_ascii_lowercase();
                let quality = parts
                    .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                    .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
                match name.as_str() {
                    "application/json" => json.hear(2, quality),
                    "application/graphql-response+json" => newer.hear(2, quality),
                    // Wildcards mean what a client that says nothing gets.
                    "application/*" => json.hear(1, quality),
                    "*/*" => json.hear(0, quality),
                    _ => {}
                }
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
