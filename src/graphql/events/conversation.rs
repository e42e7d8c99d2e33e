//! What happens to comments and files on a ticket.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{TicketEventKind, alias, person};
use crate::access::{ActorKind, Origin};
use crate::clock::Timestamp;
use crate::comments::events::{CommentAdded, CommentDeleted, CommentEdited};
use crate::event_log::{EventCursor, Record};
use crate::files::events::AttachmentEvent;
use crate::graphql::attachments::Attachment;
use crate::graphql::comments::Comment;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::people::Person;
use crate::graphql::tickets::Ticket;
use crate::ids::{AttachmentId, TicketId};

event! {
    /// A comment was written on a ticket.
    CommentAddedEvent(CommentAdded) as CommentAdded {
        /// The comment, as it is now.
        async fn comment(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Comment>> {
            let request = Request::of(ctx);
            Ok(request.loaders().comments.load(self.data.comment).await.refuse(request)?.map(Comment))
        }

        /// Whether only staff see it.
        async fn internal(&self) -> bool {
            self.data.internal
        }
    }
}

event! {
    /// The text of a comment was changed.
    CommentEditedEvent(CommentEdited) as CommentEdited {
        /// The comment, as it is now.
        async fn comment(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Comment>> {
            let request = Request::of(ctx);
            Ok(request.loaders().comments.load(self.data.comment).await.refuse(request)?.map(Comment))
        }

        /// Whether only staff see it.
        async fn internal(&self) -> bool {
            self.data.internal
        }
    }
}

event! {
    /// A comment was deleted.
    CommentDeletedEvent(CommentDeleted) as CommentDeleted {
        /// What is left of the comment.
        async fn comment(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Comment>> {
            let request = Request::of(ctx);
            Ok(request.loaders().comments.load(self.data.comment).await.refuse(request)?.map(Comment))
        }

        /// Whether only staff saw it.
        async fn internal(&self) -> bool {
            self.data.internal
        }
    }
}

event! {
    /// A file was put on a ticket, with it or with a comment.
    AttachmentAddedEvent(AttachmentEvent) as AttachmentAdded {
        /// The file. Null if it is not there any more.
        async fn attachment(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Attachment>> {
            let request = Request::of(ctx);
            let row = request.loaders().attachments.load(self.data.attachment).await.refuse(request)?;
            Ok(row.filter(|row| row.deleted_at.is_none()).map(Attachment))
        }

        /// Whether only staff see it.
        async fn internal(&self) -> bool {
            self.data.internal
        }
    }
}

event! {
    /// A file was taken away from a ticket.
    AttachmentDeletedEvent(AttachmentEvent) as AttachmentDeleted {
        /// The id that the file had.
        async fn attachment_id(&self) -> AttachmentId {
            self.data.attachment
        }

        /// Whether only staff saw it.
        async fn internal(&self) -> bool {
            self.data.internal
        }
    }
}
