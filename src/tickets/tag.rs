//! Puts tags on a ticket, beside those it has.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::events::{Change, TicketEvent, Updated};
use super::ticket::{self, tag};
use super::{Tickets, find, input, status};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;

/// Puts tags on a ticket, beside those it has.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketTagInput")]
pub struct TicketTag {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// The tags.
    pub tags: Vec<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketTag {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.tag";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let added = input::tags(tx.profile(), "tags", &self.tags)?;
        retag(tx, self.ticket_id, |tags| tags.extend(added)).await
    }
}

/// Changes which tags a ticket has, and records it.
pub(super) async fn retag(tx: &mut Tx, id: TicketId, change: impl FnOnce(&mut Vec<String>)) -> Result<ticket::Model> {
    let (mut ticket, facts) = find::lock(tx, "ticketId", id).await?;
    tx.allow::<Tickets>(Permission::TicketUpdate, &facts)?;
    let present = present(tx, id).await?;
    let mut wanted = present.clone();
    change(&mut wanted);
    // Also against the limit of how many there are in all.
    let wanted = input::tags(tx.profile(), "tags", &wanted)?;
    if !replace(tx, id, &present, wanted).await? {
        tx.nothing_changed();
        return Ok(ticket);
    }
    let updated = Updated { fields: vec!["tags".to_owned()], revisions: Vec::new() };
    tx.append(&TicketEvent::new(&ticket, Change::Updated(updated)))?;
    status::save(tx, &mut ticket).await?;
    Ok(ticket)
}

/// The tags of a ticket, in order.
pub(super) async fn present(tx: &Tx, ticket: TicketId) -> Result<Vec<String>> {
    let rows = tag::Entity::find().filter(tag::Column::TicketId.eq(ticket)).all(tx.conn()).await?;
    let mut tags: Vec<String> = rows.into_iter().map(|row| row.tag).collect();
    tags.sort();
    Ok(tags)
}

/// Gives a ticket other tags than it has, and answers whether they are.
pub(super) async fn replace(tx: &Tx, ticket: TicketId, present: &[String], mut wanted: Vec<String>) -> Result<bool> {
    wanted.sort();
    if present == wanted {
        return Ok(false);
    }
    tag::Entity::delete_many().filter(tag::Column::TicketId.eq(ticket)).exec(tx.conn()).await?;
    if !wanted.is_empty() {
        let rows = wanted.into_iter().map(|tag| tag::Model { ticket_id: ticket, tag }.into_active_model());
        tag::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(true)
}
