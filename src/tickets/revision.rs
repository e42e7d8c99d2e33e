//! Texts that a change replaced or gave along: what history shows, and what erasure empties. Events name them by id only.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder};

use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::Result;
use crate::ids::RevisionId;

/// The row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revisions")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RevisionId,
    /// The noun.
    pub subject_kind: String,
    /// The row it belongs to.
    pub subject_id: Uuid,
    /// The field: `title`, `description`, `note` …
    pub field: String,
    /// The text before.
    pub before: Option<String>,
    /// The text after.
    pub after: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// No relations: it belongs to any noun.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps the texts of one field.
pub async fn keep(
    tx: &Tx,
    subject: (&str, Uuid),
    field: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<RevisionId> {
    let row = Model {
        id: RevisionId::new(),
        subject_kind: subject.0.to_owned(),
        subject_id: subject.1,
        field: field.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        created_at: tx.now,
    };
    let id = row.id;
    Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// The kept texts with these ids.
pub async fn of(conn: &impl ConnectionTrait, ids: &[RevisionId]) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(conn).await
}

/// The kept texts of these things, oldest first.
pub async fn of_subjects(
    conn: &impl ConnectionTrait,
    kind: &str,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Model>>, DbErr> {
    let rows = Entity::find()
        .filter(Column::SubjectId.is_in(ids.iter().copied()))
        .filter(Column::SubjectKind.eq(kind))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    let mut of: HashMap<Uuid, Vec<Model>> = HashMap::new();
    for row in rows {
        of.entry(row.subject_id).or_default().push(row);
    }
    Ok(of)
}
