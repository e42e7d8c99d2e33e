//! What somebody got for what they did.

use async_graphql::{Context, Object, SimpleObject};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::connection::{args, int, wants_total};
use super::context::{Refuse, Request};
use super::tickets::Ticket;
use crate::clock::Timestamp;
use crate::connection;
use crate::db::page::{Key, MAX_PAGE, PageArgs};
use crate::error::Result;
use crate::ids::PersonId;
use crate::rewards::entry;

/// What somebody got for what they did: points, and credit.
pub struct Rewards {
    person: PersonId,
    points: i64,
    credit: Vec<RewardCredit>,
}

/// Credit in one currency.
#[derive(Clone, Debug, SimpleObject)]
pub struct RewardCredit {
    /// The currency, as ISO 4217 writes it: `USD`.
    currency: String,
    /// How much, in the currency's smallest unit: 20 is $0.20.
    credit_minor: i32,
}

impl Rewards {
    /// Of somebody.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(request: &Request, person: PersonId) -> Result<Self> {
        let (points, credit) = entry::totals(&request.desk.db.read, person).await?;
        let credit = credit
            .into_iter()
            .map(|(currency, credit)| Ok(RewardCredit { currency, credit_minor: int(credit.unsigned_abs())? }));
        Ok(Self { person, points, credit: credit.collect::<Result<_>>()? })
    }

    async fn list(&self, request: &Request, args: PageArgs, wants_total: bool) -> Result<RewardConnection> {
        let page = args.check("rewards", true, &self.person, MAX_PAGE)?;
        let db = &request.desk.db.read;
        let select = entry::Entity::find().filter(entry::Column::PersonId.eq(self.person));
        let total = if wants_total { int(select.clone().count(db).await?)? } else { 0 };
        let key = |row: &entry::Model| Key { value: row.created_at.0, id: row.id };
        let rows = page.load(db, select, entry::Column::CreatedAt, entry::Column::Id, key).await?;
        request.loaders().tickets.load_ahead(rows.rows.iter().map(|(_, row)| row.ticket_id)).await?;
        Ok(RewardConnection::new(rows, total, RewardEntry))
    }
}

/// What somebody got for what they did: points, and credit.
#[Object]
impl Rewards {
    /// All points together.
    async fn points(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        int(self.points.unsigned_abs()).refuse(Request::of(ctx))
    }

    /// All credit together, by currency.
    async fn credit(&self) -> &[RewardCredit] {
        &self.credit
    }

    /// For what, newest first.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<RewardConnection> {
        let request = Request::of(ctx);
        self.list(request, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }
}

/// Something that somebody got.
pub struct RewardEntry(entry::Model);

connection!(RewardConnection, RewardEdge, RewardEntry, "rewards");

/// Something that somebody got.
#[Object(crate = "crate::graphql::fields")]
impl RewardEntry {
    /// For what: `create`, `escalate`, `close`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// What the desk calls it, such as `support_interaction`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Points.
    async fn points(&self) -> i32 {
        self.0.points
    }

    /// Money, in the currency's smallest unit: 20 is $0.20.
    async fn credit_minor(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        int(self.0.credit_minor.unsigned_abs()).refuse(Request::of(ctx))
    }

    /// The currency of the money, as ISO 4217 writes it: `USD`.
    async fn currency(&self) -> Option<&str> {
        self.0.currency.as_deref()
    }

    /// The ticket that they did it on. Null if they can no longer see it.
    async fn ticket(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        let request = Request::of(ctx);
        let ticket = request.visible_ticket(self.0.ticket_id).await.refuse(request);
        ticket.map(|ticket| ticket.map(Ticket)).transpose()
    }

    /// When they got it.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }
}
