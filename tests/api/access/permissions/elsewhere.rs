//! The mutations that are about no ticket.

use serde_json::{Value, json};

use super::on_tickets::input;
use super::rows::{Behind, Needs, Row};
use super::scene::Scene;
use crate::harness::FIRST_PASSWORD;

/// The rows.
pub fn rows() -> Vec<Row> {
    let row = Row::new;
    let manages = |behind| Needs::Desk("person.manage", behind);
    let writes = |behind| Needs::Desk("article.write", behind);
    let answers = |behind| Needs::Desk("faq.write", behind);
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
        row("teamCreate", "", manages(Behind::Nothing), input!(scene, case => json!({"name": scene.name("Team")}))),
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
        row(
            "articleCreate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"title": scene.name("Article"), "body": "A text."})),
        ),
        row(
            "articleUpdate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => {
                json!({"articleId": article(scene, true).await, "title": scene.name("Article")})
            }),
        ),
        row(
            "articlePublish",
            "",
            writes(Behind::Drafts),
            input!(scene, case => json!({"articleId": article(scene, false).await})),
        ),
        row(
            "articleUnpublish",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"articleId": article(scene, true).await})),
        ),
        row(
            "articleArchive",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"articleId": article(scene, true).await})),
        ),
        row(
            "articleDelete",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"articleId": article(scene, true).await})),
        ),
        row(
            "articleFeedback",
            "",
            Needs::SignedIn,
            input!(scene, case => {
                json!({"articleId": article(scene, true).await, "helpful": true})
            }),
        ),
        row(
            "articleRestoreRevision",
            "",
            writes(Behind::Nothing),
            input!(scene, case => {
                let id = article(scene, true).await;
                let input = json!({"articleId": id, "title": scene.name("Another title")});
                let changed = scene.ada.do_it("articleUpdate", input, "article { revisions { nodes { id } } }").await;
                json!({"articleId": id, "revisionId": changed["article"]["revisions"]["nodes"][0]["id"]})
            }),
        ),
        row(
            "knowledgeCategoryCreate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"name": scene.name("Category")})),
        ),
        row(
            "knowledgeCategoryUpdate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => {
                json!({"categoryId": category(scene).await, "name": scene.name("Category")})
            }),
        ),
        row(
            "knowledgeCategoryDelete",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"categoryId": category(scene).await})),
        ),
        row(
            "faqCreate",
            "",
            answers(Behind::Nothing),
            input!(scene, case => json!({"question": "How much is it?", "answer": "Ten."})),
        ),
        row(
            "faqUpdate",
            "",
            answers(Behind::Nothing),
            input!(scene, case => {
                json!({"faqId": faq(scene, true).await, "answer": scene.name("Eleven")})
            }),
        ),
        row(
            "faqPublish",
            "",
            answers(Behind::Drafts),
            input!(scene, case => json!({"faqId": faq(scene, false).await})),
        ),
        row(
            "faqUnpublish",
            "",
            answers(Behind::Nothing),
            input!(scene, case => json!({"faqId": faq(scene, true).await})),
        ),
        row(
            "faqReorder",
            "",
            answers(Behind::Nothing),
            input!(scene, case => json!({"faqId": faq(scene, true).await, "position": 1})),
        ),
        row("faqDelete", "", answers(Behind::Nothing), input!(scene, case => json!({"faqId": faq(scene, true).await}))),
        row(
            "faqFeedback",
            "",
            Needs::SignedIn,
            input!(scene, case => json!({"faqId": faq(scene, true).await, "helpful": false})),
        ),
        row(
            "templateCreate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"name": scene.name("Template"), "body": "Dear."})),
        ),
        row(
            "templateUpdate",
            "",
            writes(Behind::Drafts),
            input!(scene, case => {
                json!({"templateId": template(scene).await, "body": "Dear customer."})
            }),
        ),
        row(
            "templateDelete",
            "",
            writes(Behind::Drafts),
            input!(scene, case => json!({"templateId": template(scene).await})),
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
        elsewhere("notificationSend", "notifications::sending"),
        elsewhere("contactAdd", "identity::managing"),
        elsewhere("contactRemove", "identity::managing"),
        elsewhere("teamUpdate", "identity::managing"),
        elsewhere("teamDelete", "identity::managing"),
        elsewhere("organizationUpdate", "identity::managing"),
        elsewhere("ticketMerge", "merging::refusals"),
        elsewhere("ticketUnmerge", "merging::refusals"),
        elsewhere("ticketLink", "merging::links"),
        elsewhere("ticketUnlink", "merging::links"),
        elsewhere("ticketRestore", "merging::deleting"),
        elsewhere("ticketBulk", "bulk::ending"),
        elsewhere("jobCancel", "bulk::ending"),
    ]
}

/// A mutation for everybody, or about a session or password of one's own.
fn open(mutation: &'static str, tested: &'static str) -> Row {
    Row::new(mutation, "", Needs::Open(tested), input!(scene, case => Value::Null))
}

/// A mutation that needs two things at once, or none of those that are tried here: its own tests say who may, and who may not.
fn elsewhere(mutation: &'static str, tested: &'static str) -> Row {
    open(mutation, tested)
}

async fn somebody(scene: &Scene) -> Value {
    let input = json!({"name": "Somebody", "email": scene.address(), "role": "CUSTOMER"});
    scene.made("personCreate", input, "person").await
}

async fn team(scene: &Scene) -> Value {
    scene.made("teamCreate", json!({"name": scene.name("Team")}), "team").await
}

async fn category(scene: &Scene) -> Value {
    scene.made("knowledgeCategoryCreate", json!({"name": scene.name("Category")}), "category").await
}

async fn template(scene: &Scene) -> Value {
    scene.made("templateCreate", json!({"name": scene.name("Template"), "body": "Dear."}), "template").await
}

async fn article(scene: &Scene, published: bool) -> Value {
    let id = scene.made("articleCreate", json!({"title": scene.name("Article"), "body": "A text."}), "article").await;
    if published {
        scene.ada.do_it("articlePublish", json!({"articleId": id}), "article { id }").await;
    }
    id
}

async fn faq(scene: &Scene, published: bool) -> Value {
    let id = scene.made("faqCreate", json!({"question": "How much is it?", "answer": "Ten."}), "faq").await;
    if published {
        scene.ada.do_it("faqPublish", json!({"faqId": id}), "faq { id }").await;
    }
    id
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
