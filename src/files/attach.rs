//! Puts uploaded files on a ticket or a comment, each once, in the transaction that makes it.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::attachment::{self, Column};
use super::events::AttachmentEvent;
use crate::desk::Tx;
use crate::error::{Code, Error, Result};
use crate::event_log::Audience;
use crate::ids::{AttachmentId, CommentId, TicketId};
use crate::language::Said;
use crate::say;

/// Where files go.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The ticket.
    pub ticket: TicketId,
    /// The comment, if they come with one.
    pub comment: Option<CommentId>,
    /// Whether only staff see them.
    pub internal: bool,
}

/// Puts the actor's uploads there.
///
/// # Errors
/// At `field`: `NOT_FOUND` for those of others, `INVALID_VALUE` for one whose bytes have not come yet, that was used before, or for
/// more than the profile takes.
pub async fn attach(tx: &mut Tx, field: &str, ids: Option<&[AttachmentId]>, to: Target) -> Result<()> {
    let Some(ids) = ids.filter(|ids| !ids.is_empty()) else { return Ok(()) };
    let most = tx.profile().attachments.max_count as usize;
    if ids.len() > most {
        return Err(Error::invalid(field, say!("These are {count} files.", count = ids.len()))
            .hint(say!("Attach {max} at once at most.", max = most)));
    }
    let me = tx.actor.require_person()?;
    let rows = attachment::Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::UploaderId.eq(me))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    for (at, id) in ids.iter().enumerate() {
        let row = rows.iter().find(|row| row.id == *id).filter(|row| row.deleted_at.is_none());
        let refused = |message: Said, hint: Said| {
            Err(Error::with(Code::InvalidValue, message).hint(hint).at(&at.to_string()).at(field))
        };
        let row = match row {
            Some(row) if row.is_open(tx.real) || row.ticket_id.is_some() => row,
            _ => return Err(Error::not_found("attachment").at(&at.to_string()).at(field)),
        };
        if row.ticket_id.is_some() || ids[..at].contains(id) {
            return refused(say!("This file is attached already."), say!("Upload it again: an upload is used once."));
        }
        if row.stored_at.is_none() {
            return refused(
                say!("The bytes of this file have not come yet."),
                say!("PUT them to the upload's address first."),
            );
        }
    }
    let audience = if to.internal { Audience::Staff } else { Audience::Public };
    attachment::Entity::update_many()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .col_expr(Column::TicketId, Expr::value(to.ticket.0))
        .col_expr(Column::CommentId, Expr::value(to.comment.map(|comment| comment.0)))
        .col_expr(Column::Audience, Expr::value(audience.to_value()))
        .col_expr(Column::CreatedAt, Expr::value(tx.now.0))
        .exec(tx.conn())
        .await?;
    for id in ids {
        let Target { ticket, comment, internal } = to;
        tx.append(&AttachmentEvent { attachment: *id, ticket, comment, internal, deleted: false })?;
    }
    Ok(())
}

/// Takes away what came with a comment that is deleted.
pub async fn detach(tx: &mut Tx, comment: CommentId) -> Result<()> {
    let rows = attachment::Entity::find()
        .filter(Column::CommentId.eq(comment))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    for row in rows {
        delete(tx, row).await?;
    }
    Ok(())
}

/// Takes away one file, which is locked. Its bytes go at the next sweep.
pub async fn delete(tx: &mut Tx, mut row: attachment::Model) -> Result<attachment::Model> {
    row.deleted_at = Some(tx.now);
    attachment::Entity::update_many()
        .filter(Column::Id.eq(row.id))
        .col_expr(Column::DeletedAt, Expr::value(tx.now.0))
        .exec(tx.conn())
        .await?;
    if let Some(ticket) = row.ticket_id {
        let (attachment, comment, internal) = (row.id, row.comment_id, row.audience == Audience::Staff);
        tx.append(&AttachmentEvent { attachment, ticket, comment, internal, deleted: true })?;
    }
    Ok(row)
}
