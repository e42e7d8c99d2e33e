//! Deletes a comment: it leaves a mark that something was said there, without the words. Staff can still read them.

use async_graphql::InputObject;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::comment;
use super::events::CommentDeleted;
use super::{find, thread};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::event_log::Audience;
use crate::files::attach;
use crate::ids::CommentId;
use crate::tickets::{revision, status};

/// Deletes a comment, and the files that came with it: one's own, for as long as `workflow.limits.commentEditMinutes` says;
/// administrators any. Where it stood it can be seen that there was one.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "CommentDeleteInput")]
pub struct CommentDelete {
    /// Which comment.
    pub comment_id: CommentId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version (of the comment).
    pub options: WriteOptions,
}

impl Operation for CommentDelete {
    type Outcome = comment::Model;
    const NAME: &'static str = "comment.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<comment::Model> {
        let (mut comment, ticket, facts) = find::lock(tx, self.comment_id).await?;
        find::allow_change(tx, &comment, &facts)?;
        let public = comment.audience == Audience::Public;
        let revision = revision::keep(tx, ("comment", comment.id.0), "body", Some(&comment.body), None).await?;
        comment.body.clear();
        comment.deleted_at = Some(tx.now);
        comment.version += 1;
        comment.clone().into_active_model().reset_all().update(tx.conn()).await?;
        tx.append(&CommentDeleted { comment: comment.id, ticket: ticket.id, internal: !public, revision })?;
        attach::detach(tx, comment.id).await?;
        for id in thread::read_at(tx, &comment).await? {
            thread::recount(tx, id).await?;
        }
        status::touch(tx, &ticket).await?;
        Ok(comment)
    }
}
