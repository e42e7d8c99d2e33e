//! Merges a ticket into another: from then on both are read as one, at the other.
//!
//! It is a pointer, and nothing is moved (see [`super::threads`]): undoing it brings everything back. The merged ticket is closed whatever its
//! status, by no transition of the desk's table, for it does not end but goes on elsewhere; nobody resolved it. Its clocks stand still.
//! Who asked for it takes part in the other as far as the desk lets them see it; whoever does not see the other goes on reading theirs.

use std::collections::{HashMap, HashSet};

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::events::{Change, MergeReceived, Merged, StatusChanged, TicketEvent};
use super::threads::{self, merged, newcomer, path};
use super::ticket::participant;
use super::{TicketFacts, Tickets, facts, find, input, revision, status, ticket};
use crate::access::{Actor, ActorKind, Permission, Role, Scoped};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, TicketId};
use crate::language::Said;
use crate::people::person;
use crate::profile::Stage;
use crate::say;

/// Merges a ticket into another. Both are read as one at the other; what is said on the merged one goes there. `ticketUnmerge` undoes it.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketMergeInput")]
pub struct TicketMerge {
    /// The ticket that is merged. It is closed.
    pub ticket_id: TicketId,
    /// The ticket that goes on. If it was merged itself, the one at which it goes on.
    pub into_id: TicketId,
    /// Why: a key of `workflow.closeReasons`.
    pub reason: Option<String>,
    /// What colleagues should know. Staff only.
    pub note: Option<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version (of the merged ticket).
    pub options: WriteOptions,
}

impl Operation for TicketMerge {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.merge";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        if self.ticket_id == self.into_id {
            return Err(Error::invalid("intoId", "A ticket is not merged into itself.").hint("Name another ticket."));
        }
        let (mut ticket, facts, mut root, root_facts) = self.lock(tx).await?;
        tx.allow::<Tickets>(Permission::TicketMerge, &facts)?;
        tx.allow::<Tickets>(Permission::TicketMerge, &root_facts)?;
        suits(&ticket, &root)?;
        let mut moving = threads::below(tx.conn(), &[ticket.id]).await?.remove(&ticket.id).unwrap_or_default();
        moving.push(ticket.id);
        let there = threads::below(tx.conn(), &[root.id]).await?.remove(&root.id).map_or(1, |below| below.len() + 1);
        if moving.len() + there > threads::MOST {
            return Err(Error::invalid("intoId", say!("At most {max} tickets are read as one.", max = threads::MOST))
                .hint("Link them instead, or merge into another."));
        }
        let reason = match &self.reason {
            Some(reason) => Some(input::key(&tx.profile().close_reasons, "reason", reason)?.key.clone()),
            None => None,
        };
        let note = match &self.note {
            Some(note) => {
                let note = input::text("note", note, 1, tx.profile().limits.comment_max)?;
                Some(revision::keep(tx, ("ticket", ticket.id.0), "note", None, Some(&note)).await?)
            }
            None => None,
        };
        let row = merged::Model {
            ticket_id: ticket.id,
            into_id: root.id,
            status: ticket.status.clone(),
            status_changed_at: ticket.status_changed_at,
            closed_at: ticket.closed_at,
            close_reason: ticket.close_reason.clone(),
            merged_at: tx.now,
        };
        merged::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
        let paths = moving.iter().map(|&ticket_id| path::Model { into_id: root.id, ticket_id }.into_active_model());
        path::Entity::insert_many(paths).exec_without_returning(tx.conn()).await?;
        let people = bring(tx, &root, &root_facts, &moving).await?;
        ticket.merged_into_id = Some(root.id);
        tx.append(&TicketEvent::new(&ticket, Change::Merged(Merged { merged_into: root.id, note })))?;
        close(tx, &mut ticket, reason)?;
        status::save(tx, &mut ticket).await?;
        if self.into_id != root.id {
            let message =
                say!("The other ticket was merged itself: this one is merged into {number}.", number = root.number);
            tx.notice("MERGED_FURTHER", message);
        }
        if ticket.requester_id != root.requester_id {
            let asked = people.contains(&ticket.requester_id);
            tx.notice("OTHER_REQUESTER", others(&ticket, &root, asked));
        }
        tx.append(&TicketEvent::beside(
            &root,
            Change::MergeReceived(MergeReceived { merge_received: ticket.id, people }),
        ))?;
        // Something was said there, as with a comment: whoever edits its fields meanwhile keeps their version.
        status::save_as(tx, &mut root, false).await?;
        Ok(ticket)
    }
}

