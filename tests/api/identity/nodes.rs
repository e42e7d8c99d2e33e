//! Two nodes of one desk. SQLite has one node only, so this is for PostgreSQL alone.

use std::time::{Duration, Instant};

use deskgraph::app::App;
use serde_json::json;

use crate::harness::{Desk, Person, Socket, errors};

/// Promise 8: access ends within 5 s on every node, and needs no request there to end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_that_ends_on_one_node_ends_on_the_other() {
    let Some(desk) = Desk::postgres().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut config = desk.config.clone();
    config.data = folder.path().to_owned();
    let other = App::start(config, desk.clock.clone()).await.unwrap();
    let url = format!("http://{}", other.addresses[0]);
    let there = |person: &Person| Person::new(reqwest::Client::new(), &url, person.token.clone());
    let role = async |person: &Person| {
        let answer = person.answer("{ viewer { role } }", json!({})).await;
        answer["data"]["viewer"]["role"].as_str().map_or_else(|| errors(&answer).concat(), str::to_owned)
    };

    let (bob, ada) = (desk.agent("Bob").await, desk.administrator().await);
    let bob_there = there(&bob);
    assert_eq!(role(&bob_there).await, "AGENT");
    let mut socket = Socket::open(&url, bob.token.as_deref()).await;

    ada.do_it("personUpdate", json!({"personId": bob.id, "role": "CUSTOMER"}), "person { role }").await;
    let began = Instant::now();
    while role(&bob_there).await != "CUSTOMER" {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bob.run("mutation { signOut { eventCursor } }", json!({})).await;
    let began = Instant::now();
    assert_eq!(socket.closed().await.0, 4403);
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(role(&bob_there).await, "UNAUTHENTICATED");

    // Keys are shared as well: each node takes what the other signed.
    let ada_there = there(&ada);
    assert_eq!(role(&ada_there).await, "ADMINISTRATOR");
    desk.app().sessions.rotate_signing_key().await.unwrap();
    let ada = desk.administrator().await;
    assert_eq!(role(&there(&ada)).await, "ADMINISTRATOR");
    assert_eq!(role(&ada_there).await, "ADMINISTRATOR");

    other.stop();
    other.stopped().await.unwrap();
    desk.stop().await;
}
