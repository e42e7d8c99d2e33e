//! What happened, as types: one for each kind of event about tickets.

#[macro_use]
mod shape;

mod alias;
mod conversation;
mod load;
mod queries;
mod sight;
pub mod stream;
mod subscriptions;

use std::sync::Arc;

use async_graphql::{Context, Enum, Interface, Object, SimpleObject};

use super::context::{Refuse, Request};
use super::desk::{Choice, TicketPriority, TicketStatus};
use super::people::{Person, Team};
use super::tickets::Ticket;
use crate::access::{ActorKind, Origin};
use crate::clock::Timestamp;
use crate::comments::events as comment_events;
use crate::connection;
use crate::event_log::{EventCursor, Record};
use crate::files::events as file_events;
use crate::ids::TicketId;
use crate::tickets::events::{Assigned, Created, PriorityChanged, StatusChanged, Updated, kind};

use load::{kept, person, team};

pub use conversation::{
    AttachmentAddedEvent, AttachmentDeletedEvent, CommentAddedEvent, CommentDeletedEvent, CommentEditedEvent,
};
pub use queries::{EventQueries, since_version};
pub use subscriptions::EventSubscriptions;

/// What kind of event about a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum TicketEventKind {
    /// It was opened.
    Created,
    /// Title, description, category or tags changed.
    Updated,
    /// It was given to an agent or a team, or taken away.
    Assigned,
    /// It moved to another status.
    StatusChanged,
    /// It became more or less urgent.
    PriorityChanged,
    /// It went to a higher level of support.
    Escalated,
    /// It went back to a lower level, or to none.
    Deescalated,
    /// The desk looked for somebody to work on it.
    Routed,
    /// Somebody said how they were served.
    Rated,
    /// A deadline of it comes near.
    SlaWarned,
    /// A deadline of it has passed.
    SlaBreached,
    /// It was merged into another.
    Merged,
    /// Another was merged into it.
    MergeReceived,
    /// It is a ticket of its own again.
    Unmerged,
    /// One that had been merged into it is a ticket of its own again.
    MergeReturned,
    /// It was linked with another.
    Linked,
    /// It is not linked with another any more.
    Unlinked,
    /// It was deleted.
    Deleted,
    /// It was brought back after it had been deleted.
    Restored,
    /// A comment was written on it.
    CommentAdded,
    /// The text of a comment on it was changed.
    CommentEdited,
    /// A comment on it was deleted.
    CommentDeleted,
    /// A file was put on it, with it or with a comment.
    AttachmentAdded,
    /// A file was taken away from it.
    AttachmentDeleted,
    /// You can no longer see it. Only in subscriptions, once.
    Hidden,
}

impl TicketEventKind {
    /// The kind of a record, if it is an event about tickets.
    pub fn of(record: &Record) -> Option<Self> {
        Some(match record.kind.as_str() {
            kind::CREATED => Self::Created,
            kind::UPDATED => Self::Updated,
            kind::ASSIGNED => Self::Assigned,
            kind::STATUS_CHANGED => Self::StatusChanged,
            kind::PRIORITY_CHANGED => Self::PriorityChanged,
            kind::DELETED => Self::Deleted,
            comment_events::ADDED => Self::CommentAdded,
            comment_events::EDITED => Self::CommentEdited,
            comment_events::DELETED => Self::CommentDeleted,
            file_events::ADDED => Self::AttachmentAdded,
            file_events::DELETED => Self::AttachmentDeleted,
            _ => return service::kind(record).or_else(|| family::kind(record)),
        })
    }
}

