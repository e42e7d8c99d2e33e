//! A step of a job: the next of its tickets, as many as there is time for, in one transaction.

use std::time::Duration;

use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use super::action::Action;
use super::events::{JobEvent, What};
use super::job::{self, State, list, result};
use crate::desk::{Attempt, Operation, Tx};
use crate::error::Result;
use crate::ids::{JobId, TicketId};
use crate::sla::follow;
use crate::tickets::find;

/// How many tickets are locked and read at once: so many a step has at most.
pub(super) const AT_ONCE: usize = 100;

/// What came of a ticket: its result, at the place `position` of `job`.
fn result(job: JobId, position: i32, ticket_id: TicketId, attempt: Attempt) -> result::Model {
    let (outcome, refusal) = match attempt {
        Attempt::Changed => (result::What::Done, None),
        Attempt::Unchanged => (result::What::Skipped, None),
        Attempt::Refused(error) => (result::What::Failed, Some(error)),
    };
    result::Model {
        id: Uuid::now_v7(),
        job_id: job,
        position,
        ticket_id,
        outcome,
        code: refusal.as_ref().map(|error| error.code().name().to_owned()),
        message: refusal.as_ref().map(|error| error.message().here()),
        field: refusal.filter(|error| !error.field().is_empty()).map(|error| error.field().join(".")),
    }
}

/// Does `action` to these tickets, one after the other, until `budget` is spent: to one at least. They are those of `job` from
/// `position` on. Unless refusals are likely, it is done without a savepoint for each first; and again with them if one is refused.
pub(super) async fn each(
    tx: &mut Tx,
    action: &Action,
    tickets: &[TicketId],
    place: (JobId, i32),
    (budget, refusals): (Duration, bool),
) -> Result<Vec<result::Model>> {
    if !refusals {
        let together = tx.begin_together().await?;
        let results = one_by_one(tx, action, tickets, place, budget).await;
        if let Some(results) = tx.end_together(together, results).await? {
            return Ok(results);
        }
    }
    one_by_one(tx, action, tickets, place, budget).await
}

async fn one_by_one(
    tx: &mut Tx,
    action: &Action,
    tickets: &[TicketId],
    (job, position): (JobId, i32),
    budget: Duration,
) -> Result<Vec<result::Model>> {
    let began = Instant::now();
    // All of them first, in their order: whatever else an operation locks comes after every ticket.
    find::lock_ahead(tx, tickets).await?;
    if action.concerns_clocks() {
        follow::lock_ahead(tx, tickets).await?;
    }
    let mut results = Vec::with_capacity(tickets.len());
    for (ticket, position) in tickets.iter().zip(position..) {
        results.push(result(job, position, *ticket, action.attempt(tx, *ticket).await?));
        if began.elapsed() >= budget {
            break;
        }
    }
    Ok(results)
}

/// Does the next tickets of a job, as whoever started it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BulkStep {
    /// Which job.
    pub job: JobId,
    /// After how long it lets go.
    pub budget: Duration,
}

impl Operation for BulkStep {
    type Outcome = job::Model;
    const NAME: &'static str = "job.step";

    async fn run(&self, tx: &mut Tx) -> Result<job::Model> {
        tx.allow_because("each ticket asks for itself");
        let mut job = job::lock(tx, self.job).await?;
        if !job.is_open() {
            tx.nothing_changed();
            return Ok(job);
        }
        let tickets = list::next(tx, &job, AT_ONCE).await?;
        let results = each(tx, &job.action()?, &tickets, (job.id, job.position), (self.budget, job.failed > 0)).await?;
        for result in &results {
            match result.outcome {
                result::What::Done => job.done += 1,
                result::What::Skipped => job.skipped += 1,
                result::What::Failed => job.failed += 1,
            }
            job.position += 1;
        }
        // A list that ends early would be our own fault: nothing comes after it.
        let is_last = job.position >= job.total || results.is_empty();
        if !results.is_empty() {
            let rows = results.into_iter().map(IntoActiveModel::into_active_model);
            result::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        }
        job.started_at = job.started_at.or(Some(tx.now));
        job.state = State::Running;
        if is_last {
            job.end(tx, State::Done);
        }
        job.save(tx).await?;
        tx.append(&JobEvent::new(if job.is_open() { What::Progressed } else { What::Finished }, &job))?;
        Ok(job)
    }
}
