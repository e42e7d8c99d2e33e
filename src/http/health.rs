//! Whether the process lives (`/health`) and whether it should be sent requests (`/ready`).
//!
//! The two differ on purpose: a process that waits for its database is alive, and killing it would not help. Absent: checks; the
//! components say themselves how they are.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// How each component is. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<RwLock<BTreeMap<&'static str, Result<(), String>>>>);

impl Readiness {
    /// None of these components is ready yet.
    pub fn new(components: impl IntoIterator<Item = &'static str>) -> Self {
        Self(Arc::new(RwLock::new(components.into_iter().map(|name| (name, Err("starting".to_owned()))).collect())))
    }

    /// The component is ready.
    pub fn ready(&self, component: &'static str) {
        self.set(component, Ok(()));
    }

    /// The component is not ready, and why; the reason is told to whoever asks.
    pub fn not_ready(&self, component: &'static str, reason: impl Into<String>) {
        self.set(component, Err(reason.into()));
    }

    /// Whether every component is ready.
    pub fn is_ready(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().all(Result::is_ok)
    }

    fn set(&self, component: &'static str, state: Result<(), String>) {
        // Nothing panics while the lock is held, so a poisoned one would still hold whole entries.
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(component, state);
    }

    fn components(&self) -> Map<String, Value> {
        let states = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let one = |(name, state): (&&'static str, &Result<(), String>)| {
            let value = match state {
                Ok(()) => json!({"ready": true}),
                Err(reason) => json!({"ready": false, "reason": reason}),
            };
            ((*name).to_owned(), value)
        };
        states.iter().map(one).collect()
    }
}

pub(super) async fn health() -> Response {
    Json(json!({"alive": true})).into_response()
}

pub(super) fn ready(readiness: &Readiness, stopping: bool) -> Response {
    let ready = readiness.is_ready() && !stopping;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut body = json!({"ready": ready, "components": readiness.components()});
    if stopping {
        body["reason"] = "stopping".into();
    }
    (status, Json(body)).into_response()
}
