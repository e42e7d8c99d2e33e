//! Writes a comment on a ticket.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::comment::{self, Format, SenderKind};
use super::events::CommentAdded;
use crate::access::Permission;
use crate::desk::{Operation, Outcome, Tx, WriteOptions};
use crate::error::Result;
use crate::event_log::Audience;
use crate::files::{self, Target};
use crate::ids::{AttachmentId, CommentId, TicketId};
use crate::profile::Moment;
use crate::tickets::find::Place;
use crate::tickets::{Tickets, find, input, measures, status, ticket};

/// Writes a comment: a public reply, or an internal note that only staff ever see. On a merged ticket it is written where things go on;
/// `notices` has `MERGED` then.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "CommentAddInput")]
pub struct CommentAdd {
    /// On which ticket.
    pub ticket_id: TicketId,
    /// The text.
    pub body: String,
    /// How the text is written.
    #[graphql(default_with = "Format::Markdown")]
    #[serde(default = "markdown")]
    pub format: Format,
    /// Whether it is a note for staff only.
    #[graphql(default = false)]
    #[serde(default)]
    pub internal: bool,
    /// Your uploads (`attachmentUpload`), each used once. With an internal note, only staff see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<AttachmentId>>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version (of the ticket).
    pub options: WriteOptions,
}

fn markdown() -> Format {
    Format::Markdown
}

impl Operation for CommentAdd {
    type Outcome = comment::Model;
    const NAME: &'static str = "comment.add";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<comment::Model> {
        let Place { mut ticket, via, facts, seen } = find::lock_place(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(
            if self.internal { Permission::CommentAddInternal } else { Permission::CommentAdd },
            &facts,
        )?;
        let body = input::text("body", &self.body, 1, tx.profile().limits.comment_max)?;
        // Staff who ask something themselves are customers of their own ticket.
        let asked = |ticket: &ticket::Model| tx.actor.person == Some(ticket.requester_id);
        let by_staff = tx.actor.is_staff() && !asked(&ticket) && !via.as_ref().is_some_and(asked);
        let sender_kind = match tx.actor.person {
            None => SenderKind::System,
            Some(_) if by_staff => SenderKind::Staff,
            Some(_) => SenderKind::Customer,
        };
        let comment = comment::Model {
            id: CommentId::new(),
            ticket_id: ticket.id,
            author_id: tx.actor.person,
            sender_kind,
            audience: if self.internal { Audience::Staff } else { Audience::Public },
            format: self.format,
            body,
            source: None,
            external_id: None,
            version: 1,
            created_at: tx.now,
            edited_at: None,
            deleted_at: None,
            via_ticket_id: via.as_ref().map(|via| via.id),
        };
        comment::Entity::insert(comment.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        count(&mut ticket, &comment);
        if let Some(mut via) = via {
            find::tell_followed(tx, &via, seen.then_some(&ticket));
            count(&mut via, &comment);
            status::save_as(tx, &mut via, false).await?;
        }
        let status_before = ticket.status.clone();
        tx.append(&CommentAdded {
            comment: comment.id,
            ticket: ticket.id,
            author: comment.author_id,
            internal: self.internal,
            by_staff,
        })?;
        if by_staff && !self.internal {
            measures::replied(tx, ticket.id).await?;
        }
        let to = Target { ticket: ticket.id, comment: Some(comment.id), internal: self.internal };
        files::attach(tx, "attachments", self.attachments.as_deref(), to).await?;
        if !self.internal {
            status::follow(tx, &mut ticket, if by_staff { Moment::StaffReply } else { Moment::CustomerReply })?;
        }
        // A reply alone is no change of the ticket's fields: whoever edits them meanwhile loses nothing, and keeps the version.
        let moved = status_before != ticket.status;
        status::save_as(tx, &mut ticket, moved).await?;
        Ok(comment)
    }
}

/// Counts a new comment into the ticket's row.
pub fn count(ticket: &mut ticket::Model, comment: &comment::Model) {
    ticket.comment_count += 1;
    ticket.last_comment_id = Some(comment.id);
    if comment.audience == Audience::Public {
        ticket.public_comment_count += 1;
        ticket.last_public_comment_id = Some(comment.id);
    }
}

impl Outcome for comment::Model {
    fn key(&self) -> uuid::Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: uuid::Uuid) -> Result<Option<Self>> {
        let Some(comment) = comment::Entity::find_by_id(CommentId(key)).one(tx.conn()).await? else { return Ok(None) };
        let seen = find::visible(&tx.desk, &tx.actor);
        let either = [Some(comment.ticket_id), comment.via_ticket_id].into_iter().flatten();
        let tickets = ticket::Entity::find().filter(ticket::Column::Id.is_in(either)).filter(seen);
        Ok(tickets.one(tx.conn()).await?.map(|_| comment))
    }
}
