//! What somebody said of how they were served.

use async_graphql::{Context, Object};

use crate::clock::Timestamp;
use crate::graphql::context::Request;
use crate::graphql::people::Person;
use crate::tickets::rating;

/// What somebody said of how they were served.
pub struct TicketRating(pub rating::Model);

/// What somebody said of how they were served.
#[Object(crate = "crate::graphql::fields")]
impl TicketRating {
    /// How satisfied, on the desk's scale (`workflow.satisfaction.scale`).
    async fn score(&self) -> i32 {
        self.0.score
    }

    /// Whether that counts as satisfied.
    async fn satisfied(&self, ctx: &Context<'_>) -> bool {
        let asked = Request::of(ctx).profile().satisfaction.as_ref();
        asked.is_some_and(|asked| self.0.score >= asked.scale.good)
    }

    /// How much effort it took, on the desk's scale (`workflow.satisfaction.effort`).
    async fn effort(&self) -> Option<i32> {
        self.0.effort
    }

    /// In their own words.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// Who said it.
    async fn person(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        super::ticket::person(ctx, self.0.person_id).await
    }

    /// Which closing it is about: how often the ticket had been opened again by then.
    async fn closure(&self) -> i32 {
        self.0.closure
    }

    /// When they said it.
    async fn rated_at(&self) -> Timestamp {
        self.0.created_at
    }
}
