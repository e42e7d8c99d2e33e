//! What the index holds of articles, FAQs and templates: as their own rooms write it.

use deskgraph_index::Document;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::source::Source;
use crate::error::Result;
use crate::event_log::Record;
use crate::knowledge::documents;
use crate::templates;

/// Articles, FAQs and templates as a source.
pub struct KnowledgeSource;

impl Source for KnowledgeSource {
    const NAME: &'static str = "knowledge index";

    fn concerns(record: &Record) -> Option<Uuid> {
        matches!(record.subject_kind.as_str(), documents::ARTICLE | documents::FAQ | templates::documents::TEMPLATE)
            .then_some(record.subject_id)
    }

    async fn documents(db: &DatabaseConnection, ids: &[Uuid]) -> Result<Vec<Document>> {
        let mut found = documents::documents(db, ids).await?;
        found.extend(templates::documents::documents(db, ids).await?);
        Ok(found)
    }

    async fn scan(db: &DatabaseConnection, after: Option<Uuid>, limit: u64) -> Result<Option<(Vec<Document>, Uuid)>> {
        // Every row has a document: who may find it is among its terms.
        let mut documents = documents::scan(db, after, limit).await?;
        documents.extend(templates::documents::scan(db, after, limit).await?);
        documents.sort_by_key(|document| document.id);
        documents.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let last = documents.last().map(|document| Uuid::from_u128(document.id));
        Ok(last.map(|last| (documents, last)))
    }
}
