//! The same subscriptions over Server-Sent Events, as graphql-sse has them.

use std::time::Duration;

use serde_json::{Value, json};

use super::EVENTS;
use crate::desk_test;
use crate::harness::{Desk, Person, seq};

/// A stream of events, as it comes over the wire.
struct Stream {
    response: reqwest::Response,
    text: String,
    /// The last id that came.
    last: Option<String>,
}

/// One event.
#[derive(Debug)]
struct Event {
    name: String,
    id: Option<String>,
    data: String,
}

impl Event {
    /// Where the log is and what happened; nothing for progress.
    fn edge(&self) -> (i64, Option<String>) {
        assert_eq!(self.name, "next", "{self:?}");
        let answer: Value = serde_json::from_str(&self.data).unwrap();
        let edge = &answer["data"]["ticketEvents"];
        assert_eq!(edge["eventCursor"].as_str(), self.id.as_deref(), "{self:?}");
        (seq(&edge["eventCursor"]), edge["node"]["kind"].as_str().map(str::to_owned))
    }
}

impl Stream {
    async fn open(person: &Person, document: &str, variables: Value, last: Option<&str>) -> Self {
        let headers = [("accept", "text/event-stream"), ("last-event-id", last.unwrap_or_default())];
        let response = person.exchange(&headers, document, variables).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self { response, text: String::new(), last: None }
    }

    /// The next event; none if the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    line.map(|value| value.strip_prefix(' ').unwrap_or(value).to_owned())
                };
                let event = Event {
                    name: field("event").unwrap_or_default(),
                    id: field("id"),
                    data: field("data").unwrap_or_default(),
                };
                self.text = rest.to_owned();
                if event.name.is_empty() {
                    continue;
                }
                self.last = event.id.clone().or(self.last.take());
                return Some(event);
            }
            let chunk =
                tokio::time::timeout(Duration::from_secs(20), self.response.chunk()).await.expect("something comes");
            self.text.push_str(std::str::from_utf8(&chunk.ok()??).unwrap());
        }
    }

    /// Up to this kind of event: where each was, and what it was.
    async fn until(&mut self, kind: &str) -> Vec<(i64, String)> {
        let mut seen = Vec::new();
        while seen.last().is_none_or(|(_, last)| last != kind) {
            let (seq, happened) = self.next().await.expect("the stream goes on").edge();
            seen.extend(happened.map(|happened| (seq, happened)));
        }
        seen
    }
}

desk_test! {
    // API 4
    async fn whoever_is_cut_off_goes_on_from_the_last_id(desk: &Desk) {
        let (ann, ada) = (desk.customer("Ann").await, desk.administrator().await);
        let input = json!({"title": "The printer hums", "description": "It hums a lot."});
        let made = ann.do_it("ticketCreate", input, "ticket { id }").await;
        let (ticket, after) = (&made["ticket"]["id"], json!({"after": made["eventCursor"]}));
        let mut stream = Stream::open(&ann, EVENTS, after.clone(), None).await;
        ada.do_it("ticketPriorityChange", json!({"ticketId": ticket, "priority": "high"}), "ticket { id }").await;
        stream.until("PRIORITY_CHANGED").await;
        let last = stream.last.take();
        drop(stream);
        let note = json!({"ticketId": ticket, "body": "For staff.", "internal": true});
        let note = ada.do_it("commentAdd", note, "comment { id }").await;
        ada.do_it("commentAdd", json!({"ticketId": ticket, "body": "Is it still so?"}), "comment { id }").await;
        // The header beats the document, which has an older position; the note is not hers.
        let mut stream = Stream::open(&ann, EVENTS, after, last.as_deref()).await;
        let seen = stream.until("COMMENT_ADDED").await;
        let kinds: Vec<&str> = seen.iter().map(|(_, kind)| kind.as_str()).collect();
        assert!(!kinds.contains(&"PRIORITY_CHANGED"), "{kinds:?}");
        assert!(seen.last().unwrap().0 > seq(&note["eventCursor"]), "{seen:?}");
        assert!(seen.windows(2).all(|pair| pair[0].0 < pair[1].0), "{seen:?}");
    }
}

