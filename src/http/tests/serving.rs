//! Health, readiness, and stopping.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Toy, read};
use crate::http::health::State;

#[tokio::test]
async fn ready_is_when_every_component_is() {
    let toy = Toy::start().await;
    assert_eq!(read(toy.http.get(toy.url("/health"))).await, (200, json!({"alive": true})));
    toy.readiness.ready("database");
    let (status, body) = read(toy.http.get(toy.url("/ready"))).await;
    assert_eq!(status, 503);
    assert_eq!(body["components"]["index"], json!({"ready": false, "state": "starting", "reason": "starting"}));
    toy.readiness.ready("index");
    let (status, body) = read(toy.http.get(toy.url("/ready"))).await;
    assert_eq!((status, &body["ready"], &body["degraded"]), (200, &json!(true), &json!(false)));
    for (state, name) in [
        (State::Rebuilding("it is damaged".to_owned()), "rebuilding"),
        (State::Degraded("no place".to_owned()), "degraded"),
    ] {
        toy.readiness.set("index", state);
        let (status, body) = read(toy.http.get(toy.url("/ready"))).await;
        assert_eq!((status, &body["ready"], &body["degraded"]), (200, &json!(true), &json!(true)));
        assert_eq!(
            (&body["components"]["index"]["state"], &body["components"]["database"]["state"]),
            (&json!(name), &json!("ready"))
        );
    }
    toy.readiness.not_ready("database", "away");
    assert_eq!(read(toy.http.get(toy.url("/ready"))).await.0, 503);
}

#[tokio::test]
async fn a_stop_lets_a_request_under_way_finish() {
    let toy = Toy::start().await;
    let request = tokio::spawn(read(toy.post(json!({"query": "{ hangs }"}))));
    toy.shared.begun.notified().await;
    toy.shutdown.cancel();
    toy.shared.go_on.notify_one();
    let (status, body) = request.await.unwrap();
    assert_eq!((status, &body["data"]["hangs"]), (200, &json!(true)));
    toy.serving.await.unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let toy = Toy::with(|_| {}, |inner| inner.drain = Duration::from_millis(50)).await;
    let _request = tokio::spawn(toy.post(json!({"query": "{ hangs }"})).send());
    toy.shared.begun.notified().await;
    toy.shutdown.cancel();
    toy.serving.await.unwrap();
}

#[tokio::test]
async fn a_connection_that_does_not_finish_its_headers_is_closed() {
    for begun in ["", "GET /health HT", "GET /health HTTP/1.1\r\nhost: desk.test\r\nx-slow: ", "PRI * HTTP/2"] {
        let toy = Toy::with(|_| {}, |inner| inner.header_timeout = Duration::from_millis(50)).await;
        let mut stream = TcpStream::connect(toy.address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        // Ends when the server closes the connection, with or without a reset.
        let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await.expect(begun);
        assert_eq!(read(toy.http.get(toy.url("/health"))).await.0, 200);
    }
}

#[tokio::test]
async fn headers_count_as_slow_only_before_the_first_request() {
    let toy = Toy::with(|_| {}, |inner| inner.header_timeout = Duration::from_millis(50)).await;
    let request = tokio::spawn(read(toy.post(json!({"query": "{ hangs }"}))));
    toy.shared.begun.notified().await;
    // Longer than the limit by the server's own clock: a second connection has been closed by it.
    let mut silent = TcpStream::connect(toy.address).await.unwrap();
    let _ = silent.read_to_end(&mut Vec::new()).await;
    toy.shared.go_on.notify_one();
    assert_eq!(request.await.unwrap().0, 200);
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_for_their_turn() {
    let toy = Toy::with(|config| config.http.connections = 1, |_| {}).await;
    let held = TcpStream::connect(toy.address).await.unwrap();
    let waiting = tokio::spawn(read(toy.http.get(toy.url("/health"))));
    drop(held);
    assert_eq!(waiting.await.unwrap().0, 200);
}
