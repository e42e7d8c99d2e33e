//! Says how two tickets belong together.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::events::{Change, Linked, TicketEvent};
use super::links::{self, Column, LinkKind};
use super::{Tickets, find, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::{TicketId, TicketLinkId};
use crate::say;

/// Says how a ticket belongs together with another. Whoever sees one of them sees the link only if they see the other as well.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketLinkInput")]
pub struct TicketLink {
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

pub(super) fn related() -> LinkKind {
    LinkKind::Related
}

/// How many links a ticket may have.
const MOST: usize = 100;

impl Operation for TicketLink {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.link";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, mut other) = lock_both(tx, self.ticket_id, self.other_id).await?;
        let (ticket_id, other_id, kind) = self.kind.stored(ticket.id, other.id);
        let present = ends(tx, [ticket.id, other.id]).await?;
        if present.iter().any(|row| (row.ticket_id, row.other_id, row.kind) == (ticket_id, other_id, kind)) {
            return Err(Error::with(Code::AlreadyExists, "The two tickets are linked this way already.").at("otherId"));
        }
        for (field, id) in [("ticketId", ticket.id), ("otherId", other.id)] {
            if present.iter().filter(|row| row.ticket_id == id || row.other_id == id).count() >= MOST {
                return Err(Error::invalid(field, say!("A ticket has at most {max} links.", max = MOST))
                    .hint("Merge what is the same, or take links away."));
            }
        }
        let row = links::Model {
            id: TicketLinkId::new(),
            ticket_id,
            other_id,
            kind,
            created_by_id: tx.actor.person,
            created_at: tx.now,
        };
        links::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
        let change = |linked, link| Change::Linked(Linked { linked, link });
        tell(tx, (&mut ticket, &mut other), self.kind, change).await?;
        Ok(ticket)
    }
}

/// Both ends, locked, seen, and the actor's to link.
pub(super) async fn lock_both(tx: &mut Tx, id: TicketId, other_id: TicketId) -> Result<(ticket::Model, ticket::Model)> {
    if id == other_id {
        return Err(Error::invalid("otherId", "A ticket is not linked with itself.").hint("Name another ticket."));
    }
    let mut rows = find::lock_all(tx, &[id, other_id]).await?;
    let mut take = |field: &'static str, id| {
        let at = rows.iter().position(|row| row.id == id);
        at.map(|at| rows.swap_remove(at)).ok_or_else(|| Error::not_found("ticket").at(field))
    };
    // One after the other: whoever may not link this one is not told whether there is the other.
    let ticket = take("ticketId", id)?;
    end(tx, "ticketId", &ticket).await?;
    let other = take("otherId", other_id)?;
    end(tx, "otherId", &other).await?;
    tx.expect_version(ticket.id.0, ticket.version)?;
    Ok((ticket, other))
}

/// Demands that the actor sees a ticket, may link it, and that it was not merged.
async fn end(tx: &mut Tx, field: &str, row: &ticket::Model) -> Result<()> {
    let facts = find::look(tx, field, row).await?;
    tx.allow::<Tickets>(Permission::TicketLink, &facts)?;
    match row.merged_into_id {
        Some(_) => Err(find::merged(tx, field, row).await?),
        None => Ok(()),
    }
}

/// The links that one of these tickets is an end of.
pub(super) async fn ends(tx: &Tx, ids: [TicketId; 2]) -> Result<Vec<links::Model>> {
    let any = [Column::TicketId, Column::OtherId].map(|end| end.is_in(ids));
    let any = any.into_iter().fold(sea_orm::Condition::any(), sea_orm::Condition::add);
    Ok(links::Entity::find().filter(any).all(tx.conn()).await?)
}

/// Records at both ends what became of their link; their fields stay as they are, and so do their versions.
pub(super) async fn tell(
    tx: &mut Tx,
    (ticket, other): (&mut ticket::Model, &mut ticket::Model),
    kind: LinkKind,
    change: impl Fn(TicketId, LinkKind) -> Change,
) -> Result<()> {
    tx.append(&TicketEvent::beside(ticket, change(other.id, kind)))?;
    tx.append(&TicketEvent::beside(other, change(ticket.id, kind.reversed())))?;
    status::save_as(tx, ticket, false).await?;
    status::save_as(tx, other, false).await
}
