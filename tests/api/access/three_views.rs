//! The scope of tickets has three views: a condition for SQL, a test for rows and events, terms for the index. They must be one.

use std::collections::BTreeSet;

use deskgraph::access::{Actor, ActorKind, Grants, Origin, Role, Scoped};
use deskgraph::clock::Timestamp;
use deskgraph::ids::{OrganizationId, PersonId, TeamId, TicketId};
use deskgraph::people::{organization, person, team};
use deskgraph::profile::Grant;
use deskgraph::tickets::access::document_terms;
use deskgraph::tickets::ticket::{self, participant};
use deskgraph::tickets::{TicketFacts, Tickets};
use deskgraph_index::{Document, Index, Options, Position, Request};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::desk_test;

const GRANTS: [Grant; 6] =
    [Grant::Own, Grant::Participant, Grant::Organization, Grant::Assigned, Grant::Team, Grant::All];

/// A small world in which every relation between a person and a ticket occurs.
struct World {
    people: Vec<PersonId>,
    organizations: Vec<OrganizationId>,
    teams: Vec<TeamId>,
    tickets: Vec<(ticket::Model, TicketFacts)>,
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn maybe<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let nth = self.below(of.len() + 1);
        of.get(nth).copied()
    }
}

impl World {
    async fn make(db: &impl ConnectionTrait, dice: &mut Dice) -> Self {
        let (mut people, mut organizations, mut teams) = (Vec::new(), Vec::new(), Vec::new());
        let created_at = Timestamp(0);
        for nth in 0..2 {
            let (source, external_id) = (None, None);
            let row = organization::Model {
                id: OrganizationId::new(),
                name: format!("{nth}"),
                source,
                external_id,
                name_folded: String::new(),
                version: 1,
                created_at,
            };
            organizations.push(row.id);
            organization::Entity::insert(row.into_active_model()).exec_without_returning(db).await.unwrap();
            let row = team::Model {
                id: TeamId::new(),
                name: format!("{nth}"),
                name_folded: format!("{nth}"),
                version: 1,
                deleted_at: None,
                created_at,
            };
            teams.push(row.id);
            team::Entity::insert(row.into_active_model()).exec_without_returning(db).await.unwrap();
        }
        for nth in 0..4 {
            let row = person::Model {
                id: PersonId::new(),
                name: format!("{nth}"),
                role: Role::Agent,
                organization_id: None,
                source: None,
                external_id: None,
                version: 1,
                name_folded: String::new(),
                created_at,
                deactivated_at: None,
                locale: None,
                muted: None,
            };
            people.push(row.id);
            person::Entity::insert(row.into_active_model()).exec_without_returning(db).await.unwrap();
        }
        let mut world = Self { people, organizations, teams, tickets: Vec::new() };
        for nth in 0..120 {
            let ticket = world.ticket(nth, dice);
            ticket::Entity::insert(ticket.clone().into_active_model()).exec_without_returning(db).await.unwrap();
            let participants: Vec<PersonId> = world.people.iter().copied().filter(|_| dice.below(4) == 0).collect();
            for person_id in participants.iter().copied() {
                let row = participant::Model { ticket_id: ticket.id, person_id };
                participant::Entity::insert(row.into_active_model()).exec_without_returning(db).await.unwrap();
            }
            let facts = TicketFacts::new(&ticket, participants);
            world.tickets.push((ticket, facts));
        }
        world
    }

    fn ticket(&self, nth: usize, dice: &mut Dice) -> ticket::Model {
        let at = Timestamp(nth as i64);
        ticket::Model {
            id: TicketId::new(),
            number: format!("N-{nth}"),
            title: "A ticket".into(),
            description: "of the world".into(),
            status: "open".into(),
            stage: 0,
            priority: "low".into(),
            priority_rank: 1,
            category: String::new(),
            channel: "web".into(),
            preferred_contact_time: None,
            requester_id: self.people[dice.below(self.people.len())],
            organization_id: dice.maybe(&self.organizations),
            created_by_id: dice.maybe(&self.people),
            assignee_id: dice.maybe(&self.people),
            team_id: dice.maybe(&self.teams),
            version: 1,
            comment_count: 0,
            public_comment_count: 0,
            last_comment_id: None,
            last_public_comment_id: None,
            due_at: Timestamp::NEVER,
            breached: false,
            first_responded_at: None,
            status_changed_at: at,
            resolved_at: None,
            closed_at: None,
            close_reason: None,
            reopen_count: 0,
            source: None,
            external_id: None,
            created_at: at,
            updated_at: at,
            deleted_at: (dice.below(10) == 0).then_some(at),
            reference_id: None,
            contact_method: None,
            merged_into_id: None,
        }
    }

    /// Every actor: strangers, people with and without organization and teams, the system.
    fn actors(&self) -> Vec<Actor> {
        let mut actors = vec![Actor::anonymous(), Actor::system(Origin::Cli)];
        for person in &self.people {
            for organization in [None, Some(self.organizations[0])] {
                for teams in 0..=self.teams.len() {
                    let teams = self.teams[..teams].into();
                    let (person, role) = (Some(*person), Some(Role::Agent));
                    actors.push(Actor {
                        kind: ActorKind::Person,
                        person,
                        role,
                        organization,
                        teams,
                        ..Actor::anonymous()
                    });
                }
            }
        }
        actors
    }
}

desk_test! {
    // Promise 7, X-13
    async fn the_three_views_of_the_scope_are_one(desk: &Desk) {
        let db = desk.app().desk.db.writer();
        let world = World::make(db, &mut Dice(7)).await;
        let folder = tempfile::tempdir().unwrap();
        let documents = world.tickets.iter().filter(|(ticket, _)| ticket.deleted_at.is_none()).map(|(ticket, facts)| Document {
            id: ticket.id.0.as_u128(),
            kind: "ticket".into(),
            title: ticket.title.clone(),
            terms: document_terms(facts),
            ..Document::default()
        });
        let mut rebuild = Index::rebuild(folder.path(), Options::default()).unwrap();
        rebuild.put(documents.collect()).unwrap();
        let index = rebuild.finish(Position::default()).unwrap();
        let mut seen = BTreeSet::new();
        for actor in world.actors() {
            for set in 0..1u32 << GRANTS.len() {
                let grants: Grants = GRANTS.iter().enumerate().filter(|(nth, _)| set & (1 << nth) != 0).map(|(_, grant)| *grant).collect();
                let by_facts: BTreeSet<u128> = world.tickets.iter()
                    .filter(|(_, facts)| Tickets::admits(&actor, grants, facts))
                    .map(|(ticket, _)| ticket.id.0.as_u128())
                    .collect();
                let rows = ticket::Entity::find().filter(Tickets::condition(&actor, grants)).all(db).await.unwrap();
                let by_sql: BTreeSet<u128> = rows.iter().map(|row| row.id.0.as_u128()).collect();
                let request = Request { filter: Tickets::terms(&actor, grants), limit: 1_000, ..Request::new("") };
                let by_index: BTreeSet<u128> = index.search(&request).unwrap().hits.iter().map(|hit| hit.id).collect();
                assert_eq!(by_sql, by_facts, "{grants:?} {actor:?}");
                assert_eq!(by_index, by_facts, "{grants:?} {actor:?}");
                seen.insert(by_facts.len());
            }
        }
        assert!(seen.len() > 20, "the world is too simple to tell anything: {seen:?}");
    }
}
