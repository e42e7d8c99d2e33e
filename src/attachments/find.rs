//! Who sees an attachment: whoever sees a ticket at which it is read, and, if it came with an internal note, may read those there. Before it is used:
//! whoever uploaded it.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

use crate::access::{Actor, Permission, Scoped};
use crate::comments::comment;
use crate::desk::Desk;
use crate::event_log::Audience;
use crate::files::attachment;
use crate::ids::{AttachmentId, TicketId};
use crate::tickets::{Tickets, facts, threads};

/// The attachment, if the actor sees it now.
pub async fn by_id(desk: &Desk, actor: &Actor, id: AttachmentId) -> Result<Option<attachment::Model>, DbErr> {
    let conn = &desk.db.read;
    let Some(row) = attachment::Entity::find_by_id(id).one(conn).await?.filter(|row| row.deleted_at.is_none()) else {
        return Ok(None);
    };
    let Some(ticket) = row.ticket_id else {
        let mine = actor.person == Some(row.uploader_id) && row.is_open(desk.clock.real());
        return Ok(mine.then_some(row));
    };
    let at = read_at(conn, &row, ticket).await?;
    let facts = facts::of(conn, &at).await?;
    let seen = facts.values().any(|facts| {
        let admits = |permission| Tickets::admits(actor, desk.policy.grants(actor, permission), facts);
        admits(Permission::TicketView) && (row.audience == Audience::Public || admits(Permission::CommentViewInternal))
    });
    Ok(seen.then_some(row))
}

/// The tickets at which an attachment is read, its own first: as with its comment, if it came with one.
pub async fn read_at(
    conn: &impl ConnectionTrait,
    row: &attachment::Model,
    ticket: TicketId,
) -> Result<Vec<TicketId>, DbErr> {
    let mut at = vec![ticket];
    at.extend(threads::above(conn, &[ticket]).await?.remove(&ticket).unwrap_or_default());
    if let Some(id) = row.comment_id {
        let comment = comment::Entity::find_by_id(id).one(conn).await?;
        at.extend(comment.and_then(|comment| comment.via_ticket_id).filter(|via| !at.contains(via)));
    }
    Ok(at)
}
