//! The service level of a ticket.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::clock::Timestamp;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::TicketStatus;
use crate::graphql::fields::Rows;
use crate::sla::clock::{self, State, Target};
use crate::sla::segments::{Cause, Kind, Segment};
use crate::tickets::ticket;

/// What was promised for a ticket, and how it stands.
pub struct TicketSla {
    clocks: Vec<SlaClock>,
    ticket: Arc<ticket::Model>,
}

impl TicketSla {
    /// Of the ticket's clocks.
    pub fn new(clocks: Option<Arc<Vec<clock::Model>>>, ticket: Arc<ticket::Model>) -> Self {
        let clocks = clocks.iter().flat_map(|clocks| clocks.iter()).cloned().map(SlaClock).collect();
        Self { clocks, ticket }
    }
}

/// What was promised for a ticket, and how it stands.
#[Object(crate = "crate::graphql::fields")]
impl TicketSla {
    /// One clock for each promise.
    async fn clocks(&self) -> Rows<&SlaClock> {
        self.clocks.iter().collect()
    }

    /// Whether a deadline was missed, met late or not at all.
    async fn breached(&self, ctx: &Context<'_>) -> bool {
        self.ticket.is_breached(Request::of(ctx).desk.clock.now())
    }

    /// Whether a deadline is about to be missed: a clock counts, has come as far as the desk's first warning (the smallest of
    /// `workflow.sla.warnings`; 80 percent of the promised time on a desk without warnings), and its deadline has not passed.
    async fn breach_risk(&self, ctx: &Context<'_>) -> bool {
        let now = Request::of(ctx).desk.clock.now();
        self.clocks.iter().any(|clock| clock.0.is_at_risk(now))
    }

    /// When a clock brings the ticket to a higher level of support, if nothing happens until then. Null: none does.
    async fn next_escalation_at(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Timestamp>> {
        next_escalation(ctx, &self.ticket).await.transpose()
    }
}

/// When the first clock escalates the ticket.
pub(super) async fn next_escalation(
    ctx: &Context<'_>,
    ticket: &ticket::Model,
) -> async_graphql::Result<Option<Timestamp>> {
    let request = Request::of(ctx);
    let profile = request.profile();
    if profile.escalation.automatic.is_empty() || !profile.can_escalate_from(&ticket.status, false) {
        return Ok(None);
    }
    let load = async {
        let loaders = request.loaders();
        let level = loaders.escalations.load(ticket.id).await?;
        let above = level.and_then(|row| profile.escalation.level(&row.level).map(|(place, _)| place));
        let clocks = loaders.clocks.load(ticket.id).await?;
        let clocks = clocks.iter().flat_map(|clocks| clocks.iter());
        Ok::<_, crate::error::Error>(clocks.filter_map(|clock| clock.next_escalation(profile, above)).min())
    };
    load.await.refuse(request)
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

    /// How it came to stand where it stands, first to last. The deadline can be checked with them by hand: it is the start, the goal, and
    /// every stretch in which the clock did not count and that has ended, all in hours of the desk's calendar. Empty for clocks of before
    /// they were kept.
    async fn segments(&self) -> Vec<SlaSegment> {
        self.0.segments().into_iter().map(SlaSegment).collect()
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

/// A stretch of a clock.
pub struct SlaSegment(Segment);

/// A stretch of a clock.
#[Object(crate = "crate::graphql::fields")]
impl SlaSegment {
    /// When it began.
    async fn from_at(&self) -> Timestamp {
        self.0.from
    }

    /// When it ended. Null: it has not.
    async fn to_at(&self) -> Option<Timestamp> {
        self.0.to
    }

    /// What the clock did.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Why it began.
    async fn because(&self) -> Cause {
        self.0.because
    }

    /// The status that the ticket came into, if that was why.
    async fn status<'a>(&'a self, ctx: &Context<'a>) -> Option<TicketStatus<'a>> {
        let request: &'a Request = Request::of(ctx);
        let key = self.0.status.as_deref()?;
        let stage = request.profile().status(key).map_or(0, |status| status.stage as i32);
        Some(TicketStatus::of(request, key, stage))
    }

    /// How long it was, or has been until now, in hours of the desk's calendar.
    async fn hours(&self, ctx: &Context<'_>) -> f64 {
        let desk = &Request::of(ctx).desk;
        let to = self.0.to.unwrap_or_else(|| desk.clock.now());
        hours(desk.profile.calendar().between(self.0.from.0, to.0))
    }
}

fn hours(ms: i64) -> f64 {
    ms as f64 / 3_600_000.0
}
