//! Finding a ticket, always in the scope of who asks.

use std::collections::HashMap;

use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::facts::{self, TicketFacts};
use super::{Tickets, ticket};
use crate::access::{Actor, Permission, Scoped};
use crate::desk::{Desk, Tx};
use crate::error::{Error, Result};
use crate::ids::{PersonId, TicketId};
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
    let unseen = || Error::not_found("ticket").at(field);
    let (ticket, facts) = match tx.take_ahead::<(ticket::Model, TicketFacts)>(id.0) {
        Some(ahead) => ahead,
        None => {
            // By id first: a sub-select inside FOR UPDATE would keep an old snapshot under READ COMMITTED.
            let ticket = ticket::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
            let ticket = ticket.ok_or_else(unseen)?;
            let participants = participants(tx, &[ticket.id]).await?.remove(&ticket.id).unwrap_or_default();
            let facts = TicketFacts::new(&ticket, participants);
            (ticket, facts)
        }
    };
    if !tx.may::<Tickets>(Permission::TicketView, &facts) {
        return Err(unseen());
    }
    Ok((ticket, facts))
}

/// Locks these tickets, in the order of their ids, and keeps them for the operations of this transaction that are about one each.
///
/// # Errors
/// The database's.
pub async fn lock_ahead(tx: &Tx, ids: &[TicketId]) -> Result<()> {
    let these = ticket::Entity::find().filter(ticket::Column::Id.is_in(ids.iter().copied()));
    let rows = these.order_by_asc(ticket::Column::Id).lock(LockType::NoKeyUpdate).all(tx.conn()).await?;
    let mut participants = participants(tx, ids).await?;
    for row in rows {
        let facts = TicketFacts::new(&row, participants.remove(&row.id).unwrap_or_default());
        tx.keep_ahead(row.id.0, (row, facts));
    }
    Ok(())
}

/// Who takes part in these tickets; looked up only where it can matter to the actor.
async fn participants(tx: &Tx, ids: &[TicketId]) -> Result<HashMap<TicketId, Vec<PersonId>>> {
    match Permission::ALL.iter().any(|permission| tx.grants(*permission).has(Grant::Participant)) {
        true => Ok(facts::participants(tx.conn(), ids).await?),
        false => Ok(HashMap::new()),
    }
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
