//! What an index is made from: rows as they are now, found by what the log says of them.

use std::future::Future;

use deskgraph_index::Document;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::event_log::Record;

/// The rows behind one index.
pub trait Source: Send + Sync + 'static {
    /// The name in logs.
    const NAME: &'static str;

    /// The row whose document a record may have changed.
    fn concerns(record: &Record) -> Option<Uuid>;

    /// The documents of these rows as they are now. Rows that are gone, or that nobody may find any more, are missing.
    fn documents(db: &DatabaseConnection, ids: &[Uuid]) -> impl Future<Output = Result<Vec<Document>>> + Send;

    /// The documents of the next rows after `after`, in the order of ids, with the last row's id; none at the end. This is how a
    /// rebuild goes through all rows in short pages.
    fn scan(
        db: &DatabaseConnection,
        after: Option<Uuid>,
        limit: u64,
    ) -> impl Future<Output = Result<Option<(Vec<Document>, Uuid)>>> + Send;
}
