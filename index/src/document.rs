//! What goes into the index, and the log position that says how far it has come.

/// One thing that can be found: a ticket, an article, an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Identity. Putting a document replaces the one with the same id.
    pub id: u128,
    /// What it is ("ticket", "article", "faq"): [`Request::kinds`](crate::Request::kinds) restricts by it.
    pub kind: String,
    /// Searched, weighted, highlighted as a whole.
    pub title: String,
    /// Searched; snippets are cut from it. Plain text: markup would be searched and shown as it is.
    pub body: String,
    /// Text only some may see, such as internal notes. Searched, shown and used for spelling only if
    /// [`Request::internal`](crate::Request::internal) says so.
    pub internal: String,
    /// Exact values to filter by, as (field, value); a field may have many values. Any names.
    pub terms: Vec<(String, String)>,
    /// Milliseconds since 1970, for [`Filter::Created`](crate::Filter::Created).
    pub created_at: i64,
    /// Milliseconds since 1970, for [`Filter::Updated`](crate::Filter::Updated) and the order without search words.
    pub updated_at: i64,
}

/// One step of bringing the index up to date. Both are idempotent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Add the document, or replace the one with its id.
    Put(Document),
    /// Remove the document with this id, if there is one.
    Delete(u128),
}

/// Which prefix of the event log an index holds. Committed together with the documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Which log: a restored log has another epoch, and numbers of different epochs do not compare.
    pub epoch: String,
    /// The number of the last event the index reflects.
    pub seq: u64,
}
