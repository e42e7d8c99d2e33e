//! Events of how a ticket is served: escalation, routing, ratings, and what its clocks say.

use super::*;
use crate::sla::clock::Target;
use crate::sla::events::{self as sla_events, SlaSaid};
use crate::tickets::events::{Deescalated, Escalated, Rated, Routed};
use crate::tickets::routing::Reason;

event! {
    /// A ticket went to a higher level of support.
    TicketEscalatedEvent(Escalated) as Escalated {
        /// The level it was at. Null: at none.
        async fn level_before<'a>(&'a self, ctx: &Context<'a>) -> Option<Choice<'a>> {
            Some(Choice::level(Request::of(ctx).profile(), self.data.level_before.as_deref()?))
        }

        /// The level it came to.
        async fn level<'a>(&'a self, ctx: &Context<'a>) -> Choice<'a> {
            Choice::level(Request::of(ctx).profile(), &self.data.level)
        }

        /// Whether the desk's clock did it.
        async fn automatic(&self) -> bool {
            self.data.automatic
        }

        /// The reason that was given. What staff gave is null for those who may not read internal notes.
        async fn reason(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
            kept(ctx, &self.record, self.data.reason, self.data.by_staff).await
        }
    }
}

event! {
    /// A ticket went back to a lower level of support, or to none.
    TicketDeescalatedEvent(Deescalated) as Deescalated {
        /// The level it was at.
        async fn level_before<'a>(&'a self, ctx: &Context<'a>) -> Choice<'a> {
            Choice::level(Request::of(ctx).profile(), &self.data.level_before)
        }

        /// The level it came to. Null: it is not escalated any more.
        async fn level_after<'a>(&'a self, ctx: &Context<'a>) -> Option<Choice<'a>> {
            Some(Choice::level(Request::of(ctx).profile(), self.data.level_after.as_deref()?))
        }

        /// The reason that was given. Null for those who may not read internal notes.
        async fn reason(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
            kept(ctx, &self.record, self.data.reason, true).await
        }
    }
}

event! {
    /// The desk looked for somebody to work on a ticket. Who got it is told by a `TicketAssignedEvent`.
    TicketRoutedEvent(Routed) as Routed {
        /// Who was found. Null: nobody was free.
        async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Person>> {
            person(ctx, self.data.agent).await
        }

        /// Why them, or why nobody.
        async fn why(&self) -> Reason {
            self.data.why
        }
    }
}

event! {
    /// Somebody said how they were served. What they wrote is at the ticket's `rating`.
    TicketRatedEvent(Rated) as Rated {
        /// How satisfied, on the desk's scale.
        async fn score(&self) -> i32 {
            self.data.score
        }

        /// How much effort it took, on the desk's scale.
        async fn effort(&self) -> Option<i32> {
            self.data.effort
        }
    }
}

event! {
    /// A deadline of a ticket comes near. For staff only.
    SlaWarnedEvent(SlaSaid) as SlaWarned {
        /// What the clock waits for.
        async fn target(&self) -> Target {
            self.data.target
        }

        /// How far it had come, in percent of the promised time.
        async fn percent(&self) -> u32 {
            self.data.percent
        }

        /// When it must have happened.
        async fn deadline(&self) -> Timestamp {
            self.data.deadline
        }
    }
}

event! {
    /// A deadline of a ticket has passed. For staff only.
    SlaBreachedEvent(SlaSaid) as SlaBreached {
        /// What the clock waits for.
        async fn target(&self) -> Target {
            self.data.target
        }

        /// When it should have happened.
        async fn deadline(&self) -> Timestamp {
            self.data.deadline
        }
    }
}

/// The kinds of these events.
pub(super) fn kind(record: &Record) -> Option<TicketEventKind> {
    Some(match record.kind.as_str() {
        kind::ESCALATED => TicketEventKind::Escalated,
        kind::DEESCALATED => TicketEventKind::Deescalated,
        kind::ROUTED => TicketEventKind::Routed,
        kind::RATED => TicketEventKind::Rated,
        sla_events::WARNED => TicketEventKind::SlaWarned,
        sla_events::BREACHED => TicketEventKind::SlaBreached,
        _ => return None,
    })
}

/// The event of a record, if it is one of these.
pub(super) fn read(kind: TicketEventKind, record: &Arc<Record>) -> Option<crate::error::Result<TicketEvent>> {
    macro_rules! read {
        ($variant:ident, $name:ident) => {
            record.read().map(|data| TicketEvent::$variant($name { data: Arc::new(data), record: record.clone() }))
        };
    }
    Some(match kind {
        TicketEventKind::Escalated => read!(Escalated, TicketEscalatedEvent),
        TicketEventKind::Deescalated => read!(Deescalated, TicketDeescalatedEvent),
        TicketEventKind::Routed => read!(Routed, TicketRoutedEvent),
        TicketEventKind::Rated => read!(Rated, TicketRatedEvent),
        TicketEventKind::SlaWarned => read!(SlaWarned, SlaWarnedEvent),
        TicketEventKind::SlaBreached => read!(SlaBreached, SlaBreachedEvent),
        _ => return None,
    })
}
