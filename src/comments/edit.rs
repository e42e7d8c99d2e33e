//! Changes the text of a comment. What it said before is kept, for staff to read.

use async_graphql::InputObject;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::comment::{self, Format};
use super::events::CommentEdited;
use super::find;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::event_log::Audience;
use crate::ids::CommentId;
use crate::tickets::{input, revision, status};

/// Changes the text of a comment: one's own, for as long as `workflow.limits.commentEditMinutes` says; administrators any.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "CommentEditInput")]
pub struct CommentEdit {
    /// Which comment.
    pub comment_id: CommentId,
    /// The new text.
    pub body: String,
    /// How the new text is written. Default: as the old one.
    pub format: Option<Format>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version (of the comment).
    pub options: WriteOptions,
}

impl Operation for CommentEdit {
    type Outcome = comment::Model;
    const NAME: &'static str = "comment.edit";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<comment::Model> {
        let (mut comment, mut ticket, facts) = find::lock(tx, self.comment_id).await?;
        find::allow_change(tx, &comment, &facts)?;
        let body = input::text("body", &self.body, 1, tx.profile().limits.comment_max)?;
        let format = self.format.unwrap_or(comment.format);
        if body == comment.body && format == comment.format {
            tx.nothing_changed();
            return Ok(comment);
        }
        let revision = revision::keep(tx, ("comment", comment.id.0), "body", Some(&comment.body), Some(&body)).await?;
        (comment.body, comment.format) = (body, format);
        comment.edited_at = Some(tx.now);
        comment.version += 1;
        comment.clone().into_active_model().reset_all().update(tx.conn()).await?;
        tx.append(&CommentEdited {
            comment: comment.id,
            ticket: ticket.id,
            internal: comment.audience == Audience::Staff,
            revision,
        })?;
        status::save_as(tx, &mut ticket, false).await?;
        Ok(comment)
    }
}
