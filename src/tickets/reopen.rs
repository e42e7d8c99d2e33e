//! Opens a resolved or closed ticket again.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::{Tickets, find, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;
use crate::profile::Stage;
use crate::say;

/// Opens a resolved or closed ticket again, as long as the desk lets one.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketReopenInput")]
pub struct TicketReopen {
    /// Which ticket.
    pub ticket_id: TicketId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketReopen {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.reopen";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketReopen, &facts)?;
        let (desk, actor, now) = (tx.desk.clone(), tx.actor.clone(), tx.now);
        let refused = || {
            let message = say!("A ticket that is \"{status}\" cannot be reopened now.", status = ticket.status);
            status::refused(&desk.profile, &ticket, now, &actor, message).at("ticketId")
        };
        if !matches!(status::stage(ticket.stage), Stage::Resolved | Stage::Closed) {
            return Err(refused());
        }
        let to = [Stage::New, Stage::Active, Stage::Waiting]
            .into_iter()
            .find_map(|stage| status::next_in(&desk.profile, &ticket, now, &actor, stage))
            .ok_or_else(refused)?;
        let to = to.key.clone();
        status::move_to(tx, &mut ticket, &to, None)?;
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}
