//! Says what the clocks of a ticket have to say: the timer's operation.

use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait, IntoActiveModel, QuerySelect};
use serde::{Deserialize, Serialize};

use super::clock::Model;
use super::events::SlaSaid;
use super::follow;
use super::steps::{Step, What};
use crate::desk::{Operation, Tx};
use crate::error::Result;
use crate::ids::TicketId;
use crate::jobs::Fence;
use crate::tickets::{escalate, status, ticket};

/// That a clock has said something: each step once for the time at which it was due.
pub mod firing {
    #![allow(missing_docs, reason = "a guard that nobody reads")]
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;
    use crate::ids::TicketId;
    use crate::sla::clock::Target;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sla_firings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: TicketId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub target: Target,
        #[sea_orm(primary_key, auto_increment = false)]
        pub step: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub due_at: Timestamp,
        pub fired_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Says what the clocks of a ticket have to say by now, and finds out when they speak next.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SlaFire {
    /// Whose clocks.
    pub ticket: TicketId,
    /// The timer's right to do it.
    pub fence: Fence,
}

impl Operation for SlaFire {
    type Outcome = ();
    const NAME: &'static str = "sla.fire";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("the desk keeps its own clocks");
        self.fence.hold(tx).await?;
        // What is said below is an event; finding out when to speak next is none.
        tx.nothing_changed();
        let ticket = ticket::Entity::find_by_id(self.ticket).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
        let Some(mut ticket) = ticket else { return Ok(()) };
        let (desk, now) = (tx.desk.clone(), tx.now);
        let mut clocks = follow::lock(tx, ticket.id).await?;
        let before = clocks.clone();
        if ticket.deleted_at.is_some() {
            // Nobody sees it any more: there is nothing to say.
            for clock in &mut clocks {
                clock.fires_at = crate::clock::Timestamp::NEVER;
            }
        } else {
            let mut escalated = false;
            for (nth, step) in due(tx, &clocks) {
                let clock = &mut clocks[nth];
                match &step.what {
                    What::Warning | What::Breach => say(tx, clock, &step).await?,
                    What::Escalation(level) => {
                        note(tx, clock, &step).await?;
                        escalated |= escalate::by_the_clock(tx, &mut ticket, level.as_deref()).await?;
                    }
                }
            }
            for clock in &mut clocks {
                clock.arm(&desk.profile);
            }
            if escalated {
                status::save(tx, &mut ticket).await?;
            }
        }
        let changed = clocks.into_iter().zip(&before).filter(|(clock, before)| clock != *before);
        follow::save(tx, changed.map(|(clock, _)| clock).collect()).await?;
        tracing::debug!(ticket = %ticket.id, %now, "clocks looked at");
        Ok(())
    }
}

/// What is due of all clocks together, in the order in which it was.
fn due(tx: &Tx, clocks: &[Model]) -> Vec<(usize, Step)> {
    let counting = clocks.iter().enumerate().filter(|(_, clock)| clock.is_counting());
    let steps = counting.flat_map(|(nth, clock)| {
        clock.open_steps(tx.profile()).into_iter().map(move |step| (nth, step)).collect::<Vec<_>>()
    });
    let mut due: Vec<(usize, Step)> = steps.filter(|(_, step)| step.at <= tx.now).collect();
    due.sort_by(|(a_nth, a), (b_nth, b)| (a.at, *a_nth, a.percent, &a.what).cmp(&(b.at, *b_nth, b.percent, &b.what)));
    due
}

/// Says that a clock has come so far, as of when it did.
pub(super) async fn say(tx: &mut Tx, clock: &mut Model, step: &Step) -> Result<()> {
    note(tx, clock, step).await?;
    let said = SlaSaid {
        ticket: clock.ticket_id,
        target: clock.target,
        percent: step.percent,
        deadline: clock.deadline,
        breached: step.what == What::Breach,
    };
    tx.append_at(&said, step.at)
}

/// Notes that a step was done, in the clock and in the table whose key lets nobody do it twice.
async fn note(tx: &Tx, clock: &mut Model, step: &Step) -> Result<()> {
    let key = step.key();
    let row = firing::Model {
        ticket_id: clock.ticket_id,
        target: clock.target,
        step: key.clone(),
        due_at: step.at,
        fired_at: tx.now,
    };
    firing::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    clock.note_fired(&key);
    Ok(())
}
