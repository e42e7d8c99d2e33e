//! What the request at hand cost, and what is left of the minute's budget: the same numbers as in `extensions.cost`.

use async_graphql::{Context, Object, SimpleObject};

use crate::clock::Timestamp;
use crate::graphql::api::Cost;

/// Your budget. Every document has a price, known before it runs; a minute's budget pays for the documents of that minute.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// The budget of a minute.
    limit: u64,
    /// What is left of it, this request paid.
    remaining: u64,
    /// When the budget is full again.
    reset_at: Timestamp,
    /// What this request cost.
    cost: u64,
}

/// The root field about the budget.
#[derive(Default)]
pub struct RateLimitQueries;

#[Object]
impl RateLimitQueries {
    /// What this request cost, and what is left. The headers `X-RateLimit-…` and `extensions.cost` of every answer say the same.
    async fn rate_limit(&self, ctx: &Context<'_>) -> RateLimit {
        // The API's one door puts it into every request.
        let cost = ctx.data_unchecked::<Cost>();
        RateLimit {
            limit: cost.left.limit,
            remaining: cost.left.remaining,
            reset_at: cost.left.reset_at,
            cost: cost.price,
        }
    }
}
