//! What happens in inboxes.

use serde::{Deserialize, Serialize};

use crate::event_log::{Audience, Event, Subject};
use crate::ids::{NotificationId, PersonId};

crate::event_log::kinds! {
    /// People were told of something, in their inboxes.
    CREATED = "notification.created";
    /// Somebody of the desk, or another system, sent a message to somebody.
    SENT = "notification.sent";
}

/// People were told of something in their inboxes. One event for all that a transaction tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationsCreated {
    /// The notifications.
    pub notifications: Vec<NotificationId>,
    /// Whose they are, in the same order.
    pub people: Vec<PersonId>,
}

impl NotificationsCreated {
    /// Those of somebody.
    pub fn of(&self, person: PersonId) -> impl Iterator<Item = NotificationId> {
        let mine = move |(id, whose): (&NotificationId, &PersonId)| (*whose == person).then_some(*id);
        self.notifications.iter().zip(&self.people).filter_map(mine)
    }
}

impl Event for NotificationsCreated {
    fn kind(&self) -> &'static str {
        CREATED
    }

    fn subject(&self) -> Subject {
        // What somebody is told is nobody else's business who sees the ticket.
        let id = self.notifications.first().map(|id| id.0).unwrap_or_default();
        Subject { kind: "notification", id, ticket: None }
    }

    fn audience(&self) -> Audience {
        Audience::Staff
    }
}

/// Somebody sent a message to somebody. What it says is in the notification's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationSent {
    /// The notification.
    pub notification: NotificationId,
    /// To whom.
    pub person: PersonId,
}

impl Event for NotificationSent {
    fn kind(&self) -> &'static str {
        SENT
    }

    fn subject(&self) -> Subject {
        Subject { kind: "notification", id: self.notification.0, ticket: None }
    }

    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
