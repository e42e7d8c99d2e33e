//! What happens, in the order of the log, to those who may see it.

mod ending;
mod expiry;
mod filters;
mod log;
mod nodes;
mod resuming;
mod sight;
mod slow;
mod sse;
mod writers;

use serde_json::{Value, json};

use crate::harness::{Person, Socket, seq};

/// What everybody here subscribes to.
const EVENTS: &str = "subscription($filter: TicketEventFilter, $after: EventCursor) { ticketEvents(filter: $filter, after: $after) \
    { eventCursor node { __typename kind ticketId ticket { id } ... on CommentAddedEvent { internal comment { body } } } } }";

/// Somebody who watches tickets.
struct Watcher {
    socket: Socket,
}

impl Watcher {
    /// Watches everything that happens after `after`.
    async fn new(person: &Person, filter: Value, after: &Value) -> Self {
        let mut socket = person.socket().await;
        socket.subscribe("1", EVENTS, json!({"filter": filter, "after": after})).await;
        Self { socket }
    }

    /// The next edge.
    async fn next(&mut self) -> Value {
        self.socket.next().await["ticketEvents"].take()
    }

    /// The next event: progress is passed over.
    async fn event(&mut self) -> (String, String) {
        loop {
            let edge = self.next().await;
            if edge["node"].is_object() {
                return short(&edge["node"]);
            }
        }
    }

    /// Passes over everything up to this event.
    async fn reach(&mut self, kind: &str, ticket: &str) {
        let wanted = (kind.to_owned(), ticket.to_owned());
        while self.event().await != wanted {}
    }

    /// The events up to the position `last`, at which there is one.
    async fn until(&mut self, last: &Value) -> Vec<(i64, String, String)> {
        let mut events = Vec::new();
        loop {
            let edge = self.next().await;
            if edge["node"].is_object() {
                let (kind, ticket) = short(&edge["node"]);
                events.push((seq(&edge["eventCursor"]), kind, ticket));
            }
            if seq(&edge["eventCursor"]) >= seq(last) {
                return events;
            }
        }
    }
}

/// Kind and ticket of an event.
fn short(node: &Value) -> (String, String) {
    (node["kind"].as_str().unwrap().to_owned(), node["ticketId"].as_str().unwrap().to_owned())
}

/// The position of the log now.
async fn now(person: &Person) -> Value {
    person.run("{ eventCursor }", json!({})).await["eventCursor"].take()
}

/// A cursor of the same life at number `seq`.
fn at(cursor: &Value, seq: i64) -> Value {
    json!(format!("{}-{seq}", cursor.as_str().unwrap().split_once('-').unwrap().0))
}
