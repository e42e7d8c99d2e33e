//! The words of a request as weighted terms.

use std::collections::HashMap;

use crate::analysis::{Class, fold, is_function_word, is_stop_word, stem, words};

/// How much of a request's text is read, in bytes. A pasted log beyond that says nothing new.
const MAX_TEXT_BYTES: usize = 64 << 10;

/// "How can I …" says little about what is asked, but articles are often titled like that, so it says something.
const FUNCTION_WORD: f32 = 0.5;

/// A single letter begins too many words to say anything.
const MIN_UNFINISHED: usize = 2;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// Distinct terms in the order they first appear.
    pub terms: Vec<WeightedTerm>,
    /// Whether the text consists of stop words only; then `terms` are those.
    pub stop_words_only: bool,
    /// The last word, folded, if it is still being typed; then it is not among `terms`.
    pub unfinished: Option<String>,
}

/// One distinct term.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WeightedTerm {
    /// The stem, or the folded word where nothing is stemmed.
    pub text: String,
    /// How often it occurs in the text: a ticket that says "printer" five times is about a printer.
    pub count: f32,
    /// How much of a match counts: less for words that frame a question.
    pub share: f32,
}

/// The terms of `text`, of which the last word may be `unfinished`. Empty if it holds no word at all.
pub(crate) fn terms(text: &str, unfinished: bool) -> Terms {
    let whole = text.len();
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let (mut content, mut stop_words) = (Bag::default(), Bag::default());
    let mut folded = String::new();
    let mut last = None;
    for piece in words(text) {
        if piece.class == Class::Single || piece.range.len() > crate::analysis::MAX_WORD_BYTES {
            continue;
        }
        let end = piece.range.end;
        fold(&text[piece.range], &mut folded);
        if folded.is_empty() {
            continue;
        }
        if unfinished && piece.class == Class::Word && end == whole && folded.chars().count() >= MIN_UNFINISHED {
            last = Some(std::mem::take(&mut folded));
            continue;
        }
        match piece.class {
            Class::Word if is_stop_word(&folded) => stop_words.add(&folded, 1.0),
            Class::Word => content.add(&stem(&folded), if is_function_word(&folded) { FUNCTION_WORD } else { 1.0 }),
            _ => content.add(&folded, 1.0),
        }
    }
    if content.terms.is_empty() && last.is_none() {
        Terms { stop_words_only: !stop_words.terms.is_empty(), terms: stop_words.terms, unfinished: None }
    } else {
        Terms { stop_words_only: false, terms: content.terms, unfinished: last }
    }
}

#[derive(Default)]
struct Bag {
    terms: Vec<WeightedTerm>,
    at: HashMap<String, usize>,
}

impl Bag {
    fn add(&mut self, text: &str, share: f32) {
        match self.at.get(text) {
            Some(&at) => {
                self.terms[at].count += 1.0;
                self.terms[at].share = self.terms[at].share.max(share);
            }
            None => {
                self.at.insert(text.to_owned(), self.terms.len());
                self.terms.push(WeightedTerm { text: text.to_owned(), count: 1.0, share });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_words_count_and_stop_words_do_not() {
        let found = terms("The printers, the printer and the queue", false);
        let pairs: Vec<_> = found.terms.iter().map(|t| (t.text.as_str(), t.count)).collect();
        assert_eq!(pairs, [("printer", 2.0), ("queue", 1.0)]);
        assert!(terms("to be or not to be", false).stop_words_only);
        let typing = terms("the network prin", true);
        assert_eq!((typing.terms.len(), typing.unfinished.as_deref()), (1, Some("prin")));
        assert_eq!(terms("network prin ", true).unfinished, None);
        assert!(terms(" ?! ", false).terms.is_empty());
    }
}
