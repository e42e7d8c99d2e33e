//! Searching: plan, match, rank, fetch, highlight.

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, Occur, Query};
use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, Order, TantivyDocument};

use crate::analysis::words;
use crate::error::{Error, Result, guarded};
use crate::facets;
use crate::fields::{Fields, ID_HIGH, ID_LOW, UPDATED_AT};
use crate::highlight::Highlighter;
use crate::index::{Index, View};
use crate::plan::{Admitted, admitted, terms};
use crate::ranking::{self, Ranked};
use crate::request::{Found, Fragment, Hit, Request};
use crate::suggest::{Speller, Vocabulary};
use crate::writer::id_term;

impl Index {
    /// Searches the state of the last [`Index::apply`]. Blocks the thread for the work, typically below a
    /// millisecond; any text is fine.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for a window or filter beyond the limits; [`Error::Damaged`] if the files turn out bad.
    pub fn search(&self, request: &Request) -> Result<Found> {
        if request.offset.saturating_add(request.limit) > Request::MAX_WINDOW {
            return Err(Error::TooLarge(format!("hits beyond number {}", Request::MAX_WINDOW)));
        }
        guarded(|| Search { view: &self.view(), fields: &self.shared.fields, request }.run())
    }

    /// `text` with unknown words replaced by close words of this index; `None` if there is nothing to correct.
    /// Words that occur only in `internal` texts are used only if `internal`.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the files turn out bad.
    pub fn correct(&self, text: &str, internal: bool) -> Result<Option<String>> {
        guarded(|| Speller::new(&self.view().searcher, &self.shared.fields, internal, None).correct(text, false))
    }

    /// The same for the text of a request, from words of documents its filter and kinds admit only. To search one index
    /// with the spelling of another: ask this of one, and search the other with the answer and `spelling` off.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn correct_for(&self, request: &Request) -> Result<Option<String>> {
        guarded(|| {
            let fields = &self.shared.fields;
            let filter = match admitted(&request.filter, &request.kinds, fields)? {
                Admitted::Nothing => return Ok(None),
                Admitted::All => None,
                Admitted::Some(query) => Some(query),
            };
            let view = self.view();
            Speller::new(&view.searcher, fields, request.internal, filter.as_deref())
                .correct(&request.text, request.unfinished)
        })
    }

    /// The text of a request, its last word completed in every way that the admitted documents have, the most frequent first, at
    /// most [`Request::limit`]. Nothing if the last word is finished, or too short to say anything.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn complete(&self, request: &Request) -> Result<Vec<String>> {
        let Some(prefix) = terms(&request.text, true).unfinished else { return Ok(Vec::new()) };
        let Some(last) = words(&request.text).last() else { return Ok(Vec::new()) };
        guarded(|| {
            let fields = &self.shared.fields;
            let filter = match admitted(&request.filter, &request.kinds, fields)? {
                Admitted::Nothing => return Ok(Vec::new()),
                Admitted::All => None,
                Admitted::Some(query) => Some(query),
            };
            let view = self.view();
            let vocabulary = Vocabulary::new(&view.searcher, fields, request.internal, filter.as_deref());
            let completions = vocabulary.completions(&prefix, request.limit)?;
            let before = &request.text[..last.range.start];
            Ok(completions.into_iter().map(|word| format!("{before}{word}")).collect())
        })
    }

    /// Whether the document is in the index.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the files turn out bad.
    pub fn contains(&self, id: u128) -> Result<bool> {
        guarded(|| {
            let query = tantivy::query::TermQuery::new(
                id_term(&self.shared.fields, id),
                tantivy::schema::IndexRecordOption::Basic,
            );
            Ok(self.view().searcher.search(&query, &Count)? > 0)
        })
    }

    /// The ids of all documents, in no order. For comparing the index with its source; 16 bytes each.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the files turn out bad.
    pub fn ids(&self) -> Result<Vec<u128>> {
        guarded(|| {
            let view = self.view();
            let mut out = Vec::with_capacity(view.searcher.num_docs() as usize);
            for segment in view.searcher.segment_readers() {
                let columns = segment.fast_fields();
                let (high, low) = (columns.u64(ID_HIGH)?, columns.u64(ID_LOW)?);
                for doc in segment.doc_ids_alive() {
                    let (Some(high), Some(low)) = (high.first(doc), low.first(doc)) else { return Err(no_id()) };
                    out.push(u128::from(high) << 64 | u128::from(low));
                }
            }
            Ok(out)
        })
    }
}

/// How many words an unfinished one may stand for.
const MAX_COMPLETIONS: usize = 16;

struct Search<'a> {
    view: &'a View,
    fields: &'a Fields,
    request: &'a Request,
}

