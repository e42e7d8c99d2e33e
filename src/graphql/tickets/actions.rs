//! What somebody may do with a ticket, from the table that also enforces it.

use async_graphql::{Enum, SimpleObject};

use crate::access::Permission;
use crate::error::Result;
use crate::graphql::context::Request;
use crate::language::Said;
use crate::profile::{RoutingRule, Stage};
use crate::say;
use crate::tickets::{rate, rating, status, ticket};

/// Something that can be done with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TicketActionName {
    /// `ticketUpdate`
    Update,
    /// `ticketAssign`, `ticketUnassign`
    Assign,
    /// `ticketStatusChange`
    ChangeStatus,
    /// `ticketPriorityChange`
    ChangePriority,
    /// `ticketClose`
    Close,
    /// `ticketReopen`
    Reopen,
    /// `ticketRoute`
    Route,
    /// `ticketEscalate`
    Escalate,
    /// `ticketRate`
    Rate,
    /// `ticketMerge`
    Merge,
    /// `ticketUnmerge`
    Unmerge,
    /// `ticketLink`, `ticketUnlink`
    Link,
    /// `ticketDelete`
    Delete,
    /// `ticketRestore`
    Restore,
    /// `commentAdd`
    Comment,
    /// `commentAdd` with `internal: true`
    CommentInternally,
}

/// Something that can be done with a ticket, and whether you may now.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct TicketAction {
    /// What.
    pub name: TicketActionName,
    /// Whether it would be refused now.
    pub allowed: bool,
    /// Why it would be refused.
    pub reason: Option<Said>,
}

const ACTIONS: [(TicketActionName, Permission); 15] = [
    (TicketActionName::Update, Permission::TicketUpdate),
    (TicketActionName::Assign, Permission::TicketAssign),
    (TicketActionName::ChangeStatus, Permission::TicketChangeStatus),
    (TicketActionName::ChangePriority, Permission::TicketChangePriority),
    (TicketActionName::Close, Permission::TicketClose),
    (TicketActionName::Reopen, Permission::TicketReopen),
    (TicketActionName::Route, Permission::TicketAssign),
    (TicketActionName::Escalate, Permission::TicketEscalate),
    (TicketActionName::Merge, Permission::TicketMerge),
    (TicketActionName::Unmerge, Permission::TicketMerge),
    (TicketActionName::Link, Permission::TicketLink),
    (TicketActionName::Delete, Permission::TicketDelete),
    (TicketActionName::Restore, Permission::TicketRestore),
    (TicketActionName::Comment, Permission::CommentAdd),
    (TicketActionName::CommentInternally, Permission::CommentAddInternal),
];

/// Every action with its answer.
pub async fn of(request: &Request, ticket: &ticket::Model) -> Result<Vec<TicketAction>> {
    let mut actions = Vec::with_capacity(ACTIONS.len() + 1);
    for (name, permission) in ACTIONS {
        let reason = if may(request, ticket, permission).await? {
            match state_against(request, ticket, name) {
                None if name == TicketActionName::Escalate => is_at_the_top(request, ticket).await?,
                reason => reason,
            }
        } else {
            Some(say!("You need the permission {permission}.", permission = permission.name()))
        };
        actions.push(TicketAction { name, allowed: reason.is_none(), reason });
    }
    let reason = against_rating(request, ticket).await?;
    actions.push(TicketAction { name: TicketActionName::Rate, allowed: reason.is_none(), reason });
    Ok(actions)
}

/// Whether the profile grants it. What reaches a ticket reaches it deleted as well, as far as restoring goes.
async fn may(request: &Request, ticket: &ticket::Model, permission: Permission) -> Result<bool> {
    match permission {
        Permission::TicketRestore => {
            request.may(&ticket::Model { deleted_at: None, ..ticket.clone() }, permission).await
        }
        _ => request.may(ticket, permission).await,
    }
}

