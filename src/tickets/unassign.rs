//! Takes a ticket away from whoever has it.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::events::{Assigned, Change, TicketEvent};
use super::{Tickets, find, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;
use crate::profile::Moment;

/// Takes a ticket away from its agent and team.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketUnassignInput")]
pub struct TicketUnassign {
    /// Which ticket.
    pub ticket_id: TicketId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketUnassign {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.unassign";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketAssign, &facts)?;
        if ticket.assignee_id.is_none() && ticket.team_id.is_none() {
            tx.nothing_changed();
            return Ok(ticket);
        }
        let change = Assigned {
            assignee_before: ticket.assignee_id.take(),
            assignee: None,
            team_before: ticket.team_id.take(),
            team: None,
            note: None,
            notify_requester: false,
        };
        tx.append(&TicketEvent::new(&ticket, Change::Assigned(change)))?;
        status::follow(tx, &mut ticket, Moment::Unassign)?;
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}
