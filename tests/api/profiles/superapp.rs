//! The document of the superapp (S2), walked in its order.

use serde_json::{Value, json};

use super::{keys, moved, open, opened, wanted};
use crate::desk_test;

desk_test! {
    // S2-13, S2-14, S2-21, S2-28, S2-54, X-1, X-2, X-4
    async fn a_customer_creates_a_ticket_with_a_description(desk: &Desk) on "superapp" {
        let ann = desk.customer("Ann").await;
        let ticket = opened(&ann, "superapp", "number title description status { key } category { key }").await;
        assert_eq!(ticket, json!({"number": "1", "title": "Payment was charged twice", "description": "Payment was charged twice",
            "status": {"key": "OPEN"}, "category": {"key": "PAYMENT_ISSUE"}}));
        let mut long = wanted("superapp");
        long["description"] = json!(format!("\n\n{}\nAnd a second line.", "The driver went round and round. ".repeat(10)));
        let made = ann.do_it("ticketCreate", long, "ticket { number title }").await;
        let title = made["ticket"]["title"].as_str().unwrap();
        assert_eq!(made["ticket"]["number"], "2");
        assert!(title.starts_with("The driver went") && title.ends_with('…') && title.chars().count() <= 120, "{title}");
        for category in [json!("payment_issue"), json!("REFUND"), json!(null)] {
            let error = ann.refused("ticketCreate", json!({"description": "Hm", "category": category})).await;
            assert_eq!((&error["code"], &error["alias"]), (&json!("INVALID_VALUE"), &json!("INVALID_ISSUE_TYPE")), "{category}");
        }
        let error = ann.refused("ticketCreate", json!({"category": "OTHER"})).await;
        assert_eq!((&error["field"], &error["alias"]), (&json!(["description"]), &json!("INVALID_TICKET")));
        let answer = desk.stranger().answer("mutation { ticketCreate(input: {description: \"Hm\", category: \"OTHER\"}) { ticket { id } } }", json!({})).await;
        assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"]);
    }
}

desk_test! {
    // the lists and the numbers; what follows from them is tested where it is done.
    async fn the_desk_is_what_the_document_says(desk: &Desk) on "superapp" {
        let document = "{ workflow { categories { key } categoryRequired fields { key kind required choices { key } } referenceKinds { key participants } \
            references { required owned byField suiting { choice kinds } } rewards { action name points creditMinor currency } \
            escalation { customersFrom { key } levels { key } } priorities { firstResponseHours resolutionHours } } }";
        let workflow = desk.stranger().run(document, json!({})).await["workflow"].take();
        assert_eq!(keys(&workflow["categories"]), ["PAYMENT_ISSUE", "SERVICE_QUALITY", "CANCELLATION", "DELIVERY_ISSUE", "BOOKING_ISSUE", "OTHER"]);
        let service = &workflow["fields"][0];
        assert_eq!((&service["key"], &service["required"]), (&json!("service_type"), &json!(true)));
        assert_eq!(keys(&service["choices"]), ["ride", "order", "booking", "event_service", "in_dining_order"]);
        assert_eq!(workflow["referenceKinds"][0], json!({"key": "ride", "participants": true}));
        assert_eq!((&workflow["references"]["required"], &workflow["references"]["byField"]), (&json!(true), &json!("service_type")));
        let suiting = workflow["references"]["suiting"].as_array().unwrap();
        let suits = |choice: &str| suiting.iter().find(|entry| entry["choice"] == choice).unwrap()["kinds"].clone();
        assert_eq!((suits("ride"), suits("event_service"), suits("in_dining_order")), (json!(["ride"]), json!(["booking"]), json!(["order", "booking"])));
        let interaction = |action: &str| json!({"action": action, "name": "support_interaction", "points": 10, "creditMinor": 20, "currency": "USD"});
        let closure = json!({"action": "close", "name": "ticket_closure", "points": 5, "creditMinor": 0, "currency": null});
        assert_eq!(workflow["rewards"], json!([interaction("create"), interaction("escalate"), closure]));
        assert_eq!(keys(&workflow["escalation"]["customersFrom"]), ["OPEN", "IN_PROGRESS"]);
        assert_eq!(workflow["priorities"][0], json!({"firstResponseHours": null, "resolutionHours": null}));
    }
}

