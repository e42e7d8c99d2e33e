//! The rows of a job: itself, its list of tickets, and what came of each.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect};

use super::action::Action;
use super::find;
use crate::clock::Timestamp;
use crate::desk::{Outcome, Tx};
use crate::error::{Error, Result};
use crate::ids::{ApiKeyId, JobId, PersonId, TicketId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// The name of the operation, such as `ticket.close`.
    pub operation: String,
    /// What is done to each ticket, as [`Action`] writes it.
    pub action: String,
    pub state: State,
    pub total: i32,
    /// How many have been gone through.
    pub position: i32,
    pub done: i32,
    pub skipped: i32,
    pub failed: i32,
    pub created_by_id: PersonId,
    pub api_key_id: Option<ApiKeyId>,
    pub request_id: Option<String>,
    /// Why it failed.
    pub code: Option<String>,
    pub message: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, serde::Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "JobState")]
pub enum State {
    /// It waits for its turn.
    #[sea_orm(string_value = "QUEUED")]
    Queued,
    /// It has begun.
    #[sea_orm(string_value = "RUNNING")]
    Running,
    /// It has gone through all its tickets; what came of each is in its results.
    #[sea_orm(string_value = "DONE")]
    Done,
    /// Somebody stopped it. What was done by then stays done.
    #[sea_orm(string_value = "CANCELLED")]
    Cancelled,
    /// It could not go on: whoever started it may no longer do this, or the desk is at fault. What was done by then stays done.
    #[sea_orm(string_value = "FAILED")]
    Failed,
}

/// The states of jobs that go on.
pub const OPEN: [State; 2] = [State::Queued, State::Running];

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        OPEN.contains(&self.state)
    }

    /// What is done to each ticket.
    ///
    /// # Errors
    /// Our own fault.
    pub fn action(&self) -> Result<Action> {
        Ok(serde_json::from_str(&self.action)?)
    }

    /// Ends it.
    pub(super) fn end(&mut self, tx: &Tx, state: State) {
        self.state = state;
        self.finished_at = Some(tx.now);
    }

    /// Saves a changed row.
    pub(super) async fn save(&mut self, tx: &Tx) -> Result<()> {
        self.updated_at = Ord::max(self.updated_at, tx.now);
        Entity::update(self.clone().into_active_model().reset_all()).exec_without_returning(tx.conn()).await?;
        Ok(())
    }
}

/// Locks a job, whoever may see it: its steps and its end are serial.
pub(super) async fn lock(tx: &Tx, id: JobId) -> Result<Model> {
    let row = Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    row.ok_or_else(|| Error::not_found("job").at("jobId"))
}

impl Outcome for Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        let these = Entity::find_by_id(JobId(key)).filter(find::visible(&tx.desk, &tx.actor));
        Ok(these.one(tx.conn()).await?)
    }
}

/// The tickets of a job, in the order in which they are done: that of their ids, which is the order of locks.
pub mod list {
    use super::*;

    /// How many ids a row has.
    pub const PART: usize = 1_000;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bulk_lists")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub job_id: JobId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: i32,
        /// Sixteen bytes each.
        pub ticket_ids: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// Writes the list.
    pub async fn keep(tx: &Tx, job: JobId, tickets: &[TicketId]) -> Result<()> {
        let rows = tickets.chunks(PART).zip(0..).map(|(part_of_it, part)| {
            let ticket_ids = part_of_it.iter().flat_map(|ticket| *ticket.0.as_bytes()).collect();
            Model { job_id: job, part, ticket_ids }.into_active_model()
        });
        if !tickets.is_empty() {
            Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        }
        Ok(())
    }

    /// The tickets from `position` on, `most` of them, or fewer.
    pub async fn next(tx: &Tx, job: &super::Model, most: usize) -> Result<Vec<TicketId>> {
        let position = usize::try_from(job.position).unwrap_or_default();
        let part = i32::try_from(position / PART).unwrap_or(i32::MAX);
        let row = Entity::find_by_id((job.id, part)).one(tx.conn()).await?;
        let bytes = row.map(|row| row.ticket_ids).unwrap_or_default();
        let ids = bytes.chunks_exact(16).skip(position % PART).take(most);
        Ok(ids.filter_map(|id| Uuid::from_slice(id).ok().map(TicketId)).collect())
    }
}

/// What came of a ticket of a job.
pub mod result {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bulk_results")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub job_id: JobId,
        pub position: i32,
        pub ticket_id: TicketId,
        pub outcome: What,
        pub code: Option<String>,
        pub message: Option<String>,
        /// The path of the field at fault, with dots.
        pub field: Option<String>,
    }

    /// What came of it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[graphql(name = "JobOutcome")]
    pub enum What {
        /// It is done.
        #[sea_orm(string_value = "DONE")]
        Done,
        /// The ticket was so already.
        #[sea_orm(string_value = "SKIPPED")]
        Skipped,
        /// It was refused, as the single mutation would have been; `code` and `message` say why.
        #[sea_orm(string_value = "FAILED")]
        Failed,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
