//! How matches are weighed: BM25 (k1 1.2, b 0.75) of title and body, added; repeated words count as often as typed.
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

/// A term and how much a match of it says.
#[derive(Clone, Debug)]
pub(crate) struct Weighed {
    pub text: String,
    /// Count in the request times inverse document frequency.
    pub weight: f32,
}

/// The query for `terms` and the terms that occur at all. `None` if none does.
pub(crate) fn query(
    searcher: &Searcher,
    fields: &Fields,
    terms: &Terms,
    internal: bool,
) -> Result<Option<(Box<dyn Query>, Vec<Weighed>)>> {
    let mut searched: Vec<Field> =
        if terms.stop_words_only { vec![fields.common] } else { vec![fields.title, fields.body] };
    if internal {
        searched.push(fields.internal);
    }
    let documents = searcher.num_docs().max(1) as f32;
    let mut candidates = Vec::new();
    for term in &terms.terms {
        let mut clauses = Vec::new();
        let mut frequency = 0;
        for &field in &searched {
            let term = Term::from_field_text(field, &term.text);
            let n = searcher.doc_freq(&term)?;
            if n > 0 {
                frequency = frequency.max(n);
                clauses.push(term);
            }
        }
        if !clauses.is_empty() {
            let weight = term.count * (1.0 + documents / frequency as f32).ln();
            candidates.push((Weighed { text: term.text.clone(), weight }, term.count, clauses));
        }
    }
    if candidates.len() > MAX_TERMS {
        candidates.sort_by(|a, b| b.0.weight.total_cmp(&a.0.weight));
        candidates.truncate(MAX_TERMS);
    }
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let mut weighed = Vec::new();
    for (term, count, terms) in candidates {
        for term in terms {
            let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            clauses.push((Occur::Should, if count == 1.0 { query } else { Box::new(BoostQuery::new(query, count)) }));
        }
        weighed.push(term);
    }
    Ok(if clauses.is_empty() { None } else { Some((Box::new(BooleanQuery::new(clauses)), weighed)) })
}
