//! What happens to a ticket.

use serde::{Deserialize, Serialize};

use super::TicketFacts;
use super::ticket;
use crate::event_log::{Event, Record, Subject};
use crate::ids::{PersonId, RevisionId, TeamId, TicketId};

/// What happens to a ticket, without any free text: what was written is in `revisions`.
#[derive(Clone, Debug, Serialize)]
pub struct TicketEvent<'a> {
    #[serde(skip)]
    ticket: &'a ticket::Model,
    #[serde(flatten)]
    change: Change,
}

/// The kinds, with the fields of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Change {
    /// It was opened.
    Created(Created),
    /// Title, description, category or tags changed.
    Updated(Updated),
    /// It was given to somebody, to a team, or taken away from them.
    Assigned(Assigned),
    /// It moved to another status.
    StatusChanged(StatusChanged),
    /// It became more or less urgent.
    PriorityChanged(PriorityChanged),
    /// It was deleted.
    Deleted(Deleted),
}

/// It was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// The status it began in.
    pub status: String,
    /// How urgent.
    pub priority: String,
    /// What about.
    pub category: String,
    /// Who asked.
    pub requester: PersonId,
}

/// Fields of it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Updated {
    /// Which.
    pub fields: Vec<String>,
    /// The texts before and after.
    pub revisions: Vec<RevisionId>,
}

/// It went from hand to hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// Who had it.
    pub assignee_before: Option<PersonId>,
    /// Who has it.
    pub assignee: Option<PersonId>,
    /// Which team had it.
    pub team_before: Option<TeamId>,
    /// Which team has it.
    pub team: Option<TeamId>,
    /// The note that was given along.
    pub note: Option<RevisionId>,
    /// Whether the requester is to be told.
    pub notify_requester: bool,
}

/// It moved to another status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChanged {
    /// The status it left.
    pub status_before: String,
    /// The status it is in.
    pub status: String,
    /// The stage it left, as [`crate::profile::Stage`] numbers it.
    pub stage_before: i32,
    /// The stage it is in.
    pub stage: i32,
    /// Why, if it was closed: a key of the profile.
    pub reason: Option<String>,
}

/// It became more or less urgent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityChanged {
    /// How urgent it was.
    pub priority_before: String,
    /// How urgent it is.
    pub priority: String,
}

/// It was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// Always true.
    pub deleted: bool,
}

/// The kinds by name, as the log and clients' filters write them.
pub mod kind {
    /// [`super::Created`]
    pub const CREATED: &str = "ticket.created";
    /// [`super::Updated`]
    pub const UPDATED: &str = "ticket.updated";
    /// [`super::Assigned`]
    pub const ASSIGNED: &str = "ticket.assigned";
    /// [`super::StatusChanged`]
    pub const STATUS_CHANGED: &str = "ticket.status_changed";
    /// [`super::PriorityChanged`]
    pub const PRIORITY_CHANGED: &str = "ticket.priority_changed";
    /// [`super::Deleted`]
    pub const DELETED: &str = "ticket.deleted";
}

impl<'a> TicketEvent<'a> {
    /// `change` happened to `ticket`.
    pub fn new(ticket: &'a ticket::Model, change: Change) -> Self {
        Self { ticket, change }
    }
}

impl Event for TicketEvent<'_> {
    fn kind(&self) -> &'static str {
        match self.change {
            Change::Created(_) => kind::CREATED,
            Change::Updated(_) => kind::UPDATED,
            Change::Assigned(_) => kind::ASSIGNED,
            Change::StatusChanged(_) => kind::STATUS_CHANGED,
            Change::PriorityChanged(_) => kind::PRIORITY_CHANGED,
            Change::Deleted(_) => kind::DELETED,
        }
    }

    fn subject(&self) -> Subject {
        Subject { kind: "ticket", id: self.ticket.id.0, ticket: Some(self.ticket.id) }
    }
}

/// The facts right before and right after `record`, if the record changed any: who could see the ticket before and could not after has
/// lost sight of it by this event.
pub fn facts_around(record: &Record, now: &TicketFacts) -> Option<(TicketFacts, TicketFacts)> {
    match record.kind.as_str() {
        kind::ASSIGNED => {
            let event: Assigned = record.read().ok()?;
            let with = |assignee, team| TicketFacts { assignee, team, deleted: false, ..now.clone() };
            Some((with(event.assignee_before, event.team_before), with(event.assignee, event.team)))
        }
        // Nothing happens to a ticket after this: it is as it was then.
        kind::DELETED => Some((TicketFacts { deleted: false, ..now.clone() }, now.clone())),
        _ => None,
    }
}

/// The ticket's id, if the record is about one.
pub fn ticket_of(record: &Record) -> Option<TicketId> {
    record.ticket_id
}
