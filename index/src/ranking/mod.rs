//! How matches are weighed: BM25 (k1 1.2, b 0.75) of title and body, added. A word typed twice counts more than once,
//! with the same saturation as in documents.
//!
//! Absent on purpose: requiring all words (natural questions never match whole) and matching words approximately
//! while ranking (it ranks rare misspellings above the right document). Misspellings are replaced beforehand.

use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::error::Result;
use crate::fields::Fields;
use crate::plan::Terms;

/// At most so many distinct terms are searched, the rarest first: the cost of a search grows with each.
const MAX_TERMS: usize = 128;

/// How fast repetitions of a word in the request stop adding (k3 of BM25). The same as k1 for documents: a pasted ticket
/// is a document too. Without saturation, a filler word typed five times outweighs the one that matters.
const REPETITION: f32 = 1.2;

/// What is searched for: a query of the library, and the terms in it for highlighting.
pub(crate) struct Ranked {
    pub query: Box<dyn Query>,
    pub terms: Vec<Weighed>,
}

/// A term and how much a match of it says.
#[derive(Clone, Debug)]
pub(crate) struct Weighed {
    pub text: String,
    /// Saturated count in the request times inverse document frequency.
    pub weight: f32,
}

/// The query for `terms` and the terms that occur at all. `None` if none does.
pub(crate) fn query(searcher: &Searcher, fields: &Fields, terms: &Terms, internal: bool) -> Result<Option<Ranked>> {
    let mut searched: Vec<Field> =
        if terms.stop_words_only { vec![fields.common] } else { vec![fields.title, fields.body] };
    if internal {
        searched.push(fields.internal);
    }
    let documents = searcher.num_docs().max(1) as f32;
    let mut candidates: Vec<(Weighed, f32, Vec<Term>)> = Vec::new();
    for term in &terms.terms {
        let mut found = Vec::new();
        let mut frequency = 0;
        for &field in &searched {
            let term = Term::from_field_text(field, &term.text);
            let n = searcher.doc_freq(&term)?;
            if n > 0 {
                frequency = frequency.max(n);
                found.push(term);
            }
        }
        if !found.is_empty() {
            let boost = term.count * (REPETITION + 1.0) / (REPETITION + term.count);
            let weight = boost * (1.0 + documents / frequency as f32).ln();
            candidates.push((Weighed { text: term.text.clone(), weight }, boost, found));
        }
    }
    if candidates.len() > MAX_TERMS {
        candidates.sort_by(|a, b| b.0.weight.total_cmp(&a.0.weight));
        candidates.truncate(MAX_TERMS);
    }
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let mut weighed = Vec::new();
    for (term, boost, found) in candidates {
        for term in found {
            let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            clauses.push((Occur::Should, if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) }));
        }
        weighed.push(term);
    }
    Ok((!clauses.is_empty()).then(|| Ranked { query: Box::new(BooleanQuery::new(clauses)), terms: weighed }))
}
