//! What routing knows of somebody who works on tickets.

use async_graphql::{Context, Object};

use crate::graphql::connection::{args, int};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::Choice;
use crate::graphql::tickets::{self, TicketConnection, TicketOrder};
use crate::ids::PersonId;
use crate::people::agent;
use crate::tickets::filter::TicketFilter;
use crate::tickets::whose::Whose;

/// Somebody who works on tickets, as routing knows them.
pub struct AgentRouting(pub PersonId);

/// Somebody who works on tickets, as routing knows them.
#[Object(crate = "crate::graphql::fields")]
impl AgentRouting {
    /// Whether they take tickets now.
    async fn available(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        Ok(self.settings(ctx).await?.available)
    }

    /// How many open tickets they take at most. People can assign more by hand.
    async fn capacity(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let request = Request::of(ctx);
        let capacity = self.settings(ctx).await?.capacity(request.profile().routing.capacity);
        int(capacity.unsigned_abs()).refuse(request)
    }

    /// How many open tickets they have.
    async fn load(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let request = Request::of(ctx);
        let load = request.loaders().loads.load(self.0).await.refuse(request)?;
        int(load.map_or(0, |load| load.unsigned_abs())).refuse(request)
    }

    /// What they are good at.
    async fn skills<'a>(&self, ctx: &Context<'a>) -> async_graphql::Result<Vec<Choice<'a>>> {
        let request: &'a Request = Request::of(ctx);
        let skills = request.loaders().skills.load(self.0).await.refuse(request)?.unwrap_or_default();
        // Those that the profile no longer knows need nobody.
        let known = request.profile().routing.skills.iter().filter(|skill| skills.contains(&skill.key));
        Ok(known.map(Choice::from).collect())
    }

    /// The tickets that are assigned to them and that you can see, newest first unless `orderBy` says otherwise.
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
    ) -> async_graphql::Result<TicketConnection> {
        tickets::of(ctx, Whose::Assignee(self.0), filter, order_by, args(first, after, last, before)).await
    }
}

impl AgentRouting {
    async fn settings(&self, ctx: &Context<'_>) -> async_graphql::Result<agent::Model> {
        let request = Request::of(ctx);
        let row = request.loaders().agents.load(self.0).await.refuse(request)?;
        Ok(row.map_or_else(|| agent::Model::of_nobody_special(self.0), |row| (*row).clone()))
    }
}
