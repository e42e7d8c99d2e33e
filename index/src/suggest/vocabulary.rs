//! The words of the index, as they were written, looked up in the dictionaries of its segments.
//!
//! Nothing is kept in memory and nothing is prepared: a word is known as soon as its document is searchable. With a
//! filter, only words of admitted documents exist, so that suggestions tell nobody about documents they cannot see.

use std::collections::HashMap;

use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, EnableScoring, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use crate::analysis::stem;
use crate::error::Result;
use crate::fields::Fields;

/// How many words one look around returns at most. Close words are few; this bounds odd dictionaries.
const MAX_CANDIDATES: usize = 5_000;

/// How many words that begin alike are counted among the admitted documents, the most frequent ones of all documents first.
const MAX_COUNTED: usize = 64;

/// The words that may be used.
pub(crate) struct Vocabulary<'a> {
    searcher: &'a Searcher,
    filter: Option<&'a dyn Query>,
    words: Vec<Field>,
    stems: Vec<Field>,
}

impl<'a> Vocabulary<'a> {
    pub(crate) fn new(searcher: &'a Searcher, fields: &Fields, internal: bool, filter: Option<&'a dyn Query>) -> Self {
        let (mut words, mut stems) = (vec![fields.words], vec![fields.title, fields.body]);
        if internal {
            words.push(fields.internal_words);
            stems.push(fields.internal);
        }
        Vocabulary { searcher, filter, words, stems }
    }

    /// Whether an admitted document has the word.
    pub(crate) fn has_word(&self, word: &str) -> Result<bool> {
        self.any_document_with(&self.words, word)
    }

    /// Whether an admitted document has a word of the same stem, so that searching for `word` finds it.
    pub(crate) fn has_form(&self, word: &str) -> Result<bool> {
        self.any_document_with(&self.stems, &stem(word))
    }

    /// How many admitted documents have the word.
    fn count(&self, word: &str) -> Result<u64> {
        let words = self.words.iter().map(|&field| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(field, word);
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
        });
        let mut clauses: Vec<(Occur, Box<dyn Query>)> =
            vec![(Occur::Must, Box::new(BooleanQuery::new(words.collect())))];
        clauses.extend(self.filter.map(|filter| (Occur::Must, filter.box_clone())));
        Ok(self.searcher.search(&BooleanQuery::new(clauses), &Count)? as u64)
    }

    fn any_document_with(&self, fields: &[Field], term: &str) -> Result<bool> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for &field in fields {
            let term = Term::from_field_text(field, term);
            if self.searcher.doc_freq(&term)? > 0 {
                clauses.push((Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic))));
            }
        }
        if clauses.is_empty() {
            return Ok(false);
        }
        let mut query: Box<dyn Query> = Box::new(BooleanQuery::new(clauses));
        if let Some(filter) = self.filter {
            query = Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, filter.box_clone())]));
        }
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        for segment in self.searcher.segment_readers() {
            let mut matches = weight.scorer(segment, 1.0)?;
            while matches.doc() != TERMINATED {
                if !segment.is_deleted(matches.doc()) {
                    return Ok(true);
                }
                matches.advance();
            }
        }
        Ok(false)
    }

    /// The most frequent words of admitted documents that begin with `prefix`, at most `limit`, itself included if it is a word.
    pub(crate) fn completions(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        let mut found: HashMap<String, u64> = HashMap::new();
        for &field in &self.words {
            for segment in self.searcher.segment_readers() {
                let index = segment.inverted_index(field)?;
                let mut stream = index.terms().range().ge(prefix).into_stream()?;
                let mut seen = 0;
                while seen < MAX_CANDIDATES && stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
                    seen += 1;
                    if let Ok(word) = std::str::from_utf8(stream.key()) {
                        *found.entry(word.to_owned()).or_default() += u64::from(stream.value().doc_freq);
                    }
                }
            }
        }
        let frequent_first = |ranked: &mut Vec<(String, u64)>| {
            ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        };
        let mut ranked: Vec<(String, u64)> = found.into_iter().collect();
        frequent_first(&mut ranked);
        // Dictionaries still have the words of deleted documents, and those of documents that are not admitted.
        ranked.truncate(if self.filter.is_some() { MAX_COUNTED } else { limit.saturating_mul(2).max(16) });
        let mut admitted = Vec::with_capacity(ranked.len());
        for (word, frequency) in ranked {
            let count = if self.filter.is_some() { self.count(&word)? } else { frequency };
            if count > 0 && (self.filter.is_some() || self.has_word(&word)?) {
                admitted.push((word, count));
            }
        }
        // How often others use a word says nothing to those who cannot see it.
        frequent_first(&mut admitted);
        Ok(admitted.into_iter().take(limit).map(|(word, _)| word).collect())
    }

    /// Words within `distance` edits (1 or 2; neighbours swapped is one) with their frequencies. With `same_initial`
    /// only those that begin alike, which keeps two edits affordable.
    pub(crate) fn near(&self, word: &str, distance: u8, same_initial: bool) -> Result<HashMap<String, u64>> {
        let mut found: HashMap<String, u64> = HashMap::new();
        let initial = word.chars().next().unwrap_or('\0');
        for &field in &self.words {
            let query = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
            for segment in self.searcher.segment_readers() {
                let index = segment.inverted_index(field)?;
                let mut stream = index.terms().search(query.automaton()?);
                if same_initial {
                    stream = stream.ge(initial.to_string());
                    if let Some(next) = char::from_u32(initial as u32 + 1) {
                        stream = stream.lt(next.to_string());
                    }
                }
                let mut stream = stream.into_stream()?;
                while found.len() < MAX_CANDIDATES && stream.advance() {
                    if let Ok(candidate) = std::str::from_utf8(stream.key()) {
                        *found.entry(candidate.to_owned()).or_default() += u64::from(stream.value().doc_freq);
                    }
                }
            }
        }
        Ok(found)
    }
}
