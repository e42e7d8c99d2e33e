//! The workflow of the help desk: its table, enforced, shown and listed.

use serde_json::json;

use crate::desk_test;
use crate::harness::{Desk, Person};

const STATUSES: [&str; 7] = ["open", "assigned", "in_progress", "waiting", "resolved", "closed", "reopened"];

/// S4-49 … S4-55
const ALLOWED: [(&str, &[&str]); 7] = [
    ("open", &["assigned", "closed"]),
    ("assigned", &["in_progress", "closed"]),
    ("in_progress", &["waiting", "resolved", "closed"]),
    ("waiting", &["in_progress"]),
    ("resolved", &["closed", "reopened"]),
    ("closed", &["reopened"]),
    ("reopened", &["in_progress"]),
];

/// A way from `open` to each status.
const WAYS: [(&str, &[&str]); 7] = [
    ("open", &[]),
    ("assigned", &["assigned"]),
    ("in_progress", &["assigned", "in_progress"]),
    ("waiting", &["assigned", "in_progress", "waiting"]),
    ("resolved", &["assigned", "in_progress", "resolved"]),
    ("closed", &["closed"]),
    ("reopened", &["closed", "reopened"]),
];

async fn ticket_in(ada: &Person, status: &str) -> String {
    let id = ada.open_ticket("A ticket on its way").await;
    for step in WAYS.iter().find(|(to, _)| *to == status).unwrap().1 {
        ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": step}), "ticket { id }").await;
    }
    id
}

desk_test! {
    // S4-4, S4-36, S4-49, S4-50, S4-51, S4-52, S4-53, S4-54, S4-55, S4-56
    async fn every_pair_of_statuses_moves_exactly_where_the_table_says(desk: &Desk) {
        let ada = desk.administrator().await;
        for (from, allowed) in ALLOWED {
            let id = ticket_in(&ada, from).await;
            let shown = ada.run("query($id: ID!) { ticket(id: $id) { version allowedStatuses { key } } }", json!({"id": id})).await;
            let mut keys: Vec<&str> = shown["ticket"]["allowedStatuses"].as_array().unwrap().iter().map(|s| s["key"].as_str().unwrap()).collect();
            let mut expected = allowed.to_vec();
            keys.sort_unstable();
            expected.sort_unstable();
            assert_eq!(keys, expected, "{from}");
            for to in STATUSES.iter().filter(|to| !allowed.contains(to) && **to != from) {
                let error = ada.refused("ticketStatusChange", json!({"ticketId": id, "status": to})).await;
                assert_eq!(error["code"], "INVALID_TRANSITION", "{from} to {to}");
                let mut listed: Vec<&str> = error["transitions"].as_array().unwrap().iter().map(|s| s["key"].as_str().unwrap()).collect();
                listed.sort_unstable();
                assert_eq!(listed, expected, "a refusal lists the way out");
            }
            let after = ada.run("query($id: ID!) { ticket(id: $id) { version status { key } } }", json!({"id": id})).await;
            assert_eq!(after["ticket"]["version"], shown["ticket"]["version"], "a refusal writes nothing");
            for to in allowed {
                let id = ticket_in(&ada, from).await;
                let moved = ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": to}), "ticket { status { key } }").await;
                assert_eq!(moved["ticket"]["status"]["key"], *to);
            }
        }
    }
}

desk_test! {
    async fn a_status_that_does_not_exist_is_refused_with_the_list(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ada.open_ticket("A ticket on its way").await;
        let error = ada.refused("ticketStatusChange", json!({"ticketId": id, "status": "limbo"})).await;
        assert_eq!((error["code"].as_str(), &error["allowed"]), (Some("INVALID_VALUE"), &json!(STATUSES)));
    }
}

desk_test! {
    // S4-54
    async fn a_closed_ticket_is_reopened_within_seven_days_only(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ticket_in(&ada, "closed").await;
        desk.advance(7.0 * 24.0 - 0.1);
        let reopened = ada.do_it("ticketReopen", json!({"ticketId": id}), "ticket { status { key } reopenCount closedAt }").await;
        assert_eq!(reopened["ticket"], json!({"status": {"key": "reopened"}, "reopenCount": 1, "closedAt": null}));
        let late = ticket_in(&ada, "closed").await;
        desk.advance(7.0 * 24.0 + 0.1);
        let error = ada.refused("ticketReopen", json!({"ticketId": late})).await;
        assert_eq!(error["code"], "INVALID_TRANSITION");
        let shown = ada.run("query($id: ID!) { ticket(id: $id) { allowedStatuses { key } actions { name allowed reason } } }", json!({"id": late})).await;
        assert_eq!(shown["ticket"]["allowedStatuses"], json!([]));
        let reopen = shown["ticket"]["actions"].as_array().unwrap().iter().find(|action| action["name"] == "REOPEN").unwrap();
        assert_eq!(reopen["allowed"], false);
        assert!(reopen["reason"].is_string());
    }
}

