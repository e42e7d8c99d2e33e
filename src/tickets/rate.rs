//! Says how one was served.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::events::{Change, Rated, TicketEvent};
use super::{facts, find, input, measures, rating, status, ticket};
use crate::access::Actor;
use crate::clock::Timestamp;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, TicketId};
use crate::language::Said;
use crate::people::find::taken;
use crate::profile::{Profile, RatedAfter, Scale, Stage};
use crate::say;

/// Says how one was served: the requester, and where the desk lets them, participants; once for each closing (`workflow.satisfaction`).
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketRateInput")]
pub struct TicketRate {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// How satisfied, on the desk's scale.
    pub score: i32,
    /// How much effort it took, on the desk's scale, if the desk asks.
    pub effort: Option<i32>,
    /// In their own words.
    pub comment: Option<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketRate {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.rate";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (ticket, _) = find::lock(tx, "ticketId", self.ticket_id).await?;
        let person = tx.actor.require_person()?;
        let desk = tx.desk.clone();
        let profile = &desk.profile;
        let participants = facts::participants(tx.conn(), &[ticket.id]).await?.remove(&ticket.id).unwrap_or_default();
        if !may(profile, &ticket, &tx.actor, &participants) {
            return Err(Error::with(Code::Forbidden, "Only whoever asked rates how they were served."));
        }
        tx.allow_because("whoever asked says how they were served");
        if let Some(reason) = against(profile, &ticket, tx.now) {
            return Err(Error::with(Code::InvalidTransition, reason)
                .at("ticketId")
                .about("ticket")
                .hint("`workflow.satisfaction` says when a ticket can be rated."));
        }
        let asked = profile.satisfaction.as_ref();
        on_scale("score", self.score, asked.map(|asked| asked.scale))?;
        if let Some(effort) = self.effort {
            on_scale("effort", effort, asked.and_then(|asked| asked.effort))?;
        }
        let comment = match &self.comment {
            Some(comment) => Some(input::text("comment", comment, 1, profile.limits.comment_max)?),
            None => None,
        };
        let row = rating::Model {
            id: Uuid::now_v7(),
            ticket_id: ticket.id,
            closure: ticket.reopen_count,
            person_id: person,
            score: self.score,
            effort: self.effort,
            comment,
            created_at: tx.now,
        };
        let insert = rating::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await;
        insert.map_err(|error| match taken(&error) {
            true => Error::with(Code::AlreadyExists, "You have rated this already.").at("ticketId"),
            false => error.into(),
        })?;
        measures::rated(tx, &row).await?;
        let change = Rated { score: self.score, effort: self.effort, closure: ticket.reopen_count };
        tx.append(&TicketEvent::beside(&ticket, Change::Rated(change)))?;
        Ok(ticket)
    }
}

fn on_scale(field: &str, value: i32, scale: Option<Scale>) -> Result<()> {
    let Some(scale) = scale else {
        return Err(Error::invalid(field, "This desk does not ask for it.").hint("Send the rating without."));
    };
    if scale.has(value) {
        return Ok(());
    }
    let message = say!("{value} is not on the scale from {min} to {max}.", value, min = scale.min, max = scale.max);
    Err(Error::invalid(field, message).hint(say!(
        "Send a whole number from {min} to {max}.",
        min = scale.min,
        max = scale.max
    )))
}

/// Whether somebody is among those who rate a ticket.
pub fn may(profile: &Profile, ticket: &ticket::Model, actor: &Actor, participants: &[PersonId]) -> bool {
    let too = profile.satisfaction.as_ref().is_some_and(|asked| asked.participants);
    actor.person.is_some_and(|me| me == ticket.requester_id || (too && participants.contains(&me)))
}

/// What stands against rating a ticket at `now`, whoever would.
pub fn against(profile: &Profile, ticket: &ticket::Model, now: Timestamp) -> Option<Said> {
    let Some(asked) = &profile.satisfaction else { return Some(say!("This desk does not ask for ratings.")) };
    let since = match (asked.after, status::stage(ticket.stage)) {
        (RatedAfter::Resolved, Stage::Resolved | Stage::Closed) => ticket.resolved_at,
        (RatedAfter::Closed, Stage::Closed) => ticket.closed_at,
        _ => return Some(say!("A ticket that is \"{status}\" is not rated yet.", status = ticket.status)),
    };
    let late = asked.window.is_some_and(|window| since.is_none_or(|since| now.since(since) > window.ms()));
    late.then(|| say!("The time for rating it has passed."))
}
