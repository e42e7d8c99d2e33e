//! Who reaches which people: oneself by `OWN`, one's organization by `ORGANIZATION`, everybody by `ALL`.
//!
//! A grant is needed even for oneself: to be somebody must not be enough to change one's own role. People shown on a ticket (requester, assignee, author of a comment) are seen with it: by name, without their addresses.

use deskgraph_index::Filter;
use sea_orm::{ColumnTrait, Condition};

use super::person;
use crate::access::{Actor, Grants, Scoped};
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
