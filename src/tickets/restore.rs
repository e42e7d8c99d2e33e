//! Brings a deleted ticket back, with those that were merged into it.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::delete::lock_with_below;
use super::events::{Change, Restored, TicketEvent};
use super::{TicketFacts, Tickets, find, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::TicketId;
use crate::say;

/// Brings a deleted ticket back as it was, with those that were merged into it. Its deadlines lie as far ahead as when it was deleted.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketRestoreInput")]
pub struct TicketRestore {
    /// Which ticket: `tickets(filter: {deleted: true})` lists those that you may restore.
    pub ticket_id: TicketId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketRestore {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.restore";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, mut below) = lock_with_below(tx, self.ticket_id).await?;
        let facts = find::facts(tx, &ticket).await?;
        if !facts.deleted {
            // Somebody was faster; whoever does not see the ticket is not told.
            let facts = find::look(tx, "ticketId", &ticket).await?;
            tx.allow::<Tickets>(Permission::TicketRestore, &facts)?;
            tx.nothing_changed();
            return Ok(ticket);
        }
        // A deleted ticket is seen by those only who may restore it.
        let alive = TicketFacts { deleted: false, ..facts };
        if !tx.may::<Tickets>(Permission::TicketRestore, &alive) {
            return Err(Error::not_found("ticket").at("ticketId"));
        }
        tx.allow::<Tickets>(Permission::TicketRestore, &alive)?;
        tx.expect_version(ticket.id.0, ticket.version)?;
        if ticket.merged_into_id.is_some() {
            return Err(Error::with(
                Code::Merged,
                say!("{number} was merged into another ticket.", number = ticket.number),
            )
            .at("ticketId")
            .about("ticket")
            .hint("It was deleted with the other, and comes back with it: restore that one."));
        }
        for row in below.iter_mut().chain([&mut ticket]) {
            row.deleted_at = None;
            let restored = Restored { restored_to: row.status.clone(), merged: row.merged_into_id.is_some() };
            tx.append(&TicketEvent::new(row, Change::Restored(restored)))?;
            status::save(tx, row).await?;
        }
        Ok(ticket)
    }
}
