//! What one stream has shown, so that it can say what is lost when the subscriber's rights change: role, organization, teams.
//!
//! A change of a ticket says itself who loses sight of it. A change of rights concerns any number of tickets, of which the client knows
//! those that it was told of: one `TicketHidden` goes out for each ticket that this stream has shown and that is out of sight now, in
//! two statements for every [`AT_ONCE`] of them. The [`KEPT`] tickets that were shown last are remembered. Absent: tickets that the
//! client knows from queries, or from a stream before this one; nobody here knows what it has kept of them.

use std::sync::Arc;

use lru::LruCache;

use super::{TicketEvent, stream};
use crate::access::Actor;
use crate::error::Result;
use crate::event_log::{Audience, Record};
use crate::graphql::context::Request;
use crate::ids::TicketId;
use crate::tickets::facts;

/// How many tickets a stream remembers: twice as many as the longest list has.
const KEPT: usize = 2_000;

/// Of how many tickets the facts are read at once.
const AT_ONCE: usize = 500;

/// What the client was last told of a ticket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Something that happened to it.
    Shown,
    /// That it is hidden, because rights changed.
    Hidden,
}

/// What one stream has shown, and to whom.
pub struct Sight {
    tickets: LruCache<TicketId, Told>,
    actor: Arc<Actor>,
}

impl Sight {
    /// Nothing yet, to this actor.
    pub fn of(actor: Arc<Actor>) -> Self {
        // One with a capacity would take the memory at once.
        Self { tickets: LruCache::unbounded(), actor }
    }

    /// Something of the ticket is shown.
    pub fn shown(&mut self, ticket: TicketId) {
        self.tell(ticket, Told::Shown);
    }

    /// A change of the ticket takes it out of sight; answers whether the client is still to be told.
    pub fn hides(&mut self, ticket: TicketId) -> bool {
        if self.tickets.peek(&ticket) == Some(&Told::Hidden) {
            return false;
        }
        self.tickets.pop(&ticket);
        true
    }

    /// What the present actor has lost sight of, through the change of rights that `record` tells of.
    pub async fn lost(&mut self, request: &Request, record: &Arc<Record>) -> Result<Vec<TicketEvent>> {
        let actor = request.actor();
        let rights = |actor: &Actor| (actor.role, actor.organization, actor.teams.clone());
        if rights(&actor) == rights(&self.actor) {
            return Ok(Vec::new());
        }
        self.actor = actor.clone();
        let shown = self.tickets.iter().filter(|(_, told)| **told == Told::Shown);
        // In the order in which they were shown.
        let shown: Vec<TicketId> = shown.map(|(ticket, _)| *ticket).rev().collect();
        let mut lost = Vec::new();
        for some in shown.chunks(AT_ONCE) {
            let facts = facts::of(&request.desk.db.read, some).await?;
            let seen = |ticket: &TicketId| {
                facts.get(ticket).is_some_and(|facts| stream::sees(request, &actor, facts, Audience::Public))
            };
            lost.extend(some.iter().copied().filter(|ticket| !seen(ticket)));
        }
        for ticket in &lost {
            self.tell(*ticket, Told::Hidden);
        }
        Ok(lost.into_iter().map(|ticket| TicketEvent::hidden_by_rights(record, ticket)).collect())
    }

    fn tell(&mut self, ticket: TicketId, told: Told) {
        self.tickets.put(ticket, told);
        if self.tickets.len() > KEPT {
            self.tickets.pop_lru();
        }
    }
}