impl TicketMerge {
    /// Both ends, locked and seen: the ticket, and where the other's conversation goes on.
    async fn lock(&self, tx: &Tx) -> Result<(ticket::Model, TicketFacts, ticket::Model, TicketFacts)> {
        let (id, named) = (self.ticket_id, self.into_id);
        let root = threads::roots(tx.conn(), &[named]).await?.remove(&named).unwrap_or(named);
        let mut rows: HashMap<TicketId, ticket::Model> =
            find::lock_all(tx, &[id, named, root]).await?.into_iter().map(|row| (row.id, row)).collect();
        let ticket = rows.remove(&id).ok_or_else(|| Error::not_found("ticket").at("ticketId"))?;
        let facts = find::look(tx, "ticketId", &ticket).await?;
        tx.expect_version(ticket.id.0, ticket.version)?;
        let other = rows.remove(&named).ok_or_else(|| Error::not_found("ticket").at("intoId"))?;
        let other_facts = find::look(tx, "intoId", &other).await?;
        if threads::roots(tx.conn(), &[named]).await?.remove(&named).unwrap_or(named) != root {
            return Err(Error::raced());
        }
        if root == id {
            return Err(Error::invalid(
                "intoId",
                say!("{number} is merged into this ticket already.", number = other.number),
            )
            .hint("To have it the other way round, undo that merge first."));
        }
        if ticket.merged_into_id.is_some() {
            return Err(find::merged(tx, "ticketId", &ticket).await?);
        }
        if root == named {
            return Ok((ticket, facts, other, other_facts));
        }
        let root = rows.remove(&root).ok_or_else(Error::raced)?;
        let root_facts = find::facts(tx, &root).await?;
        if !tx.may::<Tickets>(Permission::TicketView, &root_facts) {
            return Err(find::merged(tx, "intoId", &other).await?);
        }
        Ok((ticket, facts, root, root_facts))
    }
}

/// Whether the one may be merged into the other, whoever wishes it.
fn suits(ticket: &ticket::Model, root: &ticket::Model) -> Result<()> {
    if ticket.organization_id != root.organization_id {
        return Err(Error::invalid("intoId", "The two tickets belong to different organizations.")
            .hint("Link them instead: then nobody reads what is another organization's."));
    }
    if status::stage(root.stage) == Stage::Closed {
        return Err(Error::with(Code::InvalidTransition, say!("{number} is closed.", number = root.number))
            .at("intoId")
            .about("ticket")
            .hint("Reopen it first, or merge it into this one."));
    }
    Ok(())
}

/// Closes a merged ticket.
fn close(tx: &mut Tx, ticket: &mut ticket::Model, reason: Option<String>) -> Result<()> {
    let (desk, now) = (tx.desk.clone(), tx.now);
    // The check of profiles demands that there is one.
    let closed = desk.profile.statuses.iter().find(|status| status.stage == Stage::Closed);
    let Some(closed) = closed.filter(|_| status::stage(ticket.stage) != Stage::Closed) else { return Ok(()) };
    ticket.closed_at = Some(now);
    ticket.close_reason.clone_from(&reason);
    swap(tx, ticket, (closed.key.clone(), closed.stage), reason)?;
    ticket.status_changed_at = now;
    Ok(())
}

/// Puts a ticket into a status because it was merged, or because that was undone: whatever the table of transitions says, and without
/// counting as resolved or as opened again.
pub(super) fn swap(
    tx: &mut Tx,
    ticket: &mut ticket::Model,
    (status, stage): (String, Stage),
    reason: Option<String>,
) -> Result<()> {
    let change = StatusChanged {
        status_before: std::mem::replace(&mut ticket.status, status.clone()),
        status,
        stage_before: std::mem::replace(&mut ticket.stage, stage as i32),
        stage: stage as i32,
        reason,
        by_merge: true,
    };
    tx.append(&TicketEvent::new(ticket, Change::StatusChanged(change)))
}

