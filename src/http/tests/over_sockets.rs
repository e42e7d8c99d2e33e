//! `graphql-transport-ws`: messages, close codes, tokens, slow clients, stopping.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{Toy, code};

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn connect(toy: &Toy) -> Self {
        Self::with(toy, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    async fn with(toy: &Toy, headers: &[(&'static str, &'static str)]) -> Result<Self, Error> {
        let mut request = format!("ws://{}/graphql", toy.address).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Ok(Self(connect_async(request).await?.0))
    }

    async fn init(toy: &Toy, payload: Value) -> Self {
        let mut client = Self::connect(toy).await;
        client.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(client.hear().await["type"], "connection_ack");
        client
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({"type": "subscribe", "id": id, "payload": {"query": query}})).await;
    }

    async fn next(&mut self) -> Message {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await.unwrap().unwrap().unwrap();
            if !matches!(next, Message::Ping(_) | Message::Pong(_)) {
                return next;
            }
        }
    }

    async fn hear(&mut self) -> Value {
        match self.next().await {
            Message::Text(text) => serde_json::from_str(text.as_str()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Message::Close(Some(frame)) => return (frame.code.into(), frame.reason.to_string()),
                Message::Text(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn queries_mutations_and_subscriptions_are_answered() {
    let toy = Toy::start().await;
    let mut client = Client::init(&toy, json!({})).await;
    client.subscribe("1", "{ hello }").await;
    let next = client.hear().await;
    assert_eq!(
        (&next["type"], &next["id"], &next["payload"]["data"]["hello"]),
        (&json!("next"), &json!("1"), &json!("hello world"))
    );
    assert!(next["payload"]["extensions"]["cost"]["price"].is_number());
    assert_eq!(client.hear().await, json!({"type": "complete", "id": "1"}));
    client.subscribe("1", "mutation { write }").await;
    assert_eq!(client.hear().await["payload"]["data"]["write"], 1);
    assert_eq!(client.hear().await["type"], "complete");
    client.subscribe("c", "subscription { count(to: 3) }").await;
    for expected in 0..3 {
        assert_eq!(client.hear().await["payload"]["data"]["count"], expected);
    }
    assert_eq!(client.hear().await, json!({"type": "complete", "id": "c"}));
    client.say(json!({"type": "ping"})).await;
    assert_eq!(client.hear().await["type"], "pong");
    client.say(json!({"type": "pong"})).await;
    client.say(json!({"type": "complete", "id": "unknown"})).await;
    for (query, expected) in [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello", "GRAPHQL_PARSE_FAILED"),
        ("subscription { expired }", "CURSOR_EXPIRED"),
    ] {
        client.subscribe("e", query).await;
        let error = client.hear().await;
        assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("e")), "{error}");
        assert_eq!(code(&json!({"errors": error["payload"]})), expected);
    }
    client.subscribe("p", "{ panics }").await;
    assert_eq!(client.hear().await["type"], "error");
    client.subscribe("q", "{ hello }").await;
    assert_eq!(client.hear().await["type"], "next", "a panic ends its operation and nothing else");
}

#[tokio::test]
async fn every_offence_has_its_close_code() {
    let toy = Toy::with(|config| config.websocket.message_bytes = 4_096, |_| {}).await;
    let mut client = Client::with(&toy, &[]).await.unwrap();
    assert_eq!(client.closed().await.0, 4406);
    let mut client = Client::connect(&toy).await;
    client.subscribe("1", "{ hello }").await;
    assert_eq!(client.closed().await.0, 4401);
    let invalid = [
        "",
        "x",
        "{}",
        "[]",
        r#"{"type":"start"}"#,
        r#"{"type":"subscribe"}"#,
        r#"{"type":"connection_init","payload":1}"#,
    ];
    for message in invalid {
        let mut client = Client::connect(&toy).await;
        client.0.send(Message::text(message)).await.unwrap();
        assert_eq!(client.closed().await.0, 4400, "{message}");
    }
    let mut client = Client::connect(&toy).await;
    client.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(client.closed().await.0, 4400);
    let mut client = Client::connect(&toy).await;
    client.0.send(Message::text("x".repeat(4_097))).await.unwrap();
    assert_eq!(client.closed().await.0, 1009);
    let mut client = Client::init(&toy, json!(null)).await;
    client.say(json!({"type": "connection_init"})).await;
    assert_eq!(client.closed().await.0, 4429);
    let mut client = Client::init(&toy, json!({})).await;
    client.subscribe("1", "subscription { quiet }").await;
    client.subscribe("1", "subscription { quiet }").await;
    assert_eq!(client.closed().await, (4409, "Subscriber for 1 already exists".to_owned()));
    for payload in
        [json!({"Authorization": "Bearer nobody"}), json!({"Authorization": 1}), json!({"authorization": ""})]
    {
        let mut client = Client::connect(&toy).await;
        client.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(client.closed().await.0, 4403);
    }
    let toy = Toy::with(|config| config.websocket.init_timeout_seconds = 0, |_| {}).await;
    assert_eq!(Client::connect(&toy).await.closed().await.0, 4408);
}

#[tokio::test]
async fn a_socket_lives_as_long_as_its_session() {
    let toy = Toy::start().await;
    let minute = Duration::from_secs(60);
    let mut client = Client::init(&toy, json!({"Authorization": toy.token("a", minute)})).await;
    client.subscribe("1", "{ who }").await;
    assert!(client.hear().await["payload"]["data"]["who"].as_str().unwrap().starts_with("per_"));
    assert_eq!(client.hear().await["type"], "complete");
    toy.clock.advance_real(minute + minute / 2);
    client.say(json!({"type": "ping", "payload": {"Authorization": toy.token("a", minute)}})).await;
    assert_eq!(client.hear().await["type"], "pong", "renewed within the grace");
    toy.clock.advance_real(minute + minute / 2);
    client.say(json!({"type": "ping"})).await;
    assert_eq!(client.hear().await["type"], "pong", "the grace of the renewed token");
    toy.clock.advance_real(minute);
    client.say(json!({"type": "ping"})).await;
    assert_eq!(client.closed().await.0, 4403, "not renewed");

    let mut client = Client::init(&toy, json!({"Authorization": toy.token("a", minute)})).await;
    client.say(json!({"type": "ping", "payload": {"Authorization": toy.token("b", minute)}})).await;
    assert_eq!(client.closed().await.0, 4403, "somebody else");

    let mut client = Client::init(&toy, json!({"Authorization": toy.token("a", minute)})).await;
    client.subscribe("1", "subscription { quiet }").await;
    assert_eq!(client.hear().await["type"], "next");
    toy.tokens.revoked.send(toy.tokens.people[0].1).unwrap();
    assert_eq!(client.closed().await.0, 4403, "revoked");
}

#[tokio::test]
async fn a_clients_own_close_is_answered() {
    let toy = Toy::start().await;
    let mut client = Client::init(&toy, json!({})).await;
    client.0.close(None).await.unwrap();
    assert!(matches!(client.next().await, Message::Close(_)));
}

#[tokio::test]
async fn operations_and_sockets_are_counted() {
    let toy = Toy::with(|config| (config.websocket.operations, config.websocket.sockets) = (2, 1), |_| {}).await;
    let mut client = Client::init(&toy, json!({})).await;
    for id in ["1", "2"] {
        client.subscribe(id, "subscription { quiet }").await;
        assert_eq!(client.hear().await["type"], "next");
    }
    client.subscribe("3", "{ hello }").await;
    let error = client.hear().await;
    assert_eq!((&error["type"], code(&json!({"errors": error["payload"]}))), (&json!("error"), "RATE_LIMITED"));
    client.say(json!({"type": "complete", "id": "1"})).await;
    client.subscribe("1", "{ hello }").await;
    assert_eq!(client.hear().await["payload"]["data"]["hello"], "hello world");
    let refused = Client::with(&toy, &[("sec-websocket-protocol", "graphql-transport-ws")]).await;
    assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 503));
}

