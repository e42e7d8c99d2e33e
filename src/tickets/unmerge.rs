//! Makes a merged ticket one of its own again, as it was before; what was said after the merge stays where it was said.

use std::collections::HashSet;

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::events::{Change, MergeReturned, TicketEvent, Unmerged};
use super::threads::{self, merged, newcomer, path};
use super::ticket::participant;
use super::{Tickets, find, merge, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, TicketId};

/// Undoes a merge: the ticket is one of its own again, in the status that it had. What was said after the merge stays where it was said.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketUnmergeInput")]
pub struct TicketUnmerge {
    /// The ticket that was merged.
    pub ticket_id: TicketId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketUnmerge {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.unmerge";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let id = self.ticket_id;
        let above = threads::above(tx.conn(), &[id]).await?.remove(&id).unwrap_or_default();
        let mut rows = find::lock_all(tx, &[above.as_slice(), &[id]].concat()).await?;
        let ticket = rows.pop_if(|row| row.id == id);
        let mut ticket = ticket.ok_or_else(|| Error::not_found("ticket").at("ticketId"))?;
        let facts = find::look(tx, "ticketId", &ticket).await?;
        tx.expect_version(ticket.id.0, ticket.version)?;
        tx.allow::<Tickets>(Permission::TicketMerge, &facts)?;
        if threads::above(tx.conn(), &[id]).await?.remove(&id).unwrap_or_default() != above {
            return Err(Error::raced());
        }
        let before = threads::merges(tx.conn(), &[id]).await?.remove(&id).ok_or_else(|| {
            Error::with(Code::InvalidTransition, "The ticket is not merged into another.")
                .at("ticketId")
                .about("ticket")
                .hint("There is nothing to undo.")
        })?;
        let mut moving = threads::below(tx.conn(), &[id]).await?.remove(&id).unwrap_or_default();
        moving.push(id);
        merged::Entity::delete_by_id(id).exec(tx.conn()).await?;
        path::Entity::delete_many()
            .filter(path::Column::IntoId.is_in(above.iter().copied()))
            .filter(path::Column::TicketId.is_in(moving.iter().copied()))
            .exec(tx.conn())
            .await?;
        ticket.merged_into_id = None;
        tx.append(&TicketEvent::new(&ticket, Change::Unmerged(Unmerged { unmerged_from: before.into_id })))?;
        put_back(tx, &mut ticket, before)?;
        status::save(tx, &mut ticket).await?;
        for root in &mut rows {
            let people = take_out(tx, root.id, &moving).await?;
            tx.append(&TicketEvent::beside(root, Change::MergeReturned(MergeReturned { merge_returned: id, people })))?;
            status::save_as(tx, root, false).await?;
        }
        Ok(ticket)
    }
}

/// Puts a ticket into the status that it had. One that the desk no longer has is answered by the one that tickets begin in.
fn put_back(tx: &mut Tx, ticket: &mut ticket::Model, before: merged::Model) -> Result<()> {
    let desk = tx.desk.clone();
    let profile = &desk.profile;
    let was = profile.status(&before.status).or_else(|| profile.status(&profile.initial_status));
    if let Some(was) = was.filter(|was| was.key != ticket.status) {
        merge::swap(tx, ticket, (was.key.clone(), was.stage), None)?;
    }
    ticket.status_changed_at = before.status_changed_at;
    ticket.closed_at = before.closed_at;
    ticket.close_reason = before.close_reason;
    Ok(())
}

/// Takes those out again who came with these tickets and with no others; answers who they are.
async fn take_out(tx: &Tx, root: TicketId, moving: &[TicketId]) -> Result<Vec<PersonId>> {
    let (leaving, staying): (Vec<_>, Vec<_>) =
        merge::newcomers(tx, &[root]).await?.into_iter().partition(|row| moving.contains(&row.ticket_id));
    let staying: HashSet<PersonId> = staying.into_iter().map(|row| row.person_id).collect();
    let leaving: HashSet<PersonId> = leaving.into_iter().map(|row| row.person_id).collect();
    let mut gone: Vec<PersonId> = leaving.difference(&staying).copied().collect();
    gone.sort_unstable();
    newcomer::Entity::delete_many()
        .filter(newcomer::Column::IntoId.eq(root))
        .filter(newcomer::Column::TicketId.is_in(moving.iter().copied()))
        .exec(tx.conn())
        .await?;
    participant::Entity::delete_many()
        .filter(participant::Column::TicketId.eq(root))
        .filter(participant::Column::PersonId.is_in(gone.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(gone)
}
