//! Texts that look empty without being so.

/// Whether nothing of a text can be seen: white space, control characters, and characters without a shape of their own (joiners,
/// marks of direction, fillers, variation selectors). Between letters all of these have their use; alone they make a name that
/// cannot be read and a message that says nothing.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(
                letter,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                    | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
                    | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_blank_and_what_holds_a_letter_is_not() {
        for text in ["", " \t\n", "\u{200b}", "\u{2060}\u{feff}", "\u{202e} \u{202c}", "\u{3164}", "\u{fe0f}"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", "\u{200b}a", "👩‍👧", "ـ", ".", "नि"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
