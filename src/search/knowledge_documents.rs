//! What the index holds of articles and FAQs: as their own room writes it.

use deskgraph_index::Document;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::source::Source;
use crate::error::Result;
use crate::event_log::Record;

/// Articles and FAQs as a source.
pub struct KnowledgeSource;

impl Source for KnowledgeSource {
    const NAME: &'static str = "knowledge index";

    fn concerns(record: &Record) -> Option<Uuid> {
        matches!(record.subject_kind.as_str(), "article" | "faq").then_some(record.subject_id)
    }

    async fn documents(_: &DatabaseConnection, _: &[Uuid]) -> Result<Vec<Document>> {
        Ok(Vec::new())
    }

    async fn scan(_: &DatabaseConnection, _: Option<Uuid>, _: u64) -> Result<Option<(Vec<Document>, Uuid)>> {
        Ok(None)
    }
}
