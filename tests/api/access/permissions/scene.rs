//! A desk with a cast, and tickets to which each of the cast stands in each relation.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use deskgraph::access::Permission;
use serde_json::{Value, json};

use super::rows::Stage;
use crate::harness::{Desk, PASSWORD, PDF, Person, user_errors};
use crate::profiles::{transitions, wanted_by, way};

/// How somebody stands to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// They asked.
    Own,
    /// They opened it for somebody else.
    Created,
    /// Somebody of their organization asked.
    Organization,
    /// They take part.
    Participant,
    /// They work on it.
    Assigned,
    /// Their team works on it.
    Team,
    /// It has nothing to do with them.
    Other,
    /// It was theirs, and is merged into another of theirs.
    Merged,
    /// It was theirs, and is deleted.
    Deleted,
}

impl Relation {
    /// The grant that reaches it, as profiles write it.
    pub fn grant(self) -> Option<&'static str> {
        match self {
            Self::Own | Self::Created | Self::Merged => Some("OWN"),
            Self::Organization => Some("ORGANIZATION"),
            Self::Participant => Some("PARTICIPANT"),
            Self::Assigned => Some("ASSIGNED"),
            Self::Team => Some("TEAM"),
            Self::Other | Self::Deleted => None,
        }
    }
}

/// Somebody of the cast.
pub struct Actor {
    pub person: Person,
    /// As the profile writes it; `service`, `stranger`.
    pub role: &'static str,
    /// In which relations to tickets they are tried.
    pub relations: Vec<Relation>,
    /// What their key may, if they are another system.
    pub scopes: Option<&'static [&'static str]>,
}

/// One try: somebody, how they stand to the ticket, and which one it is.
pub struct Case<'a> {
    pub actor: &'a Actor,
    pub relation: Relation,
    pub ticket: Value,
    /// Whether it is going to be allowed: what is refused anyway need not be theirs.
    pub allowed: bool,
}

/// What Ada said on a ticket: a comment and a file.
#[derive(Clone)]
struct Said {
    comment: Value,
    attachment: Value,
}

/// The desk with its cast.
pub struct Scene {
    pub ada: Person,
    pub eve: Person,
    pub bob: Actor,
    pub cast: Vec<Actor>,
    pub account: Value,
    pub template: Value,
    /// A priority of the desk.
    pub priority: Value,
    /// A kind of reference, and the fields that it must have; `none` if there is none.
    pub kind: String,
    pub kind_fields: Vec<String>,
    /// Whose such a thing is, if it is an organization's.
    pub house: Option<Value>,
    colleague: Person,
    team: Value,
    stages: HashMap<String, String>,
    moves: BTreeMap<String, Vec<String>>,
    escalates: bool,
    wanted: HashMap<String, Value>,
    said: Mutex<HashMap<String, Said>>,
    stock: Mutex<HashMap<(String, Relation, Stage), Value>>,
    counter: AtomicUsize,
}

/// What the key of the other system was made for, that may only look.
const LOOKING: &[&str] = &["ticket.view", "person.view"];

