//! Deletes a ticket: nobody sees it any more; its rows stay until retention or erasure takes them.

use async_graphql::InputObject;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::events::{Change, Deleted, TicketEvent};
use super::{Tickets, find, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Outcome, Tx, WriteOptions};
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

/// A ticket as it was when it was deleted. Whoever deleted it may be told so again, although nobody sees it any more.
#[derive(Debug)]
pub struct DeletedTicket(pub ticket::Model);

impl Outcome for DeletedTicket {
    fn key(&self) -> uuid::Uuid {
        self.0.id.0
    }

    async fn reload(tx: &Tx, key: uuid::Uuid) -> Result<Option<Self>> {
        Ok(ticket::Entity::find_by_id(TicketId(key)).one(tx.conn()).await?.map(Self))
    }
}

impl Operation for TicketDelete {
    type Outcome = DeletedTicket;
    const NAME: &'static str = "ticket.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<DeletedTicket> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketDelete, &facts)?;
        ticket.deleted_at = Some(tx.now);
        tx.append(&TicketEvent::new(&ticket, Change::Deleted(Deleted { deleted: true })))?;
        status::save(tx, &mut ticket).await?;
        Ok(DeletedTicket(ticket))
    }
}
