//! [`Desk::perform`]: one operation, from the caller's wish to the woken readers.

use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::Instant;
use tracing::Instrument;

use super::operation::{log_done, log_refusal};
use super::{Desk, Done, Operation, Outcome, Tx, idempotency};
use crate::access::{Actor, ActorKind};
use crate::db::statements;
use crate::error::{Code, Error, Result};
use crate::event_log;

/// How often a transaction is run again after a deadlock or a lock it could not have.
const RETRIES: usize = 5;

/// How often it is run again because what it had read was not so any more once it had its locks. Each time somebody else got on; where
/// tickets are merged and taken apart all the time, that happens many times in a row.
const RACES: usize = 30;

/// How a transaction ends if nothing stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Commit,
    /// As if it had never been.
    TakeBack,
}

impl Desk {
    /// Performs `operation` for `actor`.
    ///
    /// It runs in a task of its own, so that a client who hangs up cannot stop it half-way; either everything is committed and in the
    /// log, or nothing happened.
    ///
    /// # Errors
    /// The operation's own refusals; `UNAVAILABLE` if the database cannot be had; `INTERNAL_ERROR` for our own faults.
    pub async fn perform<O: Operation>(&self, actor: &Actor, operation: O) -> Result<Done<O::Outcome>> {
        self.in_task(actor, operation, End::Commit).await
    }

    /// Does what [`Desk::perform`] would do, answers what would come of it, and takes all of it back: no row, no event, no key.
    ///
    /// # Errors
    /// The same.
    pub async fn rehearse<O: Operation>(&self, actor: &Actor, operation: O) -> Result<O::Outcome> {
        Ok(self.in_task(actor, operation, End::TakeBack).await?.outcome)
    }

    async fn in_task<O: Operation>(&self, actor: &Actor, operation: O, end: End) -> Result<Done<O::Outcome>> {
        let span = tracing::info_span!("perform", operation = O::NAME, request_id = actor.request_id.as_deref());
        let counter = statements::current();
        let desk = self.clone();
        let actor = actor.clone();
        let operation = Arc::new(operation);
        let work = async move {
            let attempt = || desk.attempt(&actor, &*operation, end);
            let unlocked = || {
                attempt
                    .retry(patience(200, RETRIES))
                    .when(|error| error.is_transient() && !error.is_raced())
                    .notify(note)
            };
            let began = Instant::now();
            let result = unlocked.retry(patience(50, RACES)).when(Error::is_raced).notify(note).await;
            desk.telemetry.operation(O::NAME, began.elapsed(), result.as_ref().err().map(Error::code));
            match &result {
                Ok(_) if end == End::Commit => {}
                Ok(_) => tracing::debug!(operation = O::NAME, actor = actor.key(), "rehearsed"),
                Err(error) => {
                    log_refusal(O::NAME, &actor, error);
                    desk.refusals.note(&actor, O::NAME, error.code(), desk.clock.real());
                }
            }
            result.map_err(|error| error.during(O::NAME))
        };
        tokio::spawn(statements::counted(counter, work).instrument(span)).await.unwrap_or_else(|panic| {
            Err(Error::internal(anyhow::anyhow!("{} panicked: {panic}", O::NAME)).during(O::NAME))
        })
    }

    async fn attempt<O: Operation>(&self, actor: &Actor, operation: &O, end: End) -> Result<Done<O::Outcome>> {
        let mut tx = Tx::begin(self, actor, operation.options()).await?;
        let result = match end {
            End::Commit => run(&mut tx, operation).await,
            End::TakeBack => act(&mut tx, operation).await.map(|outcome| Done {
                outcome,
                cursor: self.head.cursor(),
                replayed: false,
                notices: Vec::new(),
            }),
        };
        match result {
            Ok(done) if end == End::Commit => {
                let seq = done.cursor.seq;
                let Tx { conn, drafts, .. } = tx;
                conn.commit().await?;
                self.head.raise(seq);
                log_done(O::NAME, actor, &drafts, &done);
                Ok(done)
            }
            result => {
                // Said out loud: a dropped transaction would roll back later, when its connection is used again.
                if let Err(rollback) = tx.conn.rollback().await {
                    tracing::warn!(%rollback, "a rollback failed; the database ends the transaction itself");
                }
                result
            }
        }
    }
}