impl Scene {
    /// A desk's cast.
    pub async fn of(desk: &Desk, profile: &str) -> Self {
        use Relation::{Assigned, Created, Deleted, Merged, Organization, Other, Own, Participant, Team};
        let ada = desk.administrator().await;
        let person = async |name: &str, role: &str| desk.cast(name, role).await;
        let (ann, cole, bob) =
            (person("Ann", "CUSTOMER").await, person("Cole", "CUSTOMER").await, person("Bob", "CUSTOMER").await);
        let (ben, abe, eve) =
            (person("Ben", "AGENT").await, person("Abe", "AGENT").await, person("Eve", "AGENT").await);
        let (max, colleague) = (person("Max", "ADMINISTRATOR").await, person("Olga", "CUSTOMER").await);
        let all: Vec<String> = Permission::ALL.iter().map(|one| format!("{one:?}")).map(|name| shout(&name)).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let (system, looking) =
            (desk.service("System", &all).await, desk.service("Looking", &["TICKET_VIEW", "PERSON_VIEW"]).await);
        let house = made(&ada, "organizationCreate", json!({"name": "House"}), "organization").await;
        for member in [&cole, &abe, &colleague] {
            let input = json!({"personId": member.id, "organizationId": house});
            ada.do_it("personUpdate", input, "person { id }").await;
        }
        let team = made(&ada, "teamCreate", json!({"name": "Night"}), "team").await;
        for member in [&ben, &max] {
            ada.do_it("teamMemberAdd", json!({"teamId": team, "personId": member.id}), "team { id }").await;
        }
        // Nobody is given a ticket unless the test does it.
        for agent in [&ben, &abe, &eve] {
            ada.do_it("agentAvailabilitySet", json!({"personId": agent.id, "available": false}), "person { id }").await;
        }
        let document = "{ workflow { statuses { key stage } priorities { key } escalation { levels { key } } \
            referenceKinds { key owner fields { key required } } } }";
        let workflow = ada.run(document, json!({})).await["workflow"].take();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let kind = workflow["referenceKinds"].get(0);
        // Rights travel through the log; who signs in has them at once.
        let again = async |name: &str| desk.sign_in(&format!("{name}@desk.test"), PASSWORD).await;
        let (cole, ben, abe, max) = (again("cole").await, again("ben").await, again("abe").await, again("max").await);
        let mut wanted = HashMap::new();
        for asks in [&ann, &cole, &bob, &ben, &abe, &max, &colleague] {
            wanted.insert(asks.id.clone(), wanted_by(asks, profile).await);
        }
        let account = json!(looking.id);
        let actor = |person: Person, role, relations: &[Relation]| Actor {
            person,
            role,
            relations: relations.to_vec(),
            scopes: None,
        };
        let everything = [Own, Created, Participant, Assigned, Team, Other, Merged, Deleted];
        let mut watching = actor(looking, "service", &[Other]);
        watching.scopes = Some(LOOKING);
        let cast = vec![
            actor(ann, "customer", &[Own, Participant, Other, Merged, Deleted]),
            actor(cole, "customer", &[Organization]),
            actor(ben, "agent", &everything),
            actor(abe, "agent", &[Organization]),
            actor(max, "administrator", &everything),
            actor(system, "service", &[Created, Other]),
            watching,
            actor(desk.stranger(), "stranger", &[Other]),
        ];
        let template = made(&ada, "templateCreate", json!({"name": "Thanks", "body": "Thank you."}), "template").await;
        let priorities = workflow["priorities"].as_array().unwrap();
        Self {
            priority: priorities.last().unwrap()["key"].clone(),
            kind: kind.map_or("none".to_owned(), |kind| text(&kind["key"])),
            house: kind.filter(|kind| kind["owner"] == "ORGANIZATION").map(|_| house),
            kind_fields: kind
                .map(|kind| kind["fields"].as_array().unwrap().iter().map(|field| text(&field["key"])).collect())
                .unwrap_or_default(),
            stages: workflow["statuses"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (text(&one["key"]), text(&one["stage"])))
                .collect(),
            moves: transitions(&ada).await.1,
            escalates: workflow["escalation"]["levels"] != json!([]),
            bob: actor(bob, "customer", &[]),
            said: Mutex::default(),
            stock: Mutex::default(),
            counter: AtomicUsize::new(0),
            ada,
            eve,
            cast,
            account,
            template,
            colleague,
            team,
            wanted,
        }
    }

