//! Accepts a job: what is to be done, to which tickets, and for whom.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::action::Action;
use super::events::{JobEvent, What};
use super::job::{self, State, list};
use super::selection::Selection;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Code, Detail, Error, Result};
use crate::ids::{JobId, PersonId, TicketId};
use crate::say;

/// Does the same to many tickets.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketBulkInput")]
pub struct TicketBulk {
    /// Which tickets.
    pub selection: Selection,
    /// What is done to each.
    pub action: Action,
    /// Only say what would happen: nothing is written, no job is made, and `preview` has the answer.
    #[graphql(default = false)]
    #[serde(default)]
    pub dry_run: bool,
    /// The tickets that are selected, and how many jobs one may have.
    #[graphql(skip)]
    #[serde(skip)]
    pub(super) found: Found,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

/// What is found out before a job is accepted.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub tickets: Vec<TicketId>,
    pub most_jobs: u64,
}

impl Operation for TicketBulk {
    type Outcome = job::Model;
    const NAME: &'static str = "ticket.bulk";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<job::Model> {
        self.action.check(tx).await?;
        let me = tx.actor.require_person()?;
        few_open(tx, me, self.found.most_jobs).await?;
        let tickets = &self.found.tickets;
        let mut job = job::Model {
            id: JobId::new(),
            operation: self.action.name().to_owned(),
            action: serde_json::to_string(&self.action)?,
            state: State::Queued,
            total: i32::try_from(tickets.len()).unwrap_or(i32::MAX),
            position: 0,
            done: 0,
            skipped: 0,
            failed: 0,
            created_by_id: me,
            api_key_id: tx.actor.api_key,
            request_id: tx.actor.request_id.as_deref().map(str::to_owned),
            code: None,
            message: None,
            created_at: tx.now,
            updated_at: tx.now,
            started_at: None,
            finished_at: None,
        };
        if tickets.is_empty() {
            job.end(tx, State::Done);
        }
        job::Entity::insert(job.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        list::keep(tx, job.id, tickets).await?;
        tx.append(&JobEvent::new(What::Accepted, &job))?;
        Ok(job)
    }
}

/// Refuses a job of somebody who has many already: each holds its list until it is done.
async fn few_open(tx: &Tx, person: PersonId, most: u64) -> Result<()> {
    let open = job::Entity::find()
        .filter(job::Column::CreatedById.eq(person))
        .filter(job::Column::State.is_in(job::OPEN))
        .count(tx.conn())
        .await?;
    if open < most {
        return Ok(());
    }
    Err(Error::with(Code::RateLimited, say!("You have {open} jobs that are not finished.", open))
        .hint("Wait until one has finished, or stop one with jobCancel.")
        .detail(Detail::RetryAfter(1_000)))
}
