//! Puts uploaded files on a ticket that is there already.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::find::Place;
use super::{Tickets, find, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::files::{self, Target};
use crate::ids::{AttachmentId, TicketId};

/// Puts uploaded files on a ticket, without a comment. Everybody who sees the ticket sees them.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketAttachInput")]
pub struct TicketAttach {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// Your uploads (`attachmentUpload`), each used once.
    pub attachments: Vec<AttachmentId>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketAttach {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.attach";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let Place { ticket, via, facts, seen } = find::lock_place(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::CommentAdd, &facts)?;
        if self.attachments.is_empty() {
            return Err(Error::invalid("attachments", "This names no file.").hint("Name at least one upload."));
        }
        if let Some(via) = &via {
            find::tell_followed(tx, via, seen.then_some(&ticket));
        }
        // It is read at the other in any case; whoever does not see that finds it where they put it.
        let mut ticket = via.filter(|_| !seen).unwrap_or(ticket);
        let to = Target { ticket: ticket.id, comment: None, internal: false };
        files::attach(tx, "attachments", Some(&self.attachments), to).await?;
        // As with a comment: whoever edits its fields meanwhile keeps their version.
        status::save_as(tx, &mut ticket, false).await?;
        Ok(ticket)
    }
}
