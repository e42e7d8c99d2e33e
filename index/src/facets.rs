//! Counting values among the matches of a search.
//!
//! The matches of a segment become a set of bits; each value of a field has its own list of documents, which is held against it. So the
//! cost is that of visiting every match once, and every list once, however many fields are counted. What the filter hides is not among
//! the matches, so that its values do not show.

use std::collections::HashMap;

use tantivy::query::{EnableScoring, Query};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, SegmentReader, TERMINATED};

use crate::error::Result;
use crate::fields::{Fields, term_prefix};

/// How many values of a field are looked at in each segment, and how many are answered.
const MAX_VALUES: usize = 1_000;

/// A field with its values and how many matches have each.
type Facet = (String, Vec<(String, usize)>);

/// Counts the values of `facets` among what `query` matches.
pub(crate) fn count(searcher: &Searcher, fields: &Fields, query: &dyn Query, facets: &[String]) -> Result<Vec<Facet>> {
    if facets.is_empty() {
        return Ok(Vec::new());
    }
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut counts: Vec<HashMap<String, usize>> = vec![HashMap::new(); facets.len()];
    for segment in searcher.segment_readers() {
        let mut matches = Bits::of(segment);
        let mut found = weight.scorer(segment, 1.0)?;
        while found.doc() != TERMINATED {
            if !segment.is_deleted(found.doc()) {
                matches.set(found.doc());
            }
            found.advance();
        }
        let index = segment.inverted_index(fields.terms)?;
        for (facet, counts) in facets.iter().zip(&mut counts) {
            let prefix = term_prefix(facet);
            let mut terms = index.terms().range().ge(&prefix).into_stream()?;
            let mut seen = 0;
            while seen < MAX_VALUES && terms.advance() && terms.key().starts_with(prefix.as_bytes()) {
                seen += 1;
                let mut with_value = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
                let mut count = 0;
                while with_value.doc() != TERMINATED {
                    count += usize::from(matches.has(with_value.doc()));
                    with_value.advance();
                }
                if count > 0
                    && let Ok(value) = std::str::from_utf8(&terms.key()[prefix.len()..])
                {
                    *counts.entry(value.to_owned()).or_default() += count;
                }
            }
        }
    }
    let ranked = |counts: HashMap<String, usize>| {
        let mut values: Vec<(String, usize)> = counts.into_iter().collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(MAX_VALUES);
        values
    };
    Ok(facets.iter().cloned().zip(counts.into_iter().map(ranked)).collect())
}

/// One bit for each document of a segment.
struct Bits(Vec<u64>);

impl Bits {
    fn of(segment: &SegmentReader) -> Self {
        Self(vec![0; segment.max_doc() as usize / 64 + 1])
    }
    fn set(&mut self, doc: u32) {
        self.0[doc as usize / 64] |= 1 << (doc % 64);
    }
    fn has(&self, doc: u32) -> bool {
        self.0[doc as usize / 64] & (1 << (doc % 64)) != 0
    }
}
