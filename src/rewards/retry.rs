//! Gives, later, what could not be given at once. One node does it.

use std::time::Duration;

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::{self, failure};
use super::give;
use crate::access::{Actor, Origin};
use crate::desk::{Desk, Operation, Tx};
use crate::error::{Code, Result};
use crate::jobs::{Fence, Job, Next};

/// The longest time between two attempts.
const LONGEST: Duration = Duration::from_secs(3600);

/// Gives one reward that could not be given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RewardRetry {
    /// Which.
    pub failure: Uuid,
    /// The right to do it.
    pub fence: Fence,
}

impl Operation for RewardRetry {
    type Outcome = ();
    const NAME: &'static str = "reward.retry";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("the desk owes it");
        self.fence.hold(tx).await?;
        tx.nothing_changed();
        let failed = failure::Entity::find_by_id(self.failure).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
        let Some(failed) = failed else { return Ok(()) };
        let row = entry::Model {
            id: failed.id,
            person_id: failed.person_id,
            ticket_id: failed.ticket_id,
            action: failed.action,
            closure: failed.closure,
            name: failed.name,
            points: failed.points,
            credit_minor: failed.credit_minor,
            currency: failed.currency,
            created_at: tx.now,
        };
        if give::insert(tx.conn(), &row).await? {
            tx.append(&give::said(&row))?;
        }
        failure::Entity::delete_by_id(self.failure).exec(tx.conn()).await?;
        Ok(())
    }
}

/// The second tries.
#[derive(Debug, Default)]
pub struct Retry;

impl Job for Retry {
    const NAME: &'static str = "rewards";

    async fn turn(&mut self, desk: &Desk, fence: &Fence) -> Result<Next> {
        use failure::Column as C;
        let due = failure::Entity::find()
            .filter(C::NextAt.lte(desk.clock.real()))
            .order_by_asc(C::NextAt)
            .limit(20)
            .all(&desk.db.read)
            .await?;
        for failed in due {
            let operation = RewardRetry { failure: failed.id, fence: fence.clone() };
            match desk.perform(&Actor::system(Origin::Rule), operation).await {
                Ok(_) => {}
                Err(error) if error.code() == Code::Unavailable => return Err(error),
                Err(_) => {
                    let wait = Duration::from_secs(1 << failed.attempts.clamp(0, 12)).min(LONGEST);
                    failure::Entity::update_many()
                        .col_expr(C::Attempts, Expr::value(failed.attempts.saturating_add(1)))
                        .col_expr(C::NextAt, Expr::value(desk.clock.real().after(wait)))
                        .filter(C::Id.eq(failed.id))
                        .exec(desk.db.writer())
                        .await?;
                }
            }
        }
        Ok(Next::In(Duration::MAX))
    }
}
