//! Asking for tickets.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::ahead::Ahead;
use super::{Ticket, TicketConnection};
use crate::access::Permission;
use crate::db::page::{Key, MAX_PAGE, PageArgs};
use crate::error::{Error, Result};
use crate::event_log::{self, Audience};
use crate::graphql::connection::{int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::TicketStatus;
use crate::graphql::events::{EventConnection, TicketEvent};
use crate::ids::TicketId;
use crate::tickets::filter::{TicketFilter, TicketOrderField};
use crate::tickets::whose::largest_page;
use crate::tickets::{find, summary, ticket, whose};

/// The order of a list of tickets.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct TicketOrder {
    /// By what.
    #[graphql(default_with = "TicketOrderField::CreatedAt")]
    field: TicketOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Desc")]
    direction: OrderDirection,
}

impl TicketOrder {
    /// By what, and whether the largest, latest come first.
    pub(super) fn or_newest_first(order: Option<Self>) -> (TicketOrderField, bool) {
        let field = order.map_or(TicketOrderField::CreatedAt, |order| order.field);
        (field, order.is_none_or(|order| order.direction == OrderDirection::Desc))
    }
}

/// Which way a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest, earliest first.
    Asc,
    /// Largest, latest first.
    Desc,
}

/// The root fields about tickets.
#[derive(Default)]
pub struct TicketQueries;

#[Object]
impl TicketQueries {
    /// The ticket with this id. Null if there is none, or if it is not yours to see.
    async fn ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ticket's id; `ticketByNumber` takes its number.")] id: TicketId,
    ) -> Option<async_graphql::Result<Ticket>> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            Ok::<_, Error>(find::by_id(&request.desk, &request.actor(), id).await?)
        };
        load.await.refuse(request).map(|row| row.map(Ticket::from)).transpose()
    }

    /// The ticket with this number. Null if there is none, or if it is not yours to see.
    async fn ticket_by_number(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As people write it, such as TICK-20260131-0001.")] number: String,
    ) -> Option<async_graphql::Result<Ticket>> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            Ok::<_, Error>(find::by_number(&request.desk, &request.actor(), &number).await?)
        };
        load.await.refuse(request).map(|row| row.map(Ticket::from)).transpose()
    }

    /// The tickets that you can see, narrowed by `filter`, newest first unless `orderBy` says otherwise.
    #[allow(clippy::too_many_arguments)]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tickets.")] filter: Option<TicketFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<TicketOrder>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100; for staff 1000.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Skip so many, for clients with page numbers: up to 10,000.")] offset: Option<i32>,
    ) -> async_graphql::Result<TicketConnection> {
        list_of(ctx, filter.unwrap_or_default(), order_by, PageArgs { first, after, last, before, offset }).await
    }

    /// Counts over the tickets that you can see, narrowed by `filter`.
    async fn ticket_summary<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "Which tickets.")] filter: Option<TicketFilter>,
    ) -> async_graphql::Result<TicketSummary<'a>> {
        let request: &'a Request = Request::of(ctx);
        summarize(request, filter.unwrap_or_default()).await.refuse(request)
    }
}

async fn list_of(
    ctx: &Context<'_>,
    filter: TicketFilter,
    order_by: Option<TicketOrder>,
    args: PageArgs,
) -> async_graphql::Result<TicketConnection> {
    let request = Request::of(ctx);
    let ahead = Ahead::of_connection(ctx);
    list(request, filter, order_by, args, wants_total(ctx), ahead).await.refuse(request)
}

pub(super) fn narrowed(request: &Request, filter: &TicketFilter) -> Result<Condition> {
    request.signed_in()?;
    whose::narrowed(&request.desk, &request.actor(), filter)
}

