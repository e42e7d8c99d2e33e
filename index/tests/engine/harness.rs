//! What the tests share: a directory, an index in it, short ways to say a document.

use deskgraph_index::{Change, Document, Filter, Found, Index, Opened, Options, Position, Request};
use tempfile::TempDir;

/// An empty index in a directory of its own.
pub fn empty() -> (TempDir, Index) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let index = Index::rebuild(dir.path(), Options::default()).and_then(|r| r.finish(at(0))).expect("an empty index");
    (dir, index)
}

/// An index of these documents, applied one by one.
pub fn index_of(documents: Vec<Document>) -> (TempDir, Index) {
    let (dir, index) = empty();
    for (n, document) in documents.into_iter().enumerate() {
        index.apply(vec![Change::Put(document)], at(n as u64 + 1)).expect("applies");
    }
    (dir, index)
}

/// A document; `updated_at` is its id.
pub fn doc(id: u128, title: &str, body: &str) -> Document {
    Document {
        id,
        kind: "ticket".into(),
        title: title.into(),
        body: body.into(),
        created_at: id as i64,
        updated_at: id as i64,
        ..Document::default()
    }
}

/// The document with filter terms.
pub fn with_terms(mut document: Document, terms: &[(&str, &str)]) -> Document {
    document.terms = terms.iter().map(|(f, v)| (f.to_string(), v.to_string())).collect();
    document
}

/// A position of the test epoch.
pub fn at(seq: u64) -> Position {
    Position { epoch: "test".into(), seq }
}

/// A request without spelling, so that a test sees exactly what it asks for.
pub fn exactly(text: &str) -> Request {
    Request { spelling: false, ..Request::new(text) }
}

/// The same under a filter.
pub fn filtered(text: &str, filter: Filter) -> Request {
    Request { filter, ..exactly(text) }
}

/// The ids found, best first.
pub fn ids(found: &Found) -> Vec<u128> {
    found.hits.iter().map(|hit| hit.id).collect()
}

/// The ids that exactly this text finds, sorted.
pub fn find(index: &Index, text: &str) -> Vec<u128> {
    let mut found = ids(&index.search(&exactly(text)).expect("searches"));
    found.sort_unstable();
    found
}

/// Opens what must be usable.
pub fn reopen(dir: &TempDir) -> Index {
    match Index::open(dir.path(), Options::default()) {
        Ok(Opened::Ready(index)) => index,
        other => panic!("not ready: {other:?}"),
    }
}