/// Brings those into the root whose tickets are merged into it, as far as they will see it; answers who is new there.
async fn bring(tx: &Tx, root: &ticket::Model, root_facts: &TicketFacts, moving: &[TicketId]) -> Result<Vec<PersonId>> {
    let theirs = whose(tx, moving).await?;
    let there = facts::participants(tx.conn(), &[root.id]).await?.remove(&root.id).unwrap_or_default();
    let came = newcomers(tx, &[root.id]).await?;
    let wanted: HashSet<PersonId> = theirs.iter().map(|(_, person)| *person).collect();
    // Who was there before any merge stays whatever is undone.
    let may_come = |person: &PersonId| {
        *person != root.requester_id && (!there.contains(person) || came.iter().any(|row| row.person_id == *person))
    };
    let wanted: Vec<PersonId> = wanted.into_iter().filter(may_come).collect();
    let people = person::Entity::find().filter(person::Column::Id.is_in(wanted)).all(tx.conn()).await?;
    let will_see: HashSet<PersonId> =
        people.iter().filter(|person| sees_as_participant(tx, person, root_facts)).map(|person| person.id).collect();
    let rows: Vec<_> = theirs
        .into_iter()
        .filter(|(_, person)| will_see.contains(person))
        .map(|(ticket_id, person_id)| newcomer::Model { into_id: root.id, ticket_id, person_id }.into_active_model())
        .collect();
    if !rows.is_empty() {
        newcomer::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    let mut new: Vec<PersonId> = will_see.into_iter().filter(|person| !there.contains(person)).collect();
    new.sort_unstable();
    if !new.is_empty() {
        let rows =
            new.iter().map(|&person_id| participant::Model { ticket_id: root.id, person_id }.into_active_model());
        participant::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(new)
}

/// Whose these tickets are of themselves: who asked, and who took part before anything was merged into them.
async fn whose(tx: &Tx, tickets: &[TicketId]) -> Result<HashSet<(TicketId, PersonId)>> {
    let rows = ticket::Entity::find().filter(ticket::Column::Id.is_in(tickets.iter().copied())).all(tx.conn()).await?;
    let mut theirs: HashSet<_> = rows.into_iter().map(|row| (row.id, row.requester_id)).collect();
    for (ticket, people) in facts::participants(tx.conn(), tickets).await? {
        theirs.extend(people.into_iter().map(|person| (ticket, person)));
    }
    for row in newcomers(tx, tickets).await? {
        theirs.remove(&(row.into_id, row.person_id));
    }
    Ok(theirs)
}

/// Who came into these tickets by merges.
pub(super) async fn newcomers(tx: &Tx, tickets: &[TicketId]) -> Result<Vec<newcomer::Model>> {
    let into = newcomer::Column::IntoId.is_in(tickets.iter().copied());
    Ok(newcomer::Entity::find().filter(into).all(tx.conn()).await?)
}

/// Whether somebody would see the ticket if they took part in it. Teams count for staff only, who are brought in any case.
fn sees_as_participant(tx: &Tx, person: &person::Model, facts: &TicketFacts) -> bool {
    if person.role != Role::Customer {
        return true;
    }
    let them = Actor {
        kind: ActorKind::Person,
        person: Some(person.id),
        role: Some(person.role),
        organization: person.organization_id,
        ..Actor::anonymous()
    };
    let facts = TicketFacts { participants: vec![person.id], ..facts.clone() };
    Tickets::admits(&them, tx.desk.policy.grants(&them, Permission::TicketView), &facts)
}

/// What whoever merged tickets of two people should know.
fn others(ticket: &ticket::Model, root: &ticket::Model, takes_part: bool) -> Said {
    let (merged, root) = (&ticket.number, &root.number);
    match takes_part {
        true => {
            say!("Somebody else asked for {merged}: they take part in {root} now, and read all of it.", merged, root)
        }
        false => say!(
            "Somebody else asked for {merged}, and does not see {root}: they go on reading {merged}, and answers in {root} do not \
             reach them.",
            merged,
            root
        ),
    }
}