desk_test! {
    // S2-10, S2-24, S2-41, S2-73, X-5
    async fn permissions_have_the_names_of_the_document(desk: &Desk) on "superapp" {
        let ann = desk.customer("Ann").await;
        let viewer = ann.run("{ viewer { permissionNames { name alias } } }", json!({})).await;
        let names = viewer["viewer"]["permissionNames"].as_array().unwrap();
        let aliases: Vec<&str> = names.iter().filter_map(|name| name["alias"].as_str()).collect();
        assert_eq!(aliases.len(), 4);
        for alias in ["create_support_ticket", "track_support_ticket", "escalate_support_ticket", "close_support_ticket"] {
            assert!(aliases.contains(&alias), "{alias}");
        }
        let ticket = open(&ann, "superapp").await;
        let error = ann.refused("ticketDelete", json!({"ticketId": ticket})).await;
        assert_eq!((&error["code"], &error["alias"]), (&json!("FORBIDDEN"), &json!("FORBIDDEN")));
    }
}

desk_test! {
    // S2-25, S2-31, S2-59, S2-72
    async fn a_customer_follows_a_ticket(desk: &Desk) on "superapp" {
        let ann = desk.customer("Ann").await;
        let ticket = opened(&ann, "superapp", "id number").await;
        let read = ann.run("query($number: String!) { ticketByNumber(number: $number) { status { key } description updatedAt } }", json!({"number": ticket["number"]})).await;
        assert_eq!(read["ticketByNumber"]["status"]["key"], "OPEN");
        let nowhere = deskgraph::ids::TicketId::new().to_string();
        assert_eq!(ann.run("query($id: ID!) { ticket(id: $id) { id } }", json!({"id": nowhere})).await["ticket"], Value::Null);
        let error = ann.refused("ticketClose", json!({"ticketId": nowhere})).await;
        assert_eq!((&error["alias"], &error["message"]), (&json!("SUPPORT_TICKET_NOT_FOUND"), &json!("Ticket not found")));
        let answer = ann.answer("{ ticket(id: \"12\") { id } }", json!({})).await;
        assert_eq!(crate::harness::errors(&answer), ["BAD_USER_INPUT"], "not an id at all");
    }
}

desk_test! {
    // S2-41, S2-42, S2-45, S2-47, S2-61, S2-62, S2-64, X-5, X-6
    async fn a_customer_closes_what_is_resolved(desk: &Desk) on "superapp" {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        let ticket = open(&ann, "superapp").await;
        let error = ann.refused("ticketClose", json!({"ticketId": ticket})).await;
        assert_eq!((&error["code"], &error["alias"]), (&json!("INVALID_TRANSITION"), &json!("SUPPORT_TICKET_FAILED")));
        let actions = "query($id: ID!) { ticket(id: $id) { actions { name allowed } allowedStatuses { key } } }";
        let closable = async |person: &crate::harness::Person| {
            let shown = person.run(actions, json!({"id": ticket})).await["ticket"]["actions"].take();
            shown.as_array().unwrap().iter().find(|action| action["name"] == "CLOSE").unwrap()["allowed"] == true
        };
        assert_eq!((closable(&ann).await, closable(&ben).await), (false, true), "staff close what is not resolved as well");
        moved(&ben, &ticket, "RESOLVED").await;
        assert!(closable(&ann).await);
        ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { status { key } }").await;
        let again = ann.refused("ticketClose", json!({"ticketId": ticket})).await;
        assert_eq!(again["code"], "INVALID_TRANSITION");
        let history = ann.run("query($id: ID!) { ticket(id: $id) { history { nodes { kind alias } } } }", json!({"id": ticket})).await;
        assert_eq!(history["ticket"]["history"]["nodes"], json!([
            {"kind": "CREATED", "alias": "support:ticket_created"},
            {"kind": "STATUS_CHANGED", "alias": null},
            {"kind": "STATUS_CHANGED", "alias": "support:ticket_closed"},
        ]));
    }
}
