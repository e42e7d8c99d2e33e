//! The types of comments, and writing them.

use std::sync::Arc;

use async_graphql::{Context, Object};
use sea_orm::{EntityTrait, QueryFilter};

use super::attachments::Attachment;
use super::context::{Refuse, Request};
use super::payload::perform;
use super::people::Person;
use super::tickets::Ticket;
use crate::access::Permission;
use crate::clock::Timestamp;
use crate::comments::add::CommentAdd;
use crate::comments::comment::{self, Column, Format};
use crate::comments::loaders;
use crate::db::page::{DEFAULT_PAGE, Key, MAX_PAGE, Page, PageArgs};
use crate::error::Result;
use crate::event_log::Audience;
use crate::ids::CommentId;
use crate::text;
use crate::tickets::ticket;
use crate::{connection, payload};

/// Something said on a ticket: a public reply, or an internal note.
#[derive(Clone)]
pub struct Comment(pub Arc<comment::Model>);

connection!(CommentConnection, CommentEdge, Comment, "comments");

/// Something said on a ticket: a public reply, or an internal note.
#[Object(crate = "crate::graphql::fields")]
impl Comment {
    /// Its id.
    pub async fn id(&self) -> CommentId {
        self.0.id
    }

    /// The ticket it is on.
    async fn ticket(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        let request = Request::of(ctx);
        request.visible_ticket(self.0.ticket_id).await.refuse(request).map(|row| row.map(Ticket)).transpose()
    }

    /// Who wrote it. Null if nobody did: the desk itself.
    async fn author(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let id = self.0.author_id?;
        let request = Request::of(ctx);
        request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// Whether only staff see it.
    async fn internal(&self) -> bool {
        self.0.audience == Audience::Staff
    }

    /// What was written, as it was written.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// What was written, as safe HTML.
    async fn body_html(&self) -> String {
        match self.0.format {
            Format::Markdown => text::html(&self.0.body),
            Format::Plain => text::html_of_plain(&self.0.body),
        }
    }

    /// What was written, as text without marks.
    async fn body_text(&self) -> String {
        match self.0.format {
            Format::Markdown => text::plain(&self.0.body),
            Format::Plain => self.0.body.clone(),
        }
    }

    /// How `body` is written.
    async fn format(&self) -> Format {
        self.0.format
    }

    /// The files that came with it.
    async fn attachments(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Attachment>> {
        let request = Request::of(ctx);
        let rows = request.loaders().comment_attachments.load(self.0.id).await.refuse(request)?;
        Ok(rows.iter().flat_map(|rows| rows.iter()).map(|row| Attachment(Arc::new(row.clone()))).collect())
    }

    /// When it was written.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it was last edited.
    async fn edited_at(&self) -> Option<Timestamp> {
        self.0.edited_at
    }

    /// The system it was imported from.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// Its id in the system it was imported from.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }
}

/// The comments on a ticket that the reader may see. The first page of many tickets is one statement.
pub async fn of_ticket(request: &Request, ticket: &ticket::Model, args: &PageArgs) -> Result<CommentConnection> {
    let internal = request.may(ticket, Permission::CommentViewInternal).await?;
    let total = if internal { ticket.comment_count } else { ticket.public_comment_count };
    let checked = args.check("createdAt", false, &(ticket.id.0, internal), MAX_PAGE)?;
    let key = |row: &comment::Model| Key { value: row.created_at.0, id: row.id.0 };
    let page = if args.after.is_none() && args.last.is_none() && args.before.is_none() {
        let limit = u64::from(args.first.map_or(DEFAULT_PAGE, i32::unsigned_abs));
        let rows = request.loaders().first_comments.load((ticket.id, internal, limit + 1)).await?;
        checked.first_page(rows.iter().flat_map(|rows| rows.iter()).cloned(), key)
    } else {
        let select = comment::Entity::find().filter(loaders::of_ticket(ticket.id, internal));
        checked.load(&request.desk.db.read, select, Column::CreatedAt, Column::Id, key).await?
    };
    Ok(dress(page, total))
}

fn dress(page: Page<comment::Model>, total: i32) -> CommentConnection {
    CommentConnection::new(page, total, |row| Comment(Arc::new(row)))
}

payload! {
    /// What the mutation answers.
    CommentAddPayload {
        /// The comment. Null if nothing was written.
        comment: Comment
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
}
