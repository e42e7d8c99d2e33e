//! A subscriber who does not read loses nothing, costs little, and holds back nobody.

use deskgraph::access::{Actor, Origin};
use deskgraph::app;
use deskgraph::clock::Clock;
use deskgraph::config::Config;
use deskgraph::ids::TicketId;
use serde_json::json;

use super::log::Say;
use super::now;
use crate::harness::{PASSWORD, Person, Process, SIGN_IN, seq};

const EVENTS: i64 = 5_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_events_pass_those_who_do_not_read_and_they_get_them_all_later() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Process::start(folder.path(), None, &[]).await;
    let http = reqwest::Client::new();
    let input = json!({"input": {"email": "ada@desk.test", "password": PASSWORD}});
    let answer = Person::new(http.clone(), &desk.url, None).run(SIGN_IN, input).await;
    let mut ada = Person::new(http, &desk.url, answer["signIn"]["accessToken"].as_str().map(str::to_owned));
    ada.id = "Ada".to_owned();
    // Each event carries 20 kB, so that no buffer on the way holds them all: 100 MB for each subscriber.
    let input = json!({"title": "A ticket with much text", "description": "x".repeat(20_000)});
    let id = ada.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].take();
    let ticket: TicketId = id.as_str().unwrap().parse().unwrap();
    let start = now(&ada).await;
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut socket = ada.socket().await;
        let document = "subscription($after: EventCursor) { ticketEvents(after: $after) { eventCursor node { kind ticket { description } } } }";
        socket.subscribe("1", document, json!({"after": start})).await;
        slow.push(socket);
    }
    let before = desk.memory_mb();

    // Written past the process, which is told of them by a write of its own.
    let config = Config { data: folder.path().to_owned(), ..Config::default() };
    let writer = app::open(&config, Clock::system()).await.unwrap();
    for _ in 0..EVENTS / 250 {
        writer
            .perform(&Actor::system(Origin::Cli), Say { ticket, times: 250, hold_ms: 0, fails: false })
            .await
            .unwrap();
    }
    writer.db.close().await;
    let last = ada.do_it("ticketPriorityChange", json!({"ticketId": id, "priority": "low"}), "ticket { id }").await;
    let last = seq(&last["eventCursor"]);
    assert!(last >= seq(&start) + EVENTS);

    // Whoever reads gets everything at once meanwhile.
    let mut fast = ada.socket().await;
    fast.subscribe(
        "1",
        "subscription($after: EventCursor) { ticketEvents(after: $after) { eventCursor } }",
        json!({"after": start}),
    )
    .await;
    for expected in seq(&start) + 1..=last {
        assert_eq!(seq(&fast.next().await["ticketEvents"]["eventCursor"]), expected);
    }
    if let (Some(before), Some(after)) = (before, desk.memory_mb()) {
        println!("{before} MB before, {after} MB with {} who do not read", slow.len());
        assert!(after < before + 120, "from {before} to {after} MB");
    }
    // One of them reads at last.
    let mut socket = slow.pop().unwrap();
    for expected in seq(&start) + 1..=last {
        let edge = socket.next().await["ticketEvents"].take();
        assert_eq!(seq(&edge["eventCursor"]), expected);
        assert_eq!(edge["node"]["ticket"]["description"].as_str().map(str::len), Some(20_000));
    }
    desk.stop().await;
}
