//! A filter tree as a query that matches without scoring.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, Occur, Query, RangeQuery, TermQuery, TermSetQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::error::{Error, Result};
use crate::fields::{Fields, KIND, filter_term};
use crate::request::Filter;
use crate::writer::id_term;

/// How deep filters may nest, and how many nodes and values one may have. Far beyond what callers build.
const MAX_DEPTH: usize = 64;
const MAX_NODES: usize = 50_000;

/// More values than this are matched by one walk through the dictionary instead of a posting list each.
const FEW_VALUES: usize = 16;

/// What a filter admits.
pub(crate) enum Admitted {
    All,
    Nothing,
    Some(Box<dyn Query>),
}

/// What `filter` admits among `kinds` (empty: all kinds).
///
/// # Errors
/// [`Error::TooLarge`] beyond the limits above.
pub(crate) fn admitted(filter: &Filter, kinds: &[String], fields: &Fields) -> Result<Admitted> {
    let mut builder = Builder { fields, nodes: 0 };
    let by_filter = builder.build(filter, 0)?;
    let by_kind = if kinds.is_empty() { Admitted::All } else { builder.any_of(KIND, kinds)? };
    Ok(and(vec![by_kind, by_filter]))
}

struct Builder<'a> {
    fields: &'a Fields,
    nodes: usize,
}

impl Builder<'_> {
    fn build(&mut self, filter: &Filter, depth: usize) -> Result<Admitted> {
        if depth > MAX_DEPTH {
            return Err(Error::TooLarge(format!("the filter is nested deeper than {MAX_DEPTH}")));
        }
        self.count(1)?;
        Ok(match filter {
            Filter::All => Admitted::All,
            Filter::Nothing => Admitted::Nothing,
            Filter::Term(field, value) => Admitted::Some(self.term(field, value)),
            Filter::AnyOf(field, values) => self.any_of(field, values)?,
            Filter::Created(from, to) => range(self.fields.created_at, *from, *to),
            Filter::Updated(from, to) => range(self.fields.updated_at, *from, *to),
            Filter::Ids(ids) => {
                self.count(ids.len())?;
                let terms: Vec<Term> = ids.iter().map(|&id| id_term(self.fields, id)).collect();
                if terms.is_empty() { Admitted::Nothing } else { Admitted::Some(Box::new(TermSetQuery::new(terms))) }
            }
            Filter::And(parts) => and(self.build_all(parts, depth)?),
            Filter::Or(parts) => or(self.build_all(parts, depth)?),
            Filter::Not(inner) => match self.build(inner, depth + 1)? {
                Admitted::All => Admitted::Nothing,
                Admitted::Nothing => Admitted::All,
                Admitted::Some(query) => Admitted::Some(Box::new(BooleanQuery::new(vec![
                    (Occur::Must, Box::new(AllQuery)),
                    (Occur::MustNot, query),
                ]))),
            },
        })
    }

    fn build_all(&mut self, parts: &[Filter], depth: usize) -> Result<Vec<Admitted>> {
        parts.iter().map(|part| self.build(part, depth + 1)).collect()
    }

    fn count(&mut self, nodes: usize) -> Result<()> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(Error::TooLarge(format!("the filter has more than {MAX_NODES} parts")));
        }
        Ok(())
    }

    fn term(&self, field: &str, value: &str) -> Box<dyn Query> {
        let term = Term::from_field_text(self.fields.terms, &filter_term(field, value));
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    }

    fn any_of(&mut self, field: &str, values: &[String]) -> Result<Admitted> {
        self.count(values.len())?;
        if values.len() > FEW_VALUES {
            let terms = values.iter().map(|v| Term::from_field_text(self.fields.terms, &filter_term(field, v)));
            return Ok(Admitted::Some(Box::new(TermSetQuery::new(terms))));
        }
        Ok(or(values.iter().map(|value| Admitted::Some(self.term(field, value))).collect()))
    }
}

fn range(field: Field, from: Option<i64>, to: Option<i64>) -> Admitted {
    if from.is_none() && to.is_none() {
        return Admitted::All;
    }
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        return Admitted::Nothing;
    }
    let term = |at| Term::from_field_i64(field, at);
    let lower = from.map_or(Bound::Unbounded, |at| Bound::Included(term(at)));
    let upper = to.map_or(Bound::Unbounded, |at| Bound::Excluded(term(at)));
    Admitted::Some(Box::new(RangeQuery::new(lower, upper)))
}

fn and(parts: Vec<Admitted>) -> Admitted {
    let mut queries = Vec::new();
    for part in parts {
        match part {
            Admitted::All => {}
            Admitted::Nothing => return Admitted::Nothing,
            Admitted::Some(query) => queries.push((Occur::Must, query)),
        }
    }
    combine(queries, Admitted::All)
}

fn or(parts: Vec<Admitted>) -> Admitted {
    let mut queries = Vec::new();
    for part in parts {
        match part {
            Admitted::All => return Admitted::All,
            Admitted::Nothing => {}
            Admitted::Some(query) => queries.push((Occur::Should, query)),
        }
    }
    combine(queries, Admitted::Nothing)
}

fn combine(mut queries: Vec<(Occur, Box<dyn Query>)>, none: Admitted) -> Admitted {
    match queries.len() {
        0 => none,
        1 => queries.pop().map_or(none, |(_, query)| Admitted::Some(query)),
        _ => Admitted::Some(Box::new(BooleanQuery::new(queries))),
    }
}
