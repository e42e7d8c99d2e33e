//! Shows an article to its audience.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::access::KnowledgeStatus;
use super::article;
use super::events::kind;
use super::{find, workflow};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::ArticleId;

/// Shows an article to its audience from now on. An archived one becomes a draft first.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticlePublishInput")]
pub struct ArticlePublish {
    /// Which article.
    pub article_id: ArticleId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for ArticlePublish {
    type Outcome = article::Model;
    const NAME: &'static str = "article.publish";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<article::Model> {
        let mut row = find::lock_article(tx, self.article_id).await?;
        workflow::move_to(tx, &mut row, KnowledgeStatus::Published, kind::ARTICLE_PUBLISHED).await?;
        Ok(row)
    }
}
