//! Takes an article out of use.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::access::KnowledgeStatus;
use super::article;
use super::events::kind;
use super::{find, workflow};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::ArticleId;

/// Takes a published article out of use; those who write still find it.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticleArchiveInput")]
pub struct ArticleArchive {
    /// Which article.
    pub article_id: ArticleId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for ArticleArchive {
    type Outcome = article::Model;
    const NAME: &'static str = "article.archive";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<article::Model> {
        let mut row = find::lock_article(tx, self.article_id).await?;
        workflow::move_to(tx, &mut row, KnowledgeStatus::Archived, kind::ARTICLE_ARCHIVED).await?;
        Ok(row)
    }
}
