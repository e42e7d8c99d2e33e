//! Who sees which tickets: one decision in three views, for SQL, for events and locked rows, for the index.
//!
//! | grant | reaches |
//! |---|---|
//! | OWN | what one asked for or opened |
//! | PARTICIPANT | what one takes part in |
//! | ORGANIZATION | what somebody of one's organization asked for |
//! | ASSIGNED | what one works on |
//! | TEAM | what one of one's teams works on |
//! | ALL | everything |
//!
//! A deleted ticket is seen by nobody.

use deskgraph_index::Filter;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition};

use super::TicketFacts;
use super::ticket::{self, participant};
use crate::access::{Actor, Grants, Scoped};
use crate::profile::Grant;

/// The noun.
pub struct Tickets;

/// The names of the index's terms that visibility is made of.
pub mod term {
    /// Who asked or opened it.
    pub const OWNER: &str = "owner";
    /// Who takes part.
    pub const PARTICIPANT: &str = "participant";
    /// Whose customer asked.
    pub const ORGANIZATION: &str = "organization";
    /// Who works on it.
    pub const ASSIGNEE: &str = "assignee";
    /// Which team works on it.
    pub const TEAM: &str = "team";
}

impl Tickets {
    /// What the grants reach, deleted or not; none: everything.
    pub(super) fn reach(actor: &Actor, grants: Grants) -> Option<Condition> {
        use ticket::Column as T;
        let mut any = Condition::any();
        for grant in grants.iter() {
            any = match grant {
                Grant::All => return None,
                Grant::Own => match actor.person {
                    Some(me) => any.add(T::RequesterId.eq(me)).add(T::CreatedById.eq(me)),
                    None => any,
                },
                Grant::Participant => match actor.person {
                    Some(me) => any.add(
                        T::Id.in_subquery(
                            Query::select()
                                .column(participant::Column::TicketId)
                                .from(participant::Entity)
                                .and_where(participant::Column::PersonId.eq(me))
                                .to_owned(),
                        ),
                    ),
                    None => any,
                },
                Grant::Organization => any.add_option(actor.organization.map(|mine| T::OrganizationId.eq(mine))),
                Grant::Assigned => any.add_option(actor.person.map(|me| T::AssigneeId.eq(me))),
                Grant::Team if actor.teams.is_empty() => any,
                Grant::Team => any.add(T::TeamId.is_in(actor.teams.iter().copied())),
            };
        }
        if any.is_empty() {
            // An empty OR would be no condition at all.
            return Some(Condition::all().add(T::Id.is_in(Vec::<crate::ids::TicketId>::new())));
        }
        Some(any)
    }
}

impl Scoped for Tickets {
    type Facts = TicketFacts;

    fn condition(actor: &Actor, grants: Grants) -> Condition {
        Condition::all().add(ticket::Column::DeletedAt.is_null()).add_option(Self::reach(actor, grants))
    }

    fn admits(actor: &Actor, grants: Grants, facts: &TicketFacts) -> bool {
        let is_me = |person| actor.person.is_some_and(|me| person == Some(me));
        !facts.deleted
            && grants.iter().any(|grant| match grant {
                Grant::All => true,
                Grant::Own => is_me(Some(facts.requester)) || is_me(facts.created_by),
                Grant::Participant => facts.participants.iter().any(|person| is_me(Some(*person))),
                Grant::Organization => actor.organization.is_some_and(|mine| facts.organization == Some(mine)),
                Grant::Assigned => is_me(facts.assignee),
                Grant::Team => facts.team.is_some_and(|team| actor.teams.contains(&team)),
            })
    }

    fn terms(actor: &Actor, grants: Grants) -> Filter {
        let mut any = Vec::new();
        for grant in grants.iter() {
            let (field, values) = match grant {
                Grant::All => return Filter::All,
                Grant::Own => (term::OWNER, actor.person.iter().map(|me| me.to_string()).collect()),
                Grant::Participant => (term::PARTICIPANT, actor.person.iter().map(|me| me.to_string()).collect()),
                Grant::Organization => {
                    (term::ORGANIZATION, actor.organization.iter().map(|id| id.to_string()).collect())
                }
                Grant::Assigned => (term::ASSIGNEE, actor.person.iter().map(|me| me.to_string()).collect()),
                Grant::Team => (term::TEAM, actor.teams.iter().map(|team| team.to_string()).collect::<Vec<_>>()),
            };
            any.push(Filter::AnyOf(field.to_owned(), values));
        }
        Filter::Or(any)
    }
}

/// The terms that [`Scoped::terms`] is matched against. A deleted ticket is not in the index.
pub fn document_terms(facts: &TicketFacts) -> Vec<(String, String)> {
    let mut terms = vec![(term::OWNER.to_owned(), facts.requester.to_string())];
    let mut add = |field: &str, value: Option<String>| {
        terms.extend(value.map(|value| (field.to_owned(), value)));
    };
    add(term::OWNER, facts.created_by.filter(|by| *by != facts.requester).map(|id| id.to_string()));
    add(term::ORGANIZATION, facts.organization.map(|id| id.to_string()));
    add(term::ASSIGNEE, facts.assignee.map(|id| id.to_string()));
    add(term::TEAM, facts.team.map(|id| id.to_string()));
    for participant in &facts.participants {
        add(term::PARTICIPANT, Some(participant.to_string()));
    }
    terms
}
