//! What the index holds of articles and FAQs: as their own room writes it.

use deskgraph_index::Document;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::source::Source;
use crate::error::Result;
use crate::event_log::Record;
use crate::knowledge::documents;

/// Articles and FAQs as a source.
pub struct KnowledgeSource;

impl Source for KnowledgeSource {
    const NAME: &'static str = "knowledge index";

    fn concerns(record: &Record) -> Option<Uuid> {
        matches!(record.subject_kind.as_str(), documents::ARTICLE | documents::FAQ).then_some(record.subject_id)
    }

    async fn documents(db: &DatabaseConnection, ids: &[Uuid]) -> Result<Vec<Document>> {
        Ok(documents::documents(db, ids).await?)
    }

    async fn scan(db: &DatabaseConnection, after: Option<Uuid>, limit: u64) -> Result<Option<(Vec<Document>, Uuid)>> {
        // Every row has a document: who may find it is among its terms.
        let documents = documents::scan(db, after, limit).await?;
        let last = documents.last().map(|document| Uuid::from_u128(document.id));
        Ok(last.map(|last| (documents, last)))
    }
}
