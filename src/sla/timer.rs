//! The timer: looks which clocks have something to say, and has it said, ticket by ticket, in the order in which it was due.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::clock;
use super::fire::SlaFire;
use super::set::{SlaArm, SlaSet, UNSET};
use crate::access::{Actor, Origin};
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::error::{Code, Result};
use crate::ids::TicketId;
use crate::jobs::{Fence, Job, Next};

/// How many tickets one turn goes through, so that the lease is renewed in between.
const BATCH: u64 = 100;

/// The timer of the service level.
#[derive(Debug, Default)]
pub struct Timer {
    /// Whether the clocks are known to be set by the profile that the desk has now.
    set: bool,
    /// Tickets that could not be done in this round: they wait for the next, so that they keep nobody else from being done.
    failed: Vec<TicketId>,
}

impl Job for Timer {
    const NAME: &'static str = "sla";

    async fn turn(&mut self, desk: &Desk, fence: &Fence) -> Result<Next> {
        use clock::Column as C;
        if !self.set {
            desk.perform(&Actor::system(Origin::Rule), SlaSet { fence: fence.clone() }).await?;
            self.set = true;
        }
        let now = desk.clock.now();
        let next = clock::Entity::find()
            .select_only()
            .columns([C::TicketId, C::FiresAt])
            .filter(C::FiresAt.lt(Timestamp::NEVER))
            .filter(C::TicketId.is_not_in(self.failed.iter().copied()))
            .order_by_asc(C::FiresAt)
            .order_by_asc(C::TicketId)
            .limit(BATCH)
            .into_tuple::<(TicketId, Timestamp)>()
            .all(&desk.db.read)
            .await?;
        if next.first().is_some_and(|(_, fires_at)| *fires_at == UNSET) {
            desk.perform(&Actor::system(Origin::Rule), SlaArm { fence: fence.clone() }).await?;
            return Ok(Next::Now);
        }
        let mut done: Vec<TicketId> = Vec::new();
        for (ticket, fires_at) in next {
            if fires_at > now {
                self.failed.clear();
                return Ok(match done.is_empty() {
                    // Its time is the desk's, which goes as fast as the world's.
                    true => Next::In(Duration::from_millis(fires_at.since(now).unsigned_abs())),
                    false => Next::Now,
                });
            }
            if done.contains(&ticket) {
                continue;
            }
            done.push(ticket);
            match desk.perform(&Actor::system(Origin::Rule), SlaFire { ticket, fence: fence.clone() }).await {
                Ok(_) => {}
                // Another node has taken over, or the database is away: nothing else would go better.
                Err(error) if error.code() == Code::Unavailable => return Err(error),
                Err(error) => {
                    tracing::error!(%ticket, %error, "what the clocks of a ticket have to say could not be said");
                    self.failed.push(ticket);
                }
            }
        }
        if done.is_empty() {
            self.failed.clear();
            return Ok(Next::In(Duration::MAX));
        }
        Ok(Next::Now)
    }
}
