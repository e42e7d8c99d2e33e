//! Who sees an attachment: whoever sees its ticket, and, if it came with an internal note, may read those there. Before it is used:
//! whoever uploaded it.

use sea_orm::{DbErr, EntityTrait};

use crate::access::{Actor, Permission, Scoped};
use crate::desk::Desk;
use crate::event_log::Audience;
use crate::files::attachment;
use crate::ids::AttachmentId;
use crate::tickets::{Tickets, facts};

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
    let facts = facts::of(conn, &[ticket]).await?.remove(&ticket);
    let admits = |permission| {
        facts.as_ref().is_some_and(|facts| Tickets::admits(actor, desk.policy.grants(actor, permission), facts))
    };
    let seen =
        admits(Permission::TicketView) && (row.audience == Audience::Public || admits(Permission::CommentViewInternal));
    Ok(seen.then_some(row))
}
