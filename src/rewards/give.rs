//! Gives what an event earned. Called by the effect `rewards`, in the event's own transaction.

use std::time::Duration;

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QuerySelect, TransactionTrait, TryInsertResult};
use uuid::Uuid;

use super::entry::{self, failure};
use super::events::RewardGranted;
use crate::access::Role;
use crate::desk::Tx;
use crate::error::Result;
use crate::event_log::Draft;
use crate::profile::{Reward, Stage};
use crate::tickets::events::{Escalated, StatusChanged, kind};
use crate::tickets::ticket;

/// The code of the notice that a reward could not be given.
const NOTICE: &str = "gamificationError";

/// When a reward that could not be given is tried again first.
const PATIENCE: Duration = Duration::from_secs(1);

/// Gives what `event` earned to whoever did it, if that is a customer. What cannot be given is noticed and tried again later.
pub async fn event(tx: &mut Tx, event: &Draft) -> Result<()> {
    let (Some(ticket), Some(person), Some(Role::Customer)) = (event.subject.ticket, tx.actor.person, tx.actor.role)
    else {
        return Ok(());
    };
    let rewards = &tx.profile().rewards;
    let (action, reward) = match event.kind {
        kind::CREATED => ("create", &rewards.create),
        kind::ESCALATED if !serde_json::from_value::<Escalated>(event.data.clone())?.automatic => {
            ("escalate", &rewards.escalate)
        }
        kind::STATUS_CHANGED => {
            let change: StatusChanged = serde_json::from_value(event.data.clone())?;
            let closes = change.stage == Stage::Closed as i32 && change.stage_before != Stage::Closed as i32;
            ("close", if closes { &rewards.close } else { &None })
        }
        _ => return Ok(()),
    };
    let Some(Reward { name, points, credit_minor, currency }) = reward.clone() else { return Ok(()) };
    let closure: Option<i32> = ticket::Entity::find_by_id(ticket)
        .select_only()
        .column(ticket::Column::ReopenCount)
        .into_tuple()
        .one(tx.conn())
        .await?;
    let row = entry::Model {
        id: Uuid::now_v7(),
        person_id: person,
        ticket_id: ticket,
        action: action.to_owned(),
        closure: closure.unwrap_or_default(),
        name,
        points: i32::try_from(points).unwrap_or(i32::MAX),
        credit_minor: i64::from(credit_minor),
        currency,
        created_at: tx.now,
    };
    let savepoint = tx.conn().begin().await?;
    match insert(&savepoint, &row).await {
        Ok(given) => {
            savepoint.commit().await?;
            if given {
                tx.append(&said(&row))?;
            }
        }
        Err(error) => {
            savepoint.rollback().await?;
            tracing::warn!(%person, %ticket, action, %error, "a reward could not be given and is tried again");
            let later = failure::Model {
                id: row.id,
                person_id: row.person_id,
                ticket_id: row.ticket_id,
                action: row.action,
                closure: row.closure,
                name: row.name,
                points: row.points,
                credit_minor: row.credit_minor,
                currency: row.currency,
                attempts: 0,
                next_at: tx.real.after(PATIENCE),
            };
            failure::Entity::insert(later.into_active_model())
                .on_conflict_do_nothing()
                .exec_without_returning(tx.conn())
                .await?;
            tx.notice(
                NOTICE,
                "The reward for this could not be given now. It is given later; you need not do anything.",
            );
        }
    }
    Ok(())
}

/// Writes an entry of the ledger and answers whether it is the first for its ticket, action and closing.
pub(super) async fn insert(conn: &impl ConnectionTrait, row: &entry::Model) -> Result<bool> {
    let insert = entry::Entity::insert(row.clone().into_active_model()).on_conflict_do_nothing();
    Ok(matches!(insert.exec_without_returning(conn).await?, TryInsertResult::Inserted(1..)))
}

/// What the log says of an entry.
pub(super) fn said(row: &entry::Model) -> RewardGranted {
    RewardGranted {
        person: row.person_id,
        ticket: row.ticket_id,
        action: row.action.clone(),
        closure: row.closure,
        points: row.points,
        credit_minor: row.credit_minor,
    }
}
