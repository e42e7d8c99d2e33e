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

/// Function words of the Snowball project's English list that are not stop words: pronouns, question words, auxiliaries
/// and contractions, without their apostrophes.
const FUNCTION_WORDS: &str = "\
    about above after again against all am any arent because been before being below between both can cannot cant \
    could couldnt d did didnt do does doesnt doing don dont down during each few from further had hadnt has hasnt \
    have havent having he her here heres hers herself him himself his how hows i im isnt its itself ive just ll m me \
    more most mustnt my myself nor off once only other ought our ours ourselves out over own re s same she should \
    shouldnt so some t than thats theirs them themselves theres theyre theyve those through too under until up us ve \
    very wasnt we were werent weve what whats when where which while who whom why wont would wouldnt you your youre \
    yours yourself yourselves youve";

/// Whether a folded word carries little meaning by itself. It is indexed and counts for less.
pub(crate) fn is_function_word(word: &str) -> bool {
    word.len() <= 10 && FUNCTION_WORDS.split(' ').any(|function_word| function_word == word)
}

/// The longest word that is indexed, in bytes. Longer ones are encoded data, not words; nobody types them.
pub(crate) const MAX_WORD_BYTES: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_apart() {
        assert!(STOP_WORDS.is_sorted() && STOP_WORDS.iter().all(|word| is_stop_word(word)));
        assert!(FUNCTION_WORDS.split(' ').all(|word| is_function_word(word) && !is_stop_word(word)));
    }
}
