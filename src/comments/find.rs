//! Finding a comment for a change, in the scope of who asks, and whether they may change it.

use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait, QuerySelect};

use super::{comment, thread};
use crate::access::{ActorKind, Permission, Role};
use crate::desk::Tx;
use crate::error::{Code, Error, Result};
use crate::event_log::Audience;
use crate::ids::CommentId;
use crate::say;
use crate::tickets::{TicketFacts, Tickets, find, ticket};

/// Locks a comment and the tickets at which it is read, and checks that the actor sees it at one of them and expects its version. Answers
/// the ticket that it is on, and the facts of the one at which it is seen.
///
/// # Errors
/// `NOT_FOUND` at `commentId`, whether there is none, it is deleted, or it is not the actor's to see; `CONFLICT`.
pub async fn lock(tx: &Tx, id: CommentId) -> Result<(comment::Model, ticket::Model, TicketFacts)> {
    let unseen = || Error::not_found("comment").at("commentId");
    let comment = comment::Entity::find_by_id(id).one(tx.conn()).await?.ok_or_else(unseen)?;
    // The tickets first, as everywhere.
    let ids = thread::read_at(tx, &comment).await?;
    let rows = find::lock_all(tx, &ids).await?;
    if thread::read_at(tx, &comment).await? != ids {
        return Err(Error::raced());
    }
    let comment = comment::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    let comment = comment.filter(|comment| comment.deleted_at.is_none()).ok_or_else(unseen)?;
    let facts = find::seen_at(tx, &rows, comment.audience).await?.ok_or_else(unseen)?;
    let ticket = rows.into_iter().find(|row| row.id == comment.ticket_id).ok_or_else(unseen)?;
    tx.expect_version(comment.id.0, comment.version)?;
    Ok((comment, ticket, facts))
}

/// Demands that the actor wrote the comment, lately, and may still write on the ticket; or runs the desk.
///
/// # Errors
/// `FORBIDDEN`, with what stands against it.
pub fn allow_change(tx: &mut Tx, comment: &comment::Model, facts: &TicketFacts) -> Result<()> {
    if tx.actor.role == Some(Role::Administrator) || tx.actor.kind == ActorKind::System {
        tx.allow_because("whoever runs the desk keeps its conversations in order");
        return Ok(());
    }
    if comment.author_id.is_none() || comment.author_id != tx.actor.person {
        return Err(Error::with(Code::Forbidden, "Somebody else wrote this comment.")
            .hint("Only its author changes a comment, or an administrator."));
    }
    let internal = comment.audience == Audience::Staff;
    let needed = if internal { Permission::CommentAddInternal } else { Permission::CommentAdd };
    tx.allow::<Tickets>(needed, facts)?;
    let window = tx.profile().limits.comment_edit;
    if tx.now.since(comment.created_at) > window.ms() {
        return Err(Error::with(
            Code::Forbidden,
            say!("A comment can be changed for {window} after it was written.", window = window.to_string()),
        )
        .hint("Write another comment, or ask an administrator."));
    }
    Ok(())
}
