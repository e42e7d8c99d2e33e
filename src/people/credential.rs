//! The row of a password: the hash only. What it means is the `sessions` room's.
#![allow(missing_docs, reason = "the columns are never shown")]

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel};

use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::Result;
use crate::ids::PersonId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credentials")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// argon2id, as a PHC string.
    pub password_hash: String,
    /// Whether somebody else knows it: given by an administrator, or printed at the first start.
    pub must_change: bool,
    pub changed_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The password of a person, if there is one.
pub async fn of(conn: &impl ConnectionTrait, person: PersonId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(person).one(conn).await
}

/// Gives a person a password, or another one. The person's row is locked or new.
pub async fn put(tx: &Tx, person: PersonId, password_hash: &str, must_change: bool) -> Result<()> {
    let row = Model { person_id: person, password_hash: password_hash.to_owned(), must_change, changed_at: tx.real };
    let replace = sea_orm::sea_query::OnConflict::column(Column::PersonId)
        .update_columns([Column::PasswordHash, Column::MustChange, Column::ChangedAt])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(replace).exec_without_returning(tx.conn()).await?;
    Ok(())
}