impl Search<'_> {
    fn run(&self) -> Result<Found> {
        let request = self.request;
        let mut found = Found {
            hits: Vec::new(),
            total: request.total.then_some(0),
            facets: Vec::new(),
            corrected: None,
            position: self.view.position.clone(),
        };
        let filter = match admitted(&request.filter, &request.kinds, self.fields)? {
            Admitted::Nothing => return Ok(found),
            Admitted::All => None,
            Admitted::Some(query) => Some(query),
        };
        if request.text.trim().is_empty() {
            self.newest(filter.unwrap_or_else(|| Box::new(AllQuery)), &mut found)?;
            return Ok(found);
        }
        let searcher = &self.view.searcher;
        if request.spelling {
            let speller = Speller::new(searcher, self.fields, request.internal, filter.as_deref());
            found.corrected = speller.correct(&request.text, request.unfinished)?;
        }
        let terms = terms(found.corrected.as_deref().unwrap_or(&request.text), request.unfinished);
        let vocabulary = Vocabulary::new(searcher, self.fields, request.internal, filter.as_deref());
        let completions = match &terms.unfinished {
            Some(prefix) => vocabulary.completions(prefix, MAX_COMPLETIONS)?,
            None => Vec::new(),
        };
        if let Some(ranked) = ranking::query(searcher, self.fields, &terms, &completions, request.internal)? {
            self.best(ranked, filter, &mut found)?;
        }
        Ok(found)
    }

    fn newest(&self, query: Box<dyn Query>, found: &mut Found) -> Result<()> {
        let searcher = &self.view.searcher;
        if self.request.total {
            found.total = Some(searcher.search(&query, &Count)?);
        }
        found.facets = facets::count(searcher, self.fields, &*query, &self.request.facets)?;
        if self.request.limit > 0 {
            let collector = TopDocs::with_limit(self.request.limit)
                .and_offset(self.request.offset)
                .order_by_fast_field::<i64>(UPDATED_AT, Order::Desc);
            for (_, address) in searcher.search(&query, &collector)? {
                found.hits.push(self.hit(0.0, address, &mut Highlighter::new(&[]))?);
            }
        }
        Ok(())
    }

    fn best(&self, ranked: Ranked, filter: Option<Box<dyn Query>>, found: &mut Found) -> Result<()> {
        let Ranked { query, terms } = ranked;
        let searcher = &self.view.searcher;
        let request = self.request;
        let filtered = filter.is_some();
        let query: Box<dyn Query> = match filter {
            None => query,
            Some(filter) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, Box::new(ConstScoreQuery::new(filter, 0.0))),
                (Occur::Must, query),
            ])),
        };
        found.facets = facets::count(searcher, self.fields, &*query, &request.facets)?;
        let best = TopDocs::with_limit(request.limit.max(1)).and_offset(request.offset).order_by_score();
        let top = match (request.total, request.limit) {
            (true, 0) => {
                found.total = Some(searcher.search(&query, &Count)?);
                Vec::new()
            }
            (false, 0) => Vec::new(),
            // A filtered search visits every match anyway, so counting on the way is free. An unfiltered one skips
            // what cannot reach the top; counting apart, without scores, is cheaper than giving that up.
            (true, _) if filtered => {
                let (top, total) = searcher.search(&query, &(best, Count))?;
                found.total = Some(total);
                top
            }
            (true, _) => {
                found.total = Some(searcher.search(&query, &Count)?);
                searcher.search(&query, &best)?
            }
            (false, _) => searcher.search(&query, &best)?,
        };
        let mut highlighter = Highlighter::new(if request.highlight { &terms } else { &[] });
        for (score, address) in top {
            found.hits.push(self.hit(score, address, &mut highlighter)?);
        }
        Ok(())
    }

    fn hit(&self, score: f32, address: DocAddress, highlighter: &mut Highlighter<'_>) -> Result<Hit> {
        let stored: TantivyDocument = self.view.searcher.doc(address)?;
        let id = stored.get_first(self.fields.id).and_then(|v| v.as_bytes()).and_then(|bytes| bytes.try_into().ok());
        let text = |field: Field| stored.get_first(field).and_then(|v| v.as_str()).unwrap_or_default();
        let (fields, chars) = (self.fields, self.request.snippet_chars);
        let mut snippet: Vec<Fragment> = Vec::new();
        let mut snippet_is_internal = false;
        if chars > 0 {
            let mut best = highlighter.passage(text(fields.stored_body), chars);
            // The one place where internal text can leave the index.
            if self.request.internal {
                let internal = highlighter.passage(text(fields.stored_internal), chars);
                if internal.weight > best.weight {
                    best = internal;
                    snippet_is_internal = true;
                }
            }
            snippet = best.fragments;
        }
        Ok(Hit {
            id: u128::from_be_bytes(id.ok_or_else(no_id)?),
            kind: text(fields.stored_kind).to_owned(),
            score,
            title: highlighter.mark(text(fields.stored_title)),
            snippet,
            snippet_is_internal,
        })
    }
}

fn no_id() -> Error {
    Error::Damaged("a document has no id".to_owned())
}
