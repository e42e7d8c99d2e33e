//! Templates as documents of the knowledge index: what is for staff there, nobody else finds.

use deskgraph_index::Document;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::template::{Column, Entity, Model};
use crate::knowledge::access::{KnowledgeAudience, KnowledgeFacts, KnowledgeStatus, document_terms};
use crate::knowledge::documents::plain;

/// The kind of a template's document, and the noun in the log.
pub const TEMPLATE: &str = "template";

/// The documents of those of `ids` that are templates.
pub async fn documents(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Document>, DbErr> {
    let mut documents = Vec::new();
    // Statements take a limited number of parameters.
    for ids in ids.chunks(1_000) {
        let rows = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(conn).await?;
        documents.extend(rows.iter().map(document));
    }
    Ok(documents)
}

/// The next documents after `after`, at most `limit`, in the order of their ids.
pub async fn scan(conn: &impl ConnectionTrait, after: Option<Uuid>, limit: u64) -> Result<Vec<Document>, DbErr> {
    let mut rows = Entity::find().order_by_asc(Column::Id).limit(limit);
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    Ok(rows.all(conn).await?.iter().map(document).collect())
}

fn document(row: &Model) -> Document {
    // In use, and for staff only: as the terms of visibility say it of articles.
    let facts = KnowledgeFacts { status: KnowledgeStatus::Published, audience: KnowledgeAudience::Staff };
    Document {
        id: row.id.0.as_u128(),
        kind: TEMPLATE.to_owned(),
        title: row.name.clone(),
        body: plain(row.format, &row.body),
        internal: String::new(),
        terms: document_terms(&facts),
        created_at: row.created_at.0,
        updated_at: row.updated_at.0,
    }
}
