//! What somebody may do with a ticket, from the table that also enforces it.

use async_graphql::{Enum, SimpleObject};

use crate::access::Permission;
use crate::error::Result;
use crate::graphql::context::Request;
use crate::profile::Stage;
use crate::tickets::{status, ticket};

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
    /// `ticketDelete`
    Delete,
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
    pub reason: Option<String>,
}

const ACTIONS: [(TicketActionName, Permission); 9] = [
    (TicketActionName::Update, Permission::TicketUpdate),
    (TicketActionName::Assign, Permission::TicketAssign),
    (TicketActionName::ChangeStatus, Permission::TicketChangeStatus),
    (TicketActionName::ChangePriority, Permission::TicketChangePriority),
    (TicketActionName::Close, Permission::TicketClose),
    (TicketActionName::Reopen, Permission::TicketReopen),
    (TicketActionName::Delete, Permission::TicketDelete),
    (TicketActionName::Comment, Permission::CommentAdd),
    (TicketActionName::CommentInternally, Permission::CommentAddInternal),
];

/// Every action with its answer.
pub async fn of(request: &Request, ticket: &ticket::Model) -> Result<Vec<TicketAction>> {
    let mut actions = Vec::with_capacity(ACTIONS.len());
    for (name, permission) in ACTIONS {
        let reason = if request.may(ticket, permission).await? {
            state_against(request, ticket, name)
        } else {
            Some(format!("You need the permission {}.", permission.name()))
        };
        actions.push(TicketAction { name, allowed: reason.is_none(), reason });
    }
    Ok(actions)
}

fn state_against(request: &Request, ticket: &ticket::Model, name: TicketActionName) -> Option<String> {
    let (profile, now, me) = (request.profile(), request.desk.clock.now(), request.actor());
    let is_done = |stage| matches!(stage, Stage::Resolved | Stage::Closed);
    let stage = status::stage(ticket.stage);
    let refused = |wish| Some(format!("A ticket that is \"{}\" cannot {wish} now.", ticket.status));
    match name {
        TicketActionName::Assign if stage == Stage::Closed => refused("be assigned"),
        TicketActionName::ChangeStatus if status::allowed(profile, ticket, now, &me).next().is_none() => {
            refused("move")
        }
        TicketActionName::Close if status::next_in(profile, ticket, now, &me, Stage::Closed).is_none() => {
            refused("be closed")
        }
        TicketActionName::Reopen
            if !is_done(stage) || !status::allowed(profile, ticket, now, &me).any(|status| !is_done(status.stage)) =>
        {
            refused("be reopened")
        }
        _ => None,
    }
}
