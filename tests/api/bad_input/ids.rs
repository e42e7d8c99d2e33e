//! Ids and cursors that are unknown, somebody else's, or nonsense.

use serde_json::{Value, json};

use super::{answers, refused};
use crate::desk_test;
use crate::harness::errors;

/// A well-formed id that nothing has.
fn unknown(prefix: &str) -> String {
    format!("{prefix}_01arz3ndektsv4rrffq69g5fav")
}

desk_test! {
    async fn what_is_unknown_and_what_is_somebody_elses_look_the_same(desk: &Desk) {
        let (ann, bob) = (desk.customer("Ann").await, desk.customer("Bob").await);
        let bobs = bob.open_ticket("A secret of Bob").await;
        let read = "query($id: ID!) { ticket(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }";
        for id in [&unknown("tkt"), &bobs] {
            let data = ann.run(read, json!({"id": id})).await;
            assert_eq!(data, json!({"ticket": null, "node": null, "nodes": [null]}));
        }
        let attempts = [
            ("ticketUpdate", json!({"title": "Mine now"})),
            ("commentAdd", json!({"body": "Hello?"})),
            ("ticketClose", json!({})),
            ("ticketDelete", json!({})),
        ];
        for (mutation, input) in attempts {
            let mut told = Vec::new();
            for id in [&unknown("tkt"), &bobs] {
                let mut input = input.clone();
                input["ticketId"] = json!(id);
                let error = ann.refused(mutation, input).await;
                assert_eq!((&error["code"], &error["field"]), (&json!("NOT_FOUND"), &json!(["ticketId"])), "{mutation}");
                told.push(error);
            }
            assert_eq!(told[0], told[1], "{mutation}");
        }
        assert_eq!(ann.run("query($id: ID!) { person(id: $id) { id } }", json!({"id": bob.id})).await["person"], Value::Null);
    }
}

