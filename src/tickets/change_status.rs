//! Moves a ticket to another status.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::{Tickets, find, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;
use crate::profile::Stage;

/// Moves a ticket to another status, as far as the transitions of `workflow` go.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketStatusChangeInput")]
pub struct TicketStatusChange {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// A key of `workflow.statuses`; `ticket.actions` lists those it can move to now.
    pub status: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketStatusChange {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.change_status";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        let done = |stage| matches!(stage, Stage::Resolved | Stage::Closed);
        let before = status::stage(ticket.stage);
        let after = tx.profile().status(&self.status).map(|status| status.stage);
        // The same permission as the mutation of that name, whichever way somebody takes.
        tx.allow::<Tickets>(
            match after {
                Some(Stage::Closed) => Permission::TicketClose,
                Some(after) if done(before) && !done(after) => Permission::TicketReopen,
                _ => Permission::TicketChangeStatus,
            },
            &facts,
        )?;
        if self.status == ticket.status {
            tx.nothing_changed();
            return Ok(ticket);
        }
        status::move_to(tx, &mut ticket, &self.status, None)?;
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}
