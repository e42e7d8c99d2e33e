//! How matches are weighed: BM25 (k1 1.2, b 0.75) of title and body, added. A word typed twice counts more than once,
//! with the same saturation as in documents.
//!
//! Absent on purpose: requiring all words (natural questions never match whole) and matching words approximately
//! while ranking (it ranks rare misspellings above the right document). Misspellings are replaced beforehand.

use tantivy::query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::analysis::stem;
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

/// What a completion counts against the word as typed: whoever typed a whole word meant it.
const COMPLETED: f32 = 0.5;

/// The query for `terms`, of which an unfinished one stands for any of `completions`. `None` if nothing of it occurs.
pub(crate) fn query(
    searcher: &Searcher,
    fields: &Fields,
    terms: &Terms,
    completions: &[String],
    internal: bool,
) -> Result<Option<Ranked>> {
    let mut searched = if terms.stop_words_only { vec![fields.common] } else { vec![fields.title, fields.body] };
    if internal {
        searched.push(fields.internal);
    }
    let builder = Builder { searcher, searched, documents: searcher.num_docs().max(1) as f32 };
    let mut found: Vec<(Weighed, Clauses)> = Vec::new();
    for term in &terms.terms {
        let boost = term.share * term.count * (REPETITION + 1.0) / (REPETITION + term.count);
        found.extend(builder.term(&term.text, boost)?);
    }
    if found.len() > MAX_TERMS {
        found.sort_by(|a, b| b.0.weight.total_cmp(&a.0.weight));
        found.truncate(MAX_TERMS);
    }
    let (mut weighed, clauses): (Vec<Weighed>, Vec<Clauses>) = found.into_iter().unzip();
    let mut clauses: Clauses = clauses.into_iter().flatten().collect();
    if let Some(unfinished) = &terms.unfinished {
        let forms = builder.forms(unfinished, completions)?;
        if !forms.is_empty() {
            let (terms, queries): (Vec<Weighed>, Clauses) = forms.into_iter().unzip();
            weighed.extend(terms);
            // The best form counts: an article that uses many words with the same beginning is not a better one.
            clauses.push(Box::new(DisjunctionMaxQuery::new(queries)));
        }
    }
    Ok((!clauses.is_empty()).then(|| Ranked { query: Box::new(BooleanQuery::union(clauses)), terms: weighed }))
}

type Clauses = Vec<Box<dyn Query>>;

struct Builder<'a> {
    searcher: &'a Searcher,
    searched: Vec<Field>,
    documents: f32,
}

impl Builder<'_> {
    /// One query per field `text` occurs in; `None` if it occurs in none.
    fn term(&self, text: &str, boost: f32) -> Result<Option<(Weighed, Clauses)>> {
        let mut queries: Clauses = Vec::new();
        let mut frequency = 0;
        for &field in &self.searched {
            let term = Term::from_field_text(field, text);
            let n = self.searcher.doc_freq(&term)?;
            if n > 0 {
                frequency = frequency.max(n);
                let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                queries.push(if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) });
            }
        }
        let weight = boost * (1.0 + self.documents / frequency.max(1) as f32).ln();
        Ok((frequency > 0).then(|| (Weighed { text: text.to_owned(), weight }, queries)))
    }

    /// One query per distinct stem of the word as typed and its completions.
    fn forms(&self, unfinished: &str, completions: &[String]) -> Result<Vec<(Weighed, Box<dyn Query>)>> {
        let mut stems = vec![stem(unfinished)];
        for word in completions {
            let stem = stem(word);
            if !stems.contains(&stem) {
                stems.push(stem);
            }
        }
        let mut forms: Vec<(Weighed, Box<dyn Query>)> = Vec::new();
        for (at, stem) in stems.iter().enumerate() {
            if let Some((weighed, queries)) = self.term(stem, if at == 0 { 1.0 } else { COMPLETED })? {
                forms.push((weighed, Box::new(BooleanQuery::union(queries))));
            }
        }
        Ok(forms)
    }
}
