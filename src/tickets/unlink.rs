//! Takes a link between two tickets away.

use async_graphql::InputObject;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::events::{Change, Unlinked};
use super::link::{ends, lock_both, related, tell};
use super::links::{self, LinkKind};
use super::ticket;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::TicketId;

/// Says that a ticket does not belong together with another any more.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketUnlinkInput")]
pub struct TicketUnlink {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The other ticket.
    pub other_id: TicketId,
    /// What the ticket is to the other.
    #[graphql(default_with = "LinkKind::Related")]
    #[serde(default = "related")]
    pub kind: LinkKind,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketUnlink {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.unlink";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, mut other) = lock_both(tx, self.ticket_id, self.other_id).await?;
        let wanted = self.kind.stored(ticket.id, other.id);
        let present = ends(tx, [ticket.id, other.id]).await?;
        let row = present.into_iter().find(|row| (row.ticket_id, row.other_id, row.kind) == wanted);
        let row = row.ok_or_else(|| Error::not_found("link").at("kind"))?;
        links::Entity::delete_by_id(row.id).exec(tx.conn()).await?;
        let change = |unlinked, link| Change::Unlinked(Unlinked { unlinked, link });
        tell(tx, (&mut ticket, &mut other), self.kind, change).await?;
        Ok(ticket)
    }
}
