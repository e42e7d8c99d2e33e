//! People, organizations and teams: their types here, their root fields beside.

mod agent;
mod mutations;
mod queries;

pub use agent::AgentRouting;
pub use mutations::PeopleMutations;
pub use queries::PeopleQueries;

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::connection::args;
use super::context::{Refuse, Request};
use super::tickets::{self, CustomerHistory, TicketConnection, TicketOrder};
use crate::access::Role;
use crate::clock::Timestamp;
use crate::connection;
use crate::ids::{ContactId, OrganizationId, PersonId, TeamId};
use crate::people::{contact, find, organization, person, team};
use crate::tickets::filter::TicketFilter;
use crate::tickets::whose::Whose;

/// A person: somebody who asks, or somebody who helps.
#[derive(Clone)]
pub struct Person(pub Arc<person::Model>);

/// A person: somebody who asks, or somebody who helps.
#[Object(crate = "crate::graphql::fields")]
impl Person {
    /// Its id.
    pub async fn id(&self) -> PersonId {
        self.0.id
    }

    /// What they are called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What they are at the desk.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// All addresses and numbers that reach them, oldest first: at most 10. Empty unless it is you, or you may see people.
    async fn contacts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Contact>> {
        let request = Request::of(ctx);
        if !sees(request, &self.0) {
            return Ok(Vec::new());
        }
        let contacts = request.loaders().contacts.load(self.0.id).await.refuse(request)?;
        Ok(contacts.iter().flat_map(|contacts| contacts.iter()).cloned().map(Contact::from).collect())
    }

