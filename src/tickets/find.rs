//! Finding a ticket, always in the scope of who asks.

use std::collections::HashMap;

use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::facts::{self, TicketFacts};
use super::{Tickets, status, threads, ticket};
use crate::access::{Actor, Permission, Scoped};
use crate::desk::{Desk, Tx};
use crate::error::{Code, Error, Result};
use crate::event_log::Audience;
use crate::ids::{PersonId, TicketId};
use crate::profile::Grant;
use crate::say;

/// The condition under which the actor sees tickets.
pub fn visible(desk: &Desk, actor: &Actor) -> Condition {
    Tickets::condition(actor, desk.policy.grants(actor, Permission::TicketView))
}

/// The condition under which the actor sees deleted tickets, and could restore them.
pub fn deleted(desk: &Desk, actor: &Actor) -> Condition {
    let reach = Tickets::reach(actor, desk.policy.grants(actor, Permission::TicketRestore));
    Condition::all().add(ticket::Column::DeletedAt.is_not_null()).add_option(reach)
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

/// Locks a ticket for a change and checks that the actor sees it, expects its version, and that it was not merged.
///
/// # Errors
/// `NOT_FOUND` at `field`, whether there is none or it is not the actor's to see; `CONFLICT`; `MERGED`.
pub async fn lock(tx: &Tx, field: &str, id: TicketId) -> Result<(ticket::Model, TicketFacts)> {
    let (ticket, facts) = lock_any(tx, field, id).await?;
    tx.expect_version(ticket.id.0, ticket.version)?;
    if ticket.merged_into_id.is_some() {
        return Err(merged(tx, field, &ticket).await?);
    }
    Ok((ticket, facts))
}

/// The refusal of a change of a merged ticket. Its hint names where things go on, to those who see that.
pub(super) async fn merged(tx: &Tx, field: &str, ticket: &ticket::Model) -> Result<Error> {
    let message = say!("{number} was merged into another ticket.", number = ticket.number);
    let hint = match seen_root(tx, ticket.id).await? {
        Some(root) => say!("Go on at {number}, or undo the merge with ticketUnmerge.", number = root.number),
        None => say!("Write a comment: it reaches those who go on with it."),
    };
    Ok(Error::with(Code::Merged, message).at(field).about("ticket").hint(hint))
}

/// Where the conversation of a merged ticket goes on, if the actor sees it.
async fn seen_root(tx: &Tx, id: TicketId) -> Result<Option<ticket::Model>> {
    let Some(root) = threads::roots(tx.conn(), &[id]).await?.remove(&id) else { return Ok(None) };
    let seen = ticket::Entity::find_by_id(root).filter(visible(&tx.desk, &tx.actor));
    Ok(seen.one(tx.conn()).await?)
}

/// Locks these tickets, in the order in which everybody locks many: by their ids. Answers them in the order in which they are named;
/// absent ones are missing.
pub async fn lock_all(tx: &Tx, ids: &[TicketId]) -> Result<Vec<ticket::Model>> {
    let all = ticket::Entity::find().filter(ticket::Column::Id.is_in(ids.iter().copied()));
    let mut rows = all.order_by_asc(ticket::Column::Id).lock(LockType::NoKeyUpdate).all(tx.conn()).await?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    for row in &rows {
        // Whoever locks several changes more of them than its events name.
        tx.forget_ahead(row.id.0);
        status::as_stored(tx, row);
    }
    Ok(rows)
}

/// Where something is said that was meant for a ticket.
pub struct Place {
    /// The ticket at which it is said, locked.
    pub ticket: ticket::Model,
    /// The merged ticket that was named, locked, if that is another.
    pub via: Option<ticket::Model>,
    /// The facts of the ticket that was named: they decide who may.
    pub facts: TicketFacts,
    /// Whether the actor sees the ticket at which it is said.
    pub seen: bool,
}

/// Locks a ticket to say something on it; if it was merged, the one at which its conversation goes on as well. Checks that the actor sees
/// the one that was named, and expects its version.
///
/// # Errors
/// `NOT_FOUND` at `field`, whether there is none or it is not the actor's to see; `CONFLICT`.
pub async fn lock_place(tx: &Tx, field: &str, id: TicketId) -> Result<Place> {
    let root = threads::roots(tx.conn(), &[id]).await?.remove(&id);
    let Some(root) = root else {
        let (ticket, facts) = lock_any(tx, field, id).await?;
        tx.expect_version(ticket.id.0, ticket.version)?;
        return match ticket.merged_into_id {
            None => Ok(Place { ticket, via: None, facts, seen: true }),
            Some(_) => Err(Error::raced()),
        };
    };
    let mut rows = lock_all(tx, &[id, root]).await?.into_iter();
    let (Some(via), Some(ticket)) = (rows.next(), rows.next()) else { return Err(Error::raced()) };
    if threads::roots(tx.conn(), &[id]).await?.get(&id) != Some(&root) {
        return Err(Error::raced());
    }
    let facts = look(tx, field, &via).await?;
    tx.expect_version(via.id.0, via.version)?;
    let seen = tx.may::<Tickets>(Permission::TicketView, &self::facts(tx, &ticket).await?);
    Ok(Place { ticket, via: Some(via), facts, seen })
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
            let facts = facts(tx, &ticket).await?;
            (ticket, facts)
        }
    };
    status::as_stored(tx, &ticket);
    match tx.may::<Tickets>(Permission::TicketView, &facts) {
        true => Ok((ticket, facts)),
        false => Err(unseen()),
    }
}

/// Tells whoever says something on a merged ticket where it is read; `root` is that ticket, if they see it.
pub fn tell_followed(tx: &mut Tx, via: &ticket::Model, root: Option<&ticket::Model>) {
    let message = match root {
        Some(root) => say!("{number} was merged into {into}: it is there.", number = via.number, into = root.number),
        None => {
            say!("{number} was joined with another ticket: it reaches those who work on that.", number = via.number)
        }
    };
    tx.notice("MERGED", message);
}

/// The facts of a row that the actor sees.
///
/// # Errors
/// `NOT_FOUND` at `field`.
pub async fn look(tx: &Tx, field: &str, ticket: &ticket::Model) -> Result<TicketFacts> {
    let facts = facts(tx, ticket).await?;
    match tx.may::<Tickets>(Permission::TicketView, &facts) {
        true => Ok(facts),
        false => Err(Error::not_found("ticket").at(field)),
    }
}

/// The facts of the first of these tickets at which the actor sees something public, or internal.
pub async fn seen_at(
    tx: &Tx,
    tickets: impl IntoIterator<Item = &ticket::Model>,
    audience: Audience,
) -> Result<Option<TicketFacts>> {
    for ticket in tickets {
        let facts = facts(tx, ticket).await?;
        let may = |permission| tx.may::<Tickets>(permission, &facts);
        if may(Permission::TicketView) && (audience == Audience::Public || may(Permission::CommentViewInternal)) {
            return Ok(Some(facts));
        }
    }
    Ok(None)
}

/// The facts of a row; participants are loaded only where they can matter to the actor.
pub(super) async fn facts(tx: &Tx, ticket: &ticket::Model) -> Result<TicketFacts> {
    let participants = participants(tx, &[ticket.id]).await?.remove(&ticket.id).unwrap_or_default();
    Ok(TicketFacts::new(ticket, participants))
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
