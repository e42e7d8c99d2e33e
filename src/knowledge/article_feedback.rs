//! Says whether an article helped.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::article;
use super::events::kind;
use super::{feedback, find};
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::ArticleId;

/// Says whether an article helped: one answer a person, and the last one counts.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticleFeedbackInput")]
pub struct ArticleFeedback {
    /// Which article.
    pub article_id: ArticleId,
    /// Whether it helped.
    pub helpful: bool,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for ArticleFeedback {
    type Outcome = article::Model;
    const NAME: &'static str = "article.feedback";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<article::Model> {
        let mut row = find::lock_readable_article(tx, self.article_id).await?;
        feedback::give(tx, &mut row, self.helpful, kind::ARTICLE_RATED).await?;
        Ok(row)
    }
}
