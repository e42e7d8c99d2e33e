//! What happens to a comment.

use serde::{Deserialize, Serialize};

use crate::event_log::{Audience, Event, Subject};
use crate::ids::{CommentId, PersonId, RevisionId, TicketId};

crate::event_log::kinds! {
    /// A comment was written on a ticket.
    ADDED = "comment.added";
    /// The text of a comment was changed by its author or an administrator.
    EDITED = "comment.edited";
    /// A comment was deleted.
    DELETED = "comment.deleted";
}

/// A comment was written. Its text is in the comment's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentAdded {
    /// The comment.
    pub comment: CommentId,
    /// On which ticket.
    pub ticket: TicketId,
    /// Who wrote it.
    pub author: Option<PersonId>,
    /// Whether it is a note for staff only.
    pub internal: bool,
    /// Whether somebody of the desk wrote it, for the one who asked.
    pub by_staff: bool,
}

impl Event for CommentAdded {
    fn kind(&self) -> &'static str {
        ADDED
    }
    fn subject(&self) -> Subject {
        Subject { kind: "comment", id: self.comment.0, ticket: Some(self.ticket) }
    }
    fn audience(&self) -> Audience {
        if self.internal { Audience::Staff } else { Audience::Public }
    }
}

/// The text of a comment changed. What it was and is, is in `revisions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentEdited {
    /// The comment.
    pub comment: CommentId,
    /// On which ticket.
    pub ticket: TicketId,
    /// Whether it is a note for staff only.
    pub internal: bool,
    /// The texts.
    pub revision: RevisionId,
}

impl Event for CommentEdited {
    fn kind(&self) -> &'static str {
        EDITED
    }
    fn subject(&self) -> Subject {
        Subject { kind: "comment", id: self.comment.0, ticket: Some(self.ticket) }
    }
    fn audience(&self) -> Audience {
        if self.internal { Audience::Staff } else { Audience::Public }
    }
}

/// A comment was deleted. What it said is in `revisions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentDeleted {
    /// The comment.
    pub comment: CommentId,
    /// On which ticket.
    pub ticket: TicketId,
    /// Whether it is a note for staff only.
    pub internal: bool,
    /// The texts.
    pub revision: RevisionId,
}

impl Event for CommentDeleted {
    fn kind(&self) -> &'static str {
        DELETED
    }
    fn subject(&self) -> Subject {
        Subject { kind: "comment", id: self.comment.0, ticket: Some(self.ticket) }
    }
    fn audience(&self) -> Audience {
        if self.internal { Audience::Staff } else { Audience::Public }
    }
}
