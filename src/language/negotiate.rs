//! Which language a client wants, by what `Accept-Language` says.

use super::Language;

/// The language that the client likes best of those there are; the one it names first of several that it likes alike. Regions and
/// scripts are not told apart: `de-AT` is German. English for whoever says nothing, or nothing that can be understood.
pub fn negotiate(header: &str) -> Language {
    let mut best = (Language::default(), 0.0);
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let name = tag.split(['-', '_']).next().unwrap_or_default();
        let language = match name {
            "*" => Some(Language::default()),
            name => Language::ALL.iter().copied().find(|language| language.tag().eq_ignore_ascii_case(name)),
        };
        let quality = match parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))) {
            None => 1.0,
            Some(text) => text.parse::<f32>().ok().filter(|quality| (0.0..=1.0).contains(quality)).unwrap_or(0.0),
        };
        if let Some(language) = language
            && quality > best.1
        {
            best = (language, quality);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, German};

    #[test]
    fn the_language_that_is_liked_best_wins() {
        let table = [
            ("", English),
            ("de", German),
            ("DE-at", German),
            ("de_DE", German),
            ("en", English),
            ("fr", English),
            ("fr, de;q=0.3", German),
            ("en;q=0.5, de;q=0.7", German),
            ("de;q=0.5, en;q=0.7", English),
            ("de, en", German),
            ("en, de", English),
            ("de;q=0", English),
            ("de;q=0, *", English),
            ("*", English),
            ("fr, *;q=0.5, de;q=0.4", English),
            ("de;q=nan, en;q=0.1", English),
            ("de;q=7", English),
            ("de;q", German),
            (";;;,,,=q;*q", English),
            ("deutsch", English),
            ("  de  ; q=0.8 , en ;q=0.1", German),
        ];
        for (header, language) in table {
            assert_eq!(negotiate(header), language, "{header:?}");
        }
    }
}
