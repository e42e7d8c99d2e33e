//! What a resolver has at hand: who asks, the desk, the loaders of this request.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use async_graphql::Context;

use super::api::Caller;
use super::error::into_graphql;
use super::loaders::Loaders;
use crate::access::{Actor, Permission, Scoped};
use crate::bulk::Bulk;
use crate::comments::comment;
use crate::deliveries::Post;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::event_log::Audience;
use crate::ids::TicketId;
use crate::knowledge::views::Views;
use crate::presence::Presence;
use crate::profile::{Grant, Profile};
use crate::readers::live_feed::LiveFeed;
use crate::search::Search;
use crate::sessions::Sessions;
use crate::tickets::{TicketFacts, Tickets, ticket};

/// The rooms that resolvers call.
pub struct Rooms {
    /// The desk.
    pub desk: Desk,
    /// What happens, as it happens.
    pub live: LiveFeed,
    /// What leaves the desk.
    pub post: Post,
    /// Who is at which ticket.
    pub presence: Presence,
    /// Doing the same to many tickets.
    pub bulk: Bulk,
    /// Finding things.
    pub search: Search,
    /// What is read in the knowledge base.
    pub views: Views,
    /// Who asks.
    pub sessions: Sessions,
    /// After so long without anything sent, a stream sends its position.
    pub progress: Duration,
}

/// One request, or one subscription with all its deliveries.
pub struct Request {
    rooms: Arc<Rooms>,
    /// Where it comes from.
    pub caller: Caller,
    actor: ArcSwap<Actor>,
    loaders: ArcSwap<Loaders>,
}

impl Request {
    /// Prepares a request of `caller`.
    pub fn new(rooms: Arc<Rooms>, caller: &Caller) -> Self {
        let actor = Arc::new(caller.actor.clone());
        let loaders = ArcSwap::from_pointee(Loaders::new(&rooms, &actor));
        Self { loaders, actor: ArcSwap::new(actor), caller: caller.clone(), rooms }
    }

    /// Who asks.
    pub fn actor(&self) -> Arc<Actor> {
        self.actor.load_full()
    }

    /// Batched look-ups, made for this request, or this delivery, only.
    pub fn loaders(&self) -> Arc<Loaders> {
        self.loaders.load_full()
    }

    /// Forgets what was loaded: a subscription does before each delivery, which shows the rows as they are by then.
    pub fn begin_delivery(&self) {
        self.loaders.store(Arc::new(Loaders::new(&self.rooms, &self.actor())));
    }

    /// Goes on as the same person with other rights.
    pub fn become_actor(&self, actor: Actor) {
        self.actor.store(Arc::new(actor));
        // Some loaders answer what the actor may see.
        self.begin_delivery();
    }

    /// Goes on as whoever subscribed, in the session that their socket lives by now, with the rights they have now; forgets what was
    /// loaded.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` if their access has ended.
    pub async fn renew(&self) -> Result<()> {
        let mut actor = (*self.actor()).clone();
        if let Some(session) = self.caller.session.load_full() {
            actor.session = Some(*session);
        }
        self.become_actor(self.sessions.renewed(&actor).await?);
        Ok(())
    }

    /// The request that is being answered.
    pub fn of<'a>(ctx: &Context<'a>) -> &'a Self {
        // The API's one door puts it into every request.
        ctx.data_unchecked::<Self>()
    }

    /// The profile of the desk.
    pub fn profile(&self) -> &Profile {
        &self.desk.profile
    }

    /// Demands a signed-in person, for queries.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`.
    pub fn signed_in(&self) -> Result<()> {
        match self.actor().role {
            Some(_) => Ok(()),
            None => Err(Error::new(Code::Unauthenticated)),
        }
    }

    /// Whether the actor may do `permission` on this ticket.
    ///
    /// # Errors
    /// The database's.
    pub async fn may(&self, ticket: &ticket::Model, permission: Permission) -> Result<bool> {
        let grants = self.desk.policy.grants(&self.actor(), permission);
        let participants = match grants.has(Grant::Participant) {
            true => {
                self.loaders().participants.load(ticket.id).await?.map(|people| (*people).clone()).unwrap_or_default()
            }
            false => Vec::new(),
        };
        Ok(Tickets::admits(&self.actor(), grants, &TicketFacts::new(ticket, participants)))
    }

    /// Looks up at once who takes part in these tickets, if [`Request::may`] is going to need it for `permission`.
    ///
    /// # Errors
    /// The database's.
    pub async fn know_participants(
        &self,
        permission: Permission,
        tickets: impl Iterator<Item = TicketId>,
    ) -> Result<()> {
        if self.desk.policy.grants(&self.actor(), permission).has(Grant::Participant) {
            self.loaders().participants.load_ahead(tickets).await?;
        }
        Ok(())
    }

    /// The ticket, if the actor sees it.
    ///
    /// # Errors
    /// The database's.
    pub async fn visible_ticket(&self, id: TicketId) -> Result<Option<Arc<ticket::Model>>> {
        match self.loaders().tickets.load(id).await? {
            Some(ticket) if self.may(&ticket, Permission::TicketView).await? => Ok(Some(ticket)),
            _ => Ok(None),
        }
    }

    /// The tickets at which a comment is read besides its own.
    async fn elsewhere(&self, comment: &comment::Model) -> Result<Vec<TicketId>> {
        let above = self.loaders().above.load(comment.ticket_id).await?;
        Ok(above.iter().flat_map(|ids| ids.iter().copied()).chain(comment.via_ticket_id).collect())
    }

    /// Whether the actor sees a ticket, and may read internal notes on it if `internal`.
    async fn reads(&self, ticket: TicketId, internal: bool) -> Result<bool> {
        match self.visible_ticket(ticket).await? {
            Some(ticket) if internal => self.may(&ticket, Permission::CommentViewInternal).await,
            seen => Ok(seen.is_some()),
        }
    }

    /// Whether the actor reads a comment, or internal notes beside it: at its own ticket, or at one with which that is read as one.
    async fn reads_somewhere(&self, comment: &comment::Model, internal: bool) -> Result<bool> {
        // Nearly always at its own: what is above is asked for only then.
        if self.reads(comment.ticket_id, internal).await? {
            return Ok(true);
        }
        for ticket in self.elsewhere(comment).await? {
            if self.reads(ticket, internal).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the actor may read internal notes where they see a comment.
    ///
    /// # Errors
    /// The database's.
    pub async fn reads_internal(&self, comment: &comment::Model) -> Result<bool> {
        self.reads_somewhere(comment, true).await
    }

    /// Whether the actor sees a comment.
    ///
    /// # Errors
    /// The database's.
    pub async fn sees_comment(&self, comment: &comment::Model) -> Result<bool> {
        self.reads_somewhere(comment, comment.audience == Audience::Staff).await
    }

    /// Dresses an error for the client; the request's id is added on the way out.
    pub fn refuse(&self, error: Error) -> async_graphql::Error {
        into_graphql(error)
    }
}

impl std::ops::Deref for Request {
    type Target = Rooms;
    fn deref(&self) -> &Rooms {
        &self.rooms
    }
}

/// `?` for domain results inside resolvers.
pub trait Refuse<T> {
    /// Turns the error into one for the client.
    fn refuse(self, request: &Request) -> async_graphql::Result<T>;
}

impl<T, E: Into<Error>> Refuse<T> for std::result::Result<T, E> {
    fn refuse(self, request: &Request) -> async_graphql::Result<T> {
        self.map_err(|error| request.refuse(error.into()))
    }
}
