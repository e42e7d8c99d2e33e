//! The service level of a ticket.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use crate::clock::Timestamp;
use crate::graphql::context::Request;
use crate::sla::clock::{self, State, Target};

/// What was promised for a ticket, and how it stands.
#[derive(SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct TicketSla {
    /// One clock for each promise.
    clocks: Vec<SlaClock>,
    /// Whether a deadline was missed, met late or not at all.
    breached: bool,
}

impl TicketSla {
    /// Of the ticket's clocks.
    pub fn new(clocks: Option<Arc<Vec<clock::Model>>>, breached: bool) -> Self {
        let clocks = clocks.iter().flat_map(|clocks| clocks.iter()).cloned().map(SlaClock).collect();
        Self { clocks, breached }
    }
}

/// A promise as a clock: it counts from the opening of the ticket in the hours of the desk's calendar, and stands still while the ticket
/// waits.
pub struct SlaClock(clock::Model);

/// A promise as a clock: it counts from the opening of the ticket in the hours of the desk's calendar, and stands still while the ticket
/// waits.
#[Object(crate = "crate::graphql::fields")]
impl SlaClock {
    /// What it waits for.
    async fn target(&self) -> Target {
        self.0.target
    }

    /// How it stands.
    async fn state(&self, ctx: &Context<'_>) -> State {
        self.0.state(Request::of(ctx).desk.clock.now())
    }

    /// When it must have happened. A running pause moves it when it ends.
    async fn deadline(&self) -> Timestamp {
        self.0.deadline
    }

    /// When it began to count.
    async fn started_at(&self) -> Timestamp {
        self.0.started_at
    }

    /// Since when it stands still.
    async fn paused_at(&self) -> Option<Timestamp> {
        self.0.paused_at
    }

    /// When what it waits for happened.
    async fn met_at(&self) -> Option<Timestamp> {
        self.0.met_at
    }

    /// How long it may count, in hours of the desk's calendar.
    async fn goal_hours(&self) -> f64 {
        hours(self.0.goal_ms)
    }

    /// How long it has counted, without the pauses, in hours of the desk's calendar.
    async fn counted_hours(&self, ctx: &Context<'_>) -> f64 {
        let desk = &Request::of(ctx).desk;
        hours(self.0.counted_ms(desk.profile.calendar(), desk.clock.now()))
    }
}

fn hours(ms: i64) -> f64 {
    ms as f64 / 3_600_000.0
}
