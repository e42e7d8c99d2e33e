//! An operation inside another one: what a bulk job does to each of its tickets.

use std::mem::{replace, take};

use sea_orm::TransactionTrait;

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

impl Tx {
    /// Performs `operation` for the same actor, in a savepoint of this transaction: the same permissions, effects and events as on its
    /// own. If it is refused, it alone is rolled back. The events of all are appended at the end, in their order.
    ///
    /// # Errors
    /// What ends the whole transaction: a deadlock, a database that went away.
    pub async fn attempt<O: Operation>(&mut self, operation: &O) -> Result<Attempt> {
        let savepoint = self.conn.begin().await?;
        let conn = replace(&mut self.conn, savepoint);
        let options = replace(&mut self.options, operation.options());
        let (allowed, unchanged, on_behalf_of) =
            (take(&mut self.allowed), take(&mut self.unchanged), take(&mut self.on_behalf_of));
        let (first, notices) = (self.drafts.len(), self.notices.len());
        // On the heap: it stands inside an operation, whose future holds it.
        let result = Box::pin(act(self, operation)).await;
        let savepoint = replace(&mut self.conn, conn);
        (self.options, self.allowed, self.unchanged, self.on_behalf_of) = (options, allowed, unchanged, on_behalf_of);
        match result {
            Ok(_) => {
                savepoint.commit().await?;
                for draft in &self.drafts[first..] {
                    self.ahead.forget(draft.subject.ticket.map_or(draft.subject.id, |ticket| ticket.0));
                }
                Ok(if self.drafts.len() > first { Attempt::Changed } else { Attempt::Unchanged })
            }
            Err(error) => {
                self.drafts.truncate(first);
                self.notices.truncate(notices);
                self.settled = first;
                self.patches.clear();
                // Said out loud, as for a whole transaction.
                let rolled_back = savepoint.rollback().await;
                if error.is_transient() || error.code() == Code::Unavailable {
                    return Err(error);
                }
                rolled_back?;
                if error.cause().is_some() {
                    log_refusal(O::NAME, &self.actor, &error);
                }
                Ok(Attempt::Refused(error.during(O::NAME)))
            }
        }
    }
}
