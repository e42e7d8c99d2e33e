//! What comes of each ticket.

use serde_json::{Value, json};

use super::{bulk, tickets};
use crate::desk_test;
use crate::harness::seq;

/// What came of each ticket, in the order of `ids`.
fn outcomes(job: &Value, ids: &[String]) -> Vec<Value> {
    let of = |id: &String| {
        let nodes = job["results"]["nodes"].as_array().unwrap();
        nodes.iter().find(|node| node["ticketId"] == id.as_str()).unwrap_or_else(|| panic!("{id}: {job:#}")).clone()
    };
    ids.iter().map(of).collect()
}

desk_test! {
    // S1-99, S1-123, S1-125
    async fn each_ticket_has_the_result_that_it_would_have_alone(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let ids = tickets(&ann, 5).await;
        for id in &ids[..3] {
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        }
        ada.do_it("ticketClose", json!({"ticketId": ids[1]}), "ticket { id }").await;
        ada.do_it("ticketDelete", json!({"ticketId": ids[4]}), "ticket { id }").await;
        let nobodys = deskgraph::ids::TicketId::new().to_string();
        // Named twice counts once; the fourth is not Ben's to see, the fifth is deleted, the last never was.
        let named: Vec<&str> = ids.iter().map(String::as_str).chain([nobodys.as_str(), ids[0].as_str()]).collect();
        let job = bulk(&ben, json!({"ids": named}), json!({"close": {"reason": "no_response"}})).await;
        assert_eq!((&job["state"], &job["operation"]), (&json!("DONE"), &json!("ticket.close")), "{job:#}");
        assert_eq!(job["progress"], json!({"total": 6, "done": 2, "skipped": 0, "failed": 4, "remaining": 0}));
        let all: Vec<String> = ids.iter().cloned().chain([nobodys]).collect();
        let results = outcomes(&job, &all);
        for done in [&results[0], &results[2]] {
            assert_eq!((&done["outcome"], &done["code"], &done["ticket"]["status"]["key"]), (&json!("DONE"), &json!(null), &json!("closed")));
        }
        assert_eq!((&results[1]["code"], &results[1]["field"]), (&json!("INVALID_TRANSITION"), &json!(["ticketId"])));
        // Hidden looks like absent.
        let alone = ben.refused("ticketClose", json!({"ticketId": ids[3]})).await;
        for hidden in &results[3..] {
            assert_eq!((&hidden["outcome"], &hidden["ticket"]), (&json!("FAILED"), &json!(null)));
            assert_eq!((&hidden["code"], &hidden["message"], &hidden["field"]), (&alone["code"], &alone["message"], &alone["field"]));
        }
        // The first was done before another was refused, which took it back; it is done once all the same.
        let history = "query($id: ID!) { ticket(id: $id) { version history { nodes { kind } } sla { clocks { state } } } }";
        let (first, third) = (ada.run(history, json!({"id": ids[0]})).await, ada.run(history, json!({"id": ids[2]})).await);
        assert_eq!(first, third);
        let kinds = first["ticket"]["history"]["nodes"].as_array().unwrap();
        assert_eq!(kinds.iter().filter(|node| node["kind"] == "STATUS_CHANGED").count(), 2, "assigned and closed: {first:#}");
        let status = "query($id: ID!) { ticket(id: $id) { status { key } } }";
        assert_eq!(ada.run(status, json!({"id": ids[3]})).await["ticket"]["status"]["key"], "open");
    }
}

desk_test! {
    async fn what_a_job_does_is_in_the_log_the_history_the_streams_the_clocks_and_the_search(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ids = tickets(&ann, 3).await;
        let mut socket = ann.socket().await;
        socket.subscribe("1", "subscription { ticketEvents { node { kind ticketId actor { id } origin } } }", json!({})).await;
        // The stream has begun when the first event comes.
        ann.do_it("commentAdd", json!({"ticketId": ids[0], "body": "Still there?"}), "comment { id }").await;
        assert_eq!(socket.next().await["ticketEvents"]["node"]["kind"], "COMMENT_ADDED");
        let input = json!({"selection": {"ids": ids}, "action": {"close": {}}});
        let done = ada.do_it("ticketBulk", input, "job { id state eventCursor }").await;
        assert_eq!(done["job"]["state"], "DONE");
        let mut seen = Vec::new();
        for _ in &ids {
            let node = socket.next().await["ticketEvents"]["node"].take();
            assert_eq!((&node["kind"], &node["actor"]["id"], &node["origin"]), (&json!("STATUS_CHANGED"), &json!(ada.id), &json!("BULK")));
            seen.push(node["ticketId"].as_str().unwrap().to_owned());
        }
        assert_eq!(seen, ids, "in the order of the ids, which is that of the log");
        let document = "query($id: ID!, $with: EventCursor) { ticket(id: $id) { version history { nodes { kind origin } } sla { clocks { state } } } \
            search(query: \"printer\", kinds: [TICKET], filter: {status: [\"closed\"]}, consistentWith: $with) { totalCount } }";
        let read = ada.run(document, json!({"id": ids[1], "with": done["eventCursor"]})).await;
        assert_eq!(read["search"]["totalCount"], 3, "{read:#}");
        assert_eq!(read["ticket"]["history"]["nodes"][1], json!({"kind": "STATUS_CHANGED", "origin": "BULK"}));
        assert_eq!((&read["ticket"]["version"], &read["ticket"]["sla"]["clocks"]), (&json!(2), &json!([{"state": "MET"}, {"state": "MET"}])));
        assert!(seq(&done["job"]["eventCursor"]) >= seq(&done["eventCursor"]));
    }
}