/// Something that happened to a ticket.
#[derive(Clone, Interface)]
#[allow(clippy::duplicated_attributes, reason = "two fields of an interface may be of one type")]
#[graphql(
    field(name = "kind", ty = "TicketEventKind", desc = "What kind of event."),
    field(
        name = "alias",
        ty = "Option<String>",
        desc = "What the clients of this desk call it, if they have a name of their own."
    ),
    field(name = "event_cursor", ty = "EventCursor", desc = "The log position right after it."),
    field(name = "occurred_at", ty = "Timestamp", desc = "When it happened: in the past for imports."),
    field(name = "recorded_at", ty = "Timestamp", desc = "When the desk recorded it."),
    field(name = "actor_kind", ty = "ActorKind", desc = "What kind of actor did it."),
    field(name = "origin", ty = "Origin", desc = "By which door it came in."),
    field(name = "ticket_id", ty = "TicketId", desc = "The ticket it is about."),
    field(name = "actor", ty = "Option<Person>", desc = "Who did it. Null if nobody did: the desk itself."),
    field(
        name = "on_behalf_of",
        ty = "Option<Person>",
        desc = "For whom it was done: a ticket that staff or another system opened for somebody. Null if for oneself."
    ),
    field(
        name = "ticket",
        ty = "Option<Ticket>",
        desc = "The ticket it is about, as it is now. Null if you can no longer see it."
    )
)]
pub enum TicketEvent {
    /// See the type.
    Created(TicketCreatedEvent),
    /// See the type.
    Updated(TicketUpdatedEvent),
    /// See the type.
    Assigned(TicketAssignedEvent),
    /// See the type.
    StatusChanged(TicketStatusChangedEvent),
    /// See the type.
    PriorityChanged(TicketPriorityChangedEvent),
    /// See the type.
    Escalated(service::TicketEscalatedEvent),
    /// See the type.
    Deescalated(service::TicketDeescalatedEvent),
    /// See the type.
    Routed(service::TicketRoutedEvent),
    /// See the type.
    Rated(service::TicketRatedEvent),
    /// See the type.
    SlaWarned(service::SlaWarnedEvent),
    /// See the type.
    SlaBreached(service::SlaBreachedEvent),
    /// See the type.
    Merged(family::TicketMergedEvent),
    /// See the type.
    MergeReceived(family::TicketMergeReceivedEvent),
    /// See the type.
    Unmerged(family::TicketUnmergedEvent),
    /// See the type.
    MergeReturned(family::TicketMergeReturnedEvent),
    /// See the type.
    Linked(family::TicketLinkedEvent),
    /// See the type.
    Unlinked(family::TicketUnlinkedEvent),
    /// See the type.
    Deleted(TicketDeletedEvent),
    /// See the type.
    Restored(family::TicketRestoredEvent),
    /// See the type.
    Comment(CommentAddedEvent),
    /// See the type.
    CommentEdited(CommentEditedEvent),
    /// See the type.
    CommentDeleted(CommentDeletedEvent),
    /// See the type.
    AttachmentAdded(AttachmentAddedEvent),
    /// See the type.
    AttachmentDeleted(AttachmentDeletedEvent),
    /// See the type.
    Hidden(TicketHidden),
}

connection!(EventConnection, EventEdge, TicketEvent, "events");

mod family;
mod service;

event! {
    /// A ticket was opened.
    TicketCreatedEvent(Created) as Created {
        /// The status it began in.
        async fn status<'a>(&'a self, ctx: &Context<'a>) -> TicketStatus<'a> {
            TicketStatus::of(Request::of(ctx), &self.data.status, 0)
        }

        /// How urgent it was.
        async fn priority<'a>(&'a self, ctx: &Context<'a>) -> TicketPriority<'a> {
            TicketPriority::of(Request::of(ctx), &self.data.priority, 0)
        }
    }
}

