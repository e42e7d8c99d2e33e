//! Whom the profile wants told of an event, and which of them may see it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use crate::access::{Actor, ActorKind, Permission, Role, Scoped};
use crate::desk::Desk;
use crate::event_log::Audience;
use crate::ids::{PersonId, TeamId};
use crate::people::person;
use crate::people::team::member;
use crate::tickets::{TicketFacts, Tickets};

/// People, with what decides what they see.
pub(super) struct Audiences {
    people: BTreeMap<PersonId, (person::Model, Actor)>,
}

/// Whom to look up.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// These people.
    pub people: BTreeSet<PersonId>,
    /// Everybody in these teams.
    pub teams: BTreeSet<TeamId>,
    /// Everybody who runs the desk.
    pub administrators: bool,
}

impl Audiences {
    /// Looks up those whose account is open, in two statements. Other systems read no mail.
    pub(super) async fn load(conn: &impl ConnectionTrait, wanted: &Wanted) -> Result<Self, DbErr> {
        use person::Column as P;
        let in_teams = Query::select()
            .column(member::Column::PersonId)
            .from(member::Entity)
            .and_where(member::Column::TeamId.is_in(wanted.teams.iter().copied()))
            .to_owned();
        let mut any = Condition::any().add(P::Id.is_in(wanted.people.iter().copied()));
        if !wanted.teams.is_empty() {
            any = any.add(P::Id.in_subquery(in_teams));
        }
        if wanted.administrators {
            any = any.add(P::Role.eq(Role::Administrator));
        }
        let people = person::Entity::find()
            .filter(any)
            .filter(P::DeactivatedAt.is_null())
            .filter(P::Role.ne(Role::Service))
            .order_by_asc(P::Id)
            .all(conn)
            .await?;
        // Only staff is in teams.
        let staff: Vec<PersonId> =
            people.iter().filter(|person| person.role != Role::Customer).map(|person| person.id).collect();
        let mut teams: HashMap<PersonId, Vec<TeamId>> = HashMap::new();
        if !staff.is_empty() {
            let rows = member::Entity::find().filter(member::Column::PersonId.is_in(staff)).all(conn).await?;
            rows.into_iter().for_each(|row| teams.entry(row.person_id).or_default().push(row.team_id));
        }
        let known = |person: person::Model| {
            let actor = Actor {
                kind: ActorKind::Person,
                person: Some(person.id),
                role: Some(person.role),
                organization: person.organization_id,
                teams: teams.remove(&person.id).unwrap_or_default().into(),
                ..Actor::anonymous()
            };
            (person.id, (person, actor))
        };
        Ok(Self { people: people.into_iter().map(known).collect() })
    }

    /// Somebody of them.
    pub(super) fn get(&self, id: PersonId) -> Option<(&person::Model, &Actor)> {
        self.people.get(&id).map(|(person, actor)| (person, actor))
    }

    /// Those in a team.
    pub(super) fn in_team(&self, team: TeamId) -> impl Iterator<Item = PersonId> {
        self.people.iter().filter(move |(_, (_, actor))| actor.teams.contains(&team)).map(|(id, _)| *id)
    }

    /// Those who run the desk.
    pub(super) fn administrators(&self) -> impl Iterator<Item = PersonId> {
        self.people.iter().filter(|(_, (person, _))| person.role == Role::Administrator).map(|(id, _)| *id)
    }
}

/// Whether somebody sees what happened to a ticket with these facts.
pub(super) fn sees(desk: &Desk, actor: &Actor, facts: &TicketFacts, audience: Audience) -> bool {
    let admits = |permission| Tickets::admits(actor, desk.policy.grants(actor, permission), facts);
    admits(Permission::TicketView) && (audience == Audience::Public || admits(Permission::CommentViewInternal))
}
