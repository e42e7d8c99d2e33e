//! Changes how urgent a ticket is.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::events::{Change, PriorityChanged, TicketEvent};
use super::{TicketFacts, Tickets, find, input, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;
use crate::profile::Moment;

/// Changes how urgent a ticket is; its deadlines follow.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketPriorityChangeInput")]
pub struct TicketPriorityChange {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// A key of `workflow.priorities`.
    pub priority: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketPriorityChange {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.change_priority";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        if set_priority(tx, &mut ticket, &facts, &self.priority)? {
            status::save(tx, &mut ticket).await?;
        } else {
            tx.nothing_changed();
        }
        Ok(ticket)
    }
}

/// Sets the priority and answers whether it changed. The caller saves the row.
pub(super) fn set_priority(tx: &mut Tx, ticket: &mut ticket::Model, facts: &TicketFacts, key: &str) -> Result<bool> {
    tx.allow::<Tickets>(Permission::TicketChangePriority, facts)?;
    let (priority, rank) = input::priority(tx.profile(), "priority", key)?;
    if priority == ticket.priority {
        return Ok(false);
    }
    put_priority(tx, ticket, priority, rank)?;
    Ok(true)
}

/// Makes the ticket more or less urgent, whoever may wish for it, and records it. The caller saves the row.
pub(super) fn put_priority(tx: &mut Tx, ticket: &mut ticket::Model, priority: String, rank: i32) -> Result<()> {
    let change =
        PriorityChanged { priority_before: std::mem::replace(&mut ticket.priority, priority.clone()), priority };
    ticket.priority_rank = rank;
    tx.append(&TicketEvent::new(ticket, Change::PriorityChanged(change)))?;
    status::follow(tx, ticket, Moment::PriorityChange)
}
