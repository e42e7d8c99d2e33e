//! Brings a ticket to a higher level of support.

use async_graphql::InputObject;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::assign::give;
use super::change_priority::put_priority;
use super::escalation::step::{self, Cause};
use super::events::{Change, Escalated, TicketEvent};
use super::routing::{self, Wish};
use super::{Tickets, escalation, find, input, measures, revision, status, ticket};
use crate::access::{Permission, Role};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, RevisionId, TeamId, TicketId};
use crate::language::Said;
use crate::people::{self, team};
use crate::profile::{EscalationLevel, Moment, RoutingRule, StaffRole};
use crate::say;

/// Brings a ticket to a higher level of support: to whom it then goes is the desk's to say (`workflow.escalation`).
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketEscalateInput")]
pub struct TicketEscalate {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// Why. What staff write here only staff read.
    pub reason: Option<String>,
    /// To which level: a key of `workflow.escalation.levels`, above the one it is at. Absent: the next one. Customers go up one at a time.
    pub level: Option<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketEscalate {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.escalate";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketEscalate, &facts)?;
        let desk = tx.desk.clone();
        let levels = &desk.profile.escalation.levels;
        if let Some(level) = &self.level {
            if !levels.iter().any(|known| known.key == *level) {
                return Err(Error::unknown_key("level", level, levels.iter().map(|level| level.key.as_str())));
            }
            if !tx.actor.is_staff() {
                return Err(Error::invalid("level", "Only staff choose the level.").hint("Send it without."));
            }
        }
        if levels.is_empty() {
            return Err(refused(say!("This desk escalates nothing.")));
        }
        if !desk.profile.can_escalate_from(&ticket.status, !tx.actor.is_staff()) {
            return Err(refused(say!("A ticket that is \"{status}\" cannot be escalated.", status = ticket.status)));
        }
        let current = current(tx, ticket.id).await?;
        let Some(to) = above(tx, current.as_ref(), self.level.as_deref()) else {
            return Err(refused(match &self.level {
                Some(level) => say!("The ticket is at the level \"{level}\" already, or above it.", level),
                None => say!("The ticket is at the highest level already."),
            }));
        };
        let reason = match &self.reason {
            Some(reason) => {
                let reason = input::text("reason", reason, 1, desk.profile.limits.comment_max)?;
                Some(revision::keep(tx, ("ticket", ticket.id.0), "escalation", None, Some(&reason)).await?)
            }
            None => None,
        };
        raise(tx, &mut ticket, current, &to, reason, false).await?;
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}

fn refused(message: impl Into<Said>) -> Error {
    Error::with(Code::InvalidTransition, message)
        .at("ticketId")
        .about("ticket")
        .hint("`workflow.escalation` says which tickets can be escalated, and to which levels.")
}

/// At which level it is.
pub(super) async fn current(tx: &Tx, ticket: TicketId) -> Result<Option<escalation::Model>> {
    Ok(escalation::Entity::find_by_id(ticket).one(tx.conn()).await?)
}

/// The level to go to, if it lies above the present one.
fn above(tx: &Tx, current: Option<&escalation::Model>, wish: Option<&str>) -> Option<EscalationLevel> {
    let escalation = &tx.profile().escalation;
    let place = current.and_then(|row| escalation.level(&row.level)).map(|(place, _)| place);
    match wish {
        None => escalation.levels.get(place.map_or(0, |place| place + 1)).cloned(),
        Some(key) => {
            let (wanted, level) = escalation.level(key)?;
            place.is_none_or(|place| wanted > place).then(|| level.clone())
        }
    }
}

/// Escalates because a clock has come so far, if the ticket can be escalated and is not as high already. Answers whether it did; then
/// the caller saves the row.
pub async fn by_the_clock(tx: &mut Tx, ticket: &mut ticket::Model, level: Option<&str>) -> Result<bool> {
    if !tx.profile().can_escalate_from(&ticket.status, false) {
        return Ok(false);
    }
    let current = current(tx, ticket.id).await?;
    let Some(to) = above(tx, current.as_ref(), level) else { return Ok(false) };
    raise(tx, ticket, current, &to, None, true).await?;
    Ok(true)
}

/// Brings the ticket to a level: who takes over, how urgent it becomes, where it moves. The caller saves the row.
async fn raise(
    tx: &mut Tx,
    ticket: &mut ticket::Model,
    before: Option<escalation::Model>,
    to: &EscalationLevel,
    reason: Option<RevisionId>,
    automatic: bool,
) -> Result<()> {
    let row = escalation::Model { ticket_id: ticket.id, level: to.key.clone(), since: tx.now, automatic };
    use escalation::Column as C;
    let anew = OnConflict::column(C::TicketId).update_columns([C::Level, C::Since, C::Automatic]).to_owned();
    let insert = escalation::Entity::insert(row.into_active_model()).on_conflict(anew);
    insert.exec_without_returning(tx.conn()).await?;
    let change = Escalated {
        level_before: before.map(|before| before.level),
        level: to.key.clone(),
        automatic,
        by_staff: tx.actor.is_staff(),
        reason,
    };
    tx.append(&TicketEvent::new(ticket, Change::Escalated(change)))?;
    let status_before = ticket.status.clone();
    status::follow(tx, ticket, Moment::Escalate)?;
    let target = target(tx, ticket, to).await?;
    if target != (ticket.assignee_id, ticket.team_id) {
        give(tx, ticket, target, None, true)?;
        if ticket.status == status_before {
            status::follow(tx, ticket, Moment::Assign)?;
        }
    }
    if to.raises_priority {
        let priorities = &tx.profile().priorities;
        let more = priorities.iter().filter(|priority| priority.rank > ticket.priority_rank);
        if let Some(next) = more.min_by_key(|priority| priority.rank).cloned() {
            put_priority(tx, ticket, next.key, next.rank)?;
        }
    }
    let cause = match (automatic, tx.actor.is_staff()) {
        (true, _) => Cause::Clock,
        (false, true) => Cause::Staff,
        (false, false) => Cause::Customer,
    };
    let step = step::Model {
        id: uuid::Uuid::now_v7(),
        ticket_id: ticket.id,
        level: to.key.clone(),
        cause,
        agent_id: ticket.assignee_id,
        team_id: ticket.team_id,
        reason_id: reason,
        escalated_at: tx.now,
    };
    measures::escalated(tx, step).await
}

/// Who takes over; who has it, if the level names nobody, or nobody is there.
async fn target(
    tx: &Tx,
    ticket: &ticket::Model,
    level: &EscalationLevel,
) -> Result<(Option<PersonId>, Option<TeamId>)> {
    let stays = (ticket.assignee_id, ticket.team_id);
    if let Some(name) = &level.team {
        let named = team::Column::NameFolded.eq(people::input::folded(name));
        let team = team::Entity::find().filter(named).one(tx.conn()).await?;
        // Who works on it within the team goes on.
        return Ok(match team {
            Some(team) if ticket.team_id == Some(team.id) => stays,
            Some(team) => (None, Some(team.id)),
            None => stays,
        });
    }
    let role = match (level.role, &level.skill) {
        (None, None) => return Ok(stays),
        (Some(StaffRole::Administrator), _) => Role::Administrator,
        (Some(StaffRole::Agent) | None, _) => Role::Agent,
    };
    let rule = match tx.profile().routing.rule {
        RoutingRule::Manual => RoutingRule::LeastLoaded,
        rule => rule,
    };
    let skill = level.skill.as_deref();
    let wish = Wish { rule, role, team: None, skill, only_skilled: skill.is_some() };
    let found = routing::find(tx, &wish).await?;
    if ticket.assignee_id.is_some_and(|has| {
        found.candidates.iter().any(|candidate| candidate.person == has && (candidate.skilled || skill.is_none()))
    }) {
        return Ok(stays);
    }
    let Some(agent) = found.agent else { return Ok(stays) };
    routing::keep(tx, ticket.id, &wish, found).await?;
    Ok((Some(agent), ticket.team_id))
}
