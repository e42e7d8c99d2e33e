//! An operation inside another one: what a bulk job does to each of its tickets.

use std::mem::{replace, take};

use sea_orm::{DatabaseTransaction, TransactionTrait};

use super::ahead::Ahead;
use super::operation::log_refusal;
use super::perform::act;
use super::{Operation, Tx};
use crate::error::{Code, Error, Result};

/// What came of an operation inside another one.
#[derive(Debug)]
pub enum Attempt {
    /// It is done.
    Changed,
    /// It was so already.
    Unchanged,
    /// It was refused, and left nothing.
    Refused(Error),
}

/// A savepoint, and how the transaction was before it.
struct Guard {
    conn: DatabaseTransaction,
    drafts: usize,
    notices: usize,
}

/// Operations that are taken back together if one of them is refused.
pub struct Together(Guard);

impl Tx {
    /// Performs `operation` for the same actor, in a savepoint of this transaction: the same permissions, effects and events as on its
    /// own. If it is refused, it alone is rolled back. The events of all are appended at the end, in their order.
    ///
    /// # Errors
    /// What ends the whole transaction: a deadlock, a database that went away. Between [`Tx::begin_together`] and [`Tx::end_together`]
    /// also its refusal.
    pub async fn attempt<O: Operation>(&mut self, operation: &O) -> Result<Attempt> {
        let guard = if self.together { None } else { Some(self.guard().await?) };
        let options = replace(&mut self.options, operation.options());
        let (allowed, unchanged, on_behalf_of) =
            (take(&mut self.allowed), take(&mut self.unchanged), take(&mut self.on_behalf_of));
        let first = self.drafts.len();
        // On the heap: it stands inside an operation, whose future holds it.
        let result = Box::pin(act(self, operation)).await.map(drop);
        (self.options, self.allowed, self.unchanged, self.on_behalf_of) = (options, allowed, unchanged, on_behalf_of);
        let result = match guard {
            Some(guard) => self.release(guard, result).await?,
            None => Ok(result?),
        };
        match result {
            Ok(()) => {
                for draft in &self.drafts[first..] {
                    self.ahead.forget(draft.subject.ticket.map_or(draft.subject.id, |ticket| ticket.0));
                }
                Ok(if self.drafts.len() > first { Attempt::Changed } else { Attempt::Unchanged })
            }
            Err(error) => {
                if error.cause().is_some() {
                    log_refusal(O::NAME, &self.actor, &error);
                }
                Ok(Attempt::Refused(error.during(O::NAME)))
            }
        }
    }

    /// From here on one savepoint is for all operations, which saves two statements for each.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_together(&mut self) -> Result<Together> {
        let guard = self.guard().await?;
        self.together = true;
        Ok(Together(guard))
    }

    /// Ends that. Answers what came of it; nothing, if an operation was refused: then none of them has happened, and each can be
    /// attempted on its own.
    ///
    /// # Errors
    /// What ends the whole transaction.
    pub async fn end_together<T>(&mut self, together: Together, result: Result<T>) -> Result<Option<T>> {
        self.together = false;
        let result = self.release(together.0, result).await?;
        if result.is_err() {
            self.ahead = Ahead::default();
        }
        Ok(result.ok())
    }

    async fn guard(&mut self) -> Result<Guard> {
        let savepoint = self.conn.begin().await?;
        let conn = replace(&mut self.conn, savepoint);
        Ok(Guard { conn, drafts: self.drafts.len(), notices: self.notices.len() })
    }

    /// Ends a savepoint, and takes back what happened in it if that was refused.
    async fn release<T>(&mut self, guard: Guard, result: Result<T>) -> Result<Result<T>> {
        let savepoint = replace(&mut self.conn, guard.conn);
        match result {
            Ok(done) => {
                savepoint.commit().await?;
                Ok(Ok(done))
            }
            Err(error) => {
                self.drafts.truncate(guard.drafts);
                self.notices.truncate(guard.notices);
                self.settled = guard.drafts;
                self.patches.clear();
                // Said out loud, as for a whole transaction.
                let rolled_back = savepoint.rollback().await;
                if error.is_transient() || error.code() == Code::Unavailable {
                    return Err(error);
                }
                rolled_back?;
                Ok(Err(error))
            }
        }
    }
}
