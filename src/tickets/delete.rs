//! Deletes a ticket: nobody sees it any more; its rows stay until retention or erasure takes them.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::events::{Change, Deleted, TicketEvent};
use super::{Tickets, find, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;

/// Deletes a ticket.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketDeleteInput")]
pub struct TicketDelete {
    /// Which ticket.
    pub ticket_id: TicketId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketDelete {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketDelete, &facts)?;
        ticket.deleted_at = Some(tx.now);
        status::save(tx, &mut ticket).await?;
        tx.append(&TicketEvent::new(&ticket, Change::Deleted(Deleted { deleted: true })))?;
        Ok(ticket)
    }
}
