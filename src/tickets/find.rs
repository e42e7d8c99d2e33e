//! Finding a ticket, always in the scope of who asks.

use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::facts::{self, TicketFacts};
use super::{Tickets, ticket};
use crate::access::{Actor, Permission, Scoped};
use crate::desk::{Desk, Tx};
use crate::error::{Error, Result};
use crate::ids::TicketId;
use crate::profile::Grant;

/// The condition under which the actor sees tickets.
pub fn visible(desk: &Desk, actor: &Actor) -> Condition {
    Tickets::condition(actor, desk.policy.grants(actor, Permission::TicketView))
}

/// The ticket, if the actor sees it.
pub async fn by_id(desk: &Desk, actor: &Actor, id: TicketId) -> Result<Option<ticket::Model>, DbErr> {
    ticket::Entity::find().filter(ticket::Column::Id.eq(id)).filter(visible(desk, actor)).one(&desk.db.read).await
}

/// The tickets with these ids that the actor sees.
pub async fn by_ids(desk: &Desk, actor: &Actor, ids: &[TicketId]) -> Result<Vec<ticket::Model>, DbErr> {
    let any = ticket::Column::Id.is_in(ids.iter().copied());
    ticket::Entity::find().filter(any).filter(visible(desk, actor)).all(&desk.db.read).await
}

/// The ticket with this number, if the actor sees it.
pub async fn by_number(desk: &Desk, actor: &Actor, number: &str) -> Result<Option<ticket::Model>, DbErr> {
    let number = number.trim();
    ticket::Entity::find()
        .filter(ticket::Column::Number.eq(number))
        .filter(visible(desk, actor))
        .one(&desk.db.read)
        .await
}

/// Locks a ticket for a change and checks that the actor sees it and expects its version.
///
/// # Errors
/// `NOT_FOUND` at `field`, whether there is none or it is not the actor's to see; `CONFLICT`.
pub async fn lock(tx: &Tx, field: &str, id: TicketId) -> Result<(ticket::Model, TicketFacts)> {
    let (ticket, facts) = lock_any(tx, field, id).await?;
    tx.expect_version(ticket.id.0, ticket.version)?;
    Ok((ticket, facts))
}

/// Locks a ticket, of whatever version, for a change of something on it, and checks that the actor sees it.
///
/// # Errors
/// `NOT_FOUND` at `field`, whether there is none or it is not the actor's to see.
pub async fn lock_any(tx: &Tx, field: &str, id: TicketId) -> Result<(ticket::Model, TicketFacts)> {
    // By id first: a sub-select inside FOR UPDATE would keep an old snapshot under READ COMMITTED.
    let ticket = ticket::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    let unseen = || Error::not_found("ticket").at(field);
    let ticket = ticket.ok_or_else(unseen)?;
    let facts = facts(tx, &ticket).await?;
    if !tx.may::<Tickets>(Permission::TicketView, &facts) {
        return Err(unseen());
    }
    Ok((ticket, facts))
}

/// The facts of a row; participants are loaded only where they can matter to the actor.
async fn facts(tx: &Tx, ticket: &ticket::Model) -> Result<TicketFacts> {
    let matter = Permission::ALL.iter().any(|permission| tx.grants(*permission).has(Grant::Participant));
    let participants = match matter {
        true => facts::participants(tx.conn(), &[ticket.id]).await?.remove(&ticket.id).unwrap_or_default(),
        false => Vec::new(),
    };
    Ok(TicketFacts::new(ticket, participants))
}

impl crate::desk::Outcome for ticket::Model {
    fn key(&self) -> uuid::Uuid {
        self.id.0
    }

    /// Also if the actor cannot see it any more: whoever answers them asks, as after the first time.
    async fn reload(tx: &Tx, key: uuid::Uuid) -> Result<Option<Self>> {
        Ok(ticket::Entity::find_by_id(TicketId(key)).one(tx.conn()).await?)
    }
}