desk_test! {
    async fn malformed_ids_are_refused_before_anything_is_done(desk: &Desk) {
        let ada = desk.administrator().await;
        let good = ada.open_ticket("Something to find").await;
        let malformed = [
            json!(""), json!("tkt"), json!("tkt_"), json!(unknown("per")), json!(good[..29]), json!(format!("{good}0")),
            json!(good.to_uppercase()), json!(format!("{good}\u{0}")), json!("1; DROP TABLE tickets"), json!("../../etc/passwd"),
            json!("x".repeat(10_000)), json!(7), json!("tkt_zzzzzzzzzzzzzzzzzzzzzzzzzz"), json!("ткт_01arz3ndektsv4rrffq69g5fav"),
        ];
        for id in &malformed {
            let answer = ada.answer("query($id: ID!) { ticket(id: $id) { id } }", json!({"id": id})).await;
            refused(&answer, "BAD_USER_INPUT");
            assert!(answer["errors"][0]["message"].as_str().unwrap().len() < 600, "{answer}");
            let close = "mutation($input: TicketCloseInput!) { ticketClose(input: $input) { ticket { id } userErrors { code } } }";
            refused(&ada.answer(close, json!({"input": {"ticketId": id}})).await, "BAD_USER_INPUT");
            let filter = "query($id: ID!) { tickets(filter: {teamId: [$id]}) { totalCount } }";
            refused(&ada.answer(filter, json!({"id": id})).await, "BAD_USER_INPUT");
        }
        for id in [json!(null), json!(["a", "b"]), json!({"a": 1}), json!(true), json!(1.5)] {
            refused(&ada.answer("query($id: ID!) { ticket(id: $id) { id } }", json!({"id": id})).await, "BAD_USER_INPUT");
        }
        let number = ada.answer("{ ticket(id: \"HD-000001\") { id } }", json!({})).await;
        assert!(number["errors"][0]["message"].as_str().unwrap().contains("ticketByNumber"), "{number}");
        // What could be the id of anything: nothing is there, or it is said to be no id; never a fault of ours.
        for id in &malformed {
            let answer = ada.answer("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
            let codes = errors(&answer);
            assert!(codes.is_empty() || codes == ["BAD_USER_INPUT"], "{answer}");
        }
        let many: Vec<String> = (0..101).map(|_| unknown("tkt")).collect();
        refused(&ada.answer("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({"ids": many})).await, "BAD_USER_INPUT");
        answers(desk).await;
    }
}

desk_test! {
    async fn a_page_cursor_is_good_for_its_own_list_only(desk: &Desk) {
        let ada = desk.administrator().await;
        let (first, second) = (ada.open_ticket("The first of three").await, ada.open_ticket("The second of three").await);
        for ticket in [&first, &second] {
            for body in ["one", "two"] {
                ada.do_it("commentAdd", json!({"ticketId": ticket, "body": body}), "comment { id }").await;
            }
        }
        let data = ada.run(
            "query($id: ID!) { tickets(first: 1) { pageInfo { endCursor } } people(first: 1) { pageInfo { endCursor } } \
             ticket(id: $id) { comments(first: 1) { pageInfo { endCursor } } history(first: 1) { pageInfo { endCursor } } } }",
            json!({"id": first}),
        ).await;
        let of_tickets = data["tickets"]["pageInfo"]["endCursor"].clone();
        let of_people = data["people"]["pageInfo"]["endCursor"].clone();
        let of_comments = data["ticket"]["comments"]["pageInfo"]["endCursor"].clone();
        let of_history = data["ticket"]["history"]["pageInfo"]["endCursor"].clone();
        let tickets = "query($after: String) { tickets(first: 1, after: $after) { nodes { id } } }";
        assert_eq!(ada.run(tickets, json!({"after": of_tickets})).await["tickets"]["nodes"].as_array().unwrap().len(), 1);
        for cursor in [of_people, of_comments.clone(), of_history, json!(""), json!("nonsense"), json!("AAAA"), json!("\u{0}"), json!("x".repeat(5_000))] {
            refused(&ada.answer(tickets, json!({"after": cursor})).await, "BAD_USER_INPUT");
        }
        for other in ["orderBy: {field: PRIORITY}", "orderBy: {direction: ASC}", "filter: {assigned: false}"] {
            let document = format!("query($after: String) {{ tickets(first: 1, after: $after, {other}) {{ nodes {{ id }} }} }}");
            refused(&ada.answer(&document, json!({"after": of_tickets})).await, "BAD_USER_INPUT");
        }
        let comments = "query($id: ID!, $after: String) { ticket(id: $id) { comments(first: 1, after: $after) { nodes { body } } } }";
        refused(&ada.answer(comments, json!({"id": second, "after": of_comments})).await, "BAD_USER_INPUT");
        refused(&ada.answer("query($after: String) { search(query: \"second\", after: $after) { totalCount } }", json!({"after": of_tickets})).await, "BAD_USER_INPUT");
    }
}

desk_test! {
    async fn an_event_cursor_of_another_log_says_where_to_resync_from(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        ann.open_ticket("Something happened").await;
        let now = ann.run("{ eventCursor }", json!({})).await["eventCursor"].as_str().unwrap().to_owned();
        let (epoch, seq) = now.split_once('-').unwrap();
        let beyond = format!("{epoch}-{}", seq.parse::<i64>().unwrap() + 1_000);
        let events = "query($after: EventCursor!) { events(after: $after) { endCursor } }";
        let live = "subscription($after: EventCursor) { ticketEvents(after: $after) { eventCursor } }";
        for cursor in ["abcdefgh1234-0", "abcdefgh1234-3", &beyond, &format!("{epoch}-{}", i64::MAX)] {
            let answer = ann.answer(events, json!({"after": cursor})).await;
            refused(&answer, "CURSOR_EXPIRED");
            // From there it goes on.
            let resync = answer["errors"][0]["extensions"]["resyncFrom"].clone();
            assert_eq!(ann.run(events, json!({"after": resync})).await["events"]["endCursor"], resync);
            let mut socket = ann.socket().await;
            socket.subscribe("1", live, json!({"after": cursor})).await;
            let error = socket.receive().await;
            assert_eq!((&error["type"], &error["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("CURSOR_EXPIRED")));
            assert!(error["payload"][0]["extensions"]["resyncFrom"].is_string(), "{error}");
        }
        for cursor in [json!(""), json!("1"), json!(format!("{epoch}-")), json!(format!("{epoch}--1")), json!(format!("{now}0000000000000000000")),
            json!("абвгдежзийкл-1"), json!(format!("{now}\u{0}")), json!(5), json!(null), json!([now.clone(), now.clone()])] {
            refused(&ann.answer(events, json!({"after": cursor})).await, "BAD_USER_INPUT");
        }
        refused(&ann.answer("{ search(query: \"x\", consistentWith: \"nonsense\") { totalCount } }", json!({})).await, "BAD_USER_INPUT");
        refused(&ann.answer("{ search(query: \"x\", consistentWith: \"abcdefgh1234-1\") { totalCount } }", json!({})).await, "CURSOR_EXPIRED");
    }
}
