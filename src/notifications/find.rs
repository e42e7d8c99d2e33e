//! The inbox: what somebody was told of, and still may see.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Select};

use super::notification::{Column, Entity, Model};
use crate::access::{Actor, Permission, Scoped};
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs};
use crate::desk::Desk;
use crate::error::Result;
use crate::event_log::Audience;
use crate::ids::{NotificationId, PersonId};
use crate::tickets::{Tickets, ticket};

/// Their inbox, newest first, and how many there are, if that is asked for.
///
/// # Errors
/// `BAD_USER_INPUT` for arguments that do not page; `UNAUTHENTICATED`; the database's.
pub async fn inbox(
    desk: &Desk,
    actor: &Actor,
    unread: bool,
    args: &PageArgs,
    total: bool,
) -> Result<(Page<Model>, u64)> {
    let me = actor.require_person()?;
    let page = args.check("notifications", true, &(me, unread), MAX_PAGE)?;
    let mut select = visible(desk, actor, me);
    if unread {
        select = select.filter(Column::ReadAt.is_null());
    }
    let total = if total { select.clone().count(&desk.db.read).await? } else { 0 };
    let key = |row: &Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(&desk.db.read, select, Column::CreatedAt, Column::Id, key).await?, total))
}

/// How many they have not read.
///
/// # Errors
/// `UNAUTHENTICATED`; the database's.
pub async fn unread(conn: &impl ConnectionTrait, desk: &Desk, actor: &Actor) -> Result<u64> {
    let me = actor.require_person()?;
    Ok(visible(desk, actor, me).filter(Column::ReadAt.is_null()).count(conn).await?)
}

/// Those of these that are in the actor's inbox, and that they may see.
///
/// # Errors
/// The database's.
pub async fn by_ids(desk: &Desk, actor: &Actor, ids: &[NotificationId]) -> Result<Vec<Model>, DbErr> {
    let Some(me) = actor.person else { return Ok(Vec::new()) };
    visible(desk, actor, me).filter(Column::Id.is_in(ids.iter().copied())).all(&desk.db.read).await
}

/// What of somebody's inbox is still theirs to see: not what is about a ticket that went out of their sight, or a note that is not for
/// them any more.
fn visible(desk: &Desk, actor: &Actor, me: PersonId) -> Select<Entity> {
    let seen = |permission| {
        Query::select()
            .expr(Expr::val(1))
            .from(ticket::Entity)
            .and_where(Expr::col((ticket::Entity, ticket::Column::Id)).equals((Entity, Column::TicketId)))
            .cond_where(Tickets::condition(actor, desk.policy.grants(actor, permission)))
            .to_owned()
    };
    let may_read = Condition::any()
        .add(Column::Audience.eq(Audience::Public))
        .add(Expr::exists(seen(Permission::CommentViewInternal)));
    let may_see = Condition::any().add(Column::TicketId.is_null()).add(Expr::exists(seen(Permission::TicketView)));
    Entity::find().filter(Column::PersonId.eq(me)).filter(Column::Inbox.eq(true)).filter(may_see).filter(may_read)
}
