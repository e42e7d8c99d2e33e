//! Who gets a ticket that nobody was named for, and why.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person};
use crate::sla::{changed, with_profile};

const WHY: &str = "query($id: ID!) { ticket(id: $id) { assignee { id } status { key } version routing { agent { id } reason rule skill { key } \
    routedAt candidates { person { id } available load capacity skilled } } } }";

async fn why(person: &Person, id: &str) -> Value {
    person.run(WHY, json!({"id": id})).await["ticket"].take()
}

async fn asked(person: &Person, email: &str, category: &str) -> String {
    let input = json!({"requesterEmail": email, "title": "Something is wrong with it", "category": category,
        "description": "It stopped working yesterday in the evening."});
    person.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].as_str().unwrap().to_owned()
}

desk_test! {
    // S4-7, S4-83, S0-24, S1-47, S4-4: least loaded, when somebody asks for it.
    async fn the_help_desk_gives_a_ticket_to_whoever_has_the_fewest(desk: &Desk) {
        let (ada, ben, cleo, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.agent("Cleo").await, desk.customer("Ann").await);
        let busy = ann.open_ticket("Ben has this one already").await;
        ada.do_it("ticketAssign", json!({"ticketId": busy, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let id = ann.open_ticket("Who gets this one?").await;
        assert_eq!(why(&ada, &id).await["routing"], Value::Null);
        let routed = ada.do_it("ticketRoute", json!({"ticketId": id}), "ticket { assignee { id } status { key } version } notices { code }").await;
        assert_eq!(routed["ticket"], json!({"assignee": {"id": cleo.id}, "status": {"key": "assigned"}, "version": 2}));
        assert_eq!(routed["notices"], json!([]));
        let ticket = why(&ada, &id).await;
        assert_eq!((&ticket["routing"]["reason"], &ticket["routing"]["rule"]), (&json!("LEAST_LOADED"), &json!("LEAST_LOADED")));
        assert_eq!(ticket["routing"]["candidates"], json!([
            {"person": {"id": cleo.id}, "available": true, "load": 0, "capacity": 20, "skilled": true},
            {"person": {"id": ben.id}, "available": true, "load": 1, "capacity": 20, "skilled": true},
        ]));
        // Why is for staff; that it was given to somebody is for everybody.
        assert_eq!(why(&ann, &id).await["routing"], Value::Null);
        let history = "query($id: ID!) { ticket(id: $id) { history { nodes { kind ... on TicketRoutedEvent { agent { id } why } \
            ... on TicketAssignedEvent { notifyRequester } } } } }";
        let nodes = ann.run(history, json!({"id": id})).await["ticket"]["history"]["nodes"].take();
        assert_eq!(nodes[1], json!({"kind": "ROUTED", "agent": {"id": cleo.id}, "why": "LEAST_LOADED"}));
        assert_eq!(nodes[2], json!({"kind": "ASSIGNED", "notifyRequester": true}));
        // S1-55: whom somebody has is not routed again; nor is what is done.
        assert_eq!(ada.refused("ticketRoute", json!({"ticketId": id})).await["code"], "CONFLICT");
        ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(ada.refused("ticketRoute", json!({"ticketId": id})).await["code"], "INVALID_TRANSITION");
        let open = ann.open_ticket("Mine to give?").await;
        assert_eq!(ann.refused("ticketRoute", json!({"ticketId": open})).await["code"], "FORBIDDEN");
        // Equal loads: whoever was chosen longest ago.
        ada.do_it("ticketClose", json!({"ticketId": busy}), "ticket { id }").await;
        let chosen = ada.do_it("ticketRoute", json!({"ticketId": open}), "ticket { assignee { id } }").await;
        assert_eq!(chosen["ticket"]["assignee"]["id"], json!(ben.id));
    }
}

desk_test! {
    // S1-47 … S1-55, S3-32, S3-62
    async fn who_is_away_or_full_gets_nothing(desk: &Desk) {
        let (ada, ben, cleo, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.agent("Cleo").await, desk.customer("Ann").await);
        let agent = "person { id agent { available capacity load skills { key } } }";
        let away = ben.do_it("agentAvailabilitySet", json!({"personId": ben.id, "available": false}), agent).await;
        assert_eq!(away["person"]["agent"], json!({"available": false, "capacity": 20, "load": 0, "skills": []}));
        let few = ada.do_it("agentCapacitySet", json!({"personId": cleo.id, "capacity": 1}), agent).await;
        assert_eq!(few["person"]["agent"]["capacity"], 1);
        let (first, second) = (ann.open_ticket("The first one").await, ann.open_ticket("The second one").await);
        ada.do_it("ticketRoute", json!({"ticketId": first}), "ticket { id }").await;
        assert_eq!(why(&ada, &first).await["assignee"]["id"], json!(cleo.id));
        let nobody = ada.do_it("ticketRoute", json!({"ticketId": second}), "ticket { assignee { id } version } notices { code message }").await;
        assert_eq!((&nobody["ticket"]["assignee"], &nobody["ticket"]["version"], &nobody["notices"][0]["code"]), (&Value::Null, &json!(1), &json!("NOBODY_FREE")));
        let ticket = why(&ada, &second).await;
        assert_eq!((&ticket["routing"]["agent"], &ticket["routing"]["reason"]), (&Value::Null, &json!("NOBODY_FREE")));
        // People may still give more by hand.
        ada.do_it("ticketAssign", json!({"ticketId": second, "to": {"agentId": cleo.id}}), "ticket { id }").await;
        // Back again, and as many as everybody.
        ada.do_it("agentAvailabilitySet", json!({"personId": ben.id, "available": true}), agent).await;
        ada.do_it("agentCapacitySet", json!({"personId": cleo.id, "capacity": null}), agent).await;
        let back = ada.run("query($id: ID!) { person(id: $id) { agent { available capacity load } } }", json!({"id": cleo.id})).await;
        assert_eq!(back["person"]["agent"], json!({"available": true, "capacity": 20, "load": 2}));
        // Who may not, and what cannot be.
        assert_eq!(ben.refused("agentCapacitySet", json!({"personId": ben.id, "capacity": 1})).await["code"], "FORBIDDEN");
        assert_eq!(ada.refused("agentCapacitySet", json!({"personId": ben.id, "capacity": -1})).await["code"], "INVALID_VALUE");
        assert_eq!(ada.refused("agentSkillsSet", json!({"personId": ben.id, "skills": ["juggling"]})).await["code"], "INVALID_VALUE");
        assert_eq!(ada.refused("agentAvailabilitySet", json!({"personId": ann.id, "available": true})).await["code"], "INVALID_VALUE");
        assert_eq!(ann.run("query($id: ID!) { person(id: $id) { agent { load } } }", json!({"id": ann.id})).await["person"]["agent"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S1-97, S0-24: skills, at creation, in the creation's own transaction.
async fn the_provider_gives_a_new_ticket_to_somebody_who_knows_about_it() {
    with_profile("isp", async |desk| {
        let (ada, ben, cleo, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.agent("Cleo").await, desk.customer("Ann").await);
        let skills = ada.do_it("agentSkillsSet", json!({"personId": cleo.id, "skills": ["billing", "billing"]}), "person { agent { skills { key name } } }").await;
        assert_eq!(skills["person"]["agent"]["skills"], json!([{"key": "billing", "name": "Billing"}]));
        ada.do_it("agentSkillsSet", json!({"personId": ben.id, "skills": ["network", "field"]}), "person { id }").await;
        let mut got = HashMap::new();
        for (category, who, reason) in [
            ("billing_inquiry", &cleo, "SKILLED"), ("technical_support", &ben, "SKILLED"), ("repair", &ben, "SKILLED"),
            // Nobody sells: whoever has the fewest.
            ("sales_inquiry", &cleo, "NOBODY_SKILLED"),
        ] {
            let id = asked(&ada, "ann@desk.test", category).await;
            let ticket = why(&ada, &id).await;
            assert_eq!(ticket["assignee"]["id"], json!(who.id), "{category}: {ticket:#}");
            assert_eq!((&ticket["routing"]["reason"], &ticket["status"]["key"]), (&json!(reason), &json!("assigned")), "{category}");
            got.insert(category, id);
        }
        // The answer of the creation itself shows it, with its clocks.
        let input = json!({"title": "Something is wrong with it", "category": "billing_inquiry", "description": "It stopped working yesterday in the evening."});
        let made = ada.do_it("ticketCreate", json!({"requesterEmail": "ann@desk.test", "title": input["title"], "category": "billing_inquiry",
            "description": input["description"]}), "ticket { assignee { id } status { key } version dueAt sla { clocks { state } } }").await;
        assert_eq!((&made["ticket"]["assignee"]["id"], &made["ticket"]["status"]["key"]), (&json!(cleo.id), &json!("assigned")));
        assert_eq!(made["ticket"]["sla"]["clocks"], json!([{"state": "RUNNING"}, {"state": "RUNNING"}]));
        assert!(made["ticket"]["dueAt"].is_string());
        // One transaction: creation, routing and assignment are neighbours in the log.
        let log = desk.log().await.events;
        let id: deskgraph::ids::TicketId = got["repair"].parse().unwrap();
        let of: Vec<(i64, &str)> = log.iter().filter(|(_, _, ticket)| *ticket == Some(id.0)).map(|(seq, kind, _)| (*seq, kind.as_str())).collect();
        assert_eq!(of.iter().map(|(_, kind)| *kind).collect::<Vec<_>>(), ["ticket.created", "ticket.routed", "ticket.assigned", "ticket.status_changed"]);
        assert_eq!(of[3].0 - of[0].0, 3);
        drop(ann);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S4-83
async fn round_robin_takes_turns_also_when_everybody_asks_at_once() {
    let (_folder, profile) = changed(
        "helpdesk",
        &[("rule = \"least_loaded\"", "rule = \"round_robin\""), ("on_create = false", "on_create = true")],
    );
    with_profile(&profile, async |desk| {
        let ada = desk.administrator().await;
        let mut agents = Vec::new();
        for name in ["Ben", "Cleo", "Dan"] {
            agents.push(desk.agent(name).await.id);
        }
        let ann = desk.customer("Ann").await;
        let mut opening = tokio::task::JoinSet::new();
        for nth in 0..12 {
            let ann = ann.clone();
            opening.spawn(async move { ann.open_ticket(&format!("Opened at once, number {nth}")).await });
        }
        let mut turns: HashMap<String, usize> = HashMap::new();
        for id in opening.join_all().await {
            let ticket = why(&ada, &id).await;
            assert_eq!(ticket["routing"]["reason"], "WAITED_LONGEST");
            *turns.entry(ticket["assignee"]["id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        for agent in &agents {
            assert_eq!(turns[agent], 4, "{turns:?}");
        }
    })
    .await;
}

/// Routes everything at once, from two nodes where there are two, and answers how many each agent has.
async fn at_once(desk: &Desk, other: Option<&str>) {
    let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
    let mut capacity = HashMap::new();
    for (name, most) in [("Ben", 3), ("Cleo", 2)] {
        let agent = desk.agent(name).await;
        ada.do_it("agentCapacitySet", json!({"personId": agent.id, "capacity": most}), "person { id }").await;
        capacity.insert(agent.id, most);
    }
    let mut tickets = Vec::new();
    for nth in 0..12 {
        tickets.push(ann.open_ticket(&format!("One of many, number {nth}")).await);
    }
    let elsewhere = other.map_or_else(|| ada.clone(), |url| ada.at(url));
    let mut routing = tokio::task::JoinSet::new();
    for (nth, id) in tickets.iter().cloned().enumerate() {
        let ada = if nth % 2 == 0 { ada.clone() } else { elsewhere.clone() };
        routing.spawn(
            async move { ada.do_it("ticketRoute", json!({"ticketId": id}), "ticket { assignee { id } }").await },
        );
    }
    let mut got: HashMap<String, i64> = HashMap::new();
    let mut nobody = 0;
    for answer in routing.join_all().await {
        match answer["ticket"]["assignee"]["id"].as_str() {
            Some(agent) => *got.entry(agent.to_owned()).or_default() += 1,
            None => nobody += 1,
        }
    }
    assert_eq!((got, nobody), (capacity, 7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
// S4-7, S1-97: a capacity is never overfilled.
async fn two_routings_at_once_never_fill_a_place_twice() {
    let desk = Desk::sqlite().await;
    at_once(&desk, None).await;
    desk.stop().await;
    let Some(desk) = Desk::postgres().await else { return };
    let mut config = desk.config.clone();
    let folder = tempfile::tempdir().unwrap();
    config.data = folder.path().to_owned();
    let other = deskgraph::app::App::start(config, desk.clock.clone()).await.unwrap();
    at_once(&desk, Some(&format!("http://{}", other.addresses[0]))).await;
    other.stop();
    other.stopped().await.unwrap();
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S3-32, S3-102: a desk where people assign.
async fn a_desk_without_a_rule_routes_nothing() {
    with_profile("astrology", async |desk| {
        let ada = desk.administrator().await;
        let category = ada.run("{ workflow { categories { key } } }", json!({})).await["workflow"]["categories"][0]["key"].take();
        let made = ada.do_it("ticketCreate", json!({"title": "A question about my chart", "description": "It does not look right to me at all.", "category": category}), "ticket { id assignee { id } }").await;
        assert_eq!(made["ticket"]["assignee"], Value::Null);
        assert_eq!(ada.refused("ticketRoute", json!({"ticketId": made["ticket"]["id"]})).await["code"], "INVALID_VALUE");
        // S3-62: given by hand, it is told under the name that its clients know.
        let assigned = ada.do_it("ticketAssign", json!({"ticketId": made["ticket"]["id"], "to": {"agentId": ada.id}}), "ticket { status { key } history { nodes { alias } } }").await;
        assert_eq!(assigned["ticket"]["status"]["key"], "in_progress");
        assert_eq!(assigned["ticket"]["history"]["nodes"][1]["alias"], "broadcastTicketAssigned");
    })
    .await;
}
