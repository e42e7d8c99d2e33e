//! What each event does to the clocks of its ticket. Called by the effect `sla`, in the event's own transaction.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, Func, LockType, OnConflict};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, Iterable, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect,
};

use super::clock::{self, Target};
use super::fire;
use super::segments::Because;
use super::steps::What;
use crate::clock::Timestamp;
use crate::comments::events::{self as comment_events, CommentAdded};
use crate::desk::Tx;
use crate::error::Result;
use crate::event_log::Draft;
use crate::ids::TicketId;
use crate::profile::{Profile, Stage};
use crate::tickets::events::{Created, PriorityChanged, Restored, StatusChanged, kind};
use crate::tickets::{measures, status, ticket};

/// Does to the clocks what follows from `event`.
pub async fn event(tx: &mut Tx, event: &Draft) -> Result<()> {
    let Some(ticket) = event.subject.ticket else { return Ok(()) };
    let at = event.occurred_at;
    match event.kind {
        kind::CREATED => start(tx, ticket, serde_json::from_value(event.data.clone())?, at).await,
        kind::STATUS_CHANGED => {
            let change: StatusChanged = serde_json::from_value(event.data.clone())?;
            let pauses = tx.profile().status(&change.status).is_some_and(|status| status.pauses_sla);
            let is_done = matches!(status::stage(change.stage), Stage::Resolved | Stage::Closed);
            // A merged ticket goes on elsewhere: nothing of what was promised has happened.
            let because = if change.by_merge { Because::Merged } else { Because::Status(&change.status) };
            update(tx, ticket, (at, None), |clock, profile| {
                let calendar = profile.calendar();
                if change.by_merge {
                    if is_done || pauses { clock.pause(at, because) } else { clock.resume(calendar, at, because) }
                } else if is_done {
                    clock.meet(calendar, at, because);
                } else {
                    if clock.target == Target::Resolution {
                        clock.unmeet(calendar, at, because);
                    }
                    if pauses { clock.pause(at, because) } else { clock.resume(calendar, at, because) }
                }
            })
            .await
        }
        kind::PRIORITY_CHANGED => {
            let change: PriorityChanged = serde_json::from_value(event.data.clone())?;
            let targets = tx.profile().sla_target(&change.priority);
            update(tx, ticket, (at, None), |clock, profile| {
                let goal = match clock.target {
                    Target::FirstResponse => targets.first_response,
                    Target::Resolution => targets.resolution,
                };
                // A priority that promises nothing leaves what was promised.
                if let (Some(goal), None) = (goal, clock.met_at) {
                    clock.set_goal(profile.calendar(), goal);
                    clock.forget_what_lies_ahead(profile, at);
                }
            })
            .await
        }
        kind::DELETED => update(tx, ticket, (at, None), |clock, _| clock.pause(at, Because::Deleted)).await,
        kind::RESTORED => {
            let restored: Restored = serde_json::from_value(event.data.clone())?;
            let pauses = tx.profile().status(&restored.restored_to).is_some_and(|status| status.pauses_sla);
            if pauses || restored.merged {
                return Ok(());
            }
            update(tx, ticket, (at, None), |clock, profile| {
                if clock.is_counting() {
                    // It was not stopped when the ticket was deleted, by a version that did not: it is armed anew.
                    clock.fires_at = super::set::UNSET;
                }
                clock.resume(profile.calendar(), at, Because::Deleted);
            })
            .await
        }
        comment_events::ADDED => {
            let added: CommentAdded = serde_json::from_value(event.data.clone())?;
            if added.internal || !added.by_staff {
                return Ok(());
            }
            update(tx, ticket, (at, Some(at)), |clock, profile| {
                if clock.target == Target::FirstResponse {
                    clock.meet(profile.calendar(), at, Because::Answered);
                }
            })
            .await
        }
        _ => Ok(()),
    }
}

/// The clocks that a new ticket of this priority and status gets.
pub fn clocks(profile: &Profile, ticket: TicketId, created: &Created, at: Timestamp) -> Vec<clock::Model> {
    let targets = profile.sla_target(&created.priority);
    let Some(status) = profile.status(&created.status) else { return Vec::new() };
    [(Target::FirstResponse, targets.first_response), (Target::Resolution, targets.resolution)]
        .into_iter()
        .filter_map(|(target, goal)| Some(clock::Model::start(profile.calendar(), ticket, target, goal?, at, status)))
        .collect()
}

async fn start(tx: &mut Tx, ticket: TicketId, created: Created, at: Timestamp) -> Result<()> {
    let mut clocks = clocks(tx.profile(), ticket, &created, at);
    if clocks.is_empty() {
        return Ok(());
    }
    for clock in &mut clocks {
        clock.arm(tx.profile());
    }
    let rows = clocks.iter().cloned().map(IntoActiveModel::into_active_model);
    clock::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    settle(tx, ticket, &clocks, None).await
}

