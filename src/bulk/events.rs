//! What happens to jobs. What they do to tickets is told by the events of those tickets, whose origin is `BULK`.

use serde::Serialize;

use super::job::{self, State};
use crate::event_log::{Audience, Event, Subject};
use crate::ids::JobId;

crate::event_log::kinds! {
    /// A job was accepted: its tickets are fixed.
    ACCEPTED = "job.accepted";
    /// A job went through some of its tickets.
    PROGRESSED = "job.progressed";
    /// A job went through the last of its tickets, or could not go on.
    FINISHED = "job.finished";
    /// A job was stopped.
    CANCELLED = "job.cancelled";
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It was accepted.
    Accepted,
    /// It went through some of its tickets.
    Progressed,
    /// It ended by itself.
    Finished,
    /// Somebody stopped it.
    Cancelled,
}

/// Something happened to a job, which stands so after it.
#[derive(Clone, Debug, Serialize)]
pub struct JobEvent {
    #[serde(skip)]
    what: What,
    job: JobId,
    operation: String,
    state: State,
    total: i32,
    done: i32,
    skipped: i32,
    failed: i32,
}

impl JobEvent {
    /// `what` happened to a job, which now is `job`.
    pub fn new(what: What, job: &job::Model) -> Self {
        Self {
            what,
            job: job.id,
            operation: job.operation.clone(),
            state: job.state,
            total: job.total,
            done: job.done,
            skipped: job.skipped,
            failed: job.failed,
        }
    }
}

impl Event for JobEvent {
    fn kind(&self) -> &'static str {
        match self.what {
            What::Accepted => ACCEPTED,
            What::Progressed => PROGRESSED,
            What::Finished => FINISHED,
            What::Cancelled => CANCELLED,
        }
    }
    fn subject(&self) -> Subject {
        Subject { kind: "job", id: self.job.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
