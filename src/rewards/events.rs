//! What happens to rewards.

use serde::{Deserialize, Serialize};

use crate::event_log::{Audience, Event, Subject};
use crate::ids::{PersonId, TicketId};

crate::event_log::kinds! {
    /// Somebody got points or credit for what they did on a ticket.
    GRANTED = "reward.granted";
}

/// Somebody got points or credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardGranted {
    /// Who.
    pub person: PersonId,
    /// On which ticket.
    pub ticket: TicketId,
    /// For what: `create`, `escalate`, `close`.
    pub action: String,
    /// How often the ticket had been opened again.
    pub closure: i32,
    /// Points.
    pub points: i32,
    /// Money, in the currency's smallest unit.
    pub credit_minor: i64,
}

impl Event for RewardGranted {
    fn kind(&self) -> &'static str {
        GRANTED
    }

    fn subject(&self) -> Subject {
        // About the person: what they have is nobody else's business who sees the ticket.
        Subject { kind: "person", id: self.person.0, ticket: None }
    }

    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
