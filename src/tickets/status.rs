//! How a ticket's status moves: the profile's table enforces it, and the same table says what is allowed.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::events::{Change, StatusChanged, TicketEvent};
use super::ticket;
use crate::access::Actor;
use crate::clock::Timestamp;
use crate::db;
use crate::desk::Tx;
use crate::error::{Code, Detail, Error, Result};
use crate::language::Said;
use crate::profile::{Moment, Profile, Stage, Status};
use crate::say;

/// The stage that a row holds as a number.
pub fn stage(number: i32) -> Stage {
    [Stage::New, Stage::Active, Stage::Waiting, Stage::Resolved]
        .into_iter()
        .find(|stage| *stage as i32 == number)
        .unwrap_or(Stage::Closed)
}

/// The statuses that somebody can move the ticket to at `now`, in the order of the profile.
pub fn allowed<'a>(
    profile: &'a Profile,
    ticket: &'a ticket::Model,
    now: Timestamp,
    by: &Actor,
) -> impl Iterator<Item = &'a Status> {
    let staff = by.is_staff();
    profile
        .transitions_from(&ticket.status)
        .filter(move |transition| transition.by.is(staff) && transition.is_open(now.since(ticket.status_changed_at)))
        .filter_map(|transition| profile.status(&transition.to))
}

/// The first status of `stage` that somebody can move the ticket to at `now`.
pub fn next_in<'a>(
    profile: &'a Profile,
    ticket: &'a ticket::Model,
    now: Timestamp,
    by: &Actor,
    stage: Stage,
) -> Option<&'a Status> {
    allowed(profile, ticket, now, by).find(|status| status.stage == stage)
}

/// A refusal, in these words, that lists where the ticket can go.
pub fn refused(profile: &Profile, ticket: &ticket::Model, now: Timestamp, by: &Actor, message: Said) -> Error {
    let allowed: Vec<(String, String)> =
        allowed(profile, ticket, now, by).map(|status| (status.key.clone(), status.name.clone())).collect();
    let names: Vec<&str> = allowed.iter().map(|(key, _)| key.as_str()).collect();
    let hint = match names.is_empty() {
        true => say!("You cannot change its status now."),
        false => say!("It can become: {allowed}.", allowed = names.join(", ")),
    };
    Error::with(Code::InvalidTransition, message).hint(hint).about("ticket").detail(Detail::Transitions(allowed))
}

/// Moves the ticket to `to` and records it. The caller saves the row.
///
/// # Errors
/// `INVALID_VALUE` for a status that the profile does not know; `INVALID_TRANSITION`, also when the time for the move has passed.
pub fn move_to(tx: &mut Tx, ticket: &mut ticket::Model, to: &str, reason: Option<String>) -> Result<()> {
    let now = tx.now;
    let desk = tx.desk.clone();
    let profile = &desk.profile;
    let Some(status) = profile.status(to) else {
        return Err(Error::unknown_key("status", to, profile.statuses.iter().map(|status| status.key.as_str())));
    };
    if !allowed(profile, ticket, now, &tx.actor).any(|allowed| allowed.key == to) {
        let message = say!("A ticket that is \"{status}\" cannot become \"{to}\".", status = ticket.status, to);
        return Err(refused(profile, ticket, now, &tx.actor, message).at("status"));
    }
    set(tx, ticket, status, reason)
}

/// Moves the ticket, whoever may wish for it, and records it.
fn set(tx: &mut Tx, ticket: &mut ticket::Model, status: &Status, reason: Option<String>) -> Result<()> {
    let now = tx.now;
    let change = StatusChanged {
        status_before: std::mem::replace(&mut ticket.status, status.key.clone()),
        status: status.key.clone(),
        stage_before: ticket.stage,
        stage: status.stage as i32,
        reason: reason.clone(),
        by_merge: false,
    };
    let (before, after) = (stage(ticket.stage), status.stage);
    ticket.stage = after as i32;
    ticket.status_changed_at = now;
    let is_done = |stage| matches!(stage, Stage::Resolved | Stage::Closed);
    if is_done(after) && ticket.resolved_at.is_none() {
        ticket.resolved_at = Some(now);
    }
    if after == Stage::Closed {
        ticket.closed_at = Some(now);
        ticket.close_reason = reason;
    }
    if is_done(before) && !is_done(after) {
        ticket.resolved_at = None;
        ticket.closed_at = None;
        ticket.close_reason = None;
        ticket.reopen_count += 1;
    }
    tx.append(&TicketEvent::new(ticket, Change::StatusChanged(change)))
}

/// Moves the ticket where the profile says that it goes by itself at `moment`; nowhere is fine.
pub fn follow(tx: &mut Tx, ticket: &mut ticket::Model, moment: Moment) -> Result<()> {
    let desk = tx.desk.clone();
    match desk.profile.automatic_move(moment, &ticket.status) {
        Some(transition) if transition.is_open(tx.now.since(ticket.status_changed_at)) => {
            match desk.profile.status(&transition.to) {
                Some(status) => set(tx, ticket, status, None),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// A row as it is stored.
struct AsStored(ticket::Model);

/// Keeps a locked row as it is stored: saving it then writes what changed.
pub fn as_stored(tx: &Tx, ticket: &ticket::Model) {
    tx.take_ahead::<AsStored>(ticket.id.0);
    tx.keep_ahead(ticket.id.0, AsStored(ticket.clone()));
}

/// Saves a changed row as its next version.
pub async fn save(tx: &Tx, ticket: &mut ticket::Model) -> Result<()> {
    save_as(tx, ticket, true).await
}

/// Saves a changed row, as its next version if `next`.
pub async fn save_as(tx: &Tx, ticket: &mut ticket::Model, next: bool) -> Result<()> {
    ticket.version += i32::from(next);
    ticket.updated_at = Ord::max(ticket.updated_at, tx.now);
    let row = match tx.take_ahead::<AsStored>(ticket.id.0) {
        Some(AsStored(before)) => db::changes(&before, ticket),
        None => ticket.clone().into_active_model().reset_all(),
    };
    ticket::Entity::update(row).exec_without_returning(tx.conn()).await?;
    as_stored(tx, ticket);
    Ok(())
}

/// Says that something on the ticket changed, and nothing of its row.
pub async fn touch(tx: &Tx, ticket: &ticket::Model) -> Result<()> {
    let at = Ord::max(ticket.updated_at, tx.now);
    let update = ticket::Entity::update_many().filter(ticket::Column::Id.eq(ticket.id));
    update.col_expr(ticket::Column::UpdatedAt, Expr::value(at)).exec(tx.conn()).await?;
    Ok(())
}
