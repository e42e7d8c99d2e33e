//! Writing, changing and deleting comments, and reading them.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::Comment;
use crate::comments::add::CommentAdd;
use crate::comments::delete::CommentDelete;
use crate::comments::edit::CommentEdit;
use crate::comments::mark_read::TicketMarkRead;
use crate::graphql::payload::perform;
use crate::graphql::tickets::Ticket;
use crate::payload;

payload! {
    /// What the mutation answers.
    CommentAddPayload {
        /// The comment. Null if nothing was written.
        comment: Comment
    }
}

payload! {
    /// What the mutation answers.
    CommentEditPayload {
        /// The comment as it is now. Null if nothing was written.
        comment: Comment
    }
}

payload! {
    /// What the mutation answers.
    CommentDeletePayload {
        /// What is left of the comment. Null if nothing was written.
        comment: Comment
    }
}

payload! {
    /// What the mutation answers.
    TicketMarkReadPayload {
        /// The ticket. Null if nothing was written.
        ticket: Ticket
    }
}

/// The root fields that change comments.
#[derive(Default)]
pub struct CommentMutations;

#[Object]
impl CommentMutations {
    /// Writes a comment: a public reply, or an internal note.
    async fn comment_add(&self, ctx: &Context<'_>, input: CommentAdd) -> async_graphql::Result<CommentAddPayload> {
        Ok(CommentAddPayload::answer(perform(ctx, input).await?, |row| Comment(Arc::new(row))))
    }

    /// Changes the text of a comment: one's own, for a while; administrators any.
    async fn comment_edit(&self, ctx: &Context<'_>, input: CommentEdit) -> async_graphql::Result<CommentEditPayload> {
        Ok(CommentEditPayload::answer(perform(ctx, input).await?, |row| Comment(Arc::new(row))))
    }

    /// Deletes a comment with its files: one's own, for a while; administrators any. It is seen that there was one.
    async fn comment_delete(
        &self,
        ctx: &Context<'_>,
        input: CommentDelete,
    ) -> async_graphql::Result<CommentDeletePayload> {
        Ok(CommentDeletePayload::answer(perform(ctx, input).await?, |row| Comment(Arc::new(row))))
    }

    /// Says that you have read a ticket.
    async fn ticket_mark_read(
        &self,
        ctx: &Context<'_>,
        input: TicketMarkRead,
    ) -> async_graphql::Result<TicketMarkReadPayload> {
        Ok(TicketMarkReadPayload::answer(perform(ctx, input).await?, Ticket::from))
    }
}
