//! Ends a job that cannot go on. The desk's own operation.

use serde::{Deserialize, Serialize};

use super::events::{JobEvent, What};
use super::job::{self, State};
use crate::desk::{Operation, Tx};
use crate::error::{Code, Result};
use crate::ids::JobId;

/// Ends a job that cannot go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BulkStop {
    /// Which job.
    pub job: JobId,
    /// Why.
    pub code: Code,
    /// Why, for people.
    pub message: String,
}

impl Operation for BulkStop {
    type Outcome = job::Model;
    const NAME: &'static str = "job.stop";

    async fn run(&self, tx: &mut Tx) -> Result<job::Model> {
        tx.allow_because("the desk ends what cannot go on");
        let mut job = job::lock(tx, self.job).await?;
        if !job.is_open() {
            tx.nothing_changed();
            return Ok(job);
        }
        job.end(tx, State::Failed);
        (job.code, job.message) = (Some(self.code.name().to_owned()), Some(self.message.clone()));
        job.save(tx).await?;
        tx.append(&JobEvent::new(What::Finished, &job))?;
        Ok(job)
    }
}
