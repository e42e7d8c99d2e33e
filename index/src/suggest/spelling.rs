//! Corrects words nobody used yet to the most likely word somebody did.

use tantivy::Searcher;
use tantivy::query::Query;

use super::vocabulary::Vocabulary;
use crate::analysis::{Class, MAX_WORD_BYTES, fold, is_stop_word, words};
use crate::error::Result;
use crate::fields::Fields;

/// Words shorter than this are left alone: too many words are one edit away.
const MIN_CHARS: usize = 4;

/// Words from this length on may have two edits.
const TWO_EDITS_CHARS: usize = 8;

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

    /// `text` with unknown words replaced; `None` if nothing is to replace.
    pub(crate) fn correct(&self, text: &str) -> Result<Option<String>> {
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
        let two = length >= TWO_EDITS_CHARS;
        let mut near = self.vocabulary.near(word, 1, false)?;
        if two {
            near.extend(self.vocabulary.near(word, 2, true)?);
        }
        let mut ranked: Vec<(usize, u64, String)> =
            near.into_iter().map(|(candidate, n)| (distance(word, &candidate), n, candidate)).collect();
        let initial = word.chars().next();
        if ranked.iter().any(|(_, _, c)| c.chars().next() == initial) {
            ranked.retain(|(_, _, c)| c.chars().next() == initial);
        }
        ranked.sort_by(|a, b| (a.0, b.1, &a.2).cmp(&(b.0, a.1, &b.2)));
        for (_, _, candidate) in ranked {
            if self.vocabulary.has_word(&candidate)? {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }
}

/// Edits between two words; two neighbours swapped are one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if i == 0 || j == 0 {
                rows[i][j] = i + j;
                continue;
            }
            let mut best = rows[i - 1][j].min(rows[i][j - 1]) + 1;
            best = best.min(rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}
