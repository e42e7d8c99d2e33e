//! What tickets are about outside the desk: the type here, its root fields beside.

mod mutations;
mod queries;

pub use mutations::ReferenceMutations;
pub use queries::ReferenceQueries;

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::context::{Refuse, Request};
use super::desk::Choice;
use super::people::{Organization, Person};
use super::tickets::{TicketConnection, TicketOrder};
use crate::access::Permission;
use crate::clock::Timestamp;
use crate::connection;
use crate::error::{Error, Result};
use crate::ids::{PersonId, ReferenceId};
use crate::profile::Grant;
use crate::references::fields;
use crate::references::find::Found;
use crate::tickets::about;
use crate::tickets::filter::TicketFilter;
use crate::tickets::whose::Whose;

/// Something that tickets can be about, and that another system knows: a booking, a service, a ride.
#[derive(Clone)]
pub struct Reference(pub Arc<Found>);

connection!(ReferenceConnection, ReferenceEdge, Reference, "references");

/// What a reference says of itself.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct ReferenceField<'a> {
    /// Its key.
    key: &'a str,
    /// Its name: show this.
    name: &'a str,
    /// What it says.
    value: String,
}

/// Something that can be done with a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ReferenceActionName {
    /// `ticketCreate` about it.
    CreateTicket,
}

/// Something that can be done with a reference, and whether you may now.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct ReferenceAction {
    /// What.
    pub name: ReferenceActionName,
    /// Whether it would be refused now.
    pub allowed: bool,
    /// Why it would be refused.
    pub reason: Option<String>,
}

/// Something that tickets can be about, and that another system knows: a booking, a service, a ride.
#[Object(crate = "crate::graphql::fields")]
impl Reference {
    /// Its id on this desk.
    pub async fn id(&self) -> ReferenceId {
        self.0.row.id
    }

    /// What it is.
    async fn kind<'a>(&'a self, ctx: &Context<'a>) -> Choice<'a> {
        Choice::of_reference(Request::of(ctx), &self.0.row.kind)
    }

    /// Its id in the system that knows it.
    async fn external_id(&self) -> &str {
        &self.0.row.external_id
    }

    /// How it stands, in the words of that system.
    async fn status(&self) -> Option<&str> {
        self.0.row.status.as_deref()
    }

    /// What it says of itself, in the order of the desk.
    async fn fields<'a>(&'a self, ctx: &Context<'a>) -> Vec<ReferenceField<'a>> {
        let request: &'a Request = Request::of(ctx);
        let mut said = fields::of(&self.0.row);
        let kind = request.profile().reference_kind(&self.0.row.kind);
        let known = kind.iter().flat_map(|kind| kind.fields.iter());
        known
            .filter_map(|field| {
                Some(ReferenceField { key: &field.key, name: &field.name, value: said.remove(&field.key)? })
            })
            .collect()
    }

    /// The person it belongs to.
    async fn owner(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let id = self.0.row.owner_id?;
        let request = Request::of(ctx);
        request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// The organization it belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organization>> {
        let id = self.0.row.organization_id?;
        let request = Request::of(ctx);
        let row = request.loaders().organizations.load(id).await.refuse(request);
        row.map(|row| row.map(Organization)).transpose()
    }

    /// Who shares it with its owner.
    async fn participants(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Person>> {
        let request = Request::of(ctx);
        let loaders = request.loaders();
        let mut people = Vec::with_capacity(self.0.participants.len());
        for id in &self.0.participants {
            people.extend(loaders.people.load(*id).await.refuse(request)?.map(Person));
        }
        Ok(people)
    }

    /// The tickets about it that you can see, newest first unless `orderBy` says otherwise.
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
        let args = super::connection::args(first, after, last, before);
        super::tickets::of(ctx, Whose::Reference(self.0.row.id), filter, order_by, args).await
    }

    /// What you may do with it now, and why not the rest: the way from a dashboard to support.
    async fn actions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ReferenceAction>> {
        let request = Request::of(ctx);
        let reason = against(request, &self.0).await.refuse(request)?;
        Ok(vec![ReferenceAction { name: ReferenceActionName::CreateTicket, allowed: reason.is_none(), reason }])
    }

    /// When it became known here.
    async fn created_at(&self) -> Timestamp {
        self.0.row.created_at
    }

    /// When it last changed here.
    async fn updated_at(&self) -> Timestamp {
        self.0.row.updated_at
    }

    /// Rises with every change: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.row.version
    }
}

/// What stands against a ticket of the actor's own about it; for staff, of its owner.
async fn against(request: &Request, reference: &Found) -> Result<Option<String>> {
    let (actor, profile) = (request.actor(), request.profile());
    let grants = request.desk.policy.grants(&actor, Permission::TicketCreate);
    let Some(me) = actor.person.filter(|_| grants.has(Grant::Own) || grants.has(Grant::All)) else {
        return Ok(Some(format!("You need the permission {}.", Permission::TicketCreate.name())));
    };
    let for_others = actor.is_staff() && grants.has(Grant::All);
    let requester: PersonId = reference.row.owner_id.filter(|_| for_others).unwrap_or(me);
    let requester = request.loaders().people.load(requester).await?;
    let requester = requester.ok_or_else(|| Error::not_found("person"))?;
    let Some(kind) = profile.reference_kind(&reference.row.kind) else {
        return Ok(Some("This desk no longer knows its kind.".to_owned()));
    };
    if profile.references.owned && !about::belongs(kind, reference, &requester) {
        return Ok(Some(format!("This {} is somebody else's.", kind.name)));
    }
    // Through the loader: a list asks for its rows at once.
    let contacts = match about::asks_for_contact(profile, &requester) {
        true => request.loaders().contacts.load(requester.id).await?,
        false => None,
    };
    let contacts = contacts.as_deref().map(Vec::as_slice).unwrap_or_default();
    match about::one_is_sure(profile, &requester, contacts) {
        Ok(()) => Ok(None),
        Err(error) if error.code() == crate::error::Code::ContactUnverified => {
            Ok(Some(format!("{} {}", error.message(), error.way_out())))
        }
        Err(error) => Err(error),
    }
}

/// The reference with this id, if the actor sees it.
///
/// # Errors
/// The database's.
pub async fn visible(request: &Request, id: ReferenceId) -> Result<Option<Reference>> {
    let found = request.loaders().references.load(id).await?;
    Ok(found.filter(|found| found.is_seen(&request.desk, &request.actor())).map(Reference))
}
