//! Gives a ticket to an agent or a team.

use async_graphql::{InputObject, OneofObject};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::change_priority::set_priority;
use super::events::{Assigned, Change, TicketEvent};
use super::{Tickets, find, input, revision, status, ticket};
use crate::access::{Permission, Role};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, RevisionId, TeamId, TicketId};
use crate::people::{self, person};
use crate::profile::{Moment, Stage};

/// Gives a ticket to an agent or to a team.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketAssignInput")]
pub struct TicketAssign {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// To whom.
    pub to: Assignee,
    /// The new priority, if it changes along: a key of `workflow.priorities`.
    pub priority: Option<String>,
    /// What whoever gets it should know. Staff only.
    pub note: Option<String>,
    /// Whether the requester is told.
    #[graphql(default = true)]
    #[serde(default = "yes")]
    pub notify_requester: bool,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

fn yes() -> bool {
    true
}

/// An agent or a team.
#[derive(Clone, Copy, Debug, OneofObject, Serialize, Deserialize)]
#[graphql(name = "AssigneeInput")]
#[serde(rename_all = "camelCase")]
pub enum Assignee {
    /// An agent or administrator. The team stays as it is.
    AgentId(PersonId),
    /// A team. Whoever had the ticket no longer has it.
    TeamId(TeamId),
}

impl Operation for TicketAssign {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.assign";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketAssign, &facts)?;
        if status::stage(ticket.stage) == Stage::Closed {
            return Err(Error::with(Code::InvalidTransition, "A closed ticket is not assigned to anybody.")
                .at("ticketId")
                .hint("Reopen it first."));
        }
        let (assignee, team) = self.to.resolve(tx, &ticket).await?;
        if (assignee, team) == (ticket.assignee_id, ticket.team_id) {
            return Err(Error::with(Code::Conflict, "The ticket is assigned this way already.")
                .at("to")
                .hint("Read it again: somebody may have been faster."));
        }
        let note = match &self.note {
            Some(note) => {
                let note = input::text("note", note, 1, tx.profile().limits.comment_max)?;
                Some(revision::keep(tx, ("ticket", ticket.id.0), "note", None, Some(&note)).await?)
            }
            None => None,
        };
        give(tx, &mut ticket, (assignee, team), note, self.notify_requester)?;
        status::follow(tx, &mut ticket, Moment::Assign)?;
        if let Some(priority) = &self.priority {
            set_priority(tx, &mut ticket, &facts, priority)?;
        }
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}

/// Gives the ticket to somebody and records it. The caller saves the row.
pub(super) fn give(
    tx: &mut Tx,
    ticket: &mut ticket::Model,
    (assignee, team): (Option<PersonId>, Option<TeamId>),
    note: Option<RevisionId>,
    notify_requester: bool,
) -> Result<()> {
    let change = Assigned {
        assignee_before: ticket.assignee_id,
        assignee,
        team_before: ticket.team_id,
        team,
        note,
        notify_requester,
    };
    (ticket.assignee_id, ticket.team_id) = (assignee, team);
    tx.append(&TicketEvent::new(ticket, Change::Assigned(change)))
}

/// That an agent works here, as this transaction found: many tickets are given to one.
struct WorksHere;

impl Assignee {
    /// Checks that there is such an agent, who works here, or such a team.
    ///
    /// # Errors
    /// `NOT_FOUND` at `to`.
    pub async fn check(self, tx: &Tx) -> Result<()> {
        match self {
            Self::AgentId(id) => {
                if tx.take_ahead::<WorksHere>(id.0).is_none() {
                    let agent = person::Entity::find()
                        .filter(person::Column::Id.eq(id))
                        .filter(person::Column::Role.is_in([Role::Agent, Role::Administrator]))
                        .filter(person::Column::DeactivatedAt.is_null())
                        .one(tx.conn())
                        .await?;
                    agent.ok_or_else(|| Error::not_found("agent").at("agentId").at("to"))?;
                }
                tx.keep_ahead(id.0, WorksHere);
                Ok(())
            }
            Self::TeamId(id) => people::find::hold_team(tx, id).await.map(drop).map_err(|error| error.at("to")),
        }
    }

    async fn resolve(self, tx: &Tx, ticket: &ticket::Model) -> Result<(Option<PersonId>, Option<TeamId>)> {
        self.check(tx).await?;
        Ok(match self {
            Self::AgentId(id) => (Some(id), ticket.team_id),
            Self::TeamId(id) => (None, Some(id)),
        })
    }
}
