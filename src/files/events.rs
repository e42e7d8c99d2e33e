//! What happens to an attachment once it is on a ticket. Uploads that nobody has used are nobody's business.

use serde::{Deserialize, Serialize};

use crate::event_log::{Audience, Event, Subject};
use crate::ids::{AttachmentId, CommentId, TicketId};

crate::event_log::kinds! {
    /// A file was put on a ticket, with it or with a comment.
    ADDED = "attachment.added";
    /// A file was taken away.
    DELETED = "attachment.deleted";
}

/// Something happened to a file of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentEvent {
    /// The attachment.
    pub attachment: AttachmentId,
    /// On which ticket.
    pub ticket: TicketId,
    /// With which comment, if it came with one.
    pub comment: Option<CommentId>,
    /// Whether only staff see it.
    pub internal: bool,
    /// Whether it was taken away, or put there.
    pub deleted: bool,
}

impl Event for AttachmentEvent {
    fn kind(&self) -> &'static str {
        if self.deleted { DELETED } else { ADDED }
    }
    fn subject(&self) -> Subject {
        Subject { kind: "attachment", id: self.attachment.0, ticket: Some(self.ticket) }
    }
    fn audience(&self) -> Audience {
        if self.internal { Audience::Staff } else { Audience::Public }
    }
}
