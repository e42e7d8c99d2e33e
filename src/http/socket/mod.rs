//! `graphql-transport-ws` on `/graphql`, and nothing else, with its exact close codes.
//!
//! async-graphql-axum's socket is not used: it has no time limit for `connection_init`, other close codes, no pings, no cap on
//! operations or message size, and no say in the read buffer (147 kB a socket; this one stays near 20).
//!
//! One task drives a socket ([`session`]); every operation runs in a task of its own and hands one frame at a time through a
//! short queue. A client that does not read therefore holds back its own operations and nothing else: in particular no
//! half-run query that holds a database connection. Absent: `graphql-ws` (the old protocol), binary frames, compression.

mod frames;
mod session;

use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode, header, request};
use axum::response::{IntoResponse, Response};

use super::frame::{self, Seen};
use super::{Server, reply};
use crate::error::{Code, Error};

/// The only protocol spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// Whether a GET asks for a socket.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

pub(super) async fn upgrade(server: Server, seen: Seen, mut parts: request::Parts) -> Response {
    let refuse = |status, error| reply::refuse(&server.0.api, status, error, &seen.request_id);
    if let Some(origin) = parts.headers.get(header::ORIGIN)
        && !server.0.origins.allow(origin, &parts.headers)
    {
        let error = Error::with(Code::Forbidden, "Pages of this origin may not open sockets here.")
            .hint("Ask the operator to add the origin to `http.origins`.");
        return refuse(StatusCode::FORBIDDEN, error);
    }
    let slot = match server.0.place() {
        Ok(slot) => slot,
        Err(error) => return refuse(StatusCode::SERVICE_UNAVAILABLE, error),
    };
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let status = rejection.into_response().status();
            return refuse(status, Error::with(Code::BadUserInput, "This is not a WebSocket handshake."));
        }
    };
    let limit = server.0.websocket.message_bytes;
    let language = frame::accepted(&parts.headers);
    let token = server.0.sockets.token();
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(4 * 1_024)
        .write_buffer_size(0)
        .max_write_buffer_size(16 * 1_024 * 1_024)
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |socket| async move {
            let (_slot, _token) = (slot, token);
            session::run(server, seen, language, socket).await;
        })
}
