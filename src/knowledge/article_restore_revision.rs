//! Puts a text of an article back to what it was before a change.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::events::kind;
use super::revisions::RevisedField;
use super::{article, find, input, revisions, workflow};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::{ArticleId, RevisionId};
use crate::tickets::revision;

/// Puts title or body of an article back to what it was before a change. That is a change as well, and can be taken back likewise.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticleRestoreRevisionInput")]
pub struct ArticleRestoreRevision {
    /// Which article.
    pub article_id: ArticleId,
    /// Which change to take back: the id of one of the article's `revisions`.
    pub revision_id: RevisionId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for ArticleRestoreRevision {
    type Outcome = article::Model;
    const NAME: &'static str = "article.restore_revision";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<article::Model> {
        let mut row = find::lock_article(tx, self.article_id).await?;
        let this = revision::Column::Id.eq(self.revision_id);
        let kept = revisions::of_article(row.id).filter(this).one(tx.conn()).await?;
        let kept = kept.ok_or_else(|| Error::not_found("revision").at("revisionId"))?;
        let text = kept.before.clone().unwrap_or_default();
        let (mut changes, was_public) = (input::Changes::default(), row.is_public());
        let subject = ("article", row.id.0);
        match RevisedField::of(&kept) {
            RevisedField::Title => changes.set_text(tx, subject, "title", &mut row.title, text).await?,
            RevisedField::Body => changes.set_text(tx, subject, "body", &mut row.body, text).await?,
        }
        workflow::save_changes(tx, &mut row, changes, was_public, kind::ARTICLE_UPDATED).await?;
        Ok(row)
    }
}