event! {
    /// Title, description, category or tags of a ticket changed.
    TicketUpdatedEvent(Updated) as Updated {
        /// The fields that changed.
        async fn fields(&self) -> &[String] {
            &self.data.fields
        }

        /// The texts that changed, before and after.
        async fn changes(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TextChange>> {
            let request = Request::of(ctx);
            let loaders = request.loaders();
            let mut changes = Vec::new();
            for id in &self.data.revisions {
                if let Some(row) = loaders.revisions.load(*id).await.refuse(request)? {
                    changes.push(TextChange {
                        field: row.field.clone(),
                        before: row.before.clone(),
                        after: row.after.clone(),
                    });
                }
            }
            Ok(changes)
        }
    }
}

event! {
    /// A ticket was given to an agent or a team, or taken away.
    TicketAssignedEvent(Assigned) as Assigned {
        /// Who had it.
        async fn assignee_before(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Person>> {
            person(ctx, self.data.assignee_before).await
        }

        /// Who has it.
        async fn assignee(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Person>> {
            person(ctx, self.data.assignee).await
        }

        /// Which team had it.
        async fn team_before(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Team>> {
            team(ctx, self.data.team_before).await
        }

        /// Which team has it.
        async fn team(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Team>> {
            team(ctx, self.data.team).await
        }

        /// What was noted for whoever got it. Null for those who may not read internal notes.
        async fn note(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
            kept(ctx, &self.record, self.data.note, true).await
        }

        /// Whether the requester is to be told.
        async fn notify_requester(&self) -> bool {
            self.data.notify_requester
        }
    }
}

event! {
    /// A ticket moved to another status.
    TicketStatusChangedEvent(StatusChanged) as StatusChanged {
        /// The status it left.
        async fn status_before<'a>(&'a self, ctx: &Context<'a>) -> TicketStatus<'a> {
            TicketStatus::of(Request::of(ctx), &self.data.status_before, self.data.stage_before)
        }

        /// The status it came into.
        async fn status<'a>(&'a self, ctx: &Context<'a>) -> TicketStatus<'a> {
            TicketStatus::of(Request::of(ctx), &self.data.status, self.data.stage)
        }

        /// Why, if it was closed and somebody said so.
        async fn reason<'a>(&'a self, ctx: &Context<'a>) -> Option<Choice<'a>> {
            let reason = self.data.reason.as_deref()?;
            Some(Choice::of(Request::of(ctx).profile().close_reason(reason), reason))
        }
    }
}

event! {
    /// A ticket became more or less urgent.
    TicketPriorityChangedEvent(PriorityChanged) as PriorityChanged {
        /// How urgent it was.
        async fn priority_before<'a>(&'a self, ctx: &Context<'a>) -> TicketPriority<'a> {
            TicketPriority::of(Request::of(ctx), &self.data.priority_before, 0)
        }

        /// How urgent it became.
        async fn priority<'a>(&'a self, ctx: &Context<'a>) -> TicketPriority<'a> {
            TicketPriority::of(Request::of(ctx), &self.data.priority, 0)
        }
    }
}

event! {
    /// A ticket was deleted.
    TicketDeletedEvent(()) as Deleted {}
}

event! {
    /// You can no longer see a ticket: forget it. Only in subscriptions, once for each ticket that you lose sight of: by what happened
    /// to the ticket, or because your role, organization or teams changed (then for each that this stream has told you of, and nobody is
    /// named who did it).
    TicketHidden(()) as Hidden {}
}

/// A text before and after a change.
#[derive(Clone, SimpleObject)]
pub struct TextChange {
    /// The field.
    field: String,
    /// What it was.
    before: Option<String>,
    /// What it became.
    after: Option<String>,
}

impl TicketEvent {
    /// The event of a record; records of other nouns, or that cannot be read, show as nothing more than that something was updated.
    pub fn from_record(record: impl Into<Arc<Record>>) -> Self {
        let record = record.into();
        macro_rules! read {
            ($variant:ident, $name:ident) => {
                match record.read() {
                    Ok(data) => return Self::$variant($name { data: Arc::new(data), record }),
                    Err(error) => tracing::error!(seq = record.seq, %error, "an event cannot be read"),
                }
            };
        }
        match TicketEventKind::of(&record) {
            Some(TicketEventKind::Created) => read!(Created, TicketCreatedEvent),
            Some(TicketEventKind::Assigned) => read!(Assigned, TicketAssignedEvent),
            Some(TicketEventKind::StatusChanged) => read!(StatusChanged, TicketStatusChangedEvent),
            Some(TicketEventKind::PriorityChanged) => read!(PriorityChanged, TicketPriorityChangedEvent),
            Some(TicketEventKind::CommentAdded) => read!(Comment, CommentAddedEvent),
            Some(TicketEventKind::CommentEdited) => read!(CommentEdited, CommentEditedEvent),
            Some(TicketEventKind::CommentDeleted) => read!(CommentDeleted, CommentDeletedEvent),
            Some(TicketEventKind::AttachmentAdded) => read!(AttachmentAdded, AttachmentAddedEvent),
            Some(TicketEventKind::AttachmentDeleted) => read!(AttachmentDeleted, AttachmentDeletedEvent),
            Some(TicketEventKind::Updated) => read!(Updated, TicketUpdatedEvent),
            Some(TicketEventKind::Deleted) => return Self::Deleted(TicketDeletedEvent { record, data: Arc::new(()) }),
            Some(kind) => match service::read(kind, &record).or_else(|| family::read(kind, &record)) {
                Some(Ok(event)) => return event,
                Some(Err(error)) => tracing::error!(seq = record.seq, %error, "an event cannot be read"),
                None => {}
            },
            None => {}
        }
        let data = Arc::new(Updated { fields: Vec::new(), revisions: Vec::new() });
        Self::Updated(TicketUpdatedEvent { record, data })
    }

    /// The record's ticket is out of sight.
    pub fn hidden(record: Arc<Record>) -> Self {
        Self::Hidden(TicketHidden { record, data: Arc::new(()) })
    }

    /// The ticket is out of sight of whose rights changed by `record`. Who changed them is for staff to know, and not told.
    pub fn hidden_by_rights(record: &Record, ticket: TicketId) -> Self {
        Self::hidden(Arc::new(Record {
            ticket_id: Some(ticket),
            actor_kind: ActorKind::System,
            actor_id: None,
            ..record.clone()
        }))
    }
}
