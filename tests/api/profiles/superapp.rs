//! The document of the superapp (S2), walked in its order.

use serde_json::{Value, json};

use super::{keys, moved, open, opened, wanted_by};
use crate::desk_test;
use crate::harness::{Person, Socket};

desk_test! {
    // S2-13, S2-14, S2-21, S2-28, S2-54, X-1, X-2, X-4
    async fn a_customer_creates_a_ticket_with_a_description(desk: &Desk) on "superapp" {
        let ann = desk.customer("Ann").await;
        let ticket = opened(&ann, "superapp", "number title description status { key } category { key }").await;
        assert_eq!(ticket, json!({"number": "1", "title": "Payment was charged twice", "description": "Payment was charged twice",
            "status": {"key": "OPEN"}, "category": {"key": "PAYMENT_ISSUE"}}));
        let mut long = wanted_by(&ann, "superapp").await;
        long["description"] = json!(format!("\n\n{}\nAnd a second line.", "The driver went round and round. ".repeat(10)));
        let made = ann.do_it("ticketCreate", long, "ticket { number title }").await;
        let title = made["ticket"]["title"].as_str().unwrap();
        assert_eq!(made["ticket"]["number"], "2");
        assert!(title.starts_with("The driver went") && title.ends_with('…') && title.chars().count() <= 120, "{title}");
        for category in [json!("payment_issue"), json!("REFUND"), json!(null)] {
            let error = first_fault(&ann, json!({"description": "Hm", "category": category})).await;
            assert_eq!((&error["code"], &error["alias"]), (&json!("INVALID_VALUE"), &json!("INVALID_ISSUE_TYPE")), "{category}");
        }
        let error = first_fault(&ann, json!({"category": "OTHER"})).await;
        assert_eq!((&error["field"], &error["alias"]), (&json!(["description"]), &json!("INVALID_TICKET")));
        let answer = desk.stranger().answer("mutation { ticketCreate(input: {description: \"Hm\", category: \"OTHER\"}) { ticket { id } } }", json!({})).await;
        assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"]);
    }
}

