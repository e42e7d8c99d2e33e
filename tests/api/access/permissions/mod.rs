//! The table of permissions of every profile, in both directions: each mutation of the schema is allowed exactly where the profile says, and
//! refused everywhere else without any effect.
//!
//! What is expected comes from the profile's text alone (`expected`); what is tried, from one table with a row for each mutation
//! (`rows`). A mutation that has no row there fails here on the day it is added.

mod elsewhere;
mod expected;
mod on_knowledge;
mod on_tickets;
mod rows;
mod scene;

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::harness::{Desk, errors, user_errors};
use expected::Table;
use rows::{Needs, Row};
use scene::{Actor, Case, Relation, Scene};

/// The mutations of the schema.
fn mutations() -> BTreeSet<String> {
    let document = parse_schema(&deskgraph::graphql::served().sdl).unwrap();
    let fields = document.definitions.into_iter().find_map(|definition| match definition {
        TypeSystemDefinition::Type(found) if found.node.name.node == "Mutation" => match found.node.kind {
            TypeKind::Object(object) => Some(object.fields),
            _ => None,
        },
        _ => None,
    });
    fields.unwrap().into_iter().map(|field| field.node.name.node.to_string()).collect()
}

/// Asserts that each mutation has a row, and each row a mutation.
pub fn every_mutation_has_a_row() {
    let rows: BTreeSet<String> = rows::all().iter().map(|row| row.mutation.to_owned()).collect();
    let missing: Vec<_> = mutations().difference(&rows).cloned().collect();
    assert!(missing.is_empty(), "say in tests/api/access/permissions who may do this, and test it: {missing:?}");
    let gone: Vec<_> = rows.difference(&mutations()).cloned().collect();
    assert!(gone.is_empty(), "there are rows for mutations that are not there: {gone:?}");
    for row in rows::all() {
        if let Needs::Open(tested) = row.needs {
            let path = format!("{}/tests/api/{}.rs", env!("CARGO_MANIFEST_DIR"), tested.replace("::", "/"));
            let text =
                std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}: there is no {tested}", row.mutation));
            assert!(text.contains(row.mutation) || text.contains("SIGN_IN"), "{tested} does not test {}", row.mutation);
        }
    }
}

/// Runs one mutation; answers `ok`, or the code of the refusal.
async fn tried(actor: &Actor, row: &Row, input: &Value) -> String {
    let mut type_name = row.mutation.to_owned();
    type_name[..1].make_ascii_uppercase();
    let document = format!(
        "mutation($input: {type_name}Input!) {{ {}(input: $input) {{ userErrors {{ code message }} }} }}",
        row.mutation
    );
    let answer = actor.person.answer(&document, json!({"input": input})).await;
    let mut codes = errors(&answer);
    if codes.is_empty() {
        codes = user_errors(&answer["data"][row.mutation]);
    }
    codes.into_iter().next().unwrap_or_else(|| "ok".to_owned())
}