desk_test! {
    // S1-58, S3-105
    async fn closing_keeps_the_reason(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ada.open_ticket("A ticket to be closed").await;
        let error = ada.refused("ticketClose", json!({"ticketId": id, "reason": "boredom"})).await;
        assert_eq!(error["__typename"], "ValueError");
        let reasons = ada.run("{ workflow { closeReasons { key } } }", json!({})).await;
        let reason = &reasons["workflow"]["closeReasons"][0]["key"];
        assert_eq!(error["allowed"][0], *reason);
        let closed = ada.do_it("ticketClose", json!({"ticketId": id, "reason": reason}), "ticket { status { stage } closeReason { key } closedAt resolvedAt }").await;
        assert_eq!(closed["ticket"]["status"]["stage"], "CLOSED");
        assert_eq!(closed["ticket"]["closeReason"]["key"], *reason);
        assert!(closed["ticket"]["closedAt"].is_string() && closed["ticket"]["resolvedAt"].is_string());
        let again = ada.refused("ticketClose", json!({"ticketId": id})).await;
        assert_eq!(again["code"], "INVALID_TRANSITION");
    }
}

desk_test! {
    // S1-60, S4-41, S0-43
    async fn history_tells_every_step(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ticket_in(&ada, "waiting").await;
        let document = "query($id: ID!) { ticket(id: $id) { history { totalCount nodes { __typename kind occurredAt actor { name } \
            ... on TicketStatusChangedEvent { statusBefore { key } status { key } } } } } }";
        let history = ada.run(document, json!({"id": id})).await["ticket"]["history"].take();
        assert_eq!(history["totalCount"], 4);
        let nodes = history["nodes"].as_array().unwrap();
        assert_eq!(nodes[0]["__typename"], "TicketCreatedEvent");
        let steps: Vec<_> = nodes[1..].iter().map(|n| (n["statusBefore"]["key"].as_str().unwrap(), n["status"]["key"].as_str().unwrap())).collect();
        assert_eq!(steps, [("open", "assigned"), ("assigned", "in_progress"), ("in_progress", "waiting")]);
        assert!(nodes.iter().all(|node| node["actor"]["name"] == nodes[0]["actor"]["name"]));
    }
}

/// S4-4: what the API shows of the workflow is what it enforces.
#[tokio::test]
async fn the_workflow_can_be_read() {
    let desk = Desk::sqlite().await;
    let answer = desk.stranger().run("{ workflow { transitions { from { key } to { key } withinHours } priorities { key firstResponseHours resolutionHours } categories { name } } }", json!({})).await;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for transition in answer["workflow"]["transitions"].as_array().unwrap() {
        pairs.push((
            transition["from"]["key"].as_str().unwrap().into(),
            transition["to"]["key"].as_str().unwrap().into(),
        ));
        let limited = transition["from"]["key"] == "closed";
        assert_eq!(transition["withinHours"], if limited { json!(168.0) } else { json!(null) });
    }
    let expected: Vec<(String, String)> =
        ALLOWED.iter().flat_map(|(from, to)| to.iter().map(|to| (from.to_string(), to.to_string()))).collect();
    assert_eq!(pairs.len(), expected.len());
    assert!(expected.iter().all(|pair| pairs.contains(pair)));
    // S4-5, S4-57, S4-58, S4-59, S4-60
    assert_eq!(
        answer["workflow"]["priorities"],
        json!([
            {"key": "low", "firstResponseHours": 24.0, "resolutionHours": 240.0},
            {"key": "medium", "firstResponseHours": 8.0, "resolutionHours": 120.0},
            {"key": "high", "firstResponseHours": 4.0, "resolutionHours": 48.0},
            {"key": "urgent", "firstResponseHours": 2.0, "resolutionHours": 24.0},
        ])
    );
    // S4-6
    assert_eq!(
        answer["workflow"]["categories"],
        json!([{"name": "Technical"}, {"name": "Billing"}, {"name": "General"}, {"name": "Feature Request"}])
    );
    desk.stop().await;
}
