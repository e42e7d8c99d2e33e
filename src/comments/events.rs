//! What happens to a comment.

use serde::{Deserialize, Serialize};

use crate::event_log::{Audience, Event, Subject};
use crate::ids::{CommentId, PersonId, TicketId};

crate::event_log::kinds! {
    /// A comment was written on a ticket.
    ADDED = "comment.added";
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
