//! The desk: [`Desk::perform`] is the only way to change domain rows.
//!
//! It owns the span, the transaction, retries, idempotency, the expected version, effects, and waking the readers. Whoever has
//! read one [`Operation`] and one [`Effect`] has read them all. Nothing inside an operation waits for the network, for hashing
//! or for a channel.

mod ahead;
mod effect;
mod idempotency;
mod nested;
mod operation;
mod perform;
mod tx;

use std::sync::Arc;

pub use effect::Effect;
pub use nested::{Attempt, Together};
pub use operation::{CreateOptions, Done, Notice, Operation, Outcome, WriteOptions};
pub use tx::Tx;

use crate::access::Policy;
use crate::audit::refusals::Refusals;
use crate::clock::Clock;
use crate::db::Db;
use crate::event_log::LogHead;
use crate::profile::Profile;
use crate::telemetry::Telemetry;

/// One desk: one database, one log, one profile. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Parts>);

/// What a desk is made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The clocks.
    pub clock: Clock,
    /// What makes this desk differ from others.
    pub profile: Profile,
    /// The profile's permissions, resolved.
    pub policy: Policy,
    /// How far the log is.
    pub head: LogHead,
    /// What was refused, gathered until it is written.
    pub refusals: Refusals,
    /// What the process measures of itself.
    pub telemetry: Telemetry,
    /// What must commit together with each event, in this order.
    pub effects: Vec<Box<dyn Effect>>,
}

impl Desk {
    /// Puts a desk together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for Desk {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