/// Locks the clocks of these tickets, which are locked, and keeps them for the operations of this transaction that are about one each.
///
/// # Errors
/// The database's.
pub async fn lock_ahead(tx: &Tx, tickets: &[TicketId]) -> Result<()> {
    let these = clock::Entity::find().filter(clock::Column::TicketId.is_in(tickets.iter().copied()));
    let order = these.order_by_asc(clock::Column::TicketId).order_by_asc(clock::Column::Target);
    let mut of: HashMap<TicketId, Vec<clock::Model>> = tickets.iter().map(|id| (*id, Vec::new())).collect();
    for row in order.lock(LockType::NoKeyUpdate).all(tx.conn()).await? {
        of.entry(row.ticket_id).or_default().push(row);
    }
    for (ticket, clocks) in of {
        tx.keep_ahead(ticket.0, clocks);
    }
    Ok(())
}

/// The clocks of a ticket, locked.
pub(super) async fn lock(tx: &Tx, ticket: TicketId) -> Result<Vec<clock::Model>> {
    if let Some(clocks) = tx.take_ahead(ticket.0) {
        return Ok(clocks);
    }
    let of_ticket = clock::Column::TicketId.eq(ticket);
    let clocks = clock::Entity::find().filter(of_ticket).order_by_asc(clock::Column::Target);
    Ok(clocks.lock(LockType::NoKeyUpdate).all(tx.conn()).await?)
}

/// Saves the clocks of a ticket that were changed, which are locked, in one statement.
pub(super) async fn save(tx: &Tx, clocks: Vec<clock::Model>) -> Result<()> {
    if clocks.is_empty() {
        return Ok(());
    }
    let is_key = |column: &clock::Column| clock::PrimaryKey::from_column(*column).is_some();
    let (key, others): (Vec<_>, Vec<_>) = clock::Column::iter().partition(is_key);
    let there = OnConflict::columns(key).update_columns(others).to_owned();
    let rows = clocks.into_iter().map(IntoActiveModel::into_active_model);
    clock::Entity::insert_many(rows).on_conflict(there).exec_without_returning(tx.conn()).await?;
    Ok(())
}

async fn update(
    tx: &mut Tx,
    ticket: TicketId,
    (at, responded_at): (Timestamp, Option<Timestamp>),
    change: impl Fn(&mut clock::Model, &Profile),
) -> Result<()> {
    let desk = tx.desk.clone();
    let mut clocks = lock(tx, ticket).await?;
    let mut changed = Vec::with_capacity(clocks.len());
    for clock in &mut clocks {
        let before = clock.clone();
        change(clock, &desk.profile);
        if *clock != before {
            if before.is_counting() && !clock.is_counting() {
                // What it had to say until now is said, although the timer did not come to it in time.
                for step in before.open_steps(&desk.profile).into_iter().filter(|step| step.at <= at) {
                    if !matches!(step.what, What::Escalation(_)) {
                        fire::say(tx, clock, &step).await?;
                    }
                }
            }
            clock.arm(&desk.profile);
            changed.push(clock.clone());
        }
    }
    if changed.is_empty() && responded_at.is_none() {
        return Ok(());
    }
    save(tx, changed).await?;
    settle(tx, ticket, &clocks, responded_at).await
}

/// Brings the ticket's row in line with its clocks.
async fn settle(tx: &mut Tx, id: TicketId, clocks: &[clock::Model], responded_at: Option<Timestamp>) -> Result<()> {
    let due_at = clocks.iter().map(clock::Model::due_at).min().unwrap_or(Timestamp::NEVER);
    let breached = clocks.iter().any(clock::Model::is_missed);
    let mut change = ticket::Entity::update_many()
        .filter(ticket::Column::Id.eq(id))
        .col_expr(ticket::Column::DueAt, Expr::value(due_at))
        .col_expr(ticket::Column::Breached, Expr::value(breached));
    for clock in clocks {
        let (promise, deadline) = match clock.target {
            Target::FirstResponse => (measures::Column::ResponsePromise, measures::Column::ResponseDeadline),
            Target::Resolution => (measures::Column::ResolutionPromise, measures::Column::ResolutionDeadline),
        };
        change = change
            .col_expr(promise, Expr::value(clock.promise() as i32))
            .col_expr(deadline, Expr::value(clock.deadline));
    }
    if let Some(at) = responded_at {
        // The first answer counts.
        let first = Func::coalesce([Expr::col(ticket::Column::FirstRespondedAt), Expr::value(at)]);
        change = change.col_expr(ticket::Column::FirstRespondedAt, first.into());
    }
    change.exec(tx.conn()).await?;
    tx.row_changed(id.0, move |ticket: &mut ticket::Model| {
        ticket.due_at = due_at;
        ticket.breached = breached;
        ticket.first_responded_at = ticket.first_responded_at.or(responded_at);
    });
    Ok(())
}