/// When to try again: soon, then later and later, up to `longest` milliseconds, at most `times`.
fn patience(longest: u64, times: usize) -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(5))
        .with_max_delay(Duration::from_millis(longest))
        .with_max_times(times)
        .with_jitter()
}

fn note(error: &Error, _: Duration) {
    tracing::debug!(%error, "run again");
}

async fn run<O: Operation>(tx: &mut Tx, operation: &O) -> Result<Done<O::Outcome>> {
    let taken = match tx.options.idempotency_key.clone() {
        None => None,
        Some(key) => match idempotency::take(tx, operation, &key).await? {
            Ok(taken) => Some(taken),
            Err(replay) => {
                let outcome = O::Outcome::reload(tx, replay.outcome).await?.ok_or_else(|| {
                    Error::not_found("thing any more").hint("The first request with this key succeeded.")
                })?;
                let head = event_log::head_now(tx.conn()).await?;
                let cursor = tx.desk.head.at(head.seq);
                return Ok(Done { outcome, cursor, replayed: true, notices: replay.notices });
            }
        },
    };
    let outcome = act(tx, operation).await?;
    settle_effects(tx).await?;
    if let Some(taken) = taken {
        idempotency::keep(tx, taken, outcome.key()).await?;
    }
    let seq = if tx.drafts.is_empty() {
        event_log::head_now(tx.conn()).await?.seq
    } else {
        event_log::append(tx.conn(), &tx.actor, O::NAME, &tx.drafts, tx.real).await?
    };
    let cursor = tx.desk.head.at(seq);
    Ok(Done { outcome, cursor, replayed: false, notices: std::mem::take(&mut tx.notices) })
}

/// Does what the operation does, with everything that commits along: all but the key and the log.
pub(super) async fn act<O: Operation>(tx: &mut Tx, operation: &O) -> Result<O::Outcome> {
    let before = tx.drafts.len();
    let mut outcome = operation.run(tx).await.map_err(|error| match (tx.actor.kind, error.code()) {
        // Whoever is not signed in sees nothing, and is told to sign in, whether it is there or not.
        (ActorKind::Anonymous, Code::NotFound) => Error::new(Code::Unauthenticated),
        _ => error,
    })?;
    if !tx.allowed {
        return Err(Error::internal(anyhow::anyhow!("{} asked nobody for permission", O::NAME)));
    }
    if tx.drafts.len() == before && !tx.unchanged {
        return Err(Error::internal(anyhow::anyhow!("{} changed something and said nothing", O::NAME)));
    }
    apply_effects(tx).await?;
    tx.patch(&mut outcome);
    Ok(outcome)
}

/// Applies every effect to every event that has not had them, also to those that effects append.
async fn apply_effects(tx: &mut Tx) -> Result<()> {
    let desk = tx.desk.clone();
    while let Some(draft) = tx.drafts.get(tx.settled).cloned() {
        for effect in &desk.effects {
            effect.apply(tx, &draft).await?;
        }
        tx.settled += 1;
    }
    Ok(())
}

/// Then, once, to all events of the transaction together: of a bulk job's step to those of all its tickets.
async fn settle_effects(tx: &mut Tx) -> Result<()> {
    let desk = tx.desk.clone();
    let mut events = std::mem::take(&mut tx.drafts);
    for effect in &desk.effects {
        effect.settle(tx, &events).await?;
    }
    events.append(&mut tx.drafts);
    tx.drafts = events;
    Ok(())
}
