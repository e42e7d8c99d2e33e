//! Folds spellings of the same word together: case, apostrophes, accents on Latin and Greek letters, full-width forms, ligatures.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::words::APOSTROPHES;

/// Writes the folded form of `word` to `out`, replacing what was there.
pub(crate) fn fold(word: &str, out: &mut String) {
    out.clear();
    if word.contains(APOSTROPHES) {
        // "The user's" is the user; "don't" is as often typed "dont".
        let owner = APOSTROPHES.iter().find_map(|mark| word.strip_suffix('s')?.strip_suffix(*mark));
        return fold(&owner.unwrap_or(word).replace(APOSTROPHES, ""), out);
    }
    if word.is_ascii() {
        out.push_str(word);
        out.make_ascii_lowercase();
        return;
    }
    // Marks are dropped only where leaving them out is a habit of typing. Elsewhere (Devanagari, Hebrew) they are vowels.
    let mut base_is_plain = false;
    for c in word.nfkd().flat_map(char::to_lowercase) {
        if is_combining_mark(c) {
            let arabic_vowel = matches!(c, '\u{064B}'..='\u{0652}');
            if !(arabic_vowel || base_is_plain && matches!(c, '\u{0300}'..='\u{036F}')) {
                out.push(c);
            }
            continue;
        }
        base_is_plain = c < '\u{0400}' || matches!(c, '\u{1E00}'..='\u{1FFF}');
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'ı' => out.push('i'),
            'þ' => out.push_str("th"),
            'ς' => out.push('σ'),
            c => out.push(c),
        }
    }
    // Decomposed Hangul and kana would not match composed input that took the short way; one form for all.
    let composed: String = out.nfc().map(|c| if c == 'ё' { 'е' } else { c }).collect();
    *out = composed;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_fold_to_one_form() {
        let folded = |word| {
            let mut out = String::from("old");
            fold(word, &mut out);
            out
        };
        assert_eq!(folded("CAFÉ"), "cafe");
        assert_eq!(folded("cafe\u{301}"), "cafe");
        assert_eq!(folded("Don’t"), "dont");
        assert_eq!(folded("Customer's"), "customer");
        assert_eq!(folded("Straße"), "strasse");
        assert_eq!(folded("ＡＢＣ"), "abc");
        assert_eq!(folded("ёлка"), "елка");
        assert_eq!(folded("한"), "한");
        assert_eq!(folded("ｶﾞ"), "ガ");
    }
}
