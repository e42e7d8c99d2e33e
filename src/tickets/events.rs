//! What happens to a ticket.

use serde::{Deserialize, Serialize};

use super::TicketFacts;
use super::links::LinkKind;
use super::routing::Reason;
use super::ticket;
use crate::event_log::{Audience, Event, Record, Subject};
use crate::ids::{PersonId, ReferenceId, RevisionId, TeamId, TicketId};

/// What happens to a ticket, without any free text: what was written is in `revisions`.
#[derive(Clone, Debug, Serialize)]
pub struct TicketEvent<'a> {
    #[serde(skip)]
    ticket: &'a ticket::Model,
    /// The version that the ticket has after it.
    version: i32,
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
    /// It went to a higher level.
    Escalated(Escalated),
    /// It went back to a lower level, or to none.
    Deescalated(Deescalated),
    /// The desk looked for somebody to work on it.
    Routed(Routed),
    /// The requester said how it was.
    Rated(Rated),
    /// It was merged into another.
    Merged(Merged),
    /// Another was merged into it.
    MergeReceived(MergeReceived),
    /// Its merging was undone.
    Unmerged(Unmerged),
    /// The merging of another into it was undone.
    MergeReturned(MergeReturned),
    /// It was linked with another.
    Linked(Linked),
    /// It is not linked with another any more.
    Unlinked(Unlinked),
    /// It was deleted.
    Deleted(Deleted),
    /// It was brought back.
    Restored(Restored),
}

/// It was merged into another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Into which.
    pub merged_into: TicketId,
    /// What was noted, for staff only.
    pub note: Option<RevisionId>,
}

/// Another was merged into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeReceived {
    /// Which.
    pub merge_received: TicketId,
    /// Who takes part since.
    pub people: Vec<PersonId>,
}

/// Its merging was undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmerged {
    /// Into which it had been merged.
    pub unmerged_from: TicketId,
}

/// The merging of another into it was undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeReturned {
    /// Which.
    pub merge_returned: TicketId,
    /// Who no longer takes part.
    pub people: Vec<PersonId>,
}

/// It was linked with another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// With which.
    pub linked: TicketId,
    /// What this one is to the other.
    pub link: LinkKind,
}

/// It is not linked with another any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlinked {
    /// With which it was.
    pub unlinked: TicketId,
    /// What this one was to the other.
    pub link: LinkKind,
}

/// It was brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// The status that it is in.
    pub restored_to: String,
    /// Whether it is merged into another.
    pub merged: bool,
}

/// It went to a higher level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalated {
    /// The level it was at: a key of the profile.
    pub level_before: Option<String>,
    /// The level it came to.
    pub level: String,
    /// Whether the desk's clock did it.
    pub automatic: bool,
    /// Whether staff did it: then the reason is for staff only.
    pub by_staff: bool,
    /// The reason that was given.
    pub reason: Option<RevisionId>,
}

/// It went back to a lower level, or to none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deescalated {
    /// The level it was at: a key of the profile.
    pub level_before: String,
    /// The level it came to; none: it is not escalated any more.
    pub level_after: Option<String>,
    /// The reason that was given, for staff only.
    pub reason: Option<RevisionId>,
}

/// The desk looked for somebody to work on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    /// Who was found.
    pub agent: Option<PersonId>,
    /// Why them, or why nobody.
    pub why: Reason,
}

/// The requester said how it was. What they wrote is beside the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// How satisfied.
    pub score: i32,
    /// How much effort it took.
    pub effort: Option<i32>,
    /// Which closing it is about: how often it had been opened again.
    pub closure: i32,
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
    /// What outside the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceId>,
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
    /// Whether it moved because it was merged, or because that was undone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_merge: bool,
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
    crate::event_log::kinds! {
        /// It was opened.
        CREATED = "ticket.created";
        /// Title, description, category or tags changed.
        UPDATED = "ticket.updated";
        /// It was given to somebody, to a team, or taken away from them.
        ASSIGNED = "ticket.assigned";
        /// It moved to another status; closing, resolving and reopening are such moves.
        STATUS_CHANGED = "ticket.status_changed";
        /// It became more or less urgent.
        PRIORITY_CHANGED = "ticket.priority_changed";
        /// It went to a higher level of support.
        ESCALATED = "ticket.escalated";
        /// It went back to a lower level, or to none.
        DEESCALATED = "ticket.deescalated";
        /// The desk looked for somebody to work on it; who got it is told by `ticket.assigned`.
        ROUTED = "ticket.routed";
        /// Its requester, or a participant, said how it was.
        RATED = "ticket.rated";
        /// It was merged into another ticket, with which it is read as one from then on.
        MERGED = "ticket.merged";
        /// Another ticket was merged into it.
        MERGE_RECEIVED = "ticket.merge_received";
        /// It is a ticket of its own again.
        UNMERGED = "ticket.unmerged";
        /// A ticket that had been merged into it is one of its own again.
        MERGE_RETURNED = "ticket.merge_returned";
        /// It was said how it belongs together with another ticket.
        LINKED = "ticket.linked";
        /// It does not belong together with another ticket any more.
        UNLINKED = "ticket.unlinked";
        /// It was deleted.
        DELETED = "ticket.deleted";
        /// It was brought back after it had been deleted.
        RESTORED = "ticket.restored";
    }
}

impl<'a> TicketEvent<'a> {
    /// `change` happened to `ticket`, whose row is saved after this as its next version.
    pub fn new(ticket: &'a ticket::Model, change: Change) -> Self {
        let version = ticket.version + i32::from(!matches!(change, Change::Created(_)));
        Self { ticket, version, change }
    }

    /// `change` happened to `ticket`, whose row stays as it is.
    pub fn beside(ticket: &'a ticket::Model, change: Change) -> Self {
        Self { ticket, version: ticket.version, change }
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
            Change::Escalated(_) => kind::ESCALATED,
            Change::Deescalated(_) => kind::DEESCALATED,
            Change::Routed(_) => kind::ROUTED,
            Change::Rated(_) => kind::RATED,
            Change::Merged(_) => kind::MERGED,
            Change::MergeReceived(_) => kind::MERGE_RECEIVED,
            Change::Unmerged(_) => kind::UNMERGED,
            Change::MergeReturned(_) => kind::MERGE_RETURNED,
            Change::Linked(_) => kind::LINKED,
            Change::Unlinked(_) => kind::UNLINKED,
            Change::Deleted(_) => kind::DELETED,
            Change::Restored(_) => kind::RESTORED,
        }
    }

    fn subject(&self) -> Subject {
        Subject { kind: "ticket", id: self.ticket.id.0, ticket: Some(self.ticket.id) }
    }

    fn audience(&self) -> Audience {
        match self.change {
            // Whoever sees one of two tickets must not learn that there is another.
            Change::Linked(_) | Change::Unlinked(_) => Audience::Staff,
            _ => Audience::Public,
        }
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
        // It may have been brought back since.
        kind::DELETED => {
            let with = |deleted| TicketFacts { deleted, ..now.clone() };
            Some((with(false), with(true)))
        }
        kind::MERGE_RETURNED => {
            let event: MergeReturned = record.read().ok()?;
            let mut before = now.clone();
            before.participants.extend(event.people);
            Some((before, now.clone()))
        }
        _ => None,
    }
}

/// The version that the record's ticket had after it; none for what changes no field, as a comment.
pub fn version_after(record: &Record) -> Option<i32> {
    #[derive(Deserialize)]
    struct Versioned {
        version: i32,
    }
    record.read::<Versioned>().ok().map(|event| event.version)
}
