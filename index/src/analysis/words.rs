//! Cuts text into words with their byte ranges.
//!
//! A word is a run of letters, digits and combining marks, with the end of a contraction ("don't"). Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese
//! put no (or misleading) spaces between words: there every character and every pair of neighbours is a piece. A
//! search uses the pairs, which is a well-known stand-in for a dictionary.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// Typed and typeset.
pub(crate) const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];

/// A piece of text that may become a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it is, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub class: Class,
}

/// What a [`Piece`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A word of a script with spaces, or a number.
    Word,
    /// One character of a script without spaces that has a neighbour: covered by pairs.
    Single,
    /// One character of such a script on its own.
    Alone,
    /// Two neighbouring characters of such a script.
    Pair,
}

/// All pieces of `text`, in order of their starts.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { text, at: 0, run_end: 0, run_start: 0, pair: None }
}

/// Iterator over the pieces of a text.
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
    run_start: usize,
    run_end: usize,
    pair: Option<Range<usize>>,
}

impl Iterator for Words<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if let Some(range) = self.pair.take() {
            return Some(Piece { range, class: Class::Pair });
        }
        if self.at < self.run_end {
            return Some(self.next_in_run());
        }
        loop {
            let rest = self.text.get(self.at..)?;
            let c = rest.chars().next()?;
            if is_unspaced(c) {
                self.run_start = self.at;
                self.run_end = self.at + length_of(rest, |c| is_unspaced(c) || is_combining_mark(c));
                return Some(self.next_in_run());
            }
            if c.is_alphanumeric() {
                let mut len = length_of(rest, in_word);
                while let Some(more) = contraction(&rest[len..]) {
                    len += more;
                }
                let range = self.at..self.at + len;
                self.at = range.end;
                return Some(Piece { range, class: Class::Word });
            }
            self.at += c.len_utf8();
        }
    }
}

impl Words<'_> {
    fn next_in_run(&mut self) -> Piece {
        let end = self.char_end(self.at);
        let single = self.at..end;
        if end < self.run_end {
            self.pair = Some(self.at..self.char_end(end));
        }
        let class = if self.at == self.run_start && end == self.run_end { Class::Alone } else { Class::Single };
        self.at = end;
        Piece { range: single, class }
    }

    /// Where the character at `at` ends, with the marks on it.
    fn char_end(&self, at: usize) -> usize {
        let rest = &self.text[at..self.run_end];
        let first = rest.chars().next().map_or(0, char::len_utf8);
        at + first + length_of(&rest[first..], |c| is_combining_mark(c) && !is_unspaced(c))
    }
}

fn in_word(c: char) -> bool {
    (c.is_alphanumeric() && !is_unspaced(c)) || is_combining_mark(c)
}

/// The length of an apostrophe and one or two letters at the beginning of `rest`: the end of "don't" and "user's", but
/// not of "l'imprimante", which is two words.
fn contraction(rest: &str) -> Option<usize> {
    let mark = rest.chars().next().filter(|c| APOSTROPHES.contains(c))?.len_utf8();
    let letters = length_of(&rest[mark..], in_word);
    (1..=2).contains(&letters).then_some(mark + letters)
}

/// How many bytes at the beginning of `text` are characters that `belong`.
fn length_of(text: &str, belong: impl Fn(char) -> bool) -> usize {
    text.char_indices().find(|&(_, c)| !belong(c)).map_or(text.len(), |(at, _)| at)
}

/// Whether the script of `c` does not separate words by spaces.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E01}'..='\u{0E4E}' // Thai
        | '\u{0E81}'..='\u{0ECD}' // Lao
        | '\u{1000}'..='\u{103F}' // Burmese
        | '\u{1100}'..='\u{11FF}' // Hangul letters
        | '\u{1780}'..='\u{17D3}' // Khmer
        | '\u{3005}'..='\u{3007}' // ideographic repetition and zero
        | '\u{3040}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' // Hiragana, Katakana
        | '\u{3130}'..='\u{318E}' // Hangul letters
        | '\u{31F0}'..='\u{31FF}' // Katakana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' // Han
        | '\u{AC00}'..='\u{D7A3}' // Hangul
        | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{FF66}'..='\u{FFDC}' // half-width Katakana and Hangul
        | '\u{20000}'..='\u{3FFFF}') // Han
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        words(text).map(|p| &text[p.range]).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(pieces("Wi-Fi 6, e\u{301}t\u{e9}: 5GHz!"), ["Wi", "Fi", "6", "e\u{301}t\u{e9}", "5GHz"]);
        assert_eq!(pieces("don't 'quoted' l'eau user’s"), ["don't", "quoted", "l", "eau", "user’s"]);
        assert_eq!(pieces(" \0\u{200f}?!"), [""; 0]);
    }

    #[test]
    fn scripts_without_spaces_give_characters_and_pairs() {
        assert_eq!(pieces("iPhone手机壳"), ["iPhone", "手", "手机", "机", "机壳", "壳"]);
        assert_eq!(words("机 a").map(|p| p.class).collect::<Vec<_>>(), [Class::Alone, Class::Word]);
    }
}