#[tokio::test]
async fn pages_of_other_sites_open_no_socket() {
    let toy = Toy::start().await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let refused = Client::with(&toy, &[protocol, ("origin", "https://evil.test")]).await;
    assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 403));
    assert!(Client::with(&toy, &[protocol, ("origin", "http://localhost:3000")]).await.is_ok());
}

#[tokio::test]
async fn a_client_that_does_not_read_is_not_produced_for_and_does_not_hold_up_a_stop() {
    let toy = Toy::with(|_| {}, |inner| inner.ping = Duration::from_millis(200)).await;
    let mut client = Client::init(&toy, json!({})).await;
    client.subscribe("1", "subscription { flood }").await;
    while toy.shared.written.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    toy.shutdown.cancel();
    toy.serving.await.unwrap();
    let made = toy.shared.written.load(Ordering::SeqCst);
    assert!(made < 1_000, "{made} frames of 64 KiB were made for a client that reads none");
}

#[tokio::test]
async fn a_silent_peer_is_closed_after_two_pings() {
    let toy = Toy::with(|_| {}, |inner| inner.ping = Duration::from_millis(20)).await;
    let client = Client::init(&toy, json!({})).await;
    let MaybeTlsStream::Plain(stream) = client.0.get_ref() else { panic!("plain") };
    // Reading the bytes without the library on top answers no ping.
    let mut seen = Vec::new();
    loop {
        stream.readable().await.unwrap();
        let mut buffer = [0; 256];
        match stream.try_read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => seen.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    assert_eq!(seen[..4], [0x89, 0, 0x89, 0], "two pings");
    assert_eq!((seen[4], &seen[6..8]), (0x88, &1001u16.to_be_bytes()[..]), "and a close");
}

#[tokio::test]
async fn a_stop_completes_subscriptions_and_says_where_the_log_is() {
    let toy = Toy::start().await;
    let mut client = Client::init(&toy, json!({})).await;
    client.subscribe("1", "subscription { quiet }").await;
    assert_eq!(client.hear().await["type"], "next");
    client.subscribe("2", "{ hangs }").await;
    toy.shared.begun.notified().await;
    toy.shared.begun.notified().await;
    toy.shutdown.cancel();
    assert_eq!(client.hear().await, json!({"type": "complete", "id": "1"}));
    client.subscribe("3", "{ hello }").await;
    assert_eq!(client.hear().await["type"], "error");
    toy.shared.go_on.notify_one();
    assert_eq!(client.hear().await["payload"]["data"]["hangs"], true, "a query under way finishes");
    assert_eq!(client.hear().await["type"], "complete");
    assert_eq!(client.closed().await, (1001, "abcdefgh1234-42".to_owned()));
    toy.serving.await.unwrap();
}
