//! Rides, orders and tables, alone and shared: the profile `superapp`, seed 002.

use serde_json::{Value, json};

use super::{external, known, look, refused, source, tell};
use crate::desk_test;
use crate::harness::{Desk, Person};

fn ride(id: &str, owner: &str, riders: &[&str]) -> Value {
    let riders: Vec<Value> = riders.iter().map(|id| external(id)).collect();
    json!({"kind": "ride", "externalId": id, "owner": external(owner), "participants": riders,
        "fields": [{"key": "pickup_location", "value": "123 Main St"}, {"key": "dropoff_location", "value": "456 Elm St"}]})
}

fn issue(service: &str, reference: Value) -> Value {
    json!({"description": "Payment was charged twice", "category": "PAYMENT_ISSUE",
        "fields": [{"key": "service_type", "value": service}], "reference": reference})
}

fn thing(kind: &str, id: &str) -> Value {
    json!({"kind": kind, "externalId": id})
}

/// Customers 1, 2, 3 with the shared ride 1 of customer 1, the order 7 of customer 1, and customer 4, who has nothing to do with it.
async fn riders(desk: &Desk) -> (Person, [Person; 4]) {
    let core = source(desk).await;
    let people = [
        known(desk, &core, "1", true).await,
        known(desk, &core, "2", true).await,
        known(desk, &core, "3", false).await,
        known(desk, &core, "4", true).await,
    ];
    tell(&core, ride("1", "1", &["2", "3"])).await;
    tell(&core, ride("2", "4", &[])).await;
    tell(&core, json!({"kind": "order", "externalId": "7", "owner": external("1")})).await;
    tell(&core, json!({"kind": "booking", "externalId": "9", "owner": external("1")})).await;
    (core, people)
}

desk_test! {
    // S2-11, S2-12, S2-13, S2-14, S2-15, S2-18, S2-20, S2-27, S2-66, S2-71
    async fn a_ticket_about_a_shared_ride_with_those_who_shared_it(desk: &Desk) on "superapp" {
        let (_, [one, two, three, four]) = riders(desk).await;
        let mut input = issue("ride", thing("ride", "1"));
        input["participants"] = json!([external("2"), {"personId": three.id}, external("2"), {"personId": one.id}]);
        let selection = "ticket { id number title description category { key } status { key } \
            fields { key name value text } reference { externalId kind { key } fields { key value } } participants { id } }";
        let made = one.do_it("ticketCreate", input, selection).await["ticket"].take();
        assert_eq!(made["number"].as_str().unwrap().parse::<u32>().unwrap(), 1);
        assert_eq!((&made["status"]["key"], &made["category"]["key"]), (&json!("OPEN"), &json!("PAYMENT_ISSUE")));
        assert_eq!(made["fields"], json!([{"key": "service_type", "name": "Service", "value": "ride", "text": "Ride"}]));
        // S2-27: the ride with where it began and ended.
        assert_eq!(made["reference"]["fields"], json!([{"key": "pickup_location", "value": "123 Main St"}, {"key": "dropoff_location", "value": "456 Elm St"}]));
        assert_eq!(made["participants"], json!([{"id": two.id}, {"id": three.id}]));
        // S2-3, X-13: the group sees it, nobody else does.
        for (person, seen) in [(&two, true), (&three, true), (&four, false)] {
            let read = person.run("query($id: ID!) { ticket(id: $id) { id reference { externalId } } }", json!({"id": made["id"]})).await;
            assert_eq!(read["ticket"]["reference"]["externalId"] == "1", seen);
        }
        // S2-66: who shares a ride sees it and may ask about it, too.
        assert_eq!(look(&two, "ride", "1").await["actions"][0]["allowed"], true);
        assert_eq!(look(&four, "ride", "1").await, json!(null));
        two.do_it("ticketCreate", issue("ride", thing("ride", "1")), "ticket { id }").await;
    }
}

desk_test! {
    // S2-15, S2-16, S2-17, S2-55, S2-56, S2-57, S2-58: exactly one reference, of the kind that the service has, and one's own.
    async fn the_reference_is_there_suits_and_is_ones_own(desk: &Desk) on "superapp" {
        let (_, [one, ..]) = riders(desk).await;
        let cases = [
            (issue("ride", thing("ride", "99")), "REFERENCE_INVALID", "RIDE_NOT_FOUND"),
            (issue("ride", thing("ride", "2")), "REFERENCE_INVALID", "RIDE_NOT_FOUND"),
            (issue("order", thing("order", "99")), "REFERENCE_INVALID", "ORDER_FAILED"),
            (issue("booking", thing("booking", "99")), "REFERENCE_INVALID", "BOOKING_FAILED"),
            (issue("ride", thing("order", "7")), "REFERENCE_INVALID", "INVALID_TICKET"),
            (issue("event_service", thing("ride", "1")), "REFERENCE_INVALID", "INVALID_TICKET"),
            (issue("ride", json!(null)), "REFERENCE_INVALID", "INVALID_TICKET"),
        ];
        for (input, code, alias) in cases {
            let error = refused(&one, input.clone()).await;
            assert_eq!((&error["code"], &error["alias"]), (&json!(code), &json!(alias)), "{input}: {error}");
        }
        for (service, reference) in [("order", thing("order", "7")), ("booking", thing("booking", "9")), ("event_service", thing("booking", "9")), ("in_dining_order", thing("order", "7")), ("in_dining_order", thing("booking", "9"))] {
            one.do_it("ticketCreate", issue(service, reference), "ticket { id }").await;
        }
    }
}