desk_test! {
    async fn queries_and_mutations_are_one_event_and_the_end(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let create = "mutation { ticketCreate(input: {title: \"It hums\", description: \"It hums a lot.\"}) { ticket { title } } }";
        for (document, expected) in [
            ("{ __typename }", json!({"__typename": "Query"})),
            (create, json!({"ticketCreate": {"ticket": {"title": "It hums"}}})),
        ] {
            let mut stream = Stream::open(&ann, document, json!({}), None).await;
            let event = stream.next().await.unwrap();
            assert_eq!((event.name.as_str(), event.id), ("next", None));
            assert_eq!(serde_json::from_str::<Value>(&event.data).unwrap()["data"], expected);
            assert_eq!(stream.next().await.unwrap().name, "complete");
            assert!(stream.next().await.is_none());
        }
        // Whoever takes JSON as well is answered in JSON, but for subscriptions.
        let both = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
        let answer = async |document: &str| ann.exchange(&[("accept", both)], document, json!({})).await;
        assert!(answer("{ __typename }").await.headers()["content-type"].to_str().unwrap().starts_with("application/"));
        assert_eq!(answer("subscription { ticketEvents { eventCursor } }").await.headers()["content-type"], "text/event-stream");
    }
}

desk_test! {
    async fn what_cannot_begin_is_refused_as_json_or_as_its_first_event(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let ask = async |document: &str, last: &str| {
            let headers = [("accept", "text/event-stream"), ("last-event-id", last)];
            let response = ann.exchange(&headers, document, json!({})).await;
            let status = response.status().as_u16();
            let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            (status, answer["errors"][0]["extensions"].clone())
        };
        let events = "subscription { ticketEvents { eventCursor } }";
        let (status, error) = ask(events, "nonsense").await;
        assert_eq!((status, &error["code"], &error["field"]), (400, &json!("BAD_USER_INPUT"), &json!(["Last-Event-ID"])));
        let (status, error) = ask("subscription {", "").await;
        assert_eq!((status, &error["code"]), (400, &json!("GRAPHQL_PARSE_FAILED")));
        // What is found out only when it begins is an event, and then it is over.
        for (person, last, code) in [
            (&ann, Some("abcdefgh1234-1"), "CURSOR_EXPIRED"),
            (&desk.stranger(), None, "UNAUTHENTICATED"),
        ] {
            let mut stream = Stream::open(person, events, json!({}), last).await;
            let event = stream.next().await.unwrap();
            let answer: Value = serde_json::from_str(&event.data).unwrap();
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer}");
            assert_eq!(stream.next().await.unwrap().name, "complete");
            assert!(stream.next().await.is_none());
        }
        // Without the type there is no stream.
        let answer = ann.answer(events, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        assert!(answer["errors"][0]["extensions"]["hint"].as_str().unwrap().contains("text/event-stream"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_is_cut_without_its_end_when_the_session_ends_or_the_desk_stops() {
    let desk = Desk::with(|config| config.websocket.sockets = 2).await;
    let (ann, bob) = (desk.customer("Ann").await, desk.customer("Bob").await);
    let document = "subscription { ticketEvents { eventCursor } }";
    let mut anns = Stream::open(&ann, document, json!({}), None).await;
    let mut bobs = Stream::open(&bob, document, json!({}), None).await;
    // A stream takes a place as a socket does.
    let third = bob.exchange(&[("accept", "text/event-stream")], document, json!({})).await;
    assert_eq!(third.status(), 503);
    ann.run("mutation { signOut { eventCursor } }", json!({})).await;
    while let Some(event) = anns.next().await {
        assert_eq!(event.name, "next", "a stream that was cut off is not complete");
    }
    desk.stop().await;
    while let Some(event) = bobs.next().await {
        assert_eq!(event.name, "next", "a stream that was cut off is not complete");
    }
}
