//! The analyser in the shape the library below wants: a tokenizer per kind of field.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::words::{Class, Words};
use super::{MAX_WORD_BYTES, fold, is_stop_word, words};

/// Which terms of a text a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Stems of all words that are not stop words.
    Search,
    /// Stems of all words.
    Everything,
    /// Stop words only, so that "to be or not to be" can be found without making every other document longer.
    StopWords,
    /// Words as written, folded: what spelling corrects to. Nothing with a digit in it (numbers are not misspelt
    /// words, and may be somebody's), nothing of scripts without spaces.
    Vocabulary,
}

/// Tokenizer for one [`Mode`].
#[derive(Clone)]
pub(crate) struct Analyzer {
    mode: Mode,
    token: Token,
}

impl Analyzer {
    pub(crate) fn new(mode: Mode) -> Self {
        Analyzer { mode, token: Token::default() }
    }
}

/// The English stem of a folded word.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    Stemmer::new(Algorithm::English).stem(word)
}

impl Tokenizer for Analyzer {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        self.token.reset();
        Terms { text, words: words(text), mode: self.mode, token: &mut self.token, folded: String::new() }
    }
}

/// The terms of one text.
pub(crate) struct Terms<'a> {
    text: &'a str,
    words: Words<'a>,
    mode: Mode,
    token: &'a mut Token,
    folded: String,
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        for piece in self.words.by_ref() {
            if piece.range.len() > MAX_WORD_BYTES {
                continue;
            }
            let word = &self.text[piece.range.clone()];
            fold(word, &mut self.folded);
            let is_word = piece.class == Class::Word;
            let wanted = match self.mode {
                Mode::Search => !(is_word && is_stop_word(&self.folded)),
                Mode::Everything => true,
                Mode::StopWords => is_word && is_stop_word(&self.folded),
                Mode::Vocabulary => is_word && is_vocabulary(&self.folded),
            };
            if !wanted || self.folded.is_empty() {
                continue;
            }
            self.token.text.clear();
            match self.mode {
                Mode::Search | Mode::Everything if is_word => self.token.text.push_str(&stem(&self.folded)),
                _ => self.token.text.push_str(&self.folded),
            }
            self.token.offset_from = piece.range.start;
            self.token.offset_to = piece.range.end;
            self.token.position = self.token.position.wrapping_add(1);
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Whether a folded word is one that spelling may correct to: 3 to 32 characters, letters only.
fn is_vocabulary(word: &str) -> bool {
    word.len() >= 3
        && word.len() <= 64
        && !word.contains(|c: char| c.is_numeric())
        && (3..=32).contains(&word.chars().count())
}
