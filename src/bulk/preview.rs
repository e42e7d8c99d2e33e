//! What a job would do: each step is done and taken back.

use std::time::Duration;

use serde::Serialize;

use super::action::Action;
use super::job::result;
use super::step::{AT_ONCE, each};
use crate::access::Actor;
use crate::desk::{Desk, Operation, Outcome, Tx};
use crate::error::Result;
use crate::ids::{JobId, TicketId};

/// How many tickets are tried.
pub const TRIED: usize = 1_000;

/// What would come of a job.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How many tickets are selected.
    pub total: usize,
    /// What would come of the first of them.
    pub tried: Vec<result::Model>,
}

/// Tries `action` on the first of these tickets, as `actor`, and takes everything back. The writer is let go between steps, so that
/// what is tried later does not see what was tried much earlier.
pub(super) async fn preview(
    desk: &Desk,
    actor: &Actor,
    action: &Action,
    tickets: &[TicketId],
    budget: Duration,
) -> Result<Preview> {
    let most = Ord::min(tickets.len(), TRIED);
    let mut tried: Vec<result::Model> = Vec::with_capacity(most);
    loop {
        let next = &tickets[tried.len()..Ord::min(tried.len() + AT_ONCE, most)];
        // The first one also without tickets: whether this may be done at all is told in any case.
        let rehearsal = BulkRehearsal {
            action: action.clone(),
            tickets: next.to_vec(),
            position: tried.len(),
            budget,
            refusals: tried.iter().any(|tried| tried.outcome == result::What::Failed),
        };
        tried.extend(desk.rehearse(actor, rehearsal).await?.0);
        if tried.len() >= most {
            return Ok(Preview { total: tickets.len(), tried });
        }
    }
}

/// Does the action to these tickets, only to be taken back.
#[derive(Clone, Debug, Serialize)]
struct BulkRehearsal {
    action: Action,
    tickets: Vec<TicketId>,
    /// How many were tried before.
    position: usize,
    budget: Duration,
    /// Whether some were refused before.
    refusals: bool,
}

/// What came of them.
struct Results(Vec<result::Model>);

impl Outcome for Results {
    fn key(&self) -> uuid::Uuid {
        uuid::Uuid::nil()
    }

    async fn reload(_: &Tx, _: uuid::Uuid) -> Result<Option<Self>> {
        Ok(None)
    }
}

impl Operation for BulkRehearsal {
    type Outcome = Results;
    // Refusals are those of the mutation.
    const NAME: &'static str = "ticket.bulk";

    async fn run(&self, tx: &mut Tx) -> Result<Results> {
        self.action.check(tx).await?;
        // Of no job: nothing of it is kept.
        let place = (JobId(uuid::Uuid::nil()), i32::try_from(self.position).unwrap_or(i32::MAX));
        let tried = each(tx, &self.action, &self.tickets, place, (self.budget, self.refusals)).await?;
        tx.nothing_changed();
        Ok(Results(tried))
    }
}
