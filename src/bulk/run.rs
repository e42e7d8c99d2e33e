//! Runs jobs: small ones at once, for whoever waits for the answer; the others step by step, by the node that holds the lease.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::job;
use super::preview::{self, Preview};
use super::start::{Found, TicketBulk};
use super::step::BulkStep;
use super::stop::BulkStop;
use crate::access::{Actor, Origin, Permission};
use crate::config;
use crate::desk::{Desk, Done};
use crate::error::{Code, Error, Result};
use crate::ids::JobId;
use crate::jobs::{Fence, Job, Next};
use crate::sessions::acting;

/// Up to so many tickets a job is begun by the request that brings it, so that its answer has the results.
const SMALL: usize = 100;

/// How long that request works on it before it answers; the rest is done as of any other job.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a step may fail by our own fault before its job is given up.
const TRIES: u32 = 3;

/// Doing the same to many tickets. Cheap to clone.
#[derive(Clone)]
pub struct Bulk {
    desk: Desk,
    settings: config::Bulk,
    /// Called when a job was accepted.
    news: Arc<Notify>,
}

impl Bulk {
    /// For this desk.
    pub fn new(desk: Desk, settings: config::Bulk) -> Self {
        Self { desk, settings, news: Arc::default() }
    }

    fn budget(&self) -> Duration {
        Duration::from_millis(self.settings.step_ms)
    }

    /// Accepts a job; a small one is finished when this answers, if it can be done within a second.
    ///
    /// # Errors
    /// The refusals of [`TicketBulk`], and of its selection.
    pub async fn start(&self, actor: &Actor, mut bulk: TicketBulk) -> Result<Done<job::Model>> {
        let tickets = bulk.selection.resolve(&self.desk, actor, self.settings.tickets).await?;
        let small = tickets.len() <= SMALL;
        bulk.found = Found { tickets, most_jobs: self.settings.jobs };
        let mut done = self.desk.perform(actor, bulk).await?;
        let began = Instant::now();
        while small && done.outcome.is_open() && began.elapsed() < PATIENCE {
            match self.step(&done.outcome).await {
                Ok(step) => (done.outcome, done.cursor) = (step.outcome, step.cursor),
                Err(error) => {
                    // It is accepted all the same: whoever runs the others goes on with it.
                    tracing::warn!(job = %done.outcome.id, %error, "a step failed and is tried again");
                    break;
                }
            }
        }
        if done.outcome.is_open() {
            self.news.notify_one();
        }
        Ok(done)
    }

    /// What a job would do. Nothing is written.
    ///
    /// # Errors
    /// The refusals of [`TicketBulk`], and of its selection.
    pub async fn preview(&self, actor: &Actor, bulk: &TicketBulk) -> Result<Preview> {
        let tickets = bulk.selection.resolve(&self.desk, actor, self.settings.tickets).await?;
        let actor = Actor { origin: Origin::Bulk, ..actor.clone() };
        preview::preview(&self.desk, &actor, &bulk.action, &tickets, self.budget()).await
    }

    /// Does the next tickets of a job with the rights that whoever started it has now.
    async fn step(&self, job: &job::Model) -> Result<Done<job::Model>> {
        let action = job.action()?;
        let actor = acting::on_after(&self.desk, job.created_by_id, job.api_key_id).await?;
        let may = |actor: &Actor, permission| !self.desk.policy.grants(actor, permission).is_none();
        let actor = actor.filter(|actor| {
            may(actor, Permission::TicketBulk) && action.permissions().iter().any(|needed| may(actor, *needed))
        });
        let Some(actor) = actor else {
            let message = "Whoever started it may no longer do this.".to_owned();
            return self.stop(job.id, Code::Forbidden, message).await;
        };
        let request_id = job.request_id.as_deref().map(Arc::from);
        let actor = Actor { origin: Origin::Bulk, request_id, ..actor };
        self.desk.perform(&actor, BulkStep { job: job.id, budget: self.budget() }).await
    }

    async fn stop(&self, job: JobId, code: Code, message: String) -> Result<Done<job::Model>> {
        self.desk.perform(&Actor::system(Origin::Bulk), BulkStop { job, code, message }).await
    }
}

/// Runs the jobs that are not finished, a step of each in turn.
pub struct Runner {
    bulk: Bulk,
    /// How often the steps of jobs failed.
    failures: HashMap<JobId, u32>,
}

impl Runner {
    /// For these jobs.
    pub fn new(bulk: Bulk) -> Self {
        Self { bulk, failures: HashMap::new() }
    }

    /// A step could not be done; whether it is tried again.
    async fn failed(&mut self, job: JobId, error: Error) -> Result<()> {
        let failures = self.failures.entry(job).or_default();
        *failures += 1;
        tracing::error!(%job, %error, failures, "a step of a job failed");
        if *failures >= TRIES {
            self.failures.remove(&job);
            self.bulk.stop(job, Code::InternalError, error.message().here()).await?;
        }
        Ok(())
    }
}

impl Job for Runner {
    const NAME: &'static str = "bulk";

    /// The lease only keeps nodes out of each other's way: a step of a node that lost it without knowing finds the job where it is.
    async fn turn(&mut self, desk: &Desk, _: &Fence) -> Result<Next> {
        let next = job::Entity::find()
            .filter(job::Column::State.is_in(job::OPEN))
            // Each step moves its job to the end.
            .order_by_asc(job::Column::UpdatedAt)
            .order_by_asc(job::Column::Id)
            .one(&desk.db.read)
            .await?;
        let Some(job) = next else { return Ok(Next::In(Duration::MAX)) };
        match self.bulk.step(&job).await {
            Ok(_) => {
                self.failures.remove(&job.id);
            }
            // The database is away: nothing else would go better.
            Err(error) if error.code() == Code::Unavailable => return Err(error),
            Err(error) => self.failed(job.id, error).await?,
        }
        Ok(Next::Now)
    }

    async fn called(&self) {
        self.bulk.news.notified().await;
    }
}
