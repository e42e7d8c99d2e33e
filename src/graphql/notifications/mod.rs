//! What people are told, and what left the desk for them.

mod deliveries;
mod mutations;
mod queries;
mod subscriptions;

pub use deliveries::{Delivery, DeliveryConnection};
pub use mutations::NotificationMutations;
pub use queries::NotificationQueries;
pub use subscriptions::NotificationSubscriptions;

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::comments::Comment;
use super::connection::int;
use super::context::{Refuse, Request};
use super::people::Person;
use super::tickets::Ticket;
use crate::access::Permission;
use crate::clock::Timestamp;
use crate::connection;
use crate::db::page::PageArgs;
use crate::error::Result;
use crate::event_log::Audience;
use crate::ids::{NotificationId, PersonId};
use crate::notifications::find;
use crate::notifications::notification::Model;
use crate::notifications::posting::Names;
use crate::notifications::text::{Part, Values, Words};

/// Something that you were told.
#[derive(Clone)]
pub struct Notification(pub Arc<Model>);

connection!(NotificationConnection, NotificationEdge, Notification, "notifications");

/// Something that you were told.
#[Object(crate = "crate::graphql::fields")]
impl Notification {
    /// Its id.
    pub async fn id(&self) -> NotificationId {
        self.0.id
    }

    /// What kind of event it tells of, such as `ticket.assigned`; `notification.sent` if somebody sent it to you.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What it says, in your language if the desk has it, else in the desk's.
    async fn text(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let request = Request::of(ctx);
        self.say(request).await.refuse(request)
    }

    /// The ticket it is about. Null if it is about none.
    async fn ticket(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        let id = self.0.ticket_id?;
        let request = Request::of(ctx);
        request.visible_ticket(id).await.refuse(request).map(|row| row.map(Ticket)).transpose()
    }

    /// The comment it is about. Null if it is about none.
    async fn comment(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Comment>> {
        let request = Request::of(ctx);
        self.about(request).await.refuse(request).transpose()
    }

    /// Who did what it tells of. Null if nobody did: the desk itself.
    async fn actor(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let id = self.0.actor_id?;
        let request = Request::of(ctx);
        request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// When it happened.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When you said that you have read it. Null if you have not.
    async fn read_at(&self) -> Option<Timestamp> {
        self.0.read_at
    }
}

impl From<Model> for Notification {
    fn from(row: Model) -> Self {
        Self(Arc::new(row))
    }
}

impl Notification {
    async fn say(&self, request: &Request) -> Result<String> {
        let (loaders, row) = (request.loaders(), &self.0);
        let ticket = match row.ticket_id {
            Some(id) => request.visible_ticket(id).await?,
            None => None,
        };
        let requester = ticket.as_ref().map(|ticket| ticket.requester_id);
        let assignee = ticket.as_ref().and_then(|ticket| ticket.assignee_id);
        let team = async {
            match ticket.as_ref().and_then(|ticket| ticket.team_id) {
                Some(id) => loaders.teams.load(id).await,
                None => Ok(None),
            }
        };
        let person = async |id: Option<PersonId>| match id {
            Some(id) => loaders.people.load(id).await,
            None => Ok(None),
        };
        // Together: each asks for its own, and one statement answers.
        let (requester, assignee, actor, reader, team) = futures_util::try_join!(
            person(requester),
            person(assignee),
            person(row.actor_id),
            person(Some(row.person_id)),
            team
        )?;
        fn name(person: &Option<Arc<crate::people::person::Model>>) -> Option<&str> {
            person.as_ref().map(|person| person.name.as_str())
        }
        let names = Names {
            requester: name(&requester),
            assignee: name(&assignee),
            actor: name(&actor),
            team: team.as_ref().map(|team| team.name.as_str()),
        };
        let values = Values::of(request.profile(), row, ticket.as_deref(), names);
        let locale = reader.as_ref().and_then(|reader| reader.locale.as_deref());
        Ok(Words::new(request.profile(), locale, &row.kind, row.text_key.as_deref()).say(Part::Text, &values))
    }

    async fn about(&self, request: &Request) -> Result<Option<Comment>> {
        let (Some(comment), Some(ticket)) = (self.0.comment_id, self.0.ticket_id) else { return Ok(None) };
        let Some(ticket) = request.visible_ticket(ticket).await? else { return Ok(None) };
        let comment = request.loaders().comments.load(comment).await?;
        Ok(match comment {
            Some(row)
                if row.audience == Audience::Public
                    || request.may(&ticket, Permission::CommentViewInternal).await? =>
            {
                Some(Comment(row))
            }
            _ => None,
        })
    }
}

/// The inbox of whoever asks.
///
/// # Errors
/// `UNAUTHENTICATED`; `BAD_USER_INPUT` for arguments that do not page; the database's.
async fn inbox(request: &Request, unread: bool, args: PageArgs, total: bool) -> Result<NotificationConnection> {
    let (page, total) = find::inbox(&request.desk, &request.actor(), unread, &args, total).await?;
    load_ahead(request, page.rows.iter().map(|(_, row)| row)).await?;
    Ok(NotificationConnection::new(page, int(total)?, Notification::from))
}

/// Looks up at once what the texts of these will ask for.
async fn load_ahead<'a>(request: &Request, rows: impl Iterator<Item = &'a Model> + Clone) -> Result<()> {
    let loaders = request.loaders();
    let tickets = rows.clone().filter_map(|row| row.ticket_id);
    loaders.tickets.load_ahead(tickets.clone()).await?;
    request.know_participants(Permission::TicketView, tickets).await?;
    loaders.comments.load_ahead(rows.filter_map(|row| row.comment_id)).await?;
    Ok(())
}
