//! Who sees what left the desk: those who may send messages, of the tickets that they see; what is about no ticket is seen by those who
//! see everybody.

use async_graphql::InputObject;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Select};

use crate::access::{Actor, Permission, Scoped};
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs};
use crate::deliveries::delivery::{Channel, Column, Entity, Model, Status};
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::{DeliveryId, PersonId, TicketId};
use crate::profile::Grant;
use crate::tickets::{Tickets, ticket};

/// Which deliveries. All given conditions hold together.
#[derive(Clone, Debug, Default, Hash, InputObject)]
pub struct DeliveryFilter {
    /// That are so far.
    pub status: Option<Status>,
    /// By this channel.
    pub channel: Option<Channel>,
    /// To this person.
    pub person_id: Option<PersonId>,
    /// About this ticket.
    pub ticket_id: Option<TicketId>,
    /// For this: a kind of event such as `ticket.created`.
    pub purpose: Option<String>,
}

impl DeliveryFilter {
    fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.status.map(|status| Column::Status.eq(status)))
            .add_option(self.channel.map(|channel| Column::Channel.eq(channel)))
            .add_option(self.person_id.map(|person| Column::PersonId.eq(person)))
            .add_option(self.ticket_id.map(|ticket| Column::TicketId.eq(ticket)))
            .add_option(self.purpose.as_ref().map(|purpose| Column::Purpose.eq(purpose.as_str())))
    }
}

/// The deliveries that the actor sees, newest first, and how many there are, if that is asked for.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`; `BAD_USER_INPUT` for arguments that do not page; the database's.
pub async fn list(
    desk: &Desk,
    actor: &Actor,
    filter: &DeliveryFilter,
    args: &PageArgs,
    total: bool,
) -> Result<(Page<Model>, u64)> {
    desk.policy.demand(actor, Permission::NotificationSend)?;
    let page = args.check("deliveries", true, filter, MAX_PAGE)?;
    let select = visible(desk, actor).filter(filter.condition());
    let total = if total { select.clone().count(&desk.db.read).await? } else { 0 };
    let key = |row: &Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(&desk.db.read, select, Column::CreatedAt, Column::Id, key).await?, total))
}

/// Those of these that the actor sees.
///
/// # Errors
/// The database's.
pub async fn by_ids(desk: &Desk, actor: &Actor, ids: &[DeliveryId]) -> Result<Vec<Model>, DbErr> {
    if !may(desk, actor) {
        return Ok(Vec::new());
    }
    visible(desk, actor).filter(Column::Id.is_in(ids.iter().copied())).all(&desk.db.read).await
}

fn may(desk: &Desk, actor: &Actor) -> bool {
    !desk.policy.grants(actor, Permission::NotificationSend).is_none()
}

/// Whether the actor sees everybody, and so their addresses.
pub fn sees_everybody(desk: &Desk, actor: &Actor) -> bool {
    desk.policy.grants(actor, Permission::PersonView).has(Grant::All)
}

fn visible(desk: &Desk, actor: &Actor) -> Select<Entity> {
    let ticket = Query::select()
        .expr(Expr::val(1))
        .from(ticket::Entity)
        .and_where(Expr::col((ticket::Entity, ticket::Column::Id)).equals((Entity, Column::TicketId)))
        .cond_where(Tickets::condition(actor, desk.policy.grants(actor, Permission::TicketView)))
        .to_owned();
    let mut any = Condition::any().add(Expr::exists(ticket));
    if sees_everybody(desk, actor) {
        any = any.add(Column::TicketId.is_null());
    }
    Entity::find().filter(any)
}
