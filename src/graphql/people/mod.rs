//! The types of people, organizations and teams.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::context::{Refuse, Request};
use crate::access::{Permission, Role, Scoped};
use crate::clock::Timestamp;
use crate::ids::{OrganizationId, PersonId, TeamId};
use crate::people::access::{People, PersonFacts};
use crate::people::{contact, organization, person, team};

/// A person: somebody who asks, or somebody who helps.
pub struct Person(pub Arc<person::Model>);

#[Object]
impl Person {
    /// Its id.
    async fn id(&self) -> PersonId {
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

    /// The e-mail address that reaches them. Null unless it is you, or you may see people.
    async fn email(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<String>> {
        self.contact(ctx, contact::Kind::Email).await.transpose()
    }

    /// The telephone number that reaches them. Null unless it is you, or you may see people.
    async fn phone(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<String>> {
        self.contact(ctx, contact::Kind::Phone).await.transpose()
    }

    /// The organization they belong to.
    async fn organization(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organization>> {
        let id = self.0.organization_id?;
        let request = Request::of(ctx);
        let row = request.loaders().organizations.load(id).await.refuse(request);
        row.map(|row| row.map(Organization)).transpose()
    }

    /// Since when they are known.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }
}

impl Person {
    async fn contact(&self, ctx: &Context<'_>, kind: contact::Kind) -> async_graphql::Result<Option<String>> {
        let request = Request::of(ctx);
        let grants = request.desk.policy.grants(&request.actor(), Permission::PersonView);
        if !People::admits(&request.actor(), grants, &PersonFacts::from(&*self.0)) {
            return Ok(None);
        }
        let contacts = request.loaders().contacts.load(self.0.id).await.refuse(request)?;
        let contacts = contacts.iter().flat_map(|contacts| contacts.iter());
        Ok(contacts.into_iter().find(|contact| contact.kind == kind).map(|contact| contact.value.clone()))
    }
}

/// An organization that people belong to.
pub struct Organization(pub Arc<organization::Model>);

#[Object]
impl Organization {
    /// Its id.
    async fn id(&self) -> OrganizationId {
        self.0.id
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Since when it is known.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }
}

/// A team of agents.
pub struct Team(pub Arc<team::Model>);

#[Object]
impl Team {
    /// Its id.
    async fn id(&self) -> TeamId {
        self.0.id
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }
}
