//! One's own sessions: those that go on.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Select};

use super::session::{self, Column};
use crate::access::Actor;
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs};
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::SessionId;

/// The sessions of the actor that go on, newest first, and how many there are in all if that was asked for, else 0.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging; `UNAUTHENTICATED` for strangers.
pub async fn own(desk: &Desk, actor: &Actor, args: &PageArgs, total: bool) -> Result<(Page<session::Model>, u64)> {
    let me = actor.require_person()?;
    let page = args.check("createdAt", true, &(me, "sessions"), MAX_PAGE)?;
    let db = &desk.db.read;
    let select = living(desk).filter(Column::PersonId.eq(me));
    let total = if total { select.clone().count(db).await? } else { 0 };
    let key = |row: &session::Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(db, select, Column::CreatedAt, Column::Id, key).await?, total))
}

/// The sessions with these ids that are the actor's and go on.
///
/// # Errors
/// The database's.
pub async fn own_by_ids(desk: &Desk, actor: &Actor, ids: &[SessionId]) -> Result<Vec<session::Model>, DbErr> {
    let Some(me) = actor.person else { return Ok(Vec::new()) };
    let these = Column::Id.is_in(ids.iter().copied());
    living(desk).filter(these).filter(Column::PersonId.eq(me)).all(&desk.db.read).await
}

fn living(desk: &Desk) -> Select<session::Entity> {
    let now = desk.clock.real();
    session::Entity::find().filter(Column::RevokedAt.is_null()).filter(Column::ExpiresAt.gt(now))
}
