//! Finds somebody to work on a ticket, by the desk's rule.

use async_graphql::InputObject;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::assign::give;
use super::events::{Change, Routed, TicketEvent};
use super::routing::{self, Wish};
use super::{Tickets, find, status, ticket};
use crate::access::{Permission, Role};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::TicketId;
use crate::profile::{Moment, RoutingRule, Stage};

/// Finds somebody to work on a ticket, by the desk's rule (`workflow.routing`). Of a ticket that a team has, somebody of the team. If nobody
/// is free the ticket stays as it is, and a notice says so.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketRouteInput")]
pub struct TicketRoute {
    /// Which ticket.
    pub ticket_id: TicketId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketRoute {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.route";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketAssign, &facts)?;
        if tx.profile().routing.rule == RoutingRule::Manual {
            return Err(Error::invalid("ticketId", "This desk has no rule for routing: people assign.")
                .hint("Assign it with ticketAssign."));
        }
        if matches!(status::stage(ticket.stage), Stage::Resolved | Stage::Closed) {
            return Err(Error::with(Code::InvalidTransition, "A ticket that is done is not routed to anybody.")
                .at("ticketId")
                .hint("Reopen it first."));
        }
        if ticket.assignee_id.is_some() {
            return Err(Error::with(Code::Conflict, "Somebody works on the ticket already.").at("ticketId").hint(
                "Take it away from them with ticketUnassign first, or give it to somebody else with ticketAssign.",
            ));
        }
        if !route(tx, &mut ticket).await? {
            tx.notice("NOBODY_FREE", "Nobody is free: everybody is away, or has as many tickets as they take.");
        }
        Ok(ticket)
    }
}

/// Routes a ticket that nobody works on, saves it, and answers whether somebody was found.
async fn route(tx: &mut Tx, ticket: &mut ticket::Model) -> Result<bool> {
    let desk = tx.desk.clone();
    let rules = &desk.profile.routing;
    let skill = rules.skill_for(&ticket.category).filter(|_| rules.rule == RoutingRule::Skills);
    let wish = Wish { rule: rules.rule, role: Role::Agent, team: ticket.team_id, skill, only_skilled: false };
    let found = routing::find(tx, &wish).await?;
    let (agent, why) = (found.agent, found.reason);
    routing::keep(tx, ticket.id, &wish, found).await?;
    let change = Change::Routed(Routed { agent, why });
    let Some(agent) = agent else {
        tx.append(&TicketEvent::beside(ticket, change))?;
        return Ok(false);
    };
    tx.append(&TicketEvent::new(ticket, change))?;
    let team = ticket.team_id;
    give(tx, ticket, (Some(agent), team), None, true)?;
    status::follow(tx, ticket, Moment::Assign)?;
    status::save(tx, ticket).await?;
    Ok(true)
}

/// Routes a new ticket, where the profile says so; called by the effect `routing`.
pub async fn new_ticket(tx: &mut Tx, id: TicketId) -> Result<()> {
    let ticket = ticket::Entity::find_by_id(id).one(tx.conn()).await?;
    let Some(mut ticket) = ticket.filter(|ticket| ticket.assignee_id.is_none() && ticket.team_id.is_none()) else {
        return Ok(());
    };
    if route(tx, &mut ticket).await? {
        tx.row_changed(id.0, move |row: &mut ticket::Model| *row = ticket);
    }
    Ok(())
}
