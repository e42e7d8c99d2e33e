//! The messages of `graphql-transport-ws`, both ways.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::graphql::api::Answer;

/// What a client sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Incoming {
    ConnectionInit {
        #[serde(default)]
        payload: Value,
    },
    Ping {
        #[serde(default)]
        payload: Value,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Value,
    },
    Complete {
        id: String,
    },
}

/// What the server sends.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Outgoing<'a, P: Serialize> {
    ConnectionAck,
    Pong,
    Next { id: &'a str, payload: P },
    Error { id: &'a str, payload: P },
    Complete { id: &'a str },
}

/// Why the server closes a socket: the protocol's own codes, and two of WebSocket's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: String,
}

impl Close {
    pub(super) fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason: String = reason.into();
        // A close frame holds 125 bytes, two of them the code.
        reason.truncate(reason.floor_char_boundary(123));
        Self { code, reason }
    }

    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::new(4400, reason)
    }

    pub(super) fn forbidden() -> Self {
        Self::new(4403, "Forbidden")
    }

    pub(super) fn frame(&self) -> Message {
        Message::Close(Some(CloseFrame { code: self.code, reason: self.reason.as_str().into() }))
    }
}

fn text<P: Serialize>(message: &Outgoing<'_, P>) -> Utf8Bytes {
    // Serialising into memory cannot fail for values that came out of the executor.
    serde_json::to_string(message).unwrap_or_default().into()
}

pub(super) fn ack() -> Message {
    Message::Text(text::<()>(&Outgoing::ConnectionAck))
}

pub(super) fn pong() -> Message {
    Message::Text(text::<()>(&Outgoing::Pong))
}

pub(super) fn complete(id: &str) -> Message {
    Message::Text(text::<()>(&Outgoing::Complete { id }))
}

/// An answer as `next`; a refused request as `error`, which ends its operation.
pub(super) fn answer(id: &str, answer: &Answer) -> Message {
    Message::Text(if answer.refused {
        text(&Outgoing::Error { id, payload: &answer.response.errors })
    } else {
        text(&Outgoing::Next { id, payload: &answer.response })
    })
}