desk_test! {
    // S2-12, S2-13, S2-14, S2-20, S2-53, S2-54, S2-55
    async fn service_and_issue_are_of_the_lists(desk: &Desk) on "superapp" {
        let (_, [one, ..]) = riders(desk).await;
        let valid = || issue("ride", thing("ride", "1"));
        let with = |field: &str, value: Value| {
            let mut input = valid();
            input[field] = value;
            input
        };
        let cases = [
            (with("fields", json!([{"key": "service_type", "value": "helicopter"}])), "INVALID_SERVICE_TYPE", json!(["fields", "service_type"])),
            (with("fields", json!([])), "INVALID_SERVICE_TYPE", json!(["fields", "service_type"])),
            (with("fields", json!(null)), "INVALID_SERVICE_TYPE", json!(["fields", "service_type"])),
            (with("fields", json!([{"key": "colour", "value": "red"}, {"key": "service_type", "value": "ride"}])), "INVALID_TICKET", json!(["fields", "key"])),
            (with("category", json!("WEATHER")), "INVALID_ISSUE_TYPE", json!(["category"])),
            (with("category", json!(null)), "INVALID_ISSUE_TYPE", json!(["category"])),
            (with("description", json!("")), "INVALID_TICKET", json!(["description"])),
        ];
        for (input, alias, field) in cases {
            let error = refused(&one, input.clone()).await;
            assert_eq!((&error["code"], &error["alias"], &error["field"]), (&json!("INVALID_VALUE"), &json!(alias), &field), "{input}: {error}");
        }
    }
}

desk_test! {
    // S2-18, S2-52: group members are those of the shared ride; a stranger and nobody look the same.
    async fn nobody_is_drawn_into_a_ticket_who_did_not_share_the_ride(desk: &Desk) on "superapp" {
        let (core, [one, two, _, four]) = riders(desk).await;
        let ada = desk.administrator().await;
        let mut answers = Vec::new();
        for stranger in [json!({"personId": four.id}), json!({"personId": ada.id}), external("nobody"), json!({"personId": "per_01arz3ndektsv4rrffq69g5fav"})] {
            let mut input = issue("ride", thing("ride", "1"));
            input["participants"] = json!([external("2"), stranger]);
            answers.push(refused(&one, input).await);
        }
        assert_eq!((&answers[0]["code"], &answers[0]["alias"]), (&json!("NOT_FOUND"), &json!("CUSTOMER_NOT_FOUND")));
        assert_eq!(answers[0]["field"], json!(["participants"]));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        // Nobody shares the order.
        let mut input = issue("order", thing("order", "7"));
        input["participants"] = json!([external("2")]);
        assert_eq!(refused(&one, input).await["alias"], "CUSTOMER_NOT_FOUND");
        // Who leaves the ride is out of it.
        tell(&core, ride("1", "1", &["3"])).await;
        let mut input = issue("ride", thing("ride", "1"));
        input["participants"] = json!([{"personId": two.id}]);
        assert_eq!(refused(&one, input).await["alias"], "CUSTOMER_NOT_FOUND");
        assert_eq!(look(&two, "ride", "1").await, json!(null));
    }
}

desk_test! {
    // S2-12: what was said can be asked for, changed and looked back at.
    async fn the_desks_own_fields_are_kept_filtered_and_changed(desk: &Desk) on "superapp" {
        let (_, [one, ..]) = riders(desk).await;
        let ada = desk.administrator().await;
        let first = one.do_it("ticketCreate", issue("order", thing("order", "7")), "ticket { id version }").await["ticket"].take();
        one.do_it("ticketCreate", issue("booking", thing("booking", "9")), "ticket { id }").await;
        let by = "query($filter: TicketFilter) { tickets(filter: $filter) { nodes { id fields { value } } } }";
        let filter = json!({"filter": {"field": [{"key": "service_type", "value": ["order", "ride"]}]}});
        let found = ada.run(by, filter).await;
        assert_eq!(found["tickets"]["nodes"], json!([{"id": first["id"], "fields": [{"value": "order"}]}]));
        let odd = ada.answer(by, json!({"filter": {"field": [{"key": "colour", "value": ["red"]}]}})).await;
        assert_eq!(crate::harness::errors(&odd), ["BAD_USER_INPUT"]);
        let change = |value: Value| json!({"ticketId": first["id"], "fields": [{"key": "service_type", "value": value}]});
        let changed = ada.do_it("ticketUpdate", change(json!("in_dining_order")), "ticket { version fields { text } }").await;
        assert_eq!(changed["ticket"]["fields"], json!([{"text": "In-dining order"}]));
        assert_eq!(changed["ticket"]["version"], 2);
        assert_eq!(ada.refused("ticketUpdate", change(json!("helicopter"))).await["code"], "INVALID_VALUE");
        assert_eq!(ada.refused("ticketUpdate", change(json!(null))).await["code"], "INVALID_VALUE");
        let same = ada.do_it("ticketUpdate", change(json!("in_dining_order")), "ticket { version }").await;
        assert_eq!(same["ticket"]["version"], 2);
        let history = ada.run("query($id: ID!) { ticket(id: $id) { history { nodes { ... on TicketUpdatedEvent { fields changes { field before after } } } } } }", json!({"id": first["id"]})).await;
        assert_eq!(history["ticket"]["history"]["nodes"][1]["changes"], json!([{"field": "service_type", "before": "order", "after": "in_dining_order"}]));
    }
}
