//! Deletes an article for good. What is only out of date is archived instead.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::article::{self, former_slug, tag};
use super::events::{KnowledgeData, KnowledgeEvent, kind};
use super::{feedback, find, views};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::ArticleId;

/// Deletes an article for good, with its tags, former slugs and feedback. `articleArchive` only takes it out of use.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticleDeleteInput")]
pub struct ArticleDelete {
    /// Which article.
    pub article_id: ArticleId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for ArticleDelete {
    type Outcome = article::Model;
    const NAME: &'static str = "article.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<article::Model> {
        let row = find::lock_article(tx, self.article_id).await?;
        tag::Entity::delete_many().filter(tag::Column::ArticleId.eq(row.id)).exec(tx.conn()).await?;
        former_slug::Entity::delete_many().filter(former_slug::Column::ArticleId.eq(row.id)).exec(tx.conn()).await?;
        feedback::forget(tx, row.id.0).await?;
        views::day::Entity::delete_many().filter(views::day::Column::ArticleId.eq(row.id)).exec(tx.conn()).await?;
        article::Entity::delete_by_id(row.id).exec(tx.conn()).await?;
        let data = KnowledgeData { category: row.category_id, ..KnowledgeData::default() };
        tx.append(&KnowledgeEvent::of(kind::ARTICLE_DELETED, &row, data))?;
        Ok(row)
    }
}