    /// The first e-mail address that reaches them. Null unless it is you, or you may see people.
    async fn email(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<String>> {
        self.contact(ctx, contact::Kind::Email).await.transpose()
    }

    /// The first telephone number that reaches them. Null unless it is you, or you may see people.
    async fn phone(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<String>> {
        self.contact(ctx, contact::Kind::Phone).await.transpose()
    }

    /// Whether somebody who may has vouched for the e-mail address, or it was proved. Null where the address is.
    async fn email_verified(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<bool>> {
        self.verified(ctx, contact::Kind::Email).await.transpose()
    }

    /// Whether somebody who may has vouched for the telephone number, or it was proved. Null where the number is.
    async fn phone_verified(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<bool>> {
        self.verified(ctx, contact::Kind::Phone).await.transpose()
    }

    /// The system that made them known. Null unless it is you, or you may see people.
    async fn source(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.source.as_deref().filter(|_| sees(Request::of(ctx), &self.0))
    }

    /// Their id in that system. Null unless it is you, or you may see people.
    async fn external_id(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.external_id.as_deref().filter(|_| sees(Request::of(ctx), &self.0))
    }

    /// The organization they belong to.
    async fn organization(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organization>> {
        let id = self.0.organization_id?;
        let request = Request::of(ctx);
        let row = request.loaders().organizations.load(id).await.refuse(request);
        row.map(|row| row.map(Organization)).transpose()
    }

    /// The teams they are in, oldest first. Empty unless it is you, or you may see people.
    async fn teams(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Team>> {
        let request = Request::of(ctx);
        if !sees(request, &self.0) {
            return Ok(Vec::new());
        }
        let teams = request.loaders().teams_of.load(self.0.id).await.refuse(request)?;
        Ok(teams.iter().flat_map(|teams| teams.iter()).map(|team| Team::from(team.clone())).collect())
    }

    /// What routing knows of them. Null for customers, and for those who may not see people.
    async fn agent(&self, ctx: &Context<'_>) -> Option<AgentRouting> {
        (self.0.role != Role::Customer && sees(Request::of(ctx), &self.0)).then(|| AgentRouting(self.0.id))
    }

    /// The tickets that they asked for and that you can see, newest first unless `orderBy` says otherwise: their history.
    #[allow(clippy::too_many_arguments)]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tickets.")] filter: Option<TicketFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<TicketOrder>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100; for staff 1000.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TicketConnection> {
        tickets::of(ctx, Whose::Requester(self.0.id), filter, order_by, args(first, after, last, before)).await
    }

    /// What their tickets come to, as far as you see them.
    async fn history(&self, ctx: &Context<'_>) -> async_graphql::Result<CustomerHistory> {
        tickets::history_of(ctx, Whose::Requester(self.0.id)).await
    }

    /// The language in which they want to be told, as a tag. Null for the desk's own, and unless it is you, or you may see people.
    async fn locale(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.locale.as_deref().filter(|_| sees(Request::of(ctx), &self.0))
    }

    /// Whether their account is open: they can sign in, if they have a password, and be given tickets.
    async fn active(&self) -> bool {
        self.0.deactivated_at.is_none()
    }

    /// Since when they are known.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// Rises with each change: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl From<person::Model> for Person {
    fn from(row: person::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// Whether who asks may see more of a person than what stands on a ticket.
fn sees(request: &Request, person: &person::Model) -> bool {
    find::sees(&request.desk, &request.actor(), person)
}

impl Person {
    /// The first contact of a kind, if who asks may see it.
    async fn first(&self, ctx: &Context<'_>, kind: contact::Kind) -> async_graphql::Result<Option<contact::Model>> {
        let request = Request::of(ctx);
        if !sees(request, &self.0) {
            return Ok(None);
        }
        let contacts = request.loaders().contacts.load(self.0.id).await.refuse(request)?;
        let mut contacts = contacts.iter().flat_map(|contacts| contacts.iter());
        Ok(contacts.find(|contact| contact.kind == kind).cloned())
    }

    async fn contact(&self, ctx: &Context<'_>, kind: contact::Kind) -> async_graphql::Result<Option<String>> {
        Ok(self.first(ctx, kind).await?.map(|contact| contact.value))
    }

    async fn verified(&self, ctx: &Context<'_>, kind: contact::Kind) -> async_graphql::Result<Option<bool>> {
        Ok(self.first(ctx, kind).await?.map(|contact| contact.verified_at.is_some()))
    }
}

/// An address or a number that reaches a person.
#[derive(Clone)]
pub struct Contact(pub Arc<contact::Model>);

/// An address or a number that reaches a person.
#[Object(crate = "crate::graphql::fields")]
impl Contact {
    /// Its id.
    pub async fn id(&self) -> ContactId {
        self.0.id
    }

    /// What it is.
    async fn kind(&self) -> contact::Kind {
        self.0.kind
    }

    /// The address or the number, as it was given.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// Since when it is known to be theirs: somebody who may has vouched for it, or it was proved.
    async fn verified_at(&self) -> Option<Timestamp> {
        self.0.verified_at
    }

    /// Since when it is known here.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }
}

impl From<contact::Model> for Contact {
    fn from(row: contact::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// An organization that people belong to.
#[derive(Clone)]
pub struct Organization(pub Arc<organization::Model>);

/// An organization that people belong to.
#[Object(crate = "crate::graphql::fields")]
impl Organization {
    /// Its id.
    pub async fn id(&self) -> OrganizationId {
        self.0.id
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The system that made it known.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// Its id in that system.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// The tickets that its people asked for and that you can see, newest first unless `orderBy` says otherwise.
    #[allow(clippy::too_many_arguments)]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tickets.")] filter: Option<TicketFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<TicketOrder>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100; for staff 1000.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TicketConnection> {
        tickets::of(ctx, Whose::Organization(self.0.id), filter, order_by, args(first, after, last, before)).await
    }

    /// What its tickets come to, as far as you see them.
    async fn history(&self, ctx: &Context<'_>) -> async_graphql::Result<CustomerHistory> {
        tickets::history_of(ctx, Whose::Organization(self.0.id)).await
    }

    /// Since when it is known.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// Rises with each change: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl From<organization::Model> for Organization {
    fn from(row: organization::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A team of agents.
#[derive(Clone)]
pub struct Team(pub Arc<team::Model>);

/// A team of agents.
#[Object(crate = "crate::graphql::fields")]
impl Team {
    /// Its id.
    pub async fn id(&self) -> TeamId {
        self.0.id
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Who is in it, longest known first. Only those whom you may see.
    async fn members(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Person>> {
        let request = Request::of(ctx);
        let members = request.loaders().members.load(self.0.id).await.refuse(request)?;
        let members = members.iter().flat_map(|members| members.iter()).filter(|person| sees(request, person));
        Ok(members.map(|person| Person::from(person.clone())).collect())
    }

    /// The tickets that are assigned to it and that you can see, newest first unless `orderBy` says otherwise.
    #[allow(clippy::too_many_arguments)]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tickets.")] filter: Option<TicketFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<TicketOrder>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100; for staff 1000.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TicketConnection> {
        tickets::of(ctx, Whose::Team(self.0.id), filter, order_by, args(first, after, last, before)).await
    }

    /// Since when there is this team.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it was given up. Only tickets that it had still name it.
    async fn deleted_at(&self) -> Option<Timestamp> {
        self.0.deleted_at
    }

    /// Rises with each change: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl From<team::Model> for Team {
    fn from(row: team::Model) -> Self {
        Self(Arc::new(row))
    }
}

connection!(PersonConnection, PersonEdge, Person, "people");
connection!(OrganizationConnection, OrganizationEdge, Organization, "organizations");
connection!(TeamConnection, TeamEdge, Team, "teams");
