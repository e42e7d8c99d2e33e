//! Clients that are slow, break off, or say nothing.

use serde_json::json;

use super::{answers, tickets};
use crate::desk_test;
use crate::harness::{Desk, Socket, post};

desk_test! {
    async fn a_body_that_breaks_off_is_nobodys_request(desk: &Desk) {
        let ada = desk.administrator().await;
        let head = format!("POST /graphql HTTP/1.1\r\nhost: desk.test\r\ncontent-type: application/json\r\nauthorization: Bearer {}\r\n", ada.token.clone().unwrap());
        let body = json!({"query": "mutation { ticketCreate(input: {title: \"Half of it\", description: \"The other half is missing\"}) { userErrors { code } } }"}).to_string();
        let framings = [
            format!("{head}content-length: 100000\r\n\r\n{body}"),
            format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len()),
            format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n{body}\r\n"),
            format!("{head}content-length: 100000\r\n"),
        ];
        for request in framings {
            // Gone at once, and gone after saying that nothing more comes.
            desk.raw().await.send(&request).await;
            let mut raw = desk.raw().await;
            raw.send(&request).await;
            raw.end().await;
            let reply = raw.reply().await;
            assert!([0, 400].contains(&reply.status), "{} {}", reply.status, reply.head);
        }
        assert_eq!(tickets(desk, &ada).await, (0, 0));
        answers(desk).await;
    }
}

desk_test! {
    async fn headers_that_make_no_sense_are_refused(desk: &Desk) {
        let cases = [
            format!("GET /health HTTP/1.1\r\nhost: desk.test\r\nx-huge: {}\r\n\r\n", "x".repeat(1_000_000)),
            format!("GET /health HTTP/1.1\r\nhost: desk.test\r\n{}\r\n", "x-many: 1\r\n".repeat(10_000)),
            format!("GET /{} HTTP/1.1\r\nhost: desk.test\r\n\r\n", "x".repeat(100_000)),
            "GET /health HTTP/9.9\r\n\r\n".to_owned(),
            "\r\n\r\n\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
            "GET /health HTTP/1.1\r\nhost: desk.test\r\nno colon here\r\n\r\n".to_owned(),
            "POST /graphql HTTP/1.1\r\nhost: desk.test\r\ncontent-length: -5\r\n\r\n".to_owned(),
            "POST /graphql HTTP/1.1\r\nhost: desk.test\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!".to_owned(),
        ];
        for request in cases {
            let mut raw = desk.raw().await;
            raw.send(&request).await;
            raw.end().await;
            let reply = raw.reply().await;
            let shown = &request[..request.len().min(40)];
            // The server may close before it has read everything, and then its answer can be lost on the way.
            assert!(reply.status == 0 || (400..500).contains(&reply.status), "{shown:?}: {}", reply.status);
        }
        answers(desk).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_slower_than_the_limit_is_told_so() {
    let desk = Desk::with(|config| config.http.body_timeout_seconds = 1).await;
    let mut raw = desk.raw().await;
    let request = post("content-type: application/json\r\n", b"{\"query\":\"{ __typename }\"}");
    raw.send(&request[..request.len() - 1]).await;
    answers(&desk).await;
    let reply = raw.reply().await;
    assert_eq!((reply.status, reply.code().as_str()), (408, "TIMEOUT"));
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_and_sockets_that_say_nothing_are_closed() {
    let desk = Desk::with(|config| {
        config.http.header_timeout_seconds = 1;
        config.websocket.init_timeout_seconds = 1;
    })
    .await;
    let mut silent = desk.raw().await;
    let mut slow = desk.raw().await;
    slow.send("POST /graphql HTTP/1.1\r\nhost: desk.test\r\nx-never-ends: ").await;
    let mut socket = Socket::connect(&desk.url).await;
    answers(&desk).await;
    silent.rest().await;
    slow.rest().await;
    assert_eq!(socket.closed().await.0, 4408);
    answers(&desk).await;
    desk.stop().await;
}

desk_test! {
    async fn a_socket_that_speaks_nonsense_is_closed_with_the_right_code(desk: &Desk) {
        let init = json!({"type": "connection_init"});
        let ask = |id: &str| json!({"type": "subscribe", "id": id, "payload": {"query": "subscription { ticketEvents { eventCursor } }"}});
        let ann = desk.customer("Ann").await;
        let mut watching = ann.socket().await;
        watching.send(ask("1")).await;
        let cases = [
            (4400, vec![json!("nonsense")]), (4400, vec![json!({"type": "start"})]), (4400, vec![json!([])]), (4400, vec![json!({})]),
            (4401, vec![ask("1")]), (4429, vec![init.clone(), init.clone()]),
            (4403, vec![json!({"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}})]),
            (4400, vec![init.clone(), json!({"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}})]),
            (4400, vec![init.clone(), json!({"type": "subscribe", "id": "1", "payload": []})]),
            (4400, vec![init.clone(), json!({"type": "subscribe", "id": "1"})]),
            (1009, vec![init.clone(), json!({"type": "subscribe", "id": "1", "payload": {"query": "x".repeat(1_100_000)}})]),
        ];
        for (code, messages) in cases {
            let mut socket = Socket::connect(&desk.url).await;
            let shown = messages.last().unwrap().to_string();
            for message in messages {
                socket.send_or_be_closed(message).await;
            }
            assert_eq!(socket.closed().await.0, code, "{}", &shown[..shown.len().min(80)]);
        }
        watching.send(ask("1")).await;
        assert_eq!(watching.closed().await.0, 4409);
        answers(desk).await;
    }
}
