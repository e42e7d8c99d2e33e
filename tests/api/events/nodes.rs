//! Two nodes on one PostgreSQL database are one desk.

use std::time::{Duration, Instant};

use deskgraph::app::App;
use serde_json::json;

use super::{Watcher, now};
use crate::harness::{Desk, Person};

/// A second node on the same database, with an index of its own.
async fn second(desk: &Desk) -> (App, String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = desk.config.clone();
    config.data = folder.path().to_owned();
    let app = App::start(config, desk.clock.clone()).await.unwrap();
    let url = format!("http://{}", app.addresses[0]);
    (app, url, folder)
}

/// Promises 3, 5, 6 on any node.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_writes_the_other_shows_within_a_second() {
    let Some(desk) = Desk::postgres().await else { return };
    let (other, url, _folder) = second(&desk).await;
    let here = desk.administrator().await;
    let there = here.at(&url);
    let mut watcher = Watcher::new(&there, json!({}), &now(&here).await).await;
    for nth in 0..20 {
        let began = Instant::now();
        let made = here
            .do_it(
                "ticketCreate",
                json!({"title": format!("Ticket number {nth}"), "description": "On one node."}),
                "ticket { id }",
            )
            .await;
        // Its cursor is good over there at once, for whatever takes one.
        let document = "query($cursor: EventCursor!) { events(after: $cursor) { hasNextPage } \
            search(query: \"\", kinds: [TICKET], consistentWith: $cursor) { totalCount } }";
        let found = there.run(document, json!({"cursor": made["eventCursor"]})).await;
        assert_eq!(found["search"]["totalCount"], nth + 1);
        let (kind, ticket) = watcher.event().await;
        assert_eq!((kind.as_str(), Some(ticket.as_str())), ("CREATED", made["ticket"]["id"].as_str()));
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        let mut resumed = Watcher::new(&there, json!({}), &made["eventCursor"]).await;
        there.do_it("commentAdd", json!({"ticketId": ticket, "body": "On the other."}), "comment { id }").await;
        assert_eq!(resumed.event().await.0, "COMMENT_ADDED");
        assert_eq!(watcher.event().await.0, "COMMENT_ADDED");
    }
    other.stop();
    other.stopped().await.unwrap();
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_on_both_nodes_at_once_has_one_effect() {
    let Some(desk) = Desk::postgres().await else { return };
    let (other, url, _folder) = second(&desk).await;
    let here = desk.administrator().await;
    let there = here.at(&url);
    for nth in 0..15 {
        let input = json!({"title": format!("Ticket number {nth}"), "description": "Sent twice.", "idempotencyKey": format!("key {nth}")});
        let send = |person: &Person| {
            let (person, input) = (person.clone(), input.clone());
            tokio::spawn(async move { person.do_it("ticketCreate", input, "ticket { id }").await })
        };
        let (one, two) = (send(&here), send(&there));
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        assert_eq!(one["ticket"]["id"], two["ticket"]["id"]);
        assert!(one["replayed"] != two["replayed"], "{one} {two}");
        assert_eq!(here.run("{ tickets { totalCount } }", json!({})).await["tickets"]["totalCount"], nth + 1);
    }
    other.stop();
    other.stopped().await.unwrap();
    desk.stop().await;
}

/// Promise 8: the other node's streams and requests, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_of_one_node_are_sessions_of_the_other_and_end_there_within_a_second() {
    let Some(desk) = Desk::postgres().await else { return };
    let (other, url, _folder) = second(&desk).await;
    let ada = desk.administrator().await;
    let ben = desk.agent("Ben").await;
    let id = ada.open_ticket("A ticket for Ben").await;
    let mut watcher = Watcher::new(&ben.at(&url), json!({}), &now(&ada).await).await;
    ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
    assert_eq!(watcher.event().await, ("ASSIGNED".to_owned(), id.clone()));
    assert_eq!(watcher.event().await, ("STATUS_CHANGED".to_owned(), id.clone()));
    ada.do_it("personUpdate", json!({"personId": ben.id, "role": "CUSTOMER"}), "person { id }").await;
    ada.do_it("commentAdd", json!({"ticketId": id, "body": "Ben no longer sees this."}), "comment { id }").await;
    let own = ben.open_ticket("A ticket that Ben has asked").await;
    assert_eq!(watcher.event().await, ("HIDDEN".to_owned(), id));
    assert_eq!(watcher.event().await, ("CREATED".to_owned(), own), "a customer sees what they asked");
    let began = Instant::now();
    ben.run("mutation { signOut { eventCursor } }", json!({})).await;
    assert_eq!(watcher.socket.closed().await.0, 4403);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let answer = ben.at(&url).answer("{ viewer { role } }", json!({})).await;
    assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"]);
    other.stop();
    other.stopped().await.unwrap();
    desk.stop().await;
}
