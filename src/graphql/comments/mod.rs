//! The types of comments.

pub mod loaders;
mod mutations;

pub use mutations::CommentMutations;

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use sea_orm::{EntityTrait, QueryFilter};

use super::attachments::Attachment;
use super::connection::int;
use super::context::{Refuse, Request};
use super::people::Person;
use super::tickets::Ticket;
use crate::access::{Permission, Role};
use crate::clock::Timestamp;
use crate::comments::comment::{self, Column, Format, SenderKind};
use crate::comments::counts::Counts;
use crate::comments::loaders::of_ticket as comments_of_ticket;
use crate::connection;
use crate::db::page::{DEFAULT_PAGE, Key, MAX_PAGE, Page, PageArgs};
use crate::error::Result;
use crate::event_log::Audience;
use crate::ids::CommentId;
use crate::text;
use crate::tickets::{revision, ticket};

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

    /// The ticket it is on: of two that are read as one, the one on which it was written. Null if you see it only through another.
    async fn ticket(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        let request = Request::of(ctx);
        let load = async {
            let on = request.visible_ticket(self.0.ticket_id).await?;
            match (on, self.0.via_ticket_id) {
                (None, Some(via)) => request.visible_ticket(via).await,
                (on, _) => Ok(on),
            }
        };
        load.await.refuse(request).map(|row| row.map(Ticket)).transpose()
    }

    /// The merged ticket that its writer named, if it followed from there to the one that goes on.
    async fn via(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        let id = self.0.via_ticket_id?;
        let request = Request::of(ctx);
        request.visible_ticket(id).await.refuse(request).map(|row| row.map(Ticket)).transpose()
    }

    /// Who wrote it. Null if nobody did: the desk itself.
    async fn author(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let id = self.0.author_id?;
        let request = Request::of(ctx);
        request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// On which side it was written.
    async fn sender_kind(&self) -> SenderKind {
        self.0.sender_kind
    }

    /// Whether only staff see it.
    async fn internal(&self) -> bool {
        self.0.audience == Audience::Staff
    }

    /// What was written, as it was written. Empty once it is deleted.
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

    /// When it was deleted: there was something here, and its words are gone.
    async fn deleted_at(&self) -> Option<Timestamp> {
        self.0.deleted_at
    }

    /// Rises with each change of it: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Who has read it, and when first, earliest first. Its author is not among them.
    async fn read_by(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ReadReceipt>> {
        let request = Request::of(ctx);
        read_by(request, &self.0).await.refuse(request)
    }

    /// What it said before each change, oldest first, the last words of a deleted one among them. Null for those who may not read
    /// internal notes on the ticket.
    async fn revisions(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Vec<CommentRevision>>> {
        let request = Request::of(ctx);
        revisions(request, &self.0).await.refuse(request).transpose()
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
pub async fn of_ticket(
    request: &Request,
    ticket: &ticket::Model,
    args: &PageArgs,
    wants_total: bool,
) -> Result<CommentConnection> {
    let internal = request.may(ticket, Permission::CommentViewInternal).await?;
    let total = match wants_total {
        true => {
            let counts = counts(request, ticket, internal).await?;
            int((counts.total() + counts.deleted).unsigned_abs())?
        }
        false => 0,
    };
    let checked = args.check("createdAt", false, &(ticket.id.0, internal), MAX_PAGE)?;
    let key = |row: &comment::Model| Key { value: row.created_at.0, id: row.id.0 };
    let page = if args.after.is_none() && args.last.is_none() && args.before.is_none() {
        let limit = u64::from(args.first.map_or(DEFAULT_PAGE, i32::unsigned_abs));
        let rows = request.loaders().first_comments.load((ticket.id, internal, limit + 1)).await?;
        checked.first_page(rows.iter().flat_map(|rows| rows.iter()).cloned(), key)
    } else {
        let select = comment::Entity::find().filter(comments_of_ticket(ticket.id, internal));
        checked.load(&request.desk.db.read, select, Column::CreatedAt, Column::Id, key).await?
    };
    Ok(dress(page, total))
}

fn dress(page: Page<comment::Model>, total: i32) -> CommentConnection {
    CommentConnection::new(page, total, |row| Comment(Arc::new(row)))
}

/// Somebody has read a comment.
#[derive(SimpleObject)]
pub struct ReadReceipt {
    /// Who.
    person: Person,
    /// When first.
    read_at: Timestamp,
}

/// What a comment said before and after a change.
#[derive(SimpleObject)]
pub struct CommentRevision {
    /// What it said.
    before: Option<String>,
    /// What it said then; null if it was deleted.
    after: Option<String>,
    /// When it was changed.
    changed_at: Timestamp,
}

/// How many comments there are on a ticket, by the side they were written on. Deleted ones do not count.
#[derive(SimpleObject)]
pub struct MessageCounts {
    /// All that you can see.
    total: i32,
    /// By who asks.
    customer: i32,
    /// By who helps.
    staff: i32,
    /// By the desk itself.
    system: i32,
}

async fn counts(request: &Request, ticket: &ticket::Model, internal: bool) -> Result<Counts> {
    let counts = request.loaders().comment_counts.load((ticket.id, internal)).await?;
    Ok(counts.map(|counts| *counts).unwrap_or_default())
}

/// The counts that the reader may see.
pub async fn message_counts(request: &Request, ticket: &ticket::Model) -> Result<MessageCounts> {
    let internal = request.may(ticket, Permission::CommentViewInternal).await?;
    let counts = counts(request, ticket, internal).await?;
    let count = |number: i64| int(number.unsigned_abs());
    Ok(MessageCounts {
        total: count(counts.total())?,
        customer: count(counts.customer)?,
        staff: count(counts.staff)?,
        system: count(counts.system)?,
    })
}

/// How many comments on a ticket the reader has not read.
pub async fn unread(request: &Request, ticket: &ticket::Model) -> Result<i32> {
    let Some(me) = request.actor().person else { return Ok(0) };
    let internal = request.may(ticket, Permission::CommentViewInternal).await?;
    let unread = request.loaders().unread.load((me, ticket.id, internal)).await?;
    int(unread.map_or(0, |count| count.unsigned_abs()))
}

async fn read_by(request: &Request, comment: &comment::Model) -> Result<Vec<ReadReceipt>> {
    let loaders = request.loaders();
    let Some(readings) = loaders.readers.load(comment.id).await? else { return Ok(Vec::new()) };
    let people = futures_util::future::try_join_all(readings.iter().map(|read| loaders.people.load(read.person)));
    let mut receipts: Vec<ReadReceipt> = Vec::with_capacity(readings.len());
    for (reading, person) in readings.iter().zip(people.await?) {
        // A customer who read on has not seen the notes in between.
        let person = person.filter(|person| comment.audience == Audience::Public || person.role != Role::Customer);
        let Some(person) = person.filter(|person| receipts.iter().all(|receipt| receipt.person.0.id != person.id))
        else {
            continue;
        };
        // Who reads it elsewhere is known to those who see it there.
        if reading.ticket == comment.ticket_id || request.visible_ticket(reading.ticket).await?.is_some() {
            receipts.push(ReadReceipt { person: Person(person), read_at: reading.at });
        }
    }
    Ok(receipts)
}

async fn revisions(request: &Request, comment: &comment::Model) -> Result<Option<Vec<CommentRevision>>> {
    if !request.reads_internal(comment).await? {
        return Ok(None);
    }
    let rows = request.loaders().comment_revisions.load(comment.id).await?;
    let revision = |row: &revision::Model| CommentRevision {
        before: row.before.clone(),
        after: row.after.clone(),
        changed_at: row.created_at,
    };
    Ok(Some(rows.iter().flat_map(|rows| rows.iter()).map(revision).collect()))
}
