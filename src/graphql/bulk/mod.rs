//! Jobs that do the same to many tickets: the types here, the root fields beside.

mod mutations;
mod queries;
mod results;
mod subscriptions;

pub use mutations::BulkMutations;
pub use queries::BulkQueries;
pub use subscriptions::JobSubscriptions;

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::connection::args;
use super::context::{Refuse, Request};
use super::people::Person;
use crate::bulk::find::{self, Wanted};
use crate::bulk::job::{self, State, result};
use crate::clock::Timestamp;
use crate::connection;
use crate::error::{Code, Result};
use crate::event_log::{self, EventCursor};
use crate::ids::JobId;
use results::JobResultConnection;

/// The same done to many tickets, one after the other, whether anybody waits for it or not.
#[derive(Clone)]
pub struct Job {
    row: Arc<job::Model>,
    /// How far the log was when the row had been read.
    seq: i64,
}

connection!(JobConnection, JobEdge, Job, "jobs");

impl Job {
    /// A job whose row was written with event `seq`, or read when the log was there.
    fn new(row: job::Model, seq: i64) -> Self {
        Self { row: Arc::new(row), seq }
    }

    /// The id in the database.
    pub fn key(&self) -> uuid::Uuid {
        self.row.id.0
    }
}

/// How far the log is: to be looked at after rows were read, so that what they tell is in the log by then.
async fn head(request: &Request) -> Result<i64> {
    Ok(event_log::head_now(&request.desk.db.read).await?.seq)
}

/// The jobs with these ids that the actor sees.
///
/// # Errors
/// The database's.
pub async fn by_ids(request: &Request, ids: &[JobId]) -> Result<Vec<Job>> {
    let rows = find::by_ids(&request.desk, &request.actor(), ids).await?;
    let seq = head(request).await?;
    Ok(rows.into_iter().map(|row| Job::new(row, seq)).collect())
}

/// How far a job is.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct JobProgress {
    /// How many tickets it has.
    pub total: i32,
    /// How many are done.
    pub done: i32,
    /// How many were so already.
    pub skipped: i32,
    /// How many were refused.
    pub failed: i32,
    /// How many it has not come to.
    pub remaining: i32,
}

/// The same done to many tickets, one after the other, whether anybody waits for it or not.
#[Object(crate = "crate::graphql::fields")]
impl Job {
    /// Its id.
    pub async fn id(&self) -> JobId {
        self.row.id
    }

    /// What is done to each ticket: the name of the operation, such as `ticket.close`.
    async fn operation(&self) -> &str {
        &self.row.operation
    }

    /// How it stands.
    async fn state(&self) -> State {
        self.row.state
    }

    /// Why it failed: `FORBIDDEN` if whoever started it may no longer do this.
    async fn code(&self) -> Option<Code> {
        code(self.row.code.as_deref())
    }

    /// Why it failed, for people.
    async fn message(&self) -> Option<&str> {
        self.row.message.as_deref()
    }

    /// How far it is.
    async fn progress(&self) -> JobProgress {
        let job::Model { total, done, skipped, failed, position, .. } = *self.row;
        JobProgress { total, done, skipped, failed, remaining: total - position }
    }

    /// What came of the tickets that it has gone through, in the order of their ids.
    #[allow(clippy::too_many_arguments)]
    async fn results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of which this came.")] outcome: Option<Vec<result::What>>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<JobResultConnection> {
        let request = Request::of(ctx);
        let wanted = Wanted { outcome, args: args(first, after, last, before) };
        results::of_job(request, &self.row, wanted).await.refuse(request)
    }

    /// Who started it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let request = Request::of(ctx);
        let row = request.loaders().people.load(self.row.created_by_id).await.refuse(request);
        row.map(|row| row.map(Person)).transpose()
    }

    /// When it was accepted.
    async fn created_at(&self) -> Timestamp {
        self.row.created_at
    }

    /// When it began.
    async fn started_at(&self) -> Option<Timestamp> {
        self.row.started_at
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<Timestamp> {
        self.row.finished_at
    }

    /// A log position that contains everything that it has done as far as it is shown here: send it as `consistentWith`.
    async fn event_cursor(&self, ctx: &Context<'_>) -> EventCursor {
        Request::of(ctx).desk.head.at(self.seq)
    }
}

/// A code by its name.
fn code(name: Option<&str>) -> Option<Code> {
    name.and_then(|name| Code::ALL.iter().copied().find(|code| code.name() == name))
}
