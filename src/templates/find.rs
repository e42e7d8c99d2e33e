//! Finding templates, for those who may read them.

use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, SqlErr};
use uuid::Uuid;

use super::template::{self, Column, Entity};
use crate::access::{Actor, Permission};
use crate::desk::{Desk, Outcome, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::TemplateId;
use crate::knowledge::access::{self, Reader};

/// Whether the actor reads templates.
pub fn reads(desk: &Desk, actor: &Actor) -> bool {
    access::reader(desk, actor) == Reader::Writer
}

/// The condition under which the actor reads templates: all of them, or none.
pub fn visible(desk: &Desk, actor: &Actor) -> Condition {
    match reads(desk, actor) {
        true => Condition::all(),
        false => Condition::all().add(Column::Id.is_in(Vec::<TemplateId>::new())),
    }
}

/// The templates with these ids that the actor reads.
pub async fn by_ids(desk: &Desk, actor: &Actor, ids: &[TemplateId]) -> Result<Vec<template::Model>, DbErr> {
    let any = Column::Id.is_in(ids.iter().copied());
    Entity::find().filter(any).filter(visible(desk, actor)).all(&desk.db.read).await
}

/// Locks a template that the actor reads.
///
/// # Errors
/// `NOT_FOUND` at `templateId`, whether there is none or it is not the actor's to read.
pub async fn lock(tx: &Tx, id: TemplateId) -> Result<template::Model> {
    let row = Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    row.filter(|_| reads(&tx.desk, &tx.actor)).ok_or_else(|| Error::not_found("template").at("templateId"))
}

/// Locks a template for a change and checks that the actor may write it and expects its version.
///
/// # Errors
/// `NOT_FOUND` at `templateId`; `FORBIDDEN`; `CONFLICT`.
pub async fn lock_for_change(tx: &mut Tx, id: TemplateId) -> Result<template::Model> {
    let row = lock(tx, id).await?;
    access::allow_writing(tx, Permission::ArticleWrite, row.author_id)?;
    tx.expect_version(row.id.0, row.version)?;
    Ok(row)
}

/// What a refused row means: two templates cannot have one name.
pub fn taken(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Error::with(Code::AlreadyExists, "There is a template of this name.")
                .at("name")
                .hint("Choose another name.")
        }
        _ => error.into(),
    }
}

impl Outcome for template::Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        let visible = visible(&tx.desk, &tx.actor);
        Ok(Entity::find().filter(Column::Id.eq(key)).filter(visible).one(tx.conn()).await?)
    }
}
