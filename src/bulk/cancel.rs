//! Stops a job.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::events::{JobEvent, What};
use super::find;
use super::job::{self, State};
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::JobId;

/// Stops a job. What is done stays done.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "JobCancelInput")]
pub struct JobCancel {
    /// Which job.
    pub job_id: JobId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for JobCancel {
    type Outcome = job::Model;
    const NAME: &'static str = "job.cancel";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<job::Model> {
        let mut job = job::lock(tx, self.job_id).await?;
        if !find::admits(&tx.desk, &tx.actor, &job) {
            return Err(Error::not_found("job").at("jobId"));
        }
        tx.allow_because("whoever sees a job may stop it");
        match job.state {
            State::Queued | State::Running => {
                job.end(tx, State::Cancelled);
                job.save(tx).await?;
                tx.append(&JobEvent::new(What::Cancelled, &job))?;
                Ok(job)
            }
            State::Cancelled => {
                tx.nothing_changed();
                Ok(job)
            }
            State::Done | State::Failed => {
                Err(Error::with(Code::Conflict, "It has finished already.").at("jobId").hint("Look at its results."))
            }
        }
    }
}
