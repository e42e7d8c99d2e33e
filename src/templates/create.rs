//! Writes a template.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::events::{TemplateData, TemplateEvent, kind};
use super::{find, render, template};
use crate::access::Permission;
use crate::comments::comment::Format;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TemplateId;
use crate::knowledge::{access, input};
use crate::tickets::input as checks;

/// Writes a template of an answer.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TemplateCreateInput")]
pub struct TemplateCreate {
    /// What staff call it, on one line: 1 to 200 characters, unlike all others.
    pub name: String,
    /// The text. Values of the ticket stand in double braces, such as `{{ requester.name }}`: see `templateVariables`.
    pub body: String,
    /// How the text is written.
    #[graphql(default_with = "Format::Markdown")]
    #[serde(default = "markdown")]
    pub format: Format,
    /// For which kind of tickets: a key of `workflow.categories`. Default: for all.
    pub category: Option<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

fn markdown() -> Format {
    Format::Markdown
}

/// The text of a template: as long as a comment may be, and readable as a template.
pub(super) fn body(tx: &Tx, body: &str) -> Result<String> {
    let body = checks::text("body", body, 1, tx.profile().limits.comment_max)?;
    render::check(&body)?;
    Ok(body)
}

/// The category of a template; empty if it is for all.
pub(super) fn category(tx: &Tx, key: Option<&str>) -> Result<String> {
    match key {
        Some(key) => Ok(checks::key(&tx.profile().categories, "category", key)?.key.clone()),
        None => Ok(String::new()),
    }
}

impl Operation for TemplateCreate {
    type Outcome = template::Model;
    const NAME: &'static str = "template.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<template::Model> {
        access::allow_writing(tx, Permission::ArticleWrite, tx.actor.person)?;
        let name = input::title("name", &self.name)?;
        let row = template::Model {
            id: TemplateId::new(),
            folded: name.to_lowercase(),
            name,
            body: body(tx, &self.body)?,
            format: self.format,
            category: category(tx, self.category.as_deref())?,
            author_id: tx.actor.person,
            use_count: 0,
            last_used_at: None,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        };
        let new = template::Entity::insert(row.clone().into_active_model());
        new.exec_without_returning(tx.conn()).await.map_err(find::taken)?;
        tx.append(&TemplateEvent::new(kind::CREATED, &row, TemplateData::default()))?;
        Ok(row)
    }
}
