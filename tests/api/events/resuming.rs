//! Promise 5: resuming from any cursor is as if one had never been away.

use serde_json::{Value, json};

use super::{EVENTS, Watcher, at, now, short};
use crate::desk_test;
use crate::harness::{Desk, errors, seq};

/// Some life: several tickets, all kinds of events, events that are no ticket's in between.
async fn live(desk: &Desk) -> (Value, Value) {
    let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
    let start = now(&ada).await;
    let mut ids = Vec::new();
    for title in ["The printer jams", "The network is slow", "The invoice is wrong"] {
        ids.push(ann.open_ticket(title).await);
        ada.do_it(
            "ticketAssign",
            json!({"ticketId": ids.last(), "to": {"agentId": ben.id}, "priority": "high"}),
            "ticket { id }",
        )
        .await;
        ada.do_it(
            "personUpdate",
            json!({"personId": ben.id, "name": format!("Ben, who does: {title}")}),
            "person { id }",
        )
        .await;
    }
    for id in &ids {
        ben.do_it("commentAdd", json!({"ticketId": id, "body": "A note.", "internal": true}), "comment { id }").await;
        ben.do_it("commentAdd", json!({"ticketId": id, "body": "An answer."}), "comment { id }").await;
        ben.do_it("ticketStatusChange", json!({"ticketId": id, "status": "in_progress"}), "ticket { id }").await;
    }
    ann.do_it("ticketUpdate", json!({"ticketId": ids[0], "title": "The printer still jams"}), "ticket { id }").await;
    let last = ann.do_it("commentAdd", json!({"ticketId": ids[1], "body": "Thank you."}), "comment { id }").await;
    (start, last["eventCursor"].clone())
}

desk_test! {
    async fn from_every_cursor_the_rest_of_the_log_comes_in_order_and_once(desk: &Desk) {
        let (start, last) = live(desk).await;
        let mut people = Vec::new();
        for name in ["ada", "ben", "ann"] {
            people.push(desk.sign_in(&format!("{name}@desk.test"), crate::harness::PASSWORD).await);
        }
        let mut counts = Vec::new();
        for person in &people {
            let whole = Watcher::new(person, json!({}), &at(&start, 0)).await.until(&last).await;
            assert!(whole.is_sorted_by(|a, b| a.0 < b.0), "in order, each once: {whole:?}");
            counts.push(whole.len());
            let mut socket = person.socket().await;
            for cut in 0..=seq(&last) {
                let rest: Vec<_> = whole.iter().filter(|(seq, ..)| *seq > cut).cloned().collect();
                // As a stream.
                let id = cut.to_string();
                socket.subscribe(&id, EVENTS, json!({"after": at(&start, cut)})).await;
                let mut streamed = Vec::new();
                while streamed.len() < rest.len() {
                    let message = socket.receive().await;
                    assert_eq!(message["id"], id.as_str(), "{message}");
                    let edge = &message["payload"]["data"]["ticketEvents"];
                    let (kind, ticket) = short(&edge["node"]);
                    streamed.push((seq(&edge["eventCursor"]), kind, ticket));
                }
                socket.send(json!({"type": "complete", "id": id})).await;
                assert_eq!(streamed, rest, "after {cut}");
                // And page by page.
                let (mut pages, mut after) = (Vec::new(), at(&start, cut));
                loop {
                    let document = "query($after: EventCursor!) { events(after: $after, first: 4) \
                        { edges { eventCursor node { kind ticketId } } endCursor hasNextPage } }";
                    let page = person.run(document, json!({"after": after})).await["events"].take();
                    pages.extend(page["edges"].as_array().unwrap().iter().map(|edge| {
                        let (kind, ticket) = short(&edge["node"]);
                        (seq(&edge["eventCursor"]), kind, ticket)
                    }));
                    after = page["endCursor"].clone();
                    if page["hasNextPage"] == false {
                        break;
                    }
                }
                assert_eq!(pages, rest, "pages after {cut}");
            }
        }
        // Ben sees what Ada sees, for all were his; Ann misses the notes.
        assert_eq!((counts[1], counts[2]), (counts[0], counts[0] - 3));
    }
}

desk_test! {
    async fn a_stream_goes_over_from_the_log_to_what_happens_without_a_seam(desk: &Desk) {
        let ada = desk.administrator().await;
        let start = now(&ada).await;
        let writing = tokio::spawn({
            let ada = ada.clone();
            async move {
                let mut last = json!(null);
                for nth in 0..60 {
                    let input = json!({"title": format!("Ticket {nth}"), "description": "In some words."});
                    last = ada.do_it("ticketCreate", input, "ticket { id }").await["eventCursor"].take();
                }
                last
            }
        });
        // Each begins at another moment of the writing.
        let mut watchers = Vec::new();
        while !writing.is_finished() {
            watchers.push(Watcher::new(&ada, json!({}), &start).await);
            watchers.last_mut().unwrap().event().await;
        }
        let last = writing.await.unwrap();
        for mut watcher in watchers {
            let rest = watcher.until(&last).await;
            assert_eq!(rest.iter().map(|(seq, ..)| *seq).collect::<Vec<_>>(), (seq(&start) + 2..=seq(&last)).collect::<Vec<_>>());
        }
    }
}

desk_test! {
    async fn a_cursor_of_another_life_or_beyond_the_head_has_expired(desk: &Desk) {
        let ada = desk.administrator().await;
        ada.open_ticket("Something in the log").await;
        let head = now(&ada).await;
        for cursor in [at(&head, seq(&head) + 1), at(&head, i64::MAX), json!("anotherlife0-0"), json!("anotherlife0-1")] {
            let mut socket = ada.socket().await;
            socket.subscribe("1", EVENTS, json!({"after": cursor})).await;
            let message = socket.receive().await;
            // The stream could not begin: an error, or an answer with nothing but errors, and the end.
            let errors_of = |message: &Value| match message["type"].as_str() {
                Some("error") => errors(&json!({"errors": message["payload"]})),
                _ => errors(&message["payload"]),
            };
            assert_eq!(errors_of(&message), ["CURSOR_EXPIRED"], "{cursor}: {message:#}");
            let document = "query($cursor: EventCursor!) { events(after: $cursor) { endCursor } }";
            let answer = ada.answer(document, json!({"cursor": cursor})).await;
            assert_eq!(errors(&answer), ["CURSOR_EXPIRED"]);
            let extensions = &answer["errors"][0]["extensions"];
            assert!(extensions.to_string().contains(head.as_str().unwrap()), "where to resync from: {extensions}");
        }
        for cursor in [json!("12"), json!(""), json!(7), json!("anotherlife0--1")] {
            let document = "query($cursor: EventCursor!) { events(after: $cursor) { endCursor } }";
            let answer = ada.answer(document, json!({"cursor": cursor})).await;
            assert_eq!(errors(&answer), ["BAD_USER_INPUT"], "{answer:#}");
        }
    }
}
