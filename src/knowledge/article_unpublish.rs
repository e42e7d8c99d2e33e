//! Makes an article a draft again.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::access::KnowledgeStatus;
use super::article;
use super::events::kind;
use super::{find, workflow};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::ArticleId;

/// Makes an article a draft again: published ones vanish from readers, archived ones come back to their writers.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticleUnpublishInput")]
pub struct ArticleUnpublish {
    /// Which article.
    pub article_id: ArticleId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for ArticleUnpublish {
    type Outcome = article::Model;
    const NAME: &'static str = "article.unpublish";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<article::Model> {
        let mut row = find::lock_article(tx, self.article_id).await?;
        workflow::move_to(tx, &mut row, KnowledgeStatus::Draft, kind::ARTICLE_UNPUBLISHED).await?;
        Ok(row)
    }
}
