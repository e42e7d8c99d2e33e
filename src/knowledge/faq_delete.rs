//! Deletes an FAQ for good.

use async_graphql::InputObject;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::events::{KnowledgeData, KnowledgeEvent, kind};
use super::{faq, feedback, find};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::FaqId;

/// Deletes an FAQ for good.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "FaqDeleteInput")]
pub struct FaqDelete {
    /// Which FAQ.
    pub faq_id: FaqId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for FaqDelete {
    type Outcome = faq::Model;
    const NAME: &'static str = "faq.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<faq::Model> {
        let row = find::lock_faq(tx, self.faq_id).await?;
        feedback::forget(tx, row.id.0).await?;
        faq::Entity::delete_by_id(row.id).exec(tx.conn()).await?;
        let data = KnowledgeData { category: row.category_id, ..KnowledgeData::default() };
        tx.append(&KnowledgeEvent::of(kind::FAQ_DELETED, &row, data))?;
        Ok(row)
    }
}
