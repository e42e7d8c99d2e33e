//! Writes a batch of tickets with everything that belongs to them, in one transaction and a handful of statements.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};

use super::people::Known;
use super::run::{self, Batch};
use super::ticket_row::{TicketRow, Who};
use super::timeline::{self, People, Timeline};
use crate::access::Role;
use crate::comments::comment;
use crate::desk::{Operation, Tx};
use crate::error::{Error, Result};
use crate::ids::{PersonId, TicketId};
use crate::people::person;
use crate::sla::clock;
use crate::tickets::create::created;
use crate::tickets::events::{Change, TicketEvent};
use crate::tickets::ticket::{self, tag};
use crate::tickets::{measures, number};

/// How many parameters a statement is given: SQLite takes 32,766, PostgreSQL 65,535.
const PARAMETERS: usize = 30_000;

/// Writes a batch of checked tickets: those that are here already are skipped.
///
/// It writes the clocks itself, finished as they are: the effects that follow a living ticket leave imported ones alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TicketsImport {
    /// Where the data comes from.
    pub source: String,
    /// The tickets.
    pub rows: Vec<TicketRow>,
}

impl Operation for TicketsImport {
    type Outcome = Batch;
    const NAME: &'static str = "tickets.import";

    async fn run(&self, tx: &mut Tx) -> Result<Batch> {
        run::allow(tx)?;
        let mut batch = Batch::default();
        let here = here(tx, &self.source, &self.rows).await?;
        let mut rows: Vec<&TicketRow> = self.rows.iter().filter(|row| !here.contains(&row.external_id)).collect();
        batch.skipped = (self.rows.len() - rows.len()) as u64;

        let nobody =
            Who { email: None, external_id: Some("unknown".to_owned()), name: "Unknown".to_owned(), staff: false };
        let whos: Vec<&Who> = rows.iter().flat_map(|row| whos(row)).chain([&nobody]).collect();
        let mut known = Known::load(tx, &self.source, &whos).await?;
        rows.retain(|row| match refused_assignee(row, &known) {
            Some(reason) => {
                batch.rejected.push((row.place.clone(), reason));
                false
            }
            None => true,
        });
        if rows.is_empty() {
            tx.nothing_changed();
            return Ok(batch);
        }
        batch.imported = rows.len() as u64;

        let now = tx.now;
        let opened: Vec<_> = rows.iter().map(|row| row.opened_at(now)).collect();
        let mut people = Vec::with_capacity(rows.len());
        for (row, since) in rows.iter().zip(&opened) {
            let requester = known.find_or_add(tx, row.requester.as_ref().unwrap_or(&nobody), *since)?;
            let mut id = |who: Option<&Who>| who.map(|who| known.find_or_add(tx, who, *since)).transpose();
            let assignee = id(row.assignee.as_ref())?;
            let authors: Result<Vec<_>> = row.comments.iter().map(|comment| id(comment.author.as_ref())).collect();
            people.push((requester, assignee, authors?));
        }
        known.save(tx).await?;

        let numbers = number::block(tx, &opened).await?;
        let desk = tx.desk.clone();
        let mut timelines = Vec::with_capacity(rows.len());
        for ((row, number), (requester, assignee, authors)) in rows.iter().zip(numbers).zip(people) {
            let people = People {
                requester: found(&known, requester)?,
                assignee: assignee.map(|id| found(&known, id)).transpose()?,
                authors: authors.into_iter().map(|id| id.and_then(|id| known.get(id))).collect(),
            };
            timelines.push(timeline::build(&desk.profile, now, &self.source, row, number, &people));
        }
        for timeline in &timelines {
            let ticket = &timeline.ticket;
            tx.append_at(&TicketEvent::new(ticket, Change::Created(created(ticket))), ticket.created_at)?;
            for (comment, added) in timeline.comments.iter().zip(&timeline.added) {
                tx.append_at(added, comment.created_at)?;
            }
        }
        save(tx, &rows, timelines).await?;
        Ok(batch)
    }
}

fn found(known: &Known, id: PersonId) -> Result<&person::Model> {
    known.get(id).ok_or_else(|| Error::internal(anyhow::anyhow!("a person of the batch was neither found nor added")))
}

fn whos(row: &TicketRow) -> impl Iterator<Item = &Who> {
    let authors = row.comments.iter().filter_map(|comment| comment.author.as_ref());
    row.requester.iter().chain(&row.assignee).chain(authors)
}

/// Which of these tickets are here already.
async fn here(tx: &Tx, source: &str, rows: &[TicketRow]) -> Result<HashSet<String>> {
    let ids = rows.iter().map(|row| row.external_id.as_str());
    let here: Vec<Option<String>> = ticket::Entity::find()
        .select_only()
        .column(ticket::Column::ExternalId)
        .filter(ticket::Column::Source.eq(source))
        .filter(ticket::Column::ExternalId.is_in(ids))
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(here.into_iter().flatten().collect())
}

/// A file must not make somebody staff who is known here as a customer.
fn refused_assignee(row: &TicketRow, known: &Known) -> Option<String> {
    let who = row.assignee.as_ref()?;
    let person = known.find(who)?;
    (person.role == Role::Customer).then(|| {
        format!("the assignee {} is a customer here: make them an agent first, then run the import again", who.name)
    })
}

async fn save(tx: &Tx, rows: &[&TicketRow], timelines: Vec<Timeline>) -> Result<()> {
    let mut tags = Vec::new();
    let (mut tickets, mut comments, mut clocks) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
    for (row, timeline) in rows.iter().zip(timelines) {
        let ticket_id = timeline.ticket.id;
        tags.extend(row.tags.iter().map(|tag| tag::Model { ticket_id, tag: tag.clone() }));
        tickets.push(timeline.ticket);
        comments.extend(timeline.comments);
        clocks.extend(timeline.clocks);
    }
    let ids: Vec<TicketId> = tickets.iter().map(|ticket: &ticket::Model| ticket.id).collect();
    for rows in chunk(tickets, 36) {
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        ticket::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    for rows in chunk(tags, 2) {
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        tag::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    for rows in chunk(comments, 13) {
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        comment::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    for rows in chunk(clocks, 8) {
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        clock::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    for ids in chunk(ids, 1) {
        measures::derive(tx, &ids).await?;
    }
    Ok(())
}

/// Rows of so many columns in as few statements as the databases take.
pub(super) fn chunk<T>(rows: Vec<T>, columns: usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<T> = rows.by_ref().take(PARAMETERS / columns).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}
