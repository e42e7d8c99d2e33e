//! Whether an article or an FAQ helped: one answer a person, which may change.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use std::collections::HashMap;

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{Condition, ConnectionTrait, IntoActiveModel};

use super::entry::Entry;
use super::events::{KnowledgeData, KnowledgeEvent};
use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::Result;
use crate::ids::PersonId;

/// Whether it helped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "KnowledgeFeedback")]
pub enum KnowledgeFeedback {
    /// It helped.
    Helpful,
    /// It did not.
    NotHelpful,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "knowledge_feedback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub helpful: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Takes somebody's answer about an entry that is locked. It is no change of the text: version and time of change stay.
///
/// # Errors
/// `UNAUTHENTICATED` for a stranger.
pub async fn give<E: Entry>(tx: &mut Tx, row: &mut E, helpful: bool, kind: &'static str) -> Result<()> {
    let person_id = tx.actor.require_person()?;
    tx.allow_because("whoever reads a text and is signed in may say whether it helped");
    let before = Entity::find_by_id((row.key(), person_id)).one(tx.conn()).await?;
    if before.as_ref().is_some_and(|before| before.helpful == helpful) {
        tx.nothing_changed();
        return Ok(());
    }
    let marks = row.marks();
    let (more, less) = if helpful { (marks.helpful, marks.not_helpful) } else { (marks.not_helpful, marks.helpful) };
    *more += 1;
    match before {
        Some(before) => {
            *less -= 1;
            let change = Entity::update_many()
                .col_expr(Column::Helpful, Expr::value(helpful))
                .col_expr(Column::UpdatedAt, Expr::value(tx.now.0))
                .filter(Column::SubjectId.eq(before.subject_id))
                .filter(Column::PersonId.eq(person_id));
            change.exec(tx.conn()).await?;
        }
        None => {
            let new = Model { subject_id: row.key(), person_id, helpful, created_at: tx.now, updated_at: tx.now };
            Entity::insert(new.into_active_model()).exec_without_returning(tx.conn()).await?;
        }
    }
    row.store(tx).await?;
    let data = KnowledgeData { helpful: Some(helpful), ..KnowledgeData::default() };
    tx.append(&KnowledgeEvent::of(kind, row, data).for_staff())
}

/// Forgets all answers about an entry that is deleted.
pub async fn forget(tx: &Tx, subject: Uuid) -> Result<()> {
    Entity::delete_many().filter(Column::SubjectId.eq(subject)).exec(tx.conn()).await?;
    Ok(())
}

/// What people answered about entries: those of these pairs that there are.
pub async fn of(
    conn: &impl ConnectionTrait,
    pairs: &[(PersonId, Uuid)],
) -> Result<HashMap<(PersonId, Uuid), KnowledgeFeedback>, DbErr> {
    // One person asks, so that this is one list of entries.
    let mut of: HashMap<PersonId, Vec<Uuid>> = HashMap::new();
    for (person, subject) in pairs {
        of.entry(*person).or_default().push(*subject);
    }
    let any = of.into_iter().fold(Condition::any(), |any, (person, subjects)| {
        any.add(Column::PersonId.eq(person).and(Column::SubjectId.is_in(subjects)))
    });
    let rows = Entity::find().filter(any).all(conn).await?;
    let answer = |helpful| if helpful { KnowledgeFeedback::Helpful } else { KnowledgeFeedback::NotHelpful };
    Ok(rows.into_iter().map(|row| ((row.person_id, row.subject_id), answer(row.helpful))).collect())
}
