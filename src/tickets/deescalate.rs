//! Brings a ticket back to a lower level of support.

use async_graphql::InputObject;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::escalate::current;
use super::events::{Change, Deescalated, TicketEvent};
use super::{Tickets, escalation, find, input, revision, status, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::TicketId;
use crate::say;

/// Brings a ticket back to a lower level of support. Staff only. Who works on it, its status and its priority stay as they are.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketDeescalateInput")]
pub struct TicketDeescalate {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// Why. Only staff read it.
    pub reason: Option<String>,
    /// To which level: a key of `workflow.escalation.levels`, below the one it is at. Absent: it is not escalated any more.
    pub level: Option<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketDeescalate {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.deescalate";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketEscalate, &facts)?;
        if !tx.actor.is_staff() {
            return Err(Error::with(Code::Forbidden, "Only staff bring a ticket back to a lower level."));
        }
        let Some(row) = current(tx, ticket.id).await? else {
            return Err(Error::with(Code::InvalidTransition, "The ticket is not escalated.")
                .at("ticketId")
                .about("ticket"));
        };
        let desk = tx.desk.clone();
        let rules = &desk.profile.escalation;
        if let Some(level) = &self.level {
            let Some((wanted, _)) = rules.level(level) else {
                return Err(Error::unknown_key("level", level, rules.levels.iter().map(|level| level.key.as_str())));
            };
            if rules.level(&row.level).is_some_and(|(place, _)| wanted >= place) {
                return Err(Error::with(
                    Code::InvalidTransition,
                    say!("The level \"{level}\" is not below the present one.", level),
                )
                .at("level")
                .about("ticket"));
            }
        }
        let reason = match &self.reason {
            Some(reason) => {
                let reason = input::text("reason", reason, 1, desk.profile.limits.comment_max)?;
                Some(revision::keep(tx, ("ticket", ticket.id.0), "escalation", None, Some(&reason)).await?)
            }
            None => None,
        };
        let change = Deescalated { level_before: row.level.clone(), level_after: self.level.clone(), reason };
        match &self.level {
            None => {
                escalation::Entity::delete_by_id(ticket.id).exec(tx.conn()).await?;
            }
            Some(level) => {
                let row = escalation::Model { level: level.clone(), since: tx.now, automatic: false, ..row };
                row.into_active_model().reset_all().update(tx.conn()).await?;
            }
        }
        tx.append(&TicketEvent::new(&ticket, Change::Deescalated(change)))?;
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}
