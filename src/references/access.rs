//! Who sees which references: one decision in its views. References are not in the index, so that the third is empty.
//!
//! | grant | reaches |
//! |---|---|
//! | OWN | what belongs to oneself, and what belongs to nobody |
//! | PARTICIPANT | what one shares with its owner |
//! | ORGANIZATION | what belongs to one's organization |
//! | ALL | everything |
//!
//! The first three everybody has who is somebody; the profile gives more by `reference.view`.

use deskgraph_index::Filter;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition};

use super::reference::{self, participant};
use crate::access::{Actor, Grants, Permission, Scoped};
use crate::desk::Desk;
use crate::ids::{OrganizationId, PersonId};
use crate::profile::Grant;

/// The noun.
pub struct References;

/// What decides who sees a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceFacts {
    /// The person it belongs to.
    pub owner: Option<PersonId>,
    /// The organization it belongs to.
    pub organization: Option<OrganizationId>,
    /// Who shares it.
    pub participants: Vec<PersonId>,
}

impl ReferenceFacts {
    /// Whether it belongs to nobody, and so may be seen and referred to by everybody.
    pub fn is_everybodys(&self) -> bool {
        self.owner.is_none() && self.organization.is_none()
    }
}

/// How far the actor sees references.
pub fn view(desk: &Desk, actor: &Actor) -> Grants {
    let granted = desk.policy.grants(actor, Permission::ReferenceView);
    match actor.person {
        Some(_) if !actor.is_service() => granted.with(Grant::Own).with(Grant::Participant).with(Grant::Organization),
        _ => granted,
    }
}

impl Scoped for References {
    type Facts = ReferenceFacts;

    fn condition(actor: &Actor, grants: Grants) -> Condition {
        use reference::Column as R;
        if grants.has(Grant::All) {
            return Condition::all();
        }
        // Never empty: an empty OR would be no condition at all.
        let mut any = Condition::any().add(R::OwnerId.is_in(actor.person.filter(|_| grants.has(Grant::Own))));
        if grants.has(Grant::Own) {
            any = any.add(Condition::all().add(R::OwnerId.is_null()).add(R::OrganizationId.is_null()));
        }
        if let (true, Some(me)) = (grants.has(Grant::Participant), actor.person) {
            let mine = Query::select()
                .column(participant::Column::ReferenceId)
                .from(participant::Entity)
                .and_where(participant::Column::PersonId.eq(me))
                .to_owned();
            any = any.add(R::Id.in_subquery(mine));
        }
        if let (true, Some(organization)) = (grants.has(Grant::Organization), actor.organization) {
            any = any.add(R::OrganizationId.eq(organization));
        }
        any
    }

    fn admits(actor: &Actor, grants: Grants, facts: &ReferenceFacts) -> bool {
        let me = |person: PersonId| actor.person == Some(person);
        grants.has(Grant::All)
            || (grants.has(Grant::Own) && (facts.owner.is_some_and(me) || facts.is_everybodys()))
            || (grants.has(Grant::Participant) && facts.participants.iter().copied().any(me))
            || (grants.has(Grant::Organization)
                && actor.organization.is_some_and(|mine| facts.organization == Some(mine)))
    }

    fn terms(_: &Actor, _: Grants) -> Filter {
        Filter::Nothing
    }
}
