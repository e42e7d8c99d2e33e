//! What a clock of the service level says.

use serde::{Deserialize, Serialize};

use super::clock::Target;
use crate::clock::Timestamp;
use crate::event_log::{Audience, Event, Subject};
use crate::ids::TicketId;

crate::event_log::kinds! {
    /// A deadline of a ticket comes near. For staff only.
    WARNED = "sla.warned";
    /// A deadline of a ticket has passed. For staff only.
    BREACHED = "sla.breached";
}

/// A clock has come so far. It happened when the clock came there, however late the desk noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaSaid {
    /// Whose clock.
    pub ticket: TicketId,
    /// What it waits for.
    pub target: Target,
    /// How far it has come, in percent of the promised time; 100 is the deadline.
    pub percent: u32,
    /// The deadline.
    pub deadline: Timestamp,
    /// Whether the deadline has passed.
    pub breached: bool,
}

impl Event for SlaSaid {
    fn kind(&self) -> &'static str {
        if self.breached { BREACHED } else { WARNED }
    }

    fn subject(&self) -> Subject {
        Subject { kind: "ticket", id: self.ticket.0, ticket: Some(self.ticket) }
    }

    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
