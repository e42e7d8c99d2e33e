//! Who reaches which people: oneself by `OWN`, one's organization by `ORGANIZATION`, everybody by `ALL`.
//!
//! A grant is needed even for oneself: to be somebody must not be enough to change one's own role. People shown on a ticket (requester, assignee, author of a comment) are seen with it: by name, without their addresses.

use deskgraph_index::Filter;
use sea_orm::{ColumnTrait, Condition};

use super::person;
use crate::access::{Actor, Grants, Role, Scoped};
use crate::error::{Code, Error, Result};
use crate::ids::{OrganizationId, PersonId};
use crate::profile::Grant;

/// The noun.
pub struct People;

/// What decides about a person.
pub struct PersonFacts {
    /// Who it is.
    pub id: PersonId,
    /// The person's organization.
    pub organization: Option<OrganizationId>,
}

impl From<&person::Model> for PersonFacts {
    fn from(person: &person::Model) -> Self {
        Self { id: person.id, organization: person.organization_id }
    }
}

impl Scoped for People {
    type Facts = PersonFacts;

    fn condition(actor: &Actor, grants: Grants) -> Condition {
        if grants.has(Grant::All) {
            return Condition::all();
        }
        // Never empty: an empty OR would be no condition at all.
        let me = actor.person.filter(|_| grants.has(Grant::Own));
        let mut any = Condition::any().add(person::Column::Id.is_in(me));
        if let (true, Some(organization)) = (grants.has(Grant::Organization), actor.organization) {
            any = any.add(person::Column::OrganizationId.eq(organization));
        }
        any
    }

    fn admits(actor: &Actor, grants: Grants, facts: &PersonFacts) -> bool {
        grants.has(Grant::All)
            || (grants.has(Grant::Own) && actor.person == Some(facts.id))
            || (grants.has(Grant::Organization)
                && actor.organization.is_some_and(|organization| facts.organization == Some(organization)))
    }

    fn terms(_: &Actor, _: Grants) -> Filter {
        // People are not in the index.
        Filter::Nothing
    }
}

/// Keeps other systems to customers: with an API key nobody gets at an account of staff, or at another key, whatever its scopes.
///
/// # Errors
/// `FORBIDDEN` if the actor is a service account and one of `roles` is no customer's.
pub fn customers_only(actor: &Actor, roles: &[Role]) -> Result<()> {
    match actor.is_service() && roles.iter().any(|role| *role != Role::Customer) {
        true => Err(Error::with(Code::Forbidden, "With an API key only customers can be managed.")
            .hint("A person who may manage people can do this.")),
        false => Ok(()),
    }
}

/// Refuses what is for people only.
///
/// # Errors
/// `FORBIDDEN` for service accounts.
pub fn people_only(actor: &Actor) -> Result<()> {
    match actor.is_service() {
        true => Err(Error::with(Code::Forbidden, "This cannot be done with an API key.")
            .hint("A person who may manage people can do this.")),
        false => Ok(()),
    }
}

/// Refuses the role of service accounts, which are made as such and stay it.
///
/// # Errors
/// `INVALID_VALUE` at `field`.
pub fn not_a_service(field: &str, role: Role) -> Result<()> {
    match role {
        Role::Service => Err(Error::invalid(field, "People are no service accounts.")
            .hint("serviceAccountCreate makes one; its role stays what it is.")),
        _ => Ok(()),
    }
}
