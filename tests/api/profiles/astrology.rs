//! The document of the astrologers' app (S3), walked in its order.

use serde_json::json;

use super::{keys, open, opened, status};
use crate::desk_test;

desk_test! {
    // S3-1, S3-23, S3-74, S3-110, X-1
    async fn an_astrologer_creates_a_ticket(desk: &Desk) on "astrology" {
        let ann = desk.customer("Ann").await;
        let day = desk.clock.now().to_string()[..10].replace('-', "");
        let ticket = opened(&ann, "astrology", "number title status { key } priority { name } category { name } commentCount").await;
        assert_eq!(ticket, json!({"number": format!("TKT-{day}-00001"), "title": "Cannot update my availability", "status": {"key": "open"},
            "priority": {"name": "High"}, "category": {"name": "Calendar Problems"}, "commentCount": 0}));
        desk.advance(24.0);
        let next = opened(&ann, "astrology", "number").await;
        assert!(next["number"].as_str().unwrap().ends_with("-00001"), "numbers begin again every day");
    }
}

desk_test! {
    // S3-29, S3-45, S3-74, S3-75, S3-76, X-2, X-3, X-8
    async fn the_menus_of_the_app(desk: &Desk) on "astrology" {
        let document = "{ workflow { statuses { key pausesSla } categories { name } priorities { name firstResponseHours } \
            attachments { maxBytes types } satisfaction { after scale { min max } } escalation { levels { key } } roles { name } } }";
        let workflow = desk.stranger().run(document, json!({})).await["workflow"].take();
        assert_eq!(keys(&workflow["statuses"]), ["open", "in_progress", "waiting_for_user", "closed"]);
        assert_eq!(workflow["categories"].as_array().unwrap().len(), 8);
        let names: Vec<_> = workflow["priorities"].as_array().unwrap().iter().map(|priority| priority["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Low", "Medium", "High", "Urgent"]);
        assert!(workflow["priorities"].as_array().unwrap().iter().all(|priority| priority["firstResponseHours"].is_null()));
        assert_eq!(workflow["attachments"]["maxBytes"], 10_485_760);
        let types = workflow["attachments"]["types"].as_array().unwrap();
        assert!(types.contains(&json!("application/pdf")) && types.contains(&json!("image/png")));
        assert_eq!(workflow["satisfaction"], json!({"after": "CLOSED", "scale": {"min": 1, "max": 5}}));
        assert_eq!(workflow["escalation"]["levels"], json!([]));
        assert_eq!(workflow["roles"][1]["name"], "Admin");
    }
}

desk_test! {
    // S3-3, S3-7, S3-78, S3-79, S3-80, S3-101, S3-102, S3-103, S3-104, S3-105, S3-119
    async fn the_ticket_workflow_in_six_steps(desk: &Desk) on "astrology" {
        let (ann, max) = (desk.customer("Ann").await, desk.agent("Max").await);
        let ticket = open(&ann, "astrology").await;
        assert_eq!(status(&ann, &ticket).await, "open");
        max.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": max.id}}), "ticket { id }").await;
        assert_eq!(status(&ann, &ticket).await, "in_progress");
        desk.advance(1.0);
        max.do_it("commentAdd", json!({"ticketId": ticket, "body": "Which day do you mean?"}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket).await, "waiting_for_user");
        ann.do_it("commentAdd", json!({"ticketId": ticket, "body": "Next Tuesday."}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket).await, "in_progress");
        desk.advance(1.0);
        ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        let document = "query($id: ID!) { ticket(id: $id) { createdAt firstRespondedAt closedAt resolvedAt commentCount status { key } } }";
        let shown = ann.run(document, json!({"id": ticket})).await["ticket"].take();
        let hours = |field: &str| {
            let ms = |field: &str| shown[field].as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0;
            (ms(field) - ms("createdAt")) as f64 / 3_600_000.0
        };
        assert!((hours("firstRespondedAt") - 1.0).abs() < 0.1 && (hours("closedAt") - 2.0).abs() < 0.1, "{shown}");
        assert_eq!((&shown["status"]["key"], &shown["commentCount"]), (&json!("closed"), &json!(2)));
    }
}

desk_test! {
    // S3-103, S3-105, S3-115, X-5, X-6
    async fn both_sides_close_from_anywhere_and_a_week_is_left_to_go_on(desk: &Desk) on "astrology" {
        let (ann, max) = (desk.customer("Ann").await, desk.agent("Max").await);
        let ticket = open(&ann, "astrology").await;
        max.do_it("commentAdd", json!({"ticketId": ticket, "body": "Try again, please."}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket).await, "waiting_for_user", "an answer without an assignment");
        max.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        desk.advance(7.0 * 24.0 - 1.0);
        ann.do_it("ticketReopen", json!({"ticketId": ticket}), "ticket { id }").await;
        assert_eq!(status(&ann, &ticket).await, "in_progress");
        ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        desk.advance(7.0 * 24.0 + 1.0);
        assert_eq!(ann.refused("ticketReopen", json!({"ticketId": ticket})).await["code"], "INVALID_TRANSITION");
        assert_eq!(ann.refused("ticketStatusChange", json!({"ticketId": open(&ann, "astrology").await, "status": "in_progress"})).await["code"], "FORBIDDEN");
    }
}

desk_test! {
    // S3-4, S3-10, S3-31, S3-35, S3-36, S3-81, S3-93
    async fn notes_are_the_admins_and_events_have_the_apps_names(desk: &Desk) on "astrology" {
        let (ann, max) = (desk.customer("Ann").await, desk.agent("Max").await);
        let ticket = open(&ann, "astrology").await;
        max.do_it("commentAdd", json!({"ticketId": ticket, "body": "A known one.", "internal": true}), "comment { id }").await;
        max.do_it("ticketPriorityChange", json!({"ticketId": ticket, "priority": "low"}), "ticket { id }").await;
        let document = "query($id: ID!) { ticket(id: $id) { comments { nodes { body } } history { nodes { alias } } } }";
        let (hers, his) = (ann.run(document, json!({"id": ticket})).await, max.run(document, json!({"id": ticket})).await);
        assert_eq!(hers["ticket"]["comments"]["nodes"], json!([]));
        assert_eq!(his["ticket"]["comments"]["nodes"], json!([{"body": "A known one."}]));
        let aliases = |seen: &serde_json::Value| seen["ticket"]["history"]["nodes"].as_array().unwrap().iter().map(|node| node["alias"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(aliases(&hers), ["broadcastNewTicket", "broadcastTicketPriorityChange"]);
        assert_eq!(aliases(&his), ["broadcastNewTicket", "broadcastTicketMessage", "broadcastTicketPriorityChange"]);
    }
}
