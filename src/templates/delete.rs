//! Deletes a template for good.

use async_graphql::InputObject;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::events::{TemplateData, TemplateEvent, kind};
use super::{find, template};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TemplateId;

/// Deletes a template for good. What was sent with it stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TemplateDeleteInput")]
pub struct TemplateDelete {
    /// Which template.
    pub template_id: TemplateId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TemplateDelete {
    type Outcome = template::Model;
    const NAME: &'static str = "template.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<template::Model> {
        let row = find::lock_for_change(tx, self.template_id).await?;
        template::Entity::delete_by_id(row.id).exec(tx.conn()).await?;
        tx.append(&TemplateEvent::new(kind::DELETED, &row, TemplateData::default()))?;
        Ok(row)
    }
}
