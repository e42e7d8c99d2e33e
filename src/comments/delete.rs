//! Deletes a comment: it leaves a mark that something was said there, without the words. Staff can still read them.

use async_graphql::InputObject;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::comment::{self, Column, SenderKind};
use super::events::CommentDeleted;
use super::find;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::event_log::Audience;
use crate::files::attach;
use crate::ids::{CommentId, TicketId};
use crate::tickets::{measures, revision, status};

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
        let (mut comment, mut ticket, facts) = find::lock(tx, self.comment_id).await?;
        find::allow_change(tx, &comment, &facts)?;
        let public = comment.audience == Audience::Public;
        let revision = revision::keep(tx, ("comment", comment.id.0), "body", Some(&comment.body), None).await?;
        comment.body.clear();
        comment.deleted_at = Some(tx.now);
        comment.version += 1;
        comment.clone().into_active_model().reset_all().update(tx.conn()).await?;
        tx.append(&CommentDeleted { comment: comment.id, ticket: ticket.id, internal: !public, revision })?;
        attach::detach(tx, comment.id).await?;
        ticket.comment_count -= 1;
        if ticket.last_comment_id == Some(comment.id) {
            ticket.last_comment_id = newest(tx, ticket.id, None).await?;
        }
        if public {
            ticket.public_comment_count -= 1;
            if comment.sender_kind == SenderKind::Staff {
                measures::replied(tx, ticket.id, -1).await?;
            }
            if ticket.last_public_comment_id == Some(comment.id) {
                ticket.last_public_comment_id = newest(tx, ticket.id, Some(Audience::Public)).await?;
            }
        }
        status::save_as(tx, &mut ticket, false).await?;
        Ok(comment)
    }
}

/// The newest comment that is left.
async fn newest(tx: &Tx, ticket: TicketId, audience: Option<Audience>) -> Result<Option<CommentId>> {
    let mut left = comment::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::TicketId.eq(ticket))
        .filter(Column::DeletedAt.is_null());
    if let Some(audience) = audience {
        left = left.filter(Column::Audience.eq(audience));
    }
    let newest = left.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    Ok(newest.into_tuple().one(tx.conn()).await?)
}