desk_test! {
    // S3-37, S3-94
    async fn tickets_are_assigned_closed_and_moved_in_bulk(desk: &Desk) on "astrology" {
        let (ann, max) = (desk.customer("Ann").await, desk.agent("Max").await);
        let mut ids = Vec::new();
        for nth in 0..3 {
            let input = json!({"title": format!("Calendar {nth}"), "description": "It shows the wrong day.", "category": "calendar_problems"});
            ids.push(ann.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].as_str().unwrap().to_owned());
        }
        let read = "query($id: ID!) { ticket(id: $id) { assignee { id } priority { key } status { key } closeReason { key } tags commentCount category { key } } }";
        let named = json!({"ids": ids});
        for action in [
            json!({"assign": {"to": {"agentId": max.id}, "note": "Yours, all of them."}}),
            json!({"priority": "high"}),
            json!({"status": "waiting_for_user"}),
            json!({"tag": ["calendar", "today"]}),
            json!({"untag": ["today"]}),
            json!({"category": "other"}),
            json!({"comment": {"body": "A known one.", "internal": true}}),
            json!({"close": {"reason": "duplicate"}}),
        ] {
            let job = bulk(&max, named.clone(), action.clone()).await;
            assert_eq!((&job["state"], &job["progress"]["done"]), (&json!("DONE"), &json!(3)), "{action} {job:#}");
        }
        let read = max.run(read, json!({"id": ids[2]})).await["ticket"].take();
        assert_eq!(read, json!({"assignee": {"id": max.id}, "priority": {"key": "high"}, "status": {"key": "closed"}, "closeReason": {"key": "duplicate"},
            "tags": ["calendar"], "commentCount": 1, "category": {"key": "other"}}));
        // Again: as it is already.
        for (action, outcome) in [(json!({"priority": "high"}), "skipped"), (json!({"untag": ["today"]}), "skipped"), (json!({"status": "closed"}), "skipped"), (json!({"close": {}}), "failed")] {
            let job = bulk(&max, named.clone(), action.clone()).await;
            assert_eq!(job["progress"][outcome], 3, "{action} {job:#}");
        }
        for (action, done) in [(json!({"reopen": true}), 3), (json!({"unassign": true}), 3), (json!({"escalate": {"reason": "Somebody else."}}), 3), (json!({"route": true}), 3)] {
            let job = bulk(&max, named.clone(), action.clone()).await;
            let progress = &job["progress"];
            assert_eq!(progress["done"].as_i64().unwrap() + progress["failed"].as_i64().unwrap(), done, "{action} {job:#}");
        }
        let ada = desk.administrator().await;
        let job = bulk(&ada, named, json!({"delete": true})).await;
        assert_eq!(job["progress"]["done"], 3);
        // Gone from sight, for whoever deleted them as well.
        assert!(job["results"]["nodes"].as_array().unwrap().iter().all(|node| node["ticket"].is_null()));
    }
}

desk_test! {
    // S3-111, S3-112
    async fn a_filter_is_resolved_once_within_what_its_sender_sees(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let ids = tickets(&ann, 4).await;
        for id in &ids[..2] {
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        }
        ada.do_it("ticketPriorityChange", json!({"ticketId": ids[0], "priority": "high"}), "ticket { id }").await;
        let filter = json!({"filter": {"status": ["assigned"], "priority": ["high"]}});
        let job = bulk(&ben, filter.clone(), json!({"status": "in_progress"})).await;
        assert_eq!(job["progress"], json!({"total": 1, "done": 1, "skipped": 0, "failed": 0, "remaining": 0}));
        assert_eq!(job["results"]["nodes"][0]["ticketId"], ids[0].as_str());
        // Ben sees two of the four.
        assert_eq!(bulk(&ben, json!({"filter": {}}), json!({"tag": ["seen"]})).await["progress"]["done"], 2);
        // None fits any more: a job that has nothing to do.
        let none = bulk(&ben, filter, json!({"status": "in_progress"})).await;
        assert_eq!((&none["state"], &none["progress"]["total"], &none["results"]["totalCount"]), (&json!("DONE"), &json!(0), &json!(0)));
        assert!(none["finishedAt"].is_string());
    }
}