/// A page of the tickets that the actor sees.
pub async fn list(
    request: &Request,
    filter: TicketFilter,
    order: Option<TicketOrder>,
    args: PageArgs,
    wants_total: bool,
    ahead: Ahead,
) -> Result<TicketConnection> {
    let condition = narrowed(request, &filter)?;
    let (field, descending) = TicketOrder::or_newest_first(order);
    let page = args.check(&format!("{field:?}"), descending, &filter, largest_page(&request.actor()))?;
    let db = &request.desk.db.read;
    let select = ticket::Entity::find().filter(condition.clone());
    let total = if wants_total { int(select.clone().count(db).await?)? } else { 0 };
    let key = |row: &ticket::Model| Key { value: field.value(row), id: row.id.0 };
    let rows = page.load(db, select, field.column(), ticket::Column::Id, key).await?;
    ahead.load(request, rows.rows.iter().map(|(_, ticket)| ticket)).await?;
    Ok(TicketConnection::new(rows, total, Ticket::from))
}

/// A page of the tickets that a number counts, newest first; `condition` keeps to what the actor sees.
pub async fn counted(
    request: &Request,
    condition: &Condition,
    definition: &str,
    args: &PageArgs,
    max: u32,
    wants_total: bool,
    ahead: Ahead,
) -> Result<TicketConnection> {
    let page = args.check("counted", true, &definition, max)?;
    let db = &request.desk.db.read;
    let select = ticket::Entity::find().filter(condition.clone());
    let total = if wants_total { int(select.clone().count(db).await?)? } else { 0 };
    let key = |row: &ticket::Model| Key { value: row.created_at.0, id: row.id.0 };
    let rows = page.load(db, select, ticket::Column::CreatedAt, ticket::Column::Id, key).await?;
    ahead.load(request, rows.rows.iter().map(|(_, ticket)| ticket)).await?;
    Ok(TicketConnection::new(rows, total, Ticket::from))
}

/// Counts over a list of tickets.
#[derive(SimpleObject)]
pub struct TicketSummary<'a> {
    /// How many there are.
    total: i32,
    /// How many there are in each status, in the order of the desk.
    statuses: Vec<StatusCount<'a>>,
    /// How many have a deadline that has passed and is not met yet.
    overdue: i32,
    /// How many missed a deadline, met late or not at all.
    breached: i32,
}

/// How many tickets there are in a status.
#[derive(SimpleObject)]
pub struct StatusCount<'a> {
    /// The status.
    pub status: TicketStatus<'a>,
    /// How many.
    pub count: i32,
}

async fn summarize<'a>(request: &'a Request, filter: TicketFilter) -> Result<TicketSummary<'a>> {
    let condition = narrowed(request, &filter)?;
    let counts = summary::by_status(&request.desk.db.read, condition, request.desk.clock.now()).await?;
    let sum = |of: fn(&summary::StatusCount) -> i64| int(counts.iter().map(of).sum::<i64>().unsigned_abs());
    let statuses = request.profile().statuses.iter().map(|status| {
        let count = counts.iter().find(|count| count.status == status.key).map_or(0, |count| count.count);
        let count = int(count.unsigned_abs())?;
        Ok(StatusCount { status: TicketStatus::of(request, &status.key, status.stage as i32), count })
    });
    Ok(TicketSummary {
        total: sum(|count| count.count)?,
        statuses: statuses.collect::<Result<_>>()?,
        overdue: sum(|count| count.overdue)?,
        breached: sum(|count| count.breached)?,
    })
}

/// The events of a ticket that the reader may see.
pub async fn history(
    request: &Request,
    ticket: &ticket::Model,
    args: &PageArgs,
    wants_total: bool,
) -> Result<EventConnection> {
    use event_log::table::{Column, Entity};
    let page = args.check("history", false, &ticket.id.0, MAX_PAGE)?;
    let internal = request.may(ticket, Permission::CommentViewInternal).await?;
    let public = (!internal).then(|| Column::Audience.eq(Audience::Public));
    let mine = Condition::all().add(Column::TicketId.eq(ticket.id)).add_option(public);
    let key = |row: &event_log::Record| Key { value: row.seq, id: row.subject_id };
    let select = Entity::find().filter(mine);
    let db = &request.desk.db.read;
    let total = if wants_total { int(select.clone().count(db).await?)? } else { 0 };
    let page = page.load(db, select, Column::Seq, Column::SubjectId, key).await?;
    Ok(EventConnection::new(page, total, TicketEvent::from_record))
}
