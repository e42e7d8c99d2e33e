//! The type of an attachment, and its root fields.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Object, SimpleObject};
use sea_orm::{EntityTrait, QueryFilter};

use super::comments::Comment;
use super::connection::int;
use super::context::{Refuse, Request};
use super::payload::perform;
use super::people::Person;
use super::tickets::Ticket;
use crate::access::Permission;
use crate::attachments::delete::AttachmentDelete;
use crate::attachments::loaders;
use crate::attachments::upload::AttachmentUpload;
use crate::clock::Timestamp;
use crate::db::page::{DEFAULT_PAGE, Key, MAX_PAGE, PageArgs};
use crate::error::Result;
use crate::event_log::Audience;
use crate::files::attachment::{self, Column};
use crate::ids::AttachmentId;
use crate::tickets::ticket;
use crate::{connection, payload};

/// How long the address of an upload is good.
const UPLOAD: Duration = Duration::from_secs(15 * 60);
/// How long the address of a download is good.
const DOWNLOAD: Duration = Duration::from_secs(5 * 60);

/// A file on a ticket or a comment, or one that is going to be.
#[derive(Clone)]
pub struct Attachment(pub Arc<attachment::Model>);

connection!(AttachmentConnection, AttachmentEdge, Attachment, "attachments");

/// An address that is good for minutes, for you, and for one file. It needs no token beside it: do not pass it on.
#[derive(Clone, Debug, SimpleObject)]
pub struct SignedUrl {
    /// The address, beginning with `/`: it is on the host that the API is on.
    pub url: String,
    /// Until when it is good. After that, ask for the attachment again.
    pub expires_at: Timestamp,
}

/// A file on a ticket or a comment, or one that is going to be.
#[Object(crate = "crate::graphql::fields")]
impl Attachment {
    /// Its id.
    pub async fn id(&self) -> AttachmentId {
        self.0.id
    }

    /// What it is called.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// What it is: a media type, found by looking into it.
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// How many bytes it has.
    async fn size(&self) -> i32 {
        i32::try_from(self.0.size).unwrap_or(i32::MAX)
    }

    /// The SHA-256 of its bytes in hexadecimal digits. Null until they have come.
    async fn sha256(&self) -> Option<&str> {
        self.0.sha256.as_deref()
    }

    /// Whether only staff see it, because it came with an internal note; before it is used, only you see it.
    async fn internal(&self) -> bool {
        self.0.audience == Audience::Staff
    }

    /// Who uploaded it.
    async fn uploader(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let request = Request::of(ctx);
        request.loaders().people.load(self.0.uploader_id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// The ticket it is on. Null until it is used.
    async fn ticket(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        let id = self.0.ticket_id?;
        let request = Request::of(ctx);
        request.visible_ticket(id).await.refuse(request).map(|row| row.map(Ticket)).transpose()
    }

    /// The comment it came with, if it came with one.
    async fn comment(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Comment>> {
        let id = self.0.comment_id?;
        let request = Request::of(ctx);
        request.loaders().comments.load(id).await.refuse(request).map(|row| row.map(Comment)).transpose()
    }

    /// When it was attached; before that, when it was announced.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// Where to send its bytes: one `PUT` with exactly `size` bytes, within 15 minutes. Null once they are here.
    async fn upload(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<SignedUrl>> {
        match self.0.stored_at {
            Some(_) => None,
            None => self.link(ctx, "put", UPLOAD).await,
        }
    }

    /// Where to fetch its bytes, within 5 minutes; whether you may is asked again then. They come to be saved, not shown. Null until
    /// they are here.
    async fn download(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<SignedUrl>> {
        self.0.stored_at?;
        self.link(ctx, "get", DOWNLOAD).await
    }
}

impl Attachment {
    async fn link(&self, ctx: &Context<'_>, act: &str, life: Duration) -> Option<async_graphql::Result<SignedUrl>> {
        let request = Request::of(ctx);
        let id = self.0.id;
        let link = request.sessions.link(&request.actor(), act, &id.to_string(), life).await.refuse(request);
        let signed = |link: crate::sessions::links::Link| SignedUrl {
            url: format!("/files/{id}?token={}", link.token),
            expires_at: link.expires_at,
        };
        link.map(|link| link.map(signed)).transpose()
    }
}

/// The attachments of a ticket that the reader may see. The first page of many tickets is one statement.
pub async fn of_ticket(
    request: &Request,
    ticket: &ticket::Model,
    args: &PageArgs,
    wants_total: bool,
) -> Result<AttachmentConnection> {
    let internal = request.may(ticket, Permission::CommentViewInternal).await?;
    let checked = args.check("attachments", false, &(ticket.id.0, internal), MAX_PAGE)?;
    let key = |row: &attachment::Model| Key { value: row.created_at.0, id: row.id.0 };
    let total = match wants_total {
        true => request.loaders().attachment_counts.load((ticket.id, internal)).await?.map_or(0, |count| *count),
        false => 0,
    };
    let total = int(total.unsigned_abs())?;
    let page = if args.after.is_none() && args.last.is_none() && args.before.is_none() {
        let limit = u64::from(args.first.map_or(DEFAULT_PAGE, i32::unsigned_abs));
        let rows = request.loaders().first_attachments.load((ticket.id, internal, limit + 1)).await?;
        checked.first_page(rows.iter().flat_map(|rows| rows.iter()).cloned(), key)
    } else {
        let select = attachment::Entity::find().filter(loaders::of_ticket(ticket.id, internal));
        checked.load(&request.desk.db.read, select, Column::CreatedAt, Column::Id, key).await?
    };
    Ok(AttachmentConnection::new(page, total, |row| Attachment(Arc::new(row))))
}

payload! {
    /// What the mutation answers.
    AttachmentUploadPayload {
        /// The attachment: send its bytes to `upload { url }`. Null if nothing was written.
        attachment: Attachment
    }
}

payload! {
    /// What the mutation answers.
    AttachmentDeletePayload {
        /// The last that is seen of it. Null if nothing was written.
        attachment: Attachment
    }
}

/// The root fields that change attachments.
#[derive(Default)]
pub struct AttachmentMutations;

#[Object]
impl AttachmentMutations {
    /// Announces a file. Send its bytes to the address in the answer, then name it in `ticketCreate`, `commentAdd` or `ticketAttach`.
    async fn attachment_upload(
        &self,
        ctx: &Context<'_>,
        input: AttachmentUpload,
    ) -> async_graphql::Result<AttachmentUploadPayload> {
        Ok(AttachmentUploadPayload::answer(perform(ctx, input).await?, |row| Attachment(Arc::new(row))))
    }

    /// Deletes a file: an upload that is not used, or one on a ticket or comment. Whoever uploaded it may, and administrators.
    async fn attachment_delete(
        &self,
        ctx: &Context<'_>,
        input: AttachmentDelete,
    ) -> async_graphql::Result<AttachmentDeletePayload> {
        Ok(AttachmentDeletePayload::answer(perform(ctx, input).await?, |row| Attachment(Arc::new(row.0))))
    }
}
