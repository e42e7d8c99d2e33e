//! From text to terms: cut into words, fold spelling variants, stem, leave out stop words.
//!
//! One analyser serves indexing, searching and highlighting, so that the three cannot disagree. It is English first:
//! other languages are folded and matched word by word; scripts written without spaces are cut into character pairs.
//! Changing anything here changes what is on disk: raise `VERSION` in `fields.rs`.

mod analyzer;
mod fold;
mod words;

pub(crate) use analyzer::{Analyzer, Mode, stem};
pub(crate) use fold::fold;
pub(crate) use words::{Class, words};

/// The 33 words of Lucene's EnglishAnalyzer: so common that they say nothing about a document. Sorted.
const STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of",
    "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
];

/// Whether a folded word is on the stop list.
pub(crate) fn is_stop_word(word: &str) -> bool {
    word.len() <= 5 && STOP_WORDS.binary_search(&word).is_ok()
}

/// The longest word that is indexed, in bytes. Longer ones are encoded data, not words; nobody types them.
pub(crate) const MAX_WORD_BYTES: usize = 200;
