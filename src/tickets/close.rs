//! Closes a ticket.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::{Tickets, find, input, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;
use crate::profile::Stage;
use crate::say;

/// Closes a ticket.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketCloseInput")]
pub struct TicketClose {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// Why: a key of `workflow.closeReasons`.
    pub reason: Option<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketClose {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.close";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketClose, &facts)?;
        let desk = tx.desk.clone();
        let profile = &desk.profile;
        let reason = match &self.reason {
            Some(reason) => Some(input::key(&profile.close_reasons, "reason", reason)?.key.clone()),
            None => None,
        };
        let to = status::next_in(profile, &ticket, tx.now, &tx.actor, Stage::Closed).ok_or_else(|| {
            let message = say!("A ticket that is \"{status}\" cannot be closed now.", status = ticket.status);
            status::refused(profile, &ticket, tx.now, &tx.actor, message).at("ticketId")
        })?;
        let to = to.key.clone();
        status::move_to(tx, &mut ticket, &to, reason)?;
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}