/// No permission of the profile says who rates a ticket: whoever asked does.
async fn against_rating(request: &Request, ticket: &ticket::Model) -> Result<Option<Said>> {
    let (profile, me) = (request.profile(), request.actor());
    let participants = match profile.satisfaction.as_ref().is_some_and(|asked| asked.participants) {
        true => request.loaders().participants.load(ticket.id).await?,
        false => None,
    };
    if !rate::may(profile, ticket, &me, participants.as_deref().map_or(&[], Vec::as_slice)) {
        return Ok(Some(say!("Only whoever asked rates how they were served.")));
    }
    if ticket.merged_into_id.is_some() {
        return Ok(Some(say!("The ticket was merged into another.")));
    }
    if let Some(reason) = rate::against(profile, ticket, request.desk.clock.now()) {
        return Ok(Some(reason));
    }
    let ratings = request.loaders().ratings.load(ticket.id).await?;
    let mine = |rating: &rating::Model| Some(rating.person_id) == me.person && rating.closure == ticket.reopen_count;
    let rated = ratings.is_some_and(|ratings| ratings.iter().any(mine));
    Ok(rated.then(|| say!("You have rated this already.")))
}

/// Whether there is no level above the one that the ticket is at.
async fn is_at_the_top(request: &Request, ticket: &ticket::Model) -> Result<Option<Said>> {
    let level = request.loaders().escalations.load(ticket.id).await?;
    let next = request.profile().escalation.next(level.as_ref().map(|row| row.level.as_str()));
    Ok(next.is_none().then(|| say!("The ticket is at the highest level already.")))
}

fn state_against(request: &Request, ticket: &ticket::Model, name: TicketActionName) -> Option<Said> {
    let (profile, now, me) = (request.profile(), request.desk.clock.now(), request.actor());
    let is_done = |stage| matches!(stage, Stage::Resolved | Stage::Closed);
    let stage = status::stage(ticket.stage);
    let follows = matches!(
        name,
        TicketActionName::Comment
            | TicketActionName::CommentInternally
            | TicketActionName::Unmerge
            | TicketActionName::Restore
    );
    match name {
        TicketActionName::Restore if ticket.deleted_at.is_none() => Some(say!("The ticket is not deleted.")),
        TicketActionName::Unmerge if ticket.merged_into_id.is_none() => {
            Some(say!("The ticket is not merged into another."))
        }
        _ if ticket.merged_into_id.is_some() && !follows => Some(say!("The ticket was merged into another.")),
        TicketActionName::Assign if stage == Stage::Closed => {
            Some(say!("A ticket that is \"{status}\" cannot be assigned now.", status = ticket.status))
        }
        TicketActionName::Route if profile.routing.rule == RoutingRule::Manual => {
            Some(say!("This desk has no rule for routing: people assign."))
        }
        TicketActionName::Route if is_done(stage) => {
            Some(say!("A ticket that is \"{status}\" cannot be routed now.", status = ticket.status))
        }
        TicketActionName::Route if ticket.assignee_id.is_some() => Some(say!("Somebody works on it already.")),
        TicketActionName::Escalate if !profile.can_escalate_from(&ticket.status, !me.is_staff()) => {
            Some(say!("A ticket that is \"{status}\" cannot be escalated now.", status = ticket.status))
        }
        TicketActionName::ChangeStatus if status::allowed(profile, ticket, now, &me).next().is_none() => {
            Some(say!("A ticket that is \"{status}\" cannot move now.", status = ticket.status))
        }
        TicketActionName::Close if status::next_in(profile, ticket, now, &me, Stage::Closed).is_none() => {
            Some(say!("A ticket that is \"{status}\" cannot be closed now.", status = ticket.status))
        }
        TicketActionName::Reopen
            if !is_done(stage) || !status::allowed(profile, ticket, now, &me).any(|status| !is_done(status.stage)) =>
        {
            Some(say!("A ticket that is \"{status}\" cannot be reopened now.", status = ticket.status))
        }
        _ => None,
    }
}
