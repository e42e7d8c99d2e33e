//! Changes a template.

use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::create::{body, category};
use super::events::{TemplateData, TemplateEvent, kind};
use super::{find, template};
use crate::comments::comment::Format;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TemplateId;
use crate::knowledge::input;

/// Changes a template. What is not sent stays; what was sent with it stays as it is.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TemplateUpdateInput")]
pub struct TemplateUpdate {
    /// Which template.
    pub template_id: TemplateId,
    /// The new name.
    pub name: Option<String>,
    /// The new text.
    pub body: Option<String>,
    /// How the text is written.
    pub format: Option<Format>,
    /// For which kind of tickets from now on; null: for all.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub category: MaybeUndefined<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TemplateUpdate {
    type Outcome = template::Model;
    const NAME: &'static str = "template.update";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<template::Model> {
        let mut row = find::lock_for_change(tx, self.template_id).await?;
        let mut changes = input::Changes::default();
        let subject = ("template", row.id.0);
        if let Some(name) = &self.name {
            changes.set_text(tx, subject, "name", &mut row.name, input::title("name", name)?).await?;
            row.folded = row.name.to_lowercase();
        }
        if let Some(text) = &self.body {
            let text = body(tx, text)?;
            changes.set_text(tx, subject, "body", &mut row.body, text).await?;
        }
        if let Some(format) = self.format {
            changes.set("format", &mut row.format, format);
        }
        if !self.category.is_undefined() {
            let wish = category(tx, self.category.as_opt_ref().flatten().map(String::as_str))?;
            changes.set("category", &mut row.category, wish);
        }
        if changes.fields.is_empty() {
            tx.nothing_changed();
            return Ok(row);
        }
        row.version += 1;
        row.updated_at = tx.now;
        let saved = row.clone().into_active_model().reset_all();
        template::Entity::update(saved).exec_without_returning(tx.conn()).await.map_err(find::taken)?;
        let data = TemplateData { fields: changes.fields, revisions: changes.revisions, ..TemplateData::default() };
        tx.append(&TemplateEvent::new(kind::UPDATED, &row, data))?;
        Ok(row)
    }
}