    /// A number that was not there before.
    pub fn count(&self) -> usize {
        self.counter.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A name that nothing has.
    pub fn name(&self, noun: &str) -> String {
        format!("{noun} {}", self.count())
    }

    /// An address that nobody has.
    pub fn address(&self) -> String {
        format!("somebody{}@desk.test", self.count())
    }

    /// Makes something as Ada; answers its id.
    pub async fn made(&self, mutation: &str, input: Value, thing: &str) -> Value {
        made(&self.ada, mutation, input, thing).await
    }

    /// What opens a ticket for this person; for Bob, if nothing is theirs.
    pub fn wanted_of(&self, actor: &Actor) -> Value {
        self.wanted.get(&actor.person.id).cloned().unwrap_or_else(|| self.wanted_for_bob())
    }

    /// What opens a ticket in Bob's name.
    pub fn wanted_for_bob(&self) -> Value {
        let mut input = self.wanted[&self.bob.person.id].clone();
        input["requesterId"] = json!(self.bob.person.id);
        input
    }

    /// A ticket to which somebody stands so, as far as the stage says; the same until it is [spent](Self::spend).
    pub async fn ticket(&self, actor: &Actor, relation: Relation, stage: Stage) -> Value {
        let key = (actor.person.id.clone(), relation, stage);
        if let Some(ticket) = self.stock.lock().unwrap().get(&key) {
            return ticket.clone();
        }
        let ticket = self.new_ticket(actor, relation, stage).await;
        self.stock.lock().unwrap().insert(key, ticket.clone());
        ticket
    }

    /// Says that a ticket is not what it was.
    pub fn spend(&self, actor: &Actor, relation: Relation, stage: Stage) {
        self.stock.lock().unwrap().remove(&(actor.person.id.clone(), relation, stage));
    }

    async fn new_ticket(&self, actor: &Actor, relation: Relation, stage: Stage) -> Value {
        let person = &actor.person;
        let (opener, mut input) = match relation {
            Relation::Own | Relation::Merged | Relation::Deleted => (person, self.wanted_of(actor)),
            Relation::Created => (person, self.wanted_for_bob()),
            Relation::Organization => (&self.colleague, self.wanted[&self.colleague.id].clone()),
            // Staff bring whom they like.
            Relation::Participant => (&self.ada, self.wanted_for_bob()),
            Relation::Assigned | Relation::Team | Relation::Other => (&self.bob.person, self.wanted_of(&self.bob)),
        };
        if relation == Relation::Participant {
            input["participants"] = json!([{"personId": person.id}]);
        }
        let ticket = made(opener, "ticketCreate", input, "ticket").await;
        if stage == Stage::Escalated && self.escalates {
            self.ada.do_it("ticketEscalate", json!({"ticketId": ticket}), "ticket { id }").await;
        }
        let to = match relation {
            Relation::Assigned => json!({"agentId": person.id}),
            Relation::Team => json!({"teamId": self.team}),
            _ => Value::Null,
        };
        if !to.is_null() {
            // Escalating may have chosen the same already.
            let done = self.ada.attempt("ticketAssign", json!({"ticketId": ticket, "to": to}), "ticket { id }").await;
            assert!(user_errors(&done).iter().all(|code| code == "CONFLICT"), "{done}");
        }
        let has = |stage: &str| self.stages.iter().find(|(_, is)| *is == stage).map(|(key, _)| key.clone());
        let wanted = match stage {
            Stage::New | Stage::Escalated | Stage::Merged => None,
            Stage::Resolved => has("RESOLVED"),
            Stage::Done => has("RESOLVED").or_else(|| has("CLOSED")),
        };
        if let Some(wanted) = wanted {
            let status = crate::profiles::status(&self.ada, &ticket).await;
            for step in way(&self.moves, &status, &wanted) {
                crate::profiles::moved(&self.ada, &ticket, &step).await;
            }
        }
        if relation == Relation::Merged || (stage == Stage::Merged && relation != Relation::Deleted) {
            // Something was said there before.
            self.said_on(&ticket).await;
            let into = Box::pin(self.new_ticket(actor, own_of(relation), Stage::New)).await;
            self.ada.do_it("ticketMerge", json!({"ticketId": ticket, "intoId": into}), "ticket { id }").await;
        }
        if relation == Relation::Deleted {
            self.said_on(&ticket).await;
            self.ada.do_it("ticketDelete", json!({"ticketId": ticket}), "ticket { id }").await;
        }
        ticket
    }

    /// Another ticket to which the case's person stands as to the case's.
    pub async fn twin(&self, case: &Case<'_>) -> Value {
        self.new_ticket(case.actor, own_of(case.relation), Stage::New).await
    }

    /// A status that the ticket can move to, of one of these stages; if there is none, any.
    pub async fn next_status(&self, ticket: &Value, stages: &[&str]) -> Value {
        let read = "query($id: ID!) { ticket(id: $id) { allowedStatuses { key stage } } }";
        let shown = self.ada.run(read, json!({"id": ticket})).await["ticket"].take();
        let allowed = shown["allowedStatuses"].as_array().cloned().unwrap_or_default();
        let fits = |status: &&Value| stages.contains(&status["stage"].as_str().unwrap());
        allowed.iter().find(fits).map_or_else(|| json!(self.moves.keys().next()), |status| status["key"].clone())
    }

    async fn said_on(&self, ticket: &Value) -> Said {
        let key = ticket.as_str().unwrap().to_owned();
        if let Some(said) = self.said.lock().unwrap().get(&key) {
            return said.clone();
        }
        let file = self.ada.upload("invoice.pdf", "application/pdf", PDF).await;
        let attach = json!({"ticketId": ticket, "attachments": [file]});
        self.ada.do_it("ticketAttach", attach, "ticket { id }").await;
        let said = Said { comment: said(&self.ada, ticket).await, attachment: json!(file) };
        self.said.lock().unwrap().insert(key, said.clone());
        said
    }

    /// A comment on the ticket: of whoever tries, or of Ada.
    pub async fn comment(&self, case: &Case<'_>, own: bool) -> Value {
        match own && case.allowed {
            true => said(&case.actor.person, &case.ticket).await,
            false => self.said_on(&case.ticket).await.comment,
        }
    }

    /// A file of the case's person, or of Ada where it does not come to that.
    pub async fn upload(&self, case: &Case<'_>) -> Value {
        let owner = if case.allowed && case.actor.role != "service" { &case.actor.person } else { &self.ada };
        json!(owner.upload("invoice.pdf", "application/pdf", PDF).await)
    }

    /// A file on the ticket: of whoever tries, or of Ada.
    pub async fn attachment(&self, case: &Case<'_>, own: bool) -> Value {
        if !(own && case.allowed && case.actor.role != "service") {
            return self.said_on(&case.ticket).await.attachment;
        }
        let file = self.upload(case).await;
        let attach = json!({"ticketId": case.ticket, "attachments": [file]});
        case.actor.person.do_it("ticketAttach", attach, "ticket { id }").await;
        file
    }
}

/// The relation of whoever asked: to a ticket that goes on, while the other is merged.
fn own_of(relation: Relation) -> Relation {
    if relation == Relation::Merged { Relation::Own } else { relation }
}

async fn said(person: &Person, ticket: &Value) -> Value {
    made(person, "commentAdd", json!({"ticketId": ticket, "body": "A word that somebody wrote."}), "comment").await
}

/// Makes something; answers its id.
async fn made(person: &Person, mutation: &str, input: Value, thing: &str) -> Value {
    person.do_it(mutation, input, &format!("{thing} {{ id }}")).await[thing]["id"].take()
}

/// `TicketView` as the schema writes it.
fn shout(name: &str) -> String {
    let mut shouted = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !shouted.is_empty() {
            shouted.push('_');
        }
        shouted.extend(letter.to_uppercase());
    }
    shouted
}
