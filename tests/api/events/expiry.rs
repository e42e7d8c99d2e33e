//! Promise 5: cursors are good for thirty days, and then there is an explicit code that says where to go on.

use std::time::Duration;

use serde_json::{Value, json};

use super::{EVENTS, Watcher, at, now};
use crate::desk_test;
use crate::harness::{Person, errors};

const DAY: Duration = Duration::from_secs(86_400);

const PAGE: &str =
    "query($after: EventCursor!) { events(after: $after) { edges { node { kind ticketId } } hasNextPage } }";

/// The kinds of what comes after this cursor.
async fn kinds(person: &Person, after: &Value) -> Vec<String> {
    let page = person.run(PAGE, json!({"after": after})).await["events"].take();
    assert_eq!(page["hasNextPage"], false);
    let edges = page["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"]["kind"].as_str().unwrap().to_owned()).collect()
}

/// Asserts that nothing is replayed from this cursor, neither in pages nor as a stream, and that it says where to go on.
async fn refused(person: &Person, after: &Value, resync_from: &Value) {
    let answer = person.answer(PAGE, json!({"after": after})).await;
    assert_eq!(errors(&answer), ["CURSOR_EXPIRED"], "{after}: {answer:#}");
    assert_eq!(&answer["errors"][0]["extensions"]["resyncFrom"], resync_from);
    for document in [
        EVENTS,
        "subscription($after: EventCursor) { ticketStatusChanged(after: $after) { eventCursor } }",
        "subscription($after: EventCursor) { commentAdded(after: $after) { eventCursor } }",
    ] {
        let mut socket = person.socket().await;
        socket.subscribe("1", document, json!({"after": after})).await;
        let message = socket.receive().await;
        let error = match message["type"].as_str() {
            Some("error") => &message["payload"][0],
            _ => &message["payload"]["errors"][0],
        };
        assert_eq!(error["extensions"]["code"], "CURSOR_EXPIRED", "{message:#}");
        assert_eq!(&error["extensions"]["resyncFrom"], resync_from);
    }
}

desk_test! {
    async fn a_cursor_is_good_for_thirty_days_after_it_was_the_newest(desk: &Desk) {
        let ada = desk.administrator().await;
        let before = now(&ada).await;
        let first = ada.open_ticket("The first ticket").await;
        // What a clock of the ticket would say later is no part of this.
        ada.do_it("ticketClose", json!({"ticketId": first}), "ticket { id }").await;
        let after_first = now(&ada).await;
        // The desk's own time says nothing about the age of the log.
        desk.clock.advance(DAY * 400);
        assert_eq!(kinds(&ada, &before).await, ["CREATED", "STATUS_CHANGED"]);
        desk.clock.advance_real(DAY * 30 - Duration::from_secs(60));
        let ada = desk.administrator().await;
        assert_eq!(kinds(&ada, &before).await, ["CREATED", "STATUS_CHANGED"]);
        let mut watcher = Watcher::new(&ada, json!({}), &before).await;
        assert_eq!(watcher.event().await, ("CREATED".to_owned(), first.clone()));
        // Nothing has happened since the first: who was given that position yesterday, or today, misses nothing.
        let second = ada.open_ticket("The second ticket").await;
        ada.do_it("ticketClose", json!({"ticketId": second}), "ticket { id }").await;
        desk.clock.advance_real(Duration::from_secs(120));
        let ada = desk.administrator().await;
        let head = now(&ada).await;
        refused(&ada, &before, &head).await;
        refused(&ada, &at(&before, 0), &head).await;
        assert_eq!(kinds(&ada, &after_first).await, ["CREATED", "STATUS_CHANGED"]);
        let mut watcher = Watcher::new(&ada, json!({}), &after_first).await;
        assert_eq!(watcher.event().await, ("CREATED".to_owned(), second));

        // On a desk where nothing happens, the head does not expire: there is nothing to load again.
        desk.clock.advance_real(DAY * 31);
        let ada = desk.administrator().await;
        refused(&ada, &after_first, &now(&ada).await).await;
        assert_eq!(kinds(&ada, &head).await, Vec::<String>::new());
        let mut watcher = Watcher::new(&ada, json!({}), &head).await;
        let third = ada.open_ticket("The third ticket").await;
        assert_eq!(watcher.event().await, ("CREATED".to_owned(), third));

        // What replays nothing has no such limit: histories, and asking a search to have passed a position.
        let document = "query($id: ID!, $cursor: EventCursor!) { ticket(id: $id) { history(first: 5) { nodes { kind } } } \
            search(query: \"first\", kinds: [TICKET], consistentWith: $cursor) { hits { node { ... on Ticket { id } } } } }";
        let data = ada.run(document, json!({"id": first, "cursor": before})).await;
        assert_eq!(data["ticket"]["history"]["nodes"], json!([{"kind": "CREATED"}, {"kind": "STATUS_CHANGED"}]));
        assert_eq!(data["search"]["hits"][0]["node"]["id"], first);
    }
}
