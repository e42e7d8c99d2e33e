//! Runs an import: rows into batches, a batch into one transaction, and into halves if it fails, until the row at fault is found.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Failure, Progress, Rejection, Summary, Taken};
use crate::access::{Actor, Origin};
use crate::desk::{Desk, Operation, Outcome, Tx};
use crate::error::{Code, Error, Result};

/// A row that passed the checks.
pub(super) trait Checked: Clone + Send + Sync {
    /// Where it is in the file.
    fn place(&self) -> &str;
    /// Its id in the other system.
    fn external_id(&self) -> &str;
    /// How much it counts against the size of a batch.
    fn weight(&self) -> usize;
}

/// What a batch did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Batch {
    /// How many rows were new.
    pub imported: u64,
    /// How many were here already.
    pub skipped: u64,
    /// Rows that turned out not to fit: place and reason.
    pub rejected: Vec<(String, String)>,
}

impl Outcome for Batch {
    fn key(&self) -> Uuid {
        Uuid::nil()
    }
    async fn reload(_: &Tx, _: Uuid) -> Result<Option<Self>> {
        Ok(None)
    }
}

/// Refuses everybody but the desk itself: an import is run by who has the machine, and writes in other people's names.
pub(super) fn allow(tx: &mut Tx) -> Result<()> {
    if tx.actor.kind != crate::access::ActorKind::System || tx.actor.origin != Origin::Import {
        return Err(Error::new(Code::Forbidden));
    }
    tx.allow_because("the operator runs imports");
    Ok(())
}

/// How much a batch holds: long enough to make a commit worth it, short enough to let others write between two.
const BATCH: usize = 500;

/// An import on its way.
pub(super) struct Run<'a, R, F> {
    desk: &'a Desk,
    actor: Actor,
    progress: &'a mut dyn Progress,
    make: F,
    rows: Vec<R>,
    weight: usize,
    seen: HashMap<String, String>,
    summary: Summary,
    done: u64,
    total: u64,
}

impl<'a, R, O, F> Run<'a, R, F>
where
    R: Checked,
    O: Operation<Outcome = Batch>,
    F: Fn(Vec<R>) -> O,
{
    /// An import of `total` rows from `source`; `make` makes the operation for a batch.
    pub fn new(desk: &'a Desk, source: String, total: u64, progress: &'a mut dyn Progress, make: F) -> Self {
        let summary = Summary { source, ..Summary::default() };
        let actor = Actor::system(Origin::Import);
        Self { desk, actor, progress, make, rows: Vec::new(), weight: 0, seen: HashMap::new(), summary, done: 0, total }
    }

    /// Takes the next row of the file.
    pub async fn take(&mut self, place: String, row: Taken<R>) -> std::result::Result<(), Failure> {
        let row = row.and_then(|row| match self.seen.get(row.external_id()) {
            Some(first) => Err(format!("the id \"{}\" occurs again; it was first in {first}", row.external_id())),
            None => Ok(row),
        });
        match row {
            Err(reason) => {
                self.reject(place, reason);
                self.done += 1;
                Ok(())
            }
            Ok(row) => {
                self.seen.insert(row.external_id().to_owned(), row.place().to_owned());
                self.weight += row.weight();
                self.rows.push(row);
                if self.weight >= BATCH { self.flush().await } else { Ok(()) }
            }
        }
    }

    /// Writes what is left and answers what was done.
    pub async fn finish(mut self) -> std::result::Result<Summary, Failure> {
        self.flush().await?;
        self.progress.moved(self.total, self.total, self.summary.rejected.len() as u64);
        self.progress.finished(&self.summary);
        Ok(self.summary)
    }

    async fn flush(&mut self) -> std::result::Result<(), Failure> {
        self.weight = 0;
        let mut waiting = vec![std::mem::take(&mut self.rows)];
        while let Some(mut rows) = waiting.pop() {
            if rows.is_empty() {
                continue;
            }
            let count = rows.len() as u64;
            match self.desk.perform(&self.actor, (self.make)(rows.clone())).await {
                Ok(done) => {
                    self.summary.imported += done.outcome.imported;
                    self.summary.skipped += done.outcome.skipped;
                    for (place, reason) in done.outcome.rejected {
                        self.reject(place, reason);
                    }
                    self.done += count;
                }
                Err(error) if error.code() == Code::Unavailable || error.is_transient() => {
                    return Err(Failure::Desk(error));
                }
                Err(error) if count == 1 => {
                    self.reject(rows[0].place().to_owned(), format!("it could not be stored: {error}"));
                    self.done += 1;
                }
                Err(_) => {
                    let rest = rows.split_off(rows.len() / 2);
                    waiting.push(rest);
                    waiting.push(rows);
                }
            }
        }
        self.progress.moved(self.done, self.total, self.summary.rejected.len() as u64);
        Ok(())
    }

    fn reject(&mut self, place: String, reason: String) {
        let rejection = Rejection { place, reason };
        self.progress.rejected(&rejection);
        self.summary.rejected.push(rejection);
    }
}
