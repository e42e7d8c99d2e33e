//! `/metrics`: what the process measures of itself, for Prometheus. In development it is where everything is; else only where
//! `metrics_listen` says, which nobody else should reach: it tells how busy a desk is and with what.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;

use super::frame::Seen;
use super::{Server, not_found};
use crate::telemetry::{CONTENT_TYPE, Telemetry};

/// The measures of the process.
#[derive(Clone)]
pub struct Measures {
    /// Where they are.
    pub telemetry: Telemetry,
    /// Looks up what is not kept, just before somebody reads.
    pub refresh: Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
}

/// On the addresses that everybody reaches.
pub(super) async fn here(State(server): State<Server>, Extension(seen): Extension<Seen>) -> Response {
    if server.0.development { metrics(State(server)).await } else { not_found(&server, &seen) }
}

/// On the addresses that are for this.
pub(super) async fn metrics(State(server): State<Server>) -> Response {
    let inner = &server.0;
    let telemetry = &inner.measures.telemetry;
    (inner.measures.refresh)().await;
    telemetry.connections(inner.connections.len(), inner.sockets.len());
    for (component, works) in inner.readiness.working() {
        telemetry.component(component, works);
    }
    match telemetry.written() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the measures cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
