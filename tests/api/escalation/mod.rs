//! Bringing tickets to a higher level of support, by hand; the clock's way is in `sla`.

use serde_json::{Value, json};

use crate::harness::Person;
use crate::profiles::open;
use crate::sla::with_profile;

const READ: &str = "query($id: ID!) { ticket(id: $id) { status { key } priority { key } assignee { id } team { name } version \
    escalation { level { key name } name sinceAt automatic nextAt target { ... on Person { id } ... on Team { name } } } \
    actions { name allowed reason } } }";

async fn read(person: &Person, id: &str) -> Value {
    person.run(READ, json!({"id": id})).await["ticket"].take()
}

fn action<'a>(ticket: &'a Value, name: &str) -> &'a Value {
    ticket["actions"].as_array().unwrap().iter().find(|action| action["name"] == name).unwrap()
}

/// Opens a ticket on the app's desk.
pub async fn asked(person: &Person) -> String {
    open(person, "superapp").await.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S2-33, S2-34, S2-35, S2-36, S2-37, S2-39, S2-60, S2-63
async fn a_customer_of_the_app_escalates_an_unresolved_ticket_once() {
    with_profile("superapp", async |desk| {
        let (ada, ann, eve) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Eve").await);
        ada.do_it("teamCreate", json!({"name": "Second level"}), "team { id }").await;
        let id = asked(&ann).await;
        assert_eq!(action(&read(&ann, &id).await, "ESCALATE"), &json!({"name": "ESCALATE", "allowed": true, "reason": null}));
        let input = json!({"ticketId": id, "reason": "Nobody answers."});
        let done = ann.do_it("ticketEscalate", input.clone(), "ticket { status { key } escalation { level { key } } } notices { code }").await;
        assert_eq!(done["ticket"], json!({"status": {"key": "ESCALATED"}, "escalation": {"level": {"key": "second_level"}}}));
        assert_eq!(done["notices"], json!([]));
        let ticket = read(&ann, &id).await;
        assert_eq!((&ticket["priority"]["key"], &ticket["team"]["name"]), (&json!("HIGH"), &json!("Second level")));
        assert_eq!(ticket["escalation"]["target"], json!({"name": "Second level"}));
        assert_eq!((&ticket["escalation"]["automatic"], &ticket["escalation"]["nextAt"]), (&json!(false), &Value::Null));
        assert_eq!(action(&ticket, "ESCALATE")["allowed"], false);
        // An escalated ticket is not escalated again; the refusal has the name that the app's clients know.
        let again = ann.run(
            "mutation($input: TicketEscalateInput!) { ticketEscalate(input: $input) { userErrors { code alias message } } }",
            json!({"input": {"ticketId": id}}),
        ).await["ticketEscalate"]["userErrors"].take();
        assert_eq!((&again[0]["code"], &again[0]["alias"]), (&json!("INVALID_TRANSITION"), &json!("SUPPORT_TICKET_NOT_ESCALATABLE")));
        assert!(again[0]["message"].as_str().unwrap().contains("ESCALATED"), "{again}");
        let unseen = eve.run(
            "mutation($input: TicketEscalateInput!) { ticketEscalate(input: $input) { userErrors { code alias } } }",
            json!({"input": {"ticketId": id}}),
        ).await["ticketEscalate"]["userErrors"].take();
        assert_eq!(unseen, json!([{"code": "NOT_FOUND", "alias": "SUPPORT_TICKET_NOT_FOUND"}]));
        // The history says who and why; the event has the name that the app's clients know.
        let history = ann.run("query($id: ID!) { ticket(id: $id) { history { nodes { kind alias ... on TicketEscalatedEvent \
            { level { key } levelBefore { key } automatic reason actor { id } } } } } }", json!({"id": id})).await;
        let nodes = history["ticket"]["history"]["nodes"].as_array().unwrap();
        assert_eq!(nodes[1], json!({"kind": "ESCALATED", "alias": "support:ticket_escalated", "level": {"key": "second_level"},
            "levelBefore": null, "automatic": false, "reason": "Nobody answers.", "actor": {"id": ann.id}}));
        let kinds: Vec<&str> = nodes.iter().map(|node| node["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["CREATED", "ESCALATED", "STATUS_CHANGED", "ASSIGNED", "PRIORITY_CHANGED"]);
        // Customers do not choose levels, and do not take it back.
        let other = asked(&ann).await;
        let chosen = ann.refused("ticketEscalate", json!({"ticketId": other, "level": "second_level"})).await;
        assert_eq!((&chosen["code"], &chosen["field"]), (&json!("INVALID_VALUE"), &json!(["level"])));
        assert_eq!(ann.refused("ticketDeescalate", json!({"ticketId": id})).await["code"], "FORBIDDEN");
        // S2-38: without a token, and with a bad one.
        let document = crate::harness::mutation("ticketEscalate", "__typename");
        let answer = desk.stranger().answer(&document, json!({"input": {"ticketId": id}})).await;
        assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"], "{answer}");
        let mut nobody = ann.clone();
        nobody.token = Some("nonsense".to_owned());
        let answer = nobody.answer(&document, json!({"input": {"ticketId": id}})).await;
        assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S1-56, S1-122, S1-128
async fn an_agent_of_the_provider_brings_a_ticket_up_and_down() {
    let (_folder, profile) = crate::sla::changed("isp", &[("on_create = true", "on_create = false")]);
    with_profile(&profile, async |desk| {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let made = ben
            .do_it(
                "ticketCreate",
                json!({"requesterEmail": "ann@desk.test", "title": "No light on the line at all",
            "description": "It has been dark since the storm.", "category": "technical_support", "priority": "low"}),
                "ticket { id }",
            )
            .await;
        let id = made["ticket"]["id"].as_str().unwrap().to_owned();
        assert_eq!(ann.refused("ticketEscalate", json!({"ticketId": id})).await["code"], "FORBIDDEN");
        let unknown = ben.refused("ticketEscalate", json!({"ticketId": id, "level": "moon"})).await;
        assert_eq!(
            (&unknown["code"], &unknown["allowed"]),
            (&json!("INVALID_VALUE"), &json!(["second_line", "operations", "management"]))
        );
        // No such team yet: the ticket stays where it is, at a higher level.
        ben.do_it("ticketEscalate", json!({"ticketId": id, "reason": "Beyond me."}), "ticket { id }").await;
        let ticket = read(&ben, &id).await;
        assert_eq!(
            (&ticket["escalation"]["level"]["key"], &ticket["team"], &ticket["assignee"]),
            (&json!("second_line"), &Value::Null, &Value::Null)
        );
        // What staff write is for staff.
        let why =
            "query($id: ID!) { ticket(id: $id) { history { nodes { ... on TicketEscalatedEvent { reason } } } } }";
        assert_eq!(ann.run(why, json!({"id": id})).await["ticket"]["history"]["nodes"][1]["reason"], Value::Null);
        assert_eq!(ben.run(why, json!({"id": id})).await["ticket"]["history"]["nodes"][1]["reason"], "Beyond me.");
        // Over one level, to an administrator.
        let top = ben
            .do_it("ticketEscalate", json!({"ticketId": id, "level": "management"}), "ticket { assignee { id } }")
            .await;
        assert_eq!(top["ticket"]["assignee"]["id"], json!(ada.id));
        assert_eq!(ben.refused("ticketEscalate", json!({"ticketId": id})).await["code"], "INVALID_TRANSITION");
        assert_eq!(
            ben.refused("ticketEscalate", json!({"ticketId": id, "level": "operations"})).await["code"],
            "INVALID_TRANSITION"
        );
        assert_eq!(action(&read(&ben, &id).await, "ESCALATE")["reason"], "The ticket is at the highest level already.");
        // And down again: first one level, then to none.
        assert_eq!(
            ben.refused("ticketDeescalate", json!({"ticketId": id, "level": "management"})).await["code"],
            "INVALID_TRANSITION"
        );
        let down = ben
            .do_it(
                "ticketDeescalate",
                json!({"ticketId": id, "level": "operations"}),
                "ticket { escalation { level { key } } assignee { id } }",
            )
            .await;
        assert_eq!(down["ticket"], json!({"escalation": {"level": {"key": "operations"}}, "assignee": {"id": ada.id}}));
        let version = read(&ben, &id).await["version"].clone();
        ben.do_it("ticketDeescalate", json!({"ticketId": id, "expectedVersion": version}), "ticket { id }").await;
        assert_eq!(read(&ben, &id).await["escalation"], Value::Null);
        assert_eq!(ben.refused("ticketDeescalate", json!({"ticketId": id})).await["code"], "INVALID_TRANSITION");
        // Sent twice with one key it happens once.
        let keyed = json!({"ticketId": id, "idempotencyKey": "up"});
        ben.do_it("ticketEscalate", keyed.clone(), "ticket { id }").await;
        let replayed = ben.do_it("ticketEscalate", keyed, "ticket { escalation { level { key } } }").await;
        assert_eq!(
            (&replayed["replayed"], &replayed["ticket"]["escalation"]["level"]["key"]),
            (&json!(true), &json!("second_line"))
        );
        // What is done is not escalated.
        ben.do_it("ticketStatusChange", json!({"ticketId": id, "status": "resolved"}), "ticket { id }").await;
        assert_eq!(ben.refused("ticketEscalate", json!({"ticketId": id})).await["code"], "INVALID_TRANSITION");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_without_levels_escalates_nothing() {
    with_profile("astrology", async |desk| {
        let ada = desk.administrator().await;
        let category = ada.run("{ workflow { categories { key } } }", json!({})).await["workflow"]["categories"][0]["key"].take();
        let made = ada.do_it("ticketCreate", json!({"title": "A question about my chart", "description": "It does not look right to me at all.", "category": category}), "ticket { id }").await;
        let refused = ada.refused("ticketEscalate", json!({"ticketId": made["ticket"]["id"]})).await;
        assert_eq!((&refused["code"], &refused["message"]), (&json!("INVALID_TRANSITION"), &json!("This desk escalates nothing.")));
    })
    .await;
}
