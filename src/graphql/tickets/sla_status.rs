//! How the desk keeps its promises now.

use async_graphql::{Context, Object};
use sea_orm::{Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::ahead::Ahead;
use super::queries::narrowed;
use super::{Ticket, TicketConnection};
use crate::db::page::{Key, MAX_PAGE, PageArgs};
use crate::error::Result;
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::sla::status::{self, Counts, Standing};
use crate::tickets::filter::TicketFilter;
use crate::tickets::ticket;

/// The root field about promises.
#[derive(Default)]
pub struct SlaQueries;

#[Object]
impl SlaQueries {
    /// How the promises of the open tickets that you can see stand now.
    async fn sla_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tickets.")] filter: Option<TicketFilter>,
    ) -> async_graphql::Result<SlaStatus> {
        let request = Request::of(ctx);
        let filter = filter.unwrap_or_default();
        let load = async {
            let scope = narrowed(request, &filter)?;
            let now = request.desk.clock.now();
            let counts = status::counts(&request.desk.db.read, request.profile(), scope.clone(), now).await?;
            Ok::<_, crate::error::Error>(SlaStatus { counts, scope, filter })
        };
        load.await.refuse(request)
    }
}

/// How the promises of open tickets stand. Each ticket is counted once: as breached, else as paused, else as at risk, else as on track.
pub struct SlaStatus {
    counts: Counts,
    scope: Condition,
    filter: TicketFilter,
}

/// How the promises of open tickets stand. Each ticket is counted once: as breached, else as paused, else as at risk, else as on track.
#[Object]
impl SlaStatus {
    /// How many have a missed deadline.
    async fn breached(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        count(ctx, self.counts.breached)
    }

    /// How many stand still, because of their status.
    async fn paused(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        count(ctx, self.counts.paused)
    }

    /// How many have come as far as the desk's first warning (80 percent of the promised time on a desk without warnings).
    async fn at_risk(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        count(ctx, self.counts.at_risk)
    }

    /// How many are none of this, or were promised nothing.
    async fn on_track(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        count(ctx, self.counts.on_track)
    }

    /// The tickets that stand so, the nearest deadline first.
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How they stand.")] standing: Standing,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TicketConnection> {
        let request = Request::of(ctx);
        let args = args(first, after, last, before);
        let list = self.list(request, standing, args, wants_total(ctx), Ahead::of_connection(ctx));
        list.await.refuse(request)
    }
}

impl SlaStatus {
    async fn list(
        &self,
        request: &Request,
        standing: Standing,
        args: PageArgs,
        wants_total: bool,
        ahead: Ahead,
    ) -> Result<TicketConnection> {
        let page = args.check("slaStatus", false, &(standing, &self.filter), MAX_PAGE)?;
        let db = &request.desk.db.read;
        let stands = status::condition(request.profile(), standing, request.desk.clock.now());
        let select = ticket::Entity::find().filter(self.scope.clone()).filter(stands);
        let total = if wants_total { int(select.clone().count(db).await?)? } else { 0 };
        let key = |row: &ticket::Model| Key { value: row.due_at.0, id: row.id.0 };
        let rows = page.load(db, select, ticket::Column::DueAt, ticket::Column::Id, key).await?;
        ahead.load(request, rows.rows.iter().map(|(_, ticket)| ticket)).await?;
        Ok(TicketConnection::new(rows, total, Ticket::from))
    }
}

fn count(ctx: &Context<'_>, count: i64) -> async_graphql::Result<i32> {
    int(count.unsigned_abs()).refuse(Request::of(ctx))
}
