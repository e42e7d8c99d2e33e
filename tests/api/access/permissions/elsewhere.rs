//! The mutations that are about neither tickets nor knowledge.

use serde_json::{Value, json};

use super::on_tickets::input;
use super::rows::{Behind, Needs, Row};
use super::scene::Scene;
use crate::harness::FIRST_PASSWORD;

/// The rows.
pub fn rows() -> Vec<Row> {
    let row = Row::new;
    let manages = |behind| Needs::Desk("person.manage", behind);
    let tells = Needs::Desk("reference.write", Behind::Nothing);
    let person = Needs::People("person.manage", Behind::Nothing);
    let staff = Needs::People("person.manage", Behind::People);
    vec![
        row(
            "ticketCreate",
            "for somebody else",
            Needs::Desk("ticket.create", Behind::People),
            input!(scene, case => scene.wanted_for_bob()),
        ),
        row(
            "agentAvailabilitySet",
            "",
            manages(Behind::People),
            input!(scene, case => {
                json!({"personId": scene.eve.id, "available": false})
            }),
        ),
        row(
            "agentCapacitySet",
            "",
            manages(Behind::People),
            input!(scene, case => {
                json!({"personId": scene.eve.id, "capacity": scene.count()})
            }),
        ),
        row(
            "agentSkillsSet",
            "",
            manages(Behind::People),
            input!(scene, case => {
                json!({"personId": scene.eve.id, "skills": []})
            }),
        ),
        row(
            "apiKeyCreate",
            "",
            person,
            input!(scene, case => {
                json!({"serviceAccountId": scene.account, "name": "more", "scopes": ["TICKET_VIEW"]})
            }),
        ),
        row(
            "apiKeyRevoke",
            "",
            person,
            input!(scene, case => {
                let key = json!({"serviceAccountId": scene.account, "name": "old", "scopes": ["TICKET_VIEW"]});
                json!({"apiKeyId": scene.made("apiKeyCreate", key, "apiKey").await})
            }),
        ),
        row("serviceAccountCreate", "", person, input!(scene, case => json!({"name": scene.name("System")}))),
        row(
            "passwordSet",
            "",
            person,
            input!(scene, case => {
                json!({"personId": somebody(scene).await, "password": FIRST_PASSWORD})
            }),
        ),
        row(
            "personCreate",
            "",
            manages(Behind::Nothing),
            input!(scene, case => {
                json!({"name": "Somebody", "email": scene.address(), "role": "CUSTOMER"})
            }),
        ),
        row(
            "personCreate",
            "with a password",
            person,
            input!(scene, case => {
                json!({"name": "Somebody", "email": scene.address(), "role": "CUSTOMER", "password": FIRST_PASSWORD})
            }),
        ),
        row(
            "personDeactivate",
            "",
            manages(Behind::People),
            input!(scene, case => json!({"personId": somebody(scene).await})),
        ),
        row(
            "personReactivate",
            "",
            manages(Behind::People),
            input!(scene, case => {
                let person = somebody(scene).await;
                scene.ada.do_it("personDeactivate", json!({"personId": person}), "person { id }").await;
                json!({"personId": person})
            }),
        ),
        row(
            "personUpdate",
            "",
            manages(Behind::People),
            input!(scene, case => {
                json!({"personId": scene.bob.person.id, "name": scene.name("Bob")})
            }),
        ),
        row(
            "personUpsert",
            "",
            manages(Behind::Nothing),
            input!(scene, case => {
                json!({"source": "core", "externalId": scene.name("p"), "name": "Somebody"})
            }),
        ),
        row(
            "organizationCreate",
            "",
            manages(Behind::Nothing),
            input!(scene, case => json!({"name": scene.name("House")})),
        ),
        row(
            "organizationUpsert",
            "",
            manages(Behind::Nothing),
            input!(scene, case => {
                json!({"source": "core", "externalId": scene.name("o"), "name": scene.name("House")})
            }),
        ),
        row(
            "organizationUpdate",
            "",
            manages(Behind::Nothing),
            input!(scene, case => json!({"organizationId": house(scene).await, "name": scene.name("House")})),
        ),
        row(
            "contactAdd",
            "",
            manages(Behind::People),
            input!(scene, case => json!({"personId": somebody(scene).await, "address": {"email": scene.address()}})),
        ),
        row(
            "contactRemove",
            "",
            manages(Behind::People),
            input!(scene, case => {
                let read = "query($id: ID!) { person(id: $id) { contacts { id } } }";
                let held = scene.ada.run(read, json!({"id": somebody(scene).await})).await;
                json!({"contactId": held["person"]["contacts"][0]["id"]})
            }),
        ),
        row("teamCreate", "", manages(Behind::Nothing), input!(scene, case => json!({"name": scene.name("Team")}))),
        row(
            "teamUpdate",
            "",
            manages(Behind::Nothing),
            input!(scene, case => json!({"teamId": team(scene).await, "name": scene.name("Team")})),
        ),
        row("teamDelete", "", manages(Behind::Nothing), input!(scene, case => json!({"teamId": team(scene).await}))),
        row(
            "teamMemberAdd",
            "",
            staff,
            input!(scene, case => json!({"teamId": team(scene).await, "personId": scene.eve.id})),
        ),
        row(
            "teamMemberRemove",
            "",
            staff,
            input!(scene, case => {
                let member = json!({"teamId": team(scene).await, "personId": scene.eve.id});
                scene.ada.do_it("teamMemberAdd", member.clone(), "team { id }").await;
                member
            }),
        ),
        row("referenceUpsert", "", tells, input!(scene, case => reference(scene, &scene.name("r")))),
        row(
            "referenceDelete",
            "",
            tells,
            input!(scene, case => {
                let input = reference(scene, &scene.name("r"));
                if scene.kind != "none" {
                    scene.ada.do_it("referenceUpsert", input.clone(), "reference { id }").await;
                }
                json!({"kind": input["kind"], "externalId": input["externalId"]})
            }),
        ),
        open("register", "identity::accounts"),
        open("signIn", "identity::accounts"),
        open("tokenRefresh", "identity::sessions"),
        open("signOut", "identity::sessions"),
        open("signOutEverywhere", "identity::sessions"),
        open("sessionRevoke", "identity::devices"),
        open("passwordChange", "identity::passwords"),
        open("passwordResetRequest", "identity::proofs"),
        open("passwordReset", "identity::proofs"),
        open("contactVerifyRequest", "identity::proofs"),
        open("contactVerify", "identity::proofs"),
        open("notificationMarkRead", "notifications::inbox"),
        open("notificationMarkAllRead", "notifications::inbox"),
        open("notificationPreferencesSet", "notifications::inbox"),
        open("notificationSend", "notifications::sending"),
        open("jobCancel", "bulk::ending"),
    ]
}

/// A mutation for everybody, about something of one's own, or for whom two permissions together decide: its own tests say who may.
fn open(mutation: &'static str, tested: &'static str) -> Row {
    Row::new(mutation, "", Needs::Open(tested), input!(scene, case => Value::Null))
}

async fn somebody(scene: &Scene) -> Value {
    let input = json!({"name": "Somebody", "email": scene.address(), "role": "CUSTOMER"});
    scene.made("personCreate", input, "person").await
}

async fn team(scene: &Scene) -> Value {
    scene.made("teamCreate", json!({"name": scene.name("Team")}), "team").await
}

async fn house(scene: &Scene) -> Value {
    scene.made("organizationCreate", json!({"name": scene.name("House")}), "organization").await
}

/// Something of Bob's, or of the house where things are the houses'.
fn reference(scene: &Scene, id: &str) -> Value {
    let fields: Vec<Value> = scene.kind_fields.iter().map(|key| json!({"key": key, "value": "something"})).collect();
    let mut input = json!({"kind": scene.kind, "externalId": id, "fields": fields});
    match &scene.house {
        Some(house) => input["organization"] = json!({"organizationId": house}),
        None => input["owner"] = json!({"personId": scene.bob.person.id}),
    }
    input
}
