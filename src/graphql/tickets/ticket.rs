//! The type of a ticket: a newtype over the row.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::actions::{self, TicketAction};
use super::escalation::TicketEscalation;
use super::family::TicketFamily;
use super::field::TicketFieldValue;
use super::rating::TicketRating;
use super::routing::TicketRouting;
use super::sla::TicketSla;
use crate::access::Permission;
use crate::clock::Timestamp;
use crate::connection;
use crate::graphql::attachments::{self, AttachmentConnection};
use crate::graphql::comments::{self, Comment, CommentConnection, MessageCounts};
use crate::graphql::connection::{args, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::{Choice, TicketPriority, TicketStatus};
use crate::graphql::events::EventConnection;
use crate::graphql::people::{Organization, Person, Team};
use crate::graphql::references::{self, Reference};
use crate::graphql::similar;
use crate::ids::{PersonId, TicketId};
use crate::tickets::{rating, status, ticket};

/// A request for help, with everything said and done about it.
#[derive(Clone)]
pub struct Ticket(pub Arc<ticket::Model>);

connection!(TicketConnection, TicketEdge, Ticket, "tickets");

impl From<ticket::Model> for Ticket {
    fn from(row: ticket::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A request for help, with everything said and done about it.
#[Object(crate = "crate::graphql::fields")]
impl Ticket {
    /// Its id.
    pub async fn id(&self) -> TicketId {
        self.0.id
    }

    /// Its number: what people call it by.
    async fn number(&self) -> &str {
        &self.0.number
    }

    #[graphql(flatten)]
    async fn family(&self) -> TicketFamily {
        TicketFamily(self.0.clone())
    }

    /// What it is about, on one line.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What happened, in the requester's words.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// Where it stands.
    async fn status<'a>(&'a self, ctx: &Context<'a>) -> TicketStatus<'a> {
        TicketStatus::of(Request::of(ctx), &self.0.status, self.0.stage)
    }

    /// How urgent it is.
    async fn priority<'a>(&'a self, ctx: &Context<'a>) -> TicketPriority<'a> {
        TicketPriority::of(Request::of(ctx), &self.0.priority, self.0.priority_rank)
    }

    /// What kind of request it is.
    async fn category<'a>(&'a self, ctx: &Context<'a>) -> Option<Choice<'a>> {
        let profile = Request::of(ctx).profile();
        (!self.0.category.is_empty()).then(|| Choice::of(profile.category(&self.0.category), &self.0.category))
    }

    /// How the requester reached the desk.
    async fn channel<'a>(&'a self, ctx: &Context<'a>) -> Choice<'a> {
        Choice::of(Request::of(ctx).profile().channel(&self.0.channel), &self.0.channel)
    }

    /// How the requester would like to be answered.
    async fn contact_method<'a>(&'a self, ctx: &Context<'a>) -> Option<Choice<'a>> {
        let key = self.0.contact_method.as_deref()?;
        let methods = &Request::of(ctx).profile().contact.methods;
        Some(Choice::of(methods.iter().find(|method| method.key == key), key))
    }

    /// What it is about outside the desk: a booking, a service, a ride. Null if it names none, or if that is not yours to see.
    async fn reference(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Reference>> {
        let id = self.0.reference_id?;
        let request = Request::of(ctx);
        references::visible(request, id).await.refuse(request).transpose()
    }

    /// What it says in the desk's own fields, in the order of the desk.
    async fn fields<'a>(&'a self, ctx: &Context<'a>) -> async_graphql::Result<Vec<TicketFieldValue<'a>>> {
        let request: &'a Request = Request::of(ctx);
        let fields = &request.profile().fields;
        if fields.is_empty() {
            return Ok(Vec::new());
        }
        let said = request.loaders().fields.load(self.0.id).await.refuse(request)?;
        let value = |key: &str| said.as_ref().and_then(|said| said.get(key)).cloned();
        Ok(fields.iter().filter_map(|field| Some(TicketFieldValue::of(field, value(&field.key)?))).collect())
    }

    /// Who takes part besides the requester.
    async fn participants(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Person>> {
        let request = Request::of(ctx);
        let loaders = request.loaders();
        let ids = loaders.participants.load(self.0.id).await.refuse(request)?;
        let mut people = Vec::new();
        for id in ids.iter().flat_map(|ids| ids.iter()) {
            people.extend(loaders.people.load(*id).await.refuse(request)?.map(Person));
        }
        people.sort_by_key(|person| person.0.id);
        Ok(people)
    }

    /// When the requester would like to be reached, in their own words.
    async fn preferred_contact_time(&self) -> Option<&str> {
        self.0.preferred_contact_time.as_deref()
    }

    /// Who asked.
    async fn requester(&self, ctx: &Context<'_>) -> async_graphql::Result<Person> {
        let request = Request::of(ctx);
        let row = request.loaders().people.load(self.0.requester_id).await.refuse(request)?;
        row.map(Person).ok_or_else(|| crate::error::Error::not_found("person")).refuse(request)
    }

    /// The requester's organization.
    async fn organization(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organization>> {
        let id = self.0.organization_id?;
        let request = Request::of(ctx);
        let row = request.loaders().organizations.load(id).await.refuse(request);
        row.map(|row| row.map(Organization)).transpose()
    }

    /// Who opened it: the requester, or somebody on their behalf.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        person(ctx, self.0.created_by_id?).await
    }

    /// Who works on it.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        person(ctx, self.0.assignee_id?).await
    }

    /// Which team works on it.
    async fn team(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Team>> {
        let id = self.0.team_id?;
        let request = Request::of(ctx);
        request.loaders().teams.load(id).await.refuse(request).map(|row| row.map(Team)).transpose()
    }

    /// The tickets that you can see and that are most like it, whatever their status, the most alike first. Internal notes count for
    /// nothing.
    async fn similar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many at most. At most 20.", default = 5)] first: i32,
    ) -> async_graphql::Result<Vec<Ticket>> {
        let request = Request::of(ctx);
        let limit = similar::limit(first).refuse(request)?;
        let rows = request.loaders().similar_tickets.load((self.0.id, limit)).await.refuse(request)?;
        similar::found(rows).refuse(request)
    }

    /// Words to find it by, in alphabetical order.
    async fn tags(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        let request = Request::of(ctx);
        let tags = request.loaders().tags.load(self.0.id).await.refuse(request)?;
        Ok(tags.map(|tags| (*tags).clone()).unwrap_or_default())
    }

    /// What was said, oldest first, with a mark where something was deleted. Internal notes are here only for those who may read them.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<CommentConnection> {
        let request = Request::of(ctx);
        let args = args(first, after, last, before);
        comments::of_ticket(request, &self.0, &args, wants_total(ctx)).await.refuse(request)
    }

    /// Its files and those of its comments, oldest first. Those of internal notes are here only for those who may read them.
    async fn attachments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<AttachmentConnection> {
        let request = Request::of(ctx);
        let args = args(first, after, last, before);
        attachments::of_ticket(request, &self.0, &args, wants_total(ctx)).await.refuse(request)
    }

    /// How many comments you can see on it.
    async fn comment_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let request = Request::of(ctx);
        let internal = request.may(&self.0, Permission::CommentViewInternal).await.refuse(request)?;
        Ok(if internal { self.0.comment_count } else { self.0.public_comment_count })
    }

    /// How many comments you can see on it, by the side they were written on.
    async fn message_counts(&self, ctx: &Context<'_>) -> async_graphql::Result<MessageCounts> {
        let request = Request::of(ctx);
        comments::message_counts(request, &self.0).await.refuse(request)
    }

    /// How many comments on it you have not read, your own aside: see `ticketMarkRead`.
    async fn unread_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let request = Request::of(ctx);
        comments::unread(request, &self.0).await.refuse(request)
    }

    /// The newest comment that you can see.
    async fn last_comment(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Comment>> {
        let request = Request::of(ctx);
        let load = async {
            let internal = request.may(&self.0, Permission::CommentViewInternal).await?;
            let id = if internal { self.0.last_comment_id } else { self.0.last_public_comment_id };
            match id {
                Some(id) => request.loaders().comments.load(id).await,
                None => Ok(None),
            }
        };
        load.await.refuse(request).map(|row| row.map(Comment)).transpose()
    }

    /// What happened to it, oldest first, as far as you can see it.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<EventConnection> {
        let request = Request::of(ctx);
        super::history(request, &self.0, &args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }

    /// What was promised, and how it stands.
    async fn sla(&self, ctx: &Context<'_>) -> async_graphql::Result<TicketSla> {
        let request = Request::of(ctx);
        let clocks = request.loaders().clocks.load(self.0.id).await.refuse(request)?;
        Ok(TicketSla::new(clocks, self.0.clone()))
    }

    /// To which level of support it was brought. Null: to none.
    async fn escalation(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<TicketEscalation>> {
        let request = Request::of(ctx);
        let row = request.loaders().escalations.load(self.0.id).await.refuse(request);
        row.map(|row| row.map(|row| TicketEscalation { row, ticket: self.0.clone() })).transpose()
    }

    /// What the requester said of how they were served, the last time they did.
    async fn rating(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<TicketRating>> {
        let requester = self.0.requester_id;
        let ratings = self.all_ratings(ctx).await;
        let of_requester = |rows: &Vec<rating::Model>| rows.iter().find(|row| row.person_id == requester).cloned();
        ratings.map(|rows| rows.as_deref().and_then(of_requester).map(TicketRating)).transpose()
    }

    /// What people said of how they were served, newest first: each for each closing.
    async fn ratings(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TicketRating>> {
        let rows = self.all_ratings(ctx).await?;
        Ok(rows.iter().flat_map(|rows| rows.iter()).cloned().map(TicketRating).collect())
    }

    /// Who was found for it, why, and among whom. Null if the desk never looked, and for those who may not read internal notes.
    async fn routing(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<TicketRouting>> {
        let request = Request::of(ctx);
        let load = async {
            if !request.may(&self.0, Permission::CommentViewInternal).await? {
                return Ok(None);
            }
            request.loaders().routings.load(self.0.id).await
        };
        load.await.refuse(request).map(|row| row.map(TicketRouting)).transpose()
    }

    /// The nearest deadline that is still open; null if there is none, or while it stands still.
    async fn due_at(&self) -> Option<Timestamp> {
        (self.0.due_at != Timestamp::NEVER).then_some(self.0.due_at)
    }

    /// Whether a deadline was missed, met late or not at all.
    async fn breached(&self, ctx: &Context<'_>) -> bool {
        self.0.is_breached(Request::of(ctx).desk.clock.now())
    }

    /// When staff first answered.
    async fn first_responded_at(&self) -> Option<Timestamp> {
        self.0.first_responded_at
    }

    /// When it came into its present status.
    async fn status_changed_at(&self) -> Timestamp {
        self.0.status_changed_at
    }

    /// When it was resolved, or closed without that.
    async fn resolved_at(&self) -> Option<Timestamp> {
        self.0.resolved_at
    }

    /// When it was closed.
    async fn closed_at(&self) -> Option<Timestamp> {
        self.0.closed_at
    }

    /// Why it was closed.
    async fn close_reason<'a>(&'a self, ctx: &Context<'a>) -> Option<Choice<'a>> {
        let reason = self.0.close_reason.as_deref()?;
        Some(Choice::of(Request::of(ctx).profile().close_reason(reason), reason))
    }

    /// How often it was opened again.
    async fn reopen_count(&self) -> i32 {
        self.0.reopen_count
    }

    /// The system it was imported from.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// Its id in the system it was imported from.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// When it was opened.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it last changed, or somebody last wrote.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }

    /// Rises with every change of its fields: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What you may do with it now, and why not the rest.
    async fn actions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TicketAction>> {
        let request = Request::of(ctx);
        actions::of(request, &self.0).await.refuse(request)
    }

    /// The statuses that it can move to now, by the table of the desk.
    async fn allowed_statuses<'a>(&'a self, ctx: &Context<'a>) -> Vec<TicketStatus<'a>> {
        let request: &'a Request = Request::of(ctx);
        let now = request.desk.clock.now();
        status::allowed(request.profile(), &self.0, now, &request.actor()).map(TicketStatus::from).collect()
    }
}

impl Ticket {
    async fn all_ratings(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Arc<Vec<rating::Model>>>> {
        let request = Request::of(ctx);
        request.loaders().ratings.load(self.0.id).await.refuse(request)
    }
}

pub(super) async fn person(ctx: &Context<'_>, id: PersonId) -> Option<async_graphql::Result<Person>> {
    let request = Request::of(ctx);
    request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
}
