//! Why a ticket went to whom.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::clock::Timestamp;
use crate::graphql::connection::int;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::Choice;
use crate::graphql::people::Person;
use crate::profile::RoutingRule;
use crate::tickets::routing::{self, Candidate, Reason};

/// Who was found for a ticket when the desk last looked, why, and among whom.
pub struct TicketRouting(pub Arc<routing::Model>);

/// Who was found for a ticket when the desk last looked, why, and among whom.
#[Object(crate = "crate::graphql::fields")]
impl TicketRouting {
    /// Who was found. Null: nobody was free.
    async fn agent(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        super::ticket::person(ctx, self.0.agent_id?).await
    }

    /// Why them, or why nobody.
    async fn reason(&self) -> Reason {
        self.0.reason
    }

    /// By which rule.
    async fn rule(&self) -> RoutingRule {
        serde_json::from_value(self.0.rule.as_str().into()).unwrap_or(RoutingRule::LeastLoaded)
    }

    /// The skill that the ticket needed.
    async fn skill<'a>(&'a self, ctx: &Context<'a>) -> Option<Choice<'a>> {
        let key = self.0.skill.as_deref()?;
        Some(Choice::of(Request::of(ctx).profile().routing.skills.iter().find(|skill| skill.key == key), key))
    }

    /// Among whom, best first, as they stood then: at most 50.
    async fn candidates(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<RoutingCandidate>> {
        let candidates: Result<Vec<Candidate>, _> = serde_json::from_str(&self.0.candidates);
        Ok(candidates.refuse(Request::of(ctx))?.into_iter().map(RoutingCandidate).collect())
    }

    /// When.
    async fn routed_at(&self) -> Timestamp {
        self.0.routed_at
    }
}

/// Somebody who could have got a ticket, as they stood then.
pub struct RoutingCandidate(Candidate);

/// Somebody who could have got a ticket, as they stood then.
#[Object(crate = "crate::graphql::fields")]
impl RoutingCandidate {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        super::ticket::person(ctx, self.0.person).await
    }

    /// Whether they took tickets.
    async fn available(&self) -> bool {
        self.0.available
    }

    /// How many open tickets they had.
    async fn load(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        int(self.0.load.unsigned_abs()).refuse(Request::of(ctx))
    }

    /// How many they took at most.
    async fn capacity(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        int(self.0.capacity.unsigned_abs()).refuse(Request::of(ctx))
    }

    /// Whether they had the skill that the ticket needed. True if it needed none.
    async fn skilled(&self) -> bool {
        self.0.skilled
    }
}