/// How many events there are, but for those of the desk's own clocks.
async fn events(desk: &Desk) -> i64 {
    let db = &desk.app().desk.db.read;
    let sql = "SELECT COUNT(*) AS n FROM events WHERE actor_kind <> 'SYSTEM'";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// Everything that a refusal must leave as it is.
async fn state(desk: &Desk, scene: &Scene, ticket: &Value) -> Value {
    let document = "query($id: ID!) { ticket(id: $id) { version updatedAt title description status { key } priority { key } assignee { id } \
        team { id } commentCount attachments { totalCount } escalation { level { key } } ratings { score } } }";
    let ticket = match ticket {
        Value::Null => Value::Null,
        id => scene.ada.run(document, json!({"id": id})).await,
    };
    json!({"ticket": ticket, "events": events(desk).await})
}

/// What `Ticket.actions` says to somebody of each of its actions; nothing, if they do not see the ticket.
async fn shown(actor: &Actor, ticket: &Value) -> Option<Vec<Value>> {
    let document = "query($id: ID!) { ticket(id: $id) { actions { name allowed reason } } }";
    let answer = actor.person.answer(document, json!({"id": ticket})).await;
    answer["data"]["ticket"]["actions"].as_array().cloned()
}

fn names(profile: &str, actor: &Actor, relation: Relation, row: &Row) -> String {
    let Actor { role, scopes, .. } = actor;
    let only = scopes.map(|scopes| format!(" with a key for {scopes:?}")).unwrap_or_default();
    format!("{profile}: {role}{only}, {relation:?}: {} {}", row.mutation, row.how)
}

/// Tries a row as one of the cast on one ticket, or on none; answers what is wrong.
async fn faults(
    desk: &Desk,
    profile: &str,
    scene: &Scene,
    table: &Table,
    row: &Row,
    tried_as: (&Actor, Relation),
) -> Vec<String> {
    let (actor, relation) = tried_as;
    let about = row.needs.a_ticket();
    let expected = if about { table.on_ticket(row.needs, actor, relation) } else { table.elsewhere(row.needs, actor) };
    let allowed = expected == "ok";
    let ticket = if about { scene.ticket(actor, relation, row.stage).await } else { Value::Null };
    let case = Case { actor, relation, ticket, allowed };
    let expected = rows::stands_against(profile, row, &case).filter(|_| allowed).unwrap_or(expected);
    let input = (row.input)(scene, &case).await;
    let said = match row.shown.filter(|_| about) {
        Some(action) => shown(actor, &case.ticket)
            .await
            .map(|actions| actions.into_iter().find(|one| one["name"] == action).unwrap_or_default()),
        None => None,
    };
    let before = if allowed { Value::Null } else { state(desk, scene, &case.ticket).await };
    let got = tried(actor, row, &input).await;
    let mut faults = Vec::new();
    // Whoever sees a merged ticket may be told so before what they may not do.
    let told = relation == Relation::Merged && (got.as_str(), expected) == ("MERGED", "FORBIDDEN");
    if got != expected && !told {
        faults.push(format!("is {got} and should be {expected}: {input}"));
    }
    if !allowed && state(desk, scene, &case.ticket).await != before {
        faults.push(format!("was refused with {got} and left something behind: {before}"));
    }
    if let Some(said) = said.filter(|said| said["allowed"] != (got == "ok")) {
        faults.push(format!("is {got}, but `actions` says {said}"));
    }
    if allowed && (row.spends || got != expected) {
        scene.spend(actor, relation, row.stage);
    }
    let name = names(profile, actor, relation, row);
    faults.iter().map(|fault| format!("{name} {fault}")).collect()
}

async fn everybody_does_exactly_what_the_profile_says(desk: &Desk, profile: &str) {
    let (scene, table, rows) = (Scene::of(desk, profile).await, Table::of(profile), rows::all());
    let (mut tries, mut found) = (0, Vec::new());
    for row in rows.iter().filter(|row| !matches!(row.needs, Needs::Open(_))) {
        for actor in &scene.cast {
            let relations: &[Relation] = if row.needs.a_ticket() { &actor.relations } else { &[Relation::Other] };
            for relation in relations {
                found.extend(faults(desk, profile, &scene, &table, row, (actor, *relation)).await);
                tries += 1;
            }
        }
    }
    assert!(found.is_empty(), "{} faults\n{}", found.len(), found.join("\n"));
    assert!(tries > 800, "only {tries} tries");
}

async fn at(profile: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile.toml");
    // No clock comes to its end meanwhile, and moves a ticket.
    std::fs::write(&path, expected::text(profile).replace("\"2m\"", "\"2d\"")).unwrap();
    let desk = Desk::with(|config| config.profile = path.display().to_string()).await;
    everybody_does_exactly_what_the_profile_says(&desk, profile).await;
    desk.stop().await;
}

// S0-46, S0-47
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_airline_everybody_does_exactly_what_the_profile_says() {
    at("airline").await;
}

//
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_internet_provider_everybody_does_exactly_what_the_profile_says() {
    at("isp").await;
}

// S2-22, S2-73
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_app_everybody_does_exactly_what_the_profile_says() {
    at("superapp").await;
}

// S3-70, S3-71
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_astrologers_everybody_does_exactly_what_the_profile_says() {
    at("astrology").await;
}

// S4-9, S4-22, S4-61, S4-62, S4-63, S4-64, S4-65, S4-66, S4-67, S4-68, S4-74, S4-85
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_help_desk_everybody_does_exactly_what_the_profile_says() {
    at("helpdesk").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_everybody_does_exactly_what_the_profile_says() {
    if let Some(desk) = Desk::postgres_with(|config| config.profile = "helpdesk".to_owned()).await {
        everybody_does_exactly_what_the_profile_says(&desk, "helpdesk").await;
        desk.stop().await;
    }
}
