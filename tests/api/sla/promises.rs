//! The service level of the help desk: what is promised, what stands still, what is missed.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::Person;

const SLA: &str = "query($id: ID!) { ticket(id: $id) { dueAt breached firstRespondedAt createdAt \
    sla { breached clocks { target state deadline goalHours countedHours metAt pausedAt } } } }";

async fn sla(person: &Person, id: &str) -> Value {
    person.run(SLA, json!({"id": id})).await["ticket"].take()
}

async fn opened(person: &Person, priority: &str) -> String {
    let input =
        json!({"title": "How long will it take?", "description": "I would like to know.", "priority": priority});
    person.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].as_str().unwrap().to_owned()
}

fn states(sla: &Value) -> (&str, &str) {
    (sla["sla"]["clocks"][0]["state"].as_str().unwrap(), sla["sla"]["clocks"][1]["state"].as_str().unwrap())
}

/// Hours from the opening of the ticket to a time.
fn hours(sla: &Value, time: &Value) -> f64 {
    let ms = |value: &Value| value.as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0;
    (ms(time) - ms(&sla["createdAt"])) as f64 / 3_600_000.0
}

desk_test! {
    // S4-10, S4-57, S4-58, S4-59, S4-60, S1-117, S0-57
    async fn each_priority_has_its_deadlines(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        for (priority, response, resolution) in [("urgent", 2.0, 24.0), ("high", 4.0, 48.0), ("medium", 8.0, 120.0), ("low", 24.0, 240.0)] {
            let ticket = sla(&ann, &opened(&ann, priority).await).await;
            assert_eq!(states(&ticket), ("RUNNING", "RUNNING"));
            assert_eq!(hours(&ticket, &ticket["sla"]["clocks"][0]["deadline"]), response);
            assert_eq!(hours(&ticket, &ticket["sla"]["clocks"][1]["deadline"]), resolution);
            assert_eq!(hours(&ticket, &ticket["dueAt"]), response);
            assert_eq!(ticket["breached"], false);
        }
    }
}

desk_test! {
    // S3-7, S3-78, S3-79, S3-103, S3-119, S1-37, S1-38
    async fn the_first_reply_by_staff_and_the_resolution_stop_the_clocks(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = opened(&ann, "high").await;
        desk.advance(1.0);
        ann.do_it("commentAdd", json!({"ticketId": id, "body": "Anybody there?"}), "comment { id }").await;
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "A note is no answer.", "internal": true}), "comment { id }").await;
        assert_eq!(states(&sla(&ann, &id).await), ("RUNNING", "RUNNING"));
        desk.advance(1.0);
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "Here I am."}), "comment { id }").await;
        let ticket = sla(&ann, &id).await;
        assert_eq!(states(&ticket), ("MET", "RUNNING"));
        assert!((hours(&ticket, &ticket["firstRespondedAt"]) - 2.0).abs() < 0.1);
        assert_eq!(hours(&ticket, &ticket["dueAt"]), 48.0);
        ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { dueAt }").await;
        let ticket = sla(&ann, &id).await;
        assert_eq!(states(&ticket), ("MET", "MET"));
        assert_eq!(ticket["dueAt"], json!(null));
    }
}

desk_test! {
    // waiting stands still.
    async fn waiting_stops_the_time(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = opened(&ann, "urgent").await;
        for status in ["assigned", "in_progress", "waiting"] {
            ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": status}), "ticket { id }").await;
        }
        let ticket = sla(&ann, &id).await;
        assert_eq!((states(&ticket), &ticket["dueAt"]), (("PAUSED", "PAUSED"), &json!(null)));
        desk.advance(100.0);
        assert_eq!(sla(&ann, &id).await["breached"], false);
        ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": "in_progress"}), "ticket { id }").await;
        let ticket = sla(&ann, &id).await;
        assert_eq!(states(&ticket), ("RUNNING", "RUNNING"));
        assert!((hours(&ticket, &ticket["dueAt"]) - 102.0).abs() < 0.1, "{ticket}");
        assert!(ticket["sla"]["clocks"][0]["countedHours"].as_f64().unwrap() < 0.1);
    }
}

desk_test! {
    // S1-11, S1-15, S1-39, S1-95
    async fn a_missed_deadline_is_seen_everywhere(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (late, in_time) = (opened(&ann, "urgent").await, opened(&ann, "low").await);
        desk.advance(2.5);
        let ticket = sla(&ann, &late).await;
        assert_eq!((states(&ticket), &ticket["breached"]), (("BREACHED", "RUNNING"), &json!(true)));
        let lists = "{ breached: tickets(filter: {breached: true}) { nodes { id } } fine: tickets(filter: {breached: false}) { nodes { id } } \
            overdue: tickets(filter: {overdue: true}) { nodes { id } } ticketSummary { total overdue breached statuses { status { key } count } } }";
        let seen = ann.run(lists, json!({})).await;
        assert_eq!(crate::harness::ids(&seen["breached"]["nodes"]), std::slice::from_ref(&late));
        assert_eq!(crate::harness::ids(&seen["fine"]["nodes"]), std::slice::from_ref(&in_time));
        assert_eq!(crate::harness::ids(&seen["overdue"]["nodes"]), std::slice::from_ref(&late));
        assert_eq!((&seen["ticketSummary"]["overdue"], &seen["ticketSummary"]["breached"]), (&json!(1), &json!(1)));
        assert_eq!(seen["ticketSummary"]["statuses"][0], json!({"status": {"key": "open"}, "count": 2}));
        // Met late stays missed, but is not overdue any more.
        ada.do_it("commentAdd", json!({"ticketId": late, "body": "Sorry for the wait."}), "comment { id }").await;
        let seen = ann.run(lists, json!({})).await;
        assert_eq!(crate::harness::ids(&seen["breached"]["nodes"]), std::slice::from_ref(&late));
        assert_eq!(seen["ticketSummary"]["overdue"], 0);
        assert_eq!(states(&sla(&ann, &late).await), ("BREACHED", "RUNNING"));
    }
}

desk_test! {
    async fn reopening_starts_the_resolution_clock_again_without_the_time_in_between(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = opened(&ann, "high").await;
        desk.advance(10.0);
        ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
        desk.advance(100.0);
        ada.do_it("ticketReopen", json!({"ticketId": id}), "ticket { id }").await;
        let ticket = sla(&ann, &id).await;
        assert_eq!(ticket["sla"]["clocks"][1]["state"], "RUNNING");
        assert!((hours(&ticket, &ticket["dueAt"]) - 148.0).abs() < 0.1, "{ticket}");
    }
}
