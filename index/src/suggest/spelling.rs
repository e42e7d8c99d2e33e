//! Corrects words nobody used yet to the most likely word somebody did.

use tantivy::Searcher;
use tantivy::query::Query;

use super::slips::cost;
use super::vocabulary::Vocabulary;
use crate::analysis::{Class, MAX_WORD_BYTES, fold, is_stop_word, words};
use crate::error::Result;
use crate::fields::Fields;

/// Words shorter than this are left alone: too many words are one edit away.
const MIN_CHARS: usize = 3;

/// Words from this length on may have two edits; from the second, if nothing is one edit away.
const TWO_EDITS: (usize, usize) = (8, 6);

/// How much the cost of a slip outweighs the frequency of a word: a factor of e^6 = 400 for one arbitrary letter.
const COST_WEIGHT: f32 = 6.0;

/// At most so many unknown words of one text are looked up. A text with more is not a misspelt query.
const MAX_LOOKUPS: usize = 16;

/// How much of a text is read, in bytes.
const MAX_TEXT_BYTES: usize = 16 << 10;

/// Corrects texts against the words of one state of an index.
pub(crate) struct Speller<'a> {
    vocabulary: Vocabulary<'a>,
}

impl<'a> Speller<'a> {
    /// `filter`: correct only to words of documents it matches.
    pub(crate) fn new(searcher: &'a Searcher, fields: &Fields, internal: bool, filter: Option<&'a dyn Query>) -> Self {
        Speller { vocabulary: Vocabulary::new(searcher, fields, internal, filter) }
    }

    /// `text` with unknown words replaced; `None` if nothing is to replace. An `unfinished` last word that begins a
    /// known one is no mistake.
    pub(crate) fn correct(&self, text: &str, unfinished: bool) -> Result<Option<String>> {
        let read = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
        let mut folded = String::new();
        let mut out = String::new();
        let mut copied = 0;
        let mut lookups = 0;
        for piece in words(read) {
            if piece.class != Class::Word || piece.range.len() > MAX_WORD_BYTES {
                continue;
            }
            fold(&read[piece.range.clone()], &mut folded);
            if lookups >= MAX_LOOKUPS {
                break;
            }
            let last = unfinished && piece.range.end == text.len();
            if last && self.begins_a_word(&folded)? {
                continue;
            }
            if let Some(better) = self.better(&folded, &mut lookups)? {
                out.push_str(&text[copied..piece.range.start]);
                out.push_str(&better);
                copied = piece.range.end;
            }
        }
        if copied == 0 {
            return Ok(None);
        }
        out.push_str(&text[copied..]);
        Ok(Some(out))
    }

    /// Whether a frequent word of a document that may be seen begins like this.
    fn begins_a_word(&self, prefix: &str) -> Result<bool> {
        Ok(!self.vocabulary.completions(prefix, 1)?.is_empty())
    }

    /// The word to use instead of a folded word, if it is unknown and another is close.
    fn better(&self, word: &str, lookups: &mut usize) -> Result<Option<String>> {
        let length = word.chars().count();
        if !(MIN_CHARS..=32).contains(&length) || word.contains(|c: char| c.is_numeric()) || is_stop_word(word) {
            return Ok(None);
        }
        if self.vocabulary.has_word(word)? || self.vocabulary.has_form(word)? {
            return Ok(None);
        }
        *lookups += 1;
        let mut near = self.vocabulary.near(word, 1, false)?;
        if length >= TWO_EDITS.0 || (length >= TWO_EDITS.1 && near.is_empty()) {
            near.extend(self.vocabulary.near(word, 2, true)?);
        }
        // Three letters are as often an abbreviation as a longer word that lost one, and never worth turning into
        // another three.
        near.retain(|candidate, _| length > MIN_CHARS || candidate.chars().count() > length);
        let likelihood = |candidate: &str, n: u64| (n as f32 + 1.0).ln() - COST_WEIGHT * cost(candidate, word);
        let mut ranked: Vec<(f32, String)> = near.into_iter().map(|(c, n)| (likelihood(&c, n), c)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        // The likeliest word of a document that may be seen.
        for (_, candidate) in ranked {
            if self.vocabulary.has_word(&candidate)? {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }
}
