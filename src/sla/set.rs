//! Setting clocks: finding out when each speaks next, for all that there are, after another profile, or a version that did not know it.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::clock::{self, Column as C};
use super::follow;
use crate::clock::Timestamp;
use crate::desk::{Operation, Tx};
use crate::error::Result;
use crate::jobs::Fence;
use crate::profile::{Calendar, Profile};

/// The name under which it is kept, as a number, what clocks say on this desk.
const KEPT: &str = "sla";

/// When a clock speaks of which that is not known.
pub(super) const UNSET: Timestamp = Timestamp(0);

/// How many clocks are set at once.
const BATCH: u64 = 500;

/// Sets some of the clocks of which it is not known when they speak.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SlaArm {
    /// The timer's right to do it.
    pub fence: Fence,
}

impl Operation for SlaArm {
    type Outcome = ();
    const NAME: &'static str = "sla.arm";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("the desk keeps its own clocks");
        self.fence.hold(tx).await?;
        tx.nothing_changed();
        let mut unset = clock::Entity::find()
            .filter(C::FiresAt.eq(UNSET))
            .order_by_asc(C::TicketId)
            .order_by_asc(C::Target)
            .limit(BATCH)
            .lock(LockType::NoKeyUpdate)
            .all(tx.conn())
            .await?;
        for clock in &mut unset {
            clock.arm(tx.profile());
        }
        follow::save(tx, unset).await
    }
}

/// Has the clocks set anew after another profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SlaSet {
    /// The timer's right to do it.
    pub fence: Fence,
}

impl Operation for SlaSet {
    type Outcome = ();
    const NAME: &'static str = "sla.set";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("the desk keeps its own clocks");
        self.fence.hold(tx).await?;
        tx.nothing_changed();
        let print = fingerprint(tx.profile());
        let backend = tx.conn().get_database_backend();
        let sql = "INSERT INTO counters (name, value) VALUES ($1, $2) \
            ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE counters.value <> excluded.value";
        let kept =
            tx.conn().execute_raw(Statement::from_sql_and_values(backend, sql, [KEPT.into(), print.into()])).await?;
        if kept.rows_affected() > 0 {
            let counting = Condition::all().add(C::MetAt.is_null()).add(C::PausedAt.is_null());
            for (when, clocks) in [(Timestamp::NEVER, counting.clone().not()), (UNSET, counting)] {
                let update = clock::Entity::update_many().col_expr(C::FiresAt, Expr::value(when)).filter(clocks);
                update.exec(tx.conn()).await?;
            }
        }
        Ok(())
    }
}

/// A number that changes with everything that decides what clocks say, and when.
fn fingerprint(profile: &Profile) -> i64 {
    let hours = match profile.calendar() {
        Calendar::Always => None,
        Calendar::Hours(hours) => {
            Some((hours.time_zone.as_ref().and_then(|zone| zone.iana_name()), &hours.hours, &hours.holidays))
        }
    };
    let text = format!("{:?} {:?} {hours:?}", profile.sla.warnings, profile.escalation.automatic);
    let bytes = Sha256::digest(text);
    bytes.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte))
}