/// The first thing that is wrong with a ticket: what it is about and which service is missing as well.
async fn first_fault(person: &Person, input: Value) -> Value {
    person.attempt("ticketCreate", input, "__typename").await["userErrors"][0].take()
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

desk_test! {
    // S2-8, S2-21, S2-30, S2-38, S2-46: all four calls need a token, and one that is good.
    async fn every_call_needs_a_token_that_is_good(desk: &Desk) on "superapp" {
        let ann = desk.customer("Ann").await;
        let ticket = open(&ann, "superapp").await;
        let before = ann.run("{ eventCursor }", json!({})).await;
        let calls = [
            "mutation { ticketCreate(input: {description: \"Hm\", category: \"OTHER\"}) { ticket { id } } }".to_owned(),
            format!("{{ ticket(id: {ticket}) {{ status {{ key }} }} }}"),
            format!("mutation {{ ticketEscalate(input: {{ticketId: {ticket}}}) {{ ticket {{ id }} }} }}"),
            format!("mutation {{ ticketClose(input: {{ticketId: {ticket}}}) {{ ticket {{ id }} }} }}"),
        ];
        let forged = format!("{}x", ann.token.as_deref().unwrap());
        for token in [None, Some("x".to_owned()), Some(forged)] {
            let mut somebody = desk.stranger();
            somebody.token = token;
            for document in &calls {
                let answer = somebody.answer(document, json!({})).await;
                assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"], "{document} with {:?}: {answer}", somebody.token);
            }
        }
        assert_eq!(ann.run("{ eventCursor }", json!({})).await, before, "nothing happened");
    }
}

desk_test! {
    // S2-22: whoever's key was not made for it opens nothing, and no customer opens a ticket in another's name.
    async fn without_the_permission_nothing_is_created(desk: &Desk) on "superapp" {
        let (ann, bob) = (desk.customer("Ann").await, desk.customer("Bob").await);
        let mut input = wanted_by(&ann, "superapp").await;
        let tracker = desk.service("Tracker", &["TICKET_VIEW"]).await;
        let before = ann.run("{ eventCursor }", json!({})).await;
        let error = tracker.refused("ticketCreate", input.clone()).await;
        assert_eq!((&error["code"], &error["alias"]), (&json!("FORBIDDEN"), &json!("FORBIDDEN")));
        input["requesterId"] = json!(bob.id);
        assert_eq!(ann.refused("ticketCreate", input).await["code"], "NOT_FOUND", "other customers look absent");
        assert_eq!(ann.run("{ eventCursor tickets { totalCount } }", json!({})).await["tickets"]["totalCount"], 0);
        assert_eq!(ann.run("{ eventCursor }", json!({})).await, before);
    }
}

desk_test! {
    // S2-26, S2-29, S2-43, S2-44: what tracking and closing take and answer.
    async fn a_customer_tracks_and_closes_by_the_ticket_id(desk: &Desk) on "superapp" {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        let ticket = open(&ann, "superapp").await;
        let track = "query($id: ID!) { ticket(id: $id) { number fields { key value } category { key } status { key } description createdAt updatedAt } }";
        let data = ann.run(track, json!({"id": ticket})).await["ticket"].take();
        let (service, issue) = (json!([{"key": "service_type", "value": "ride"}]), json!({"key": "PAYMENT_ISSUE"}));
        assert_eq!((&data["number"], &data["fields"], &data["category"]), (&json!("1"), &service, &issue));
        assert_eq!((&data["status"]["key"], &data["description"]), (&json!("OPEN"), &json!("Payment was charged twice")));
        assert_eq!(data["updatedAt"], data["createdAt"]);
        moved(&ben, &ticket, "RESOLVED").await;
        let moved = ann.run(track, json!({"id": ticket})).await["ticket"].take();
        assert_eq!(moved["status"]["key"], "RESOLVED");
        assert!(moved["updatedAt"].as_str() > data["updatedAt"].as_str(), "{moved}");
        // No ticket id, and none that could be one.
        for document in ["{ ticket { id } }", "mutation { ticketClose(input: {}) { ticket { id } } }"] {
            let answer = ann.answer(document, json!({})).await;
            let refusal = &crate::harness::errors(&answer)[0];
            assert!(["GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"].contains(&refusal.as_str()), "{answer}");
            assert!(answer["errors"][0]["message"].to_string().contains("required but not provided"), "{answer}");
        }
        for document in ["{ ticket(id: \"12\") { id } }", "mutation { ticketClose(input: {ticketId: \"12\"}) { ticket { id } } }"] {
            let answer = ann.answer(document, json!({})).await;
            assert_eq!(crate::harness::errors(&answer), ["BAD_USER_INPUT"], "{answer}");
        }
        let closed = ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id number status { key } } notices { code }").await;
        assert_eq!(closed["ticket"], json!({"id": ticket, "number": "1", "status": {"key": "CLOSED"}}));
        assert_eq!(closed["notices"], json!([]), "no gamificationError");
    }
}

desk_test! {
    // S2-62, S2-63, S2-64: the app's three events, live and again after a broken connection.
    async fn a_customer_hears_the_three_events_of_the_document(desk: &Desk) on "superapp" {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        let document = "subscription($after: EventCursor) { ticketEvents(after: $after) { eventCursor node { alias ticketId } } }";
        let next = async |socket: &mut Socket| loop {
            let edge = socket.next().await["ticketEvents"].take();
            if edge["node"]["alias"].is_string() {
                return edge;
            }
        };
        let mut socket = ann.socket().await;
        let start = ann.run("{ eventCursor }", json!({})).await["eventCursor"].take();
        socket.subscribe("1", document, json!({"after": start})).await;
        let ticket = open(&ann, "superapp").await;
        let created = next(&mut socket).await;
        assert_eq!(created["node"], json!({"alias": "support:ticket_created", "ticketId": ticket}));
        drop(socket);
        ann.do_it("ticketEscalate", json!({"ticketId": ticket}), "ticket { id }").await;
        let mut socket = ann.socket().await;
        socket.subscribe("1", document, json!({"after": created["eventCursor"]})).await;
        assert_eq!(next(&mut socket).await["node"], json!({"alias": "support:ticket_escalated", "ticketId": ticket}));
        moved(&ben, &ticket, "RESOLVED").await;
        ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        assert_eq!(next(&mut socket).await["node"], json!({"alias": "support:ticket_closed", "ticketId": ticket}));
    }
}
