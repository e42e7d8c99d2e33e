//! Deletes a ticket: nobody sees it any more; its rows stay until it is restored, or retention or erasure takes them. What is read as one
//! is deleted as one: the tickets that were merged into it go with it.

use async_graphql::InputObject;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::events::{Change, Deleted, TicketEvent};
use super::{Tickets, find, status, threads, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Outcome, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::TicketId;

/// Deletes a ticket, with those that were merged into it. `ticketRestore` brings all of them back.
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
        let (mut ticket, mut below) = lock_with_below(tx, self.ticket_id).await?;
        let facts = find::look(tx, "ticketId", &ticket).await?;
        tx.expect_version(ticket.id.0, ticket.version)?;
        tx.allow::<Tickets>(Permission::TicketDelete, &facts)?;
        if ticket.merged_into_id.is_some() {
            return Err(find::merged(tx, "ticketId", &ticket).await?);
        }
        for row in below.iter_mut().chain([&mut ticket]) {
            row.deleted_at = Some(tx.now);
            tx.append(&TicketEvent::new(row, Change::Deleted(Deleted { deleted: true })))?;
            status::save(tx, row).await?;
        }
        Ok(DeletedTicket(ticket))
    }
}

/// Locks a ticket, deleted or not, and those that were merged into it.
///
/// # Errors
/// `NOT_FOUND` at `ticketId`.
pub(super) async fn lock_with_below(tx: &Tx, id: TicketId) -> Result<(ticket::Model, Vec<ticket::Model>)> {
    let below = threads::below(tx.conn(), &[id]).await?.remove(&id).unwrap_or_default();
    let mut rows = find::lock_all(tx, &[below.as_slice(), &[id]].concat()).await?;
    let ticket = rows.pop_if(|row| row.id == id).ok_or_else(|| Error::not_found("ticket").at("ticketId"))?;
    if threads::below(tx.conn(), &[id]).await?.remove(&id).unwrap_or_default() != below {
        return Err(Error::raced());
    }
    Ok((ticket, rows))
}
