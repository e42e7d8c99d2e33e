//! The tickets that a ticket belongs together with: those it was merged with, and those it is linked with.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::ticket::person;
use super::{Ticket, TicketConnection};
use crate::clock::Timestamp;
use crate::connection;
use crate::db::page::{Key, MAX_PAGE};
use crate::graphql::connection::{args, int};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::people::Person;
use crate::tickets::links::{Link, LinkKind};
use crate::tickets::ticket;

/// The part of a ticket that is about others.
pub struct TicketFamily(pub(super) Arc<ticket::Model>);

/// The part of a ticket that is about others.
#[Object(crate = "crate::graphql::fields")]
impl TicketFamily {
    /// The ticket at which its conversation goes on: the one it was merged into, or, if that was merged itself, the one at the end. Null
    /// if it was not merged, or if that ticket is not yours to see.
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        self.0.merged_into_id?;
        let request = Request::of(ctx);
        let load = async {
            match request.loaders().roots.load(self.0.id).await? {
                Some(root) => request.visible_ticket(*root).await,
                None => Ok(None),
            }
        };
        load.await.refuse(request).map(|row| row.map(Ticket)).transpose()
    }

    /// When it was merged into another ticket. Null if it was not.
    async fn merged_at(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Timestamp>> {
        self.0.merged_into_id?;
        let request = Request::of(ctx);
        let row = request.loaders().merges.load(self.0.id).await.refuse(request);
        row.map(|row| row.map(|row| row.merged_at)).transpose()
    }

    /// The tickets that were merged into it, and into those, that you can see, in the order in which they were opened. What was said on
    /// all of them is in `comments`, `attachments` and `history`, whether you see them or not.
    async fn merged_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TicketConnection> {
        let request = Request::of(ctx);
        let page = args(first, after, last, before).check("merged", false, &self.0.id.0, MAX_PAGE).refuse(request)?;
        let rows = request.loaders().below.load(self.0.id).await.refuse(request)?;
        let rows: Vec<ticket::Model> = rows.as_deref().cloned().unwrap_or_default();
        let total = int(rows.len() as u64).refuse(request)?;
        let key = |row: &ticket::Model| Key { value: row.created_at.0, id: row.id.0 };
        Ok(TicketConnection::new(page.within(rows, key), total, Ticket::from))
    }

    /// How it belongs together with other tickets that you can see, oldest link first.
    async fn links(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TicketLinkConnection> {
        let request = Request::of(ctx);
        let page = args(first, after, last, before).check("links", false, &self.0.id.0, MAX_PAGE).refuse(request)?;
        let rows = request.loaders().links.load(self.0.id).await.refuse(request)?;
        let rows: Vec<Link> = rows.as_deref().cloned().unwrap_or_default();
        let total = int(rows.len() as u64).refuse(request)?;
        let key = |link: &Link| Key { value: link.row.created_at.0, id: link.row.id.0 };
        Ok(TicketLinkConnection::new(page.within(rows, key), total, TicketLink::from))
    }

    /// When it was deleted: only in `tickets(filter: {deleted: true})`, for those who may restore it.
    async fn deleted_at(&self) -> Option<Timestamp> {
        self.0.deleted_at
    }
}

/// That two tickets belong together, as it is read from one of them. It has no id: read from the other it says something else.
pub struct TicketLink(Arc<Link>);

connection!(TicketLinkConnection, TicketLinkEdge, TicketLink, "links between tickets");

impl From<Link> for TicketLink {
    fn from(link: Link) -> Self {
        Self(Arc::new(link))
    }
}

/// That two tickets belong together, as it is read from one of them. It has no id: read from the other it says something else.
#[Object(crate = "crate::graphql::fields")]
impl TicketLink {
    /// What the ticket from which it is read is to the other.
    async fn kind(&self) -> LinkKind {
        self.0.kind
    }

    /// The other ticket.
    async fn ticket(&self) -> Ticket {
        Ticket::from(self.0.other.clone())
    }

    /// Who linked them.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        person(ctx, self.0.row.created_by_id?).await
    }

    /// When.
    async fn created_at(&self) -> Timestamp {
        self.0.row.created_at
    }
}
