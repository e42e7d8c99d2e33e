//! Whether the process lives (`/health`) and whether it should be sent requests (`/ready`).
//!
//! The two differ on purpose: a process that waits for its database is alive, and killing it would not help. Absent: checks; the
//! components say themselves how they are.
//!
//! `/ready` is 503 until every component has worked once on this node, for nobody depends on it yet and the others can serve. What is
//! lost later is announced in the body (`degraded`, and each component's `state`), and the status stays 200: a node without an index
//! answers everything but searches, which say `UNAVAILABLE` and when to come back. Taking it out would close its sockets and refuse its
//! mutations as well; and what harms the index of one node, a full disk or a bad version, tends to harm them all at once.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// How a component is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It does not work yet, and why: the process should not be sent requests.
    NotReady(String),
    /// It works.
    Ready,
    /// It is lost for now, and why; the rest goes on without it.
    Rebuilding(String),
    /// It is lost, could not be brought back, and is tried again; the rest goes on without it.
    Degraded(String),
}

/// How each component is. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<RwLock<BTreeMap<&'static str, State>>>);

impl Readiness {
    /// None of these components is ready yet.
    pub fn new(components: impl IntoIterator<Item = &'static str>) -> Self {
        let starting = |name| (name, State::NotReady("starting".to_owned()));
        Self(Arc::new(RwLock::new(components.into_iter().map(starting).collect())))
    }

    /// The component is ready.
    pub fn ready(&self, component: &'static str) {
        self.set(component, State::Ready);
    }

    /// The component is not ready, and why; the reason is told to whoever asks.
    pub fn not_ready(&self, component: &'static str, reason: impl Into<String>) {
        self.set(component, State::NotReady(reason.into()));
    }

    /// How the component is; the reason is told to whoever asks.
    pub fn set(&self, component: &'static str, state: State) {
        // Nothing panics while the lock is held, so a poisoned one would still hold whole entries.
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(component, state);
    }

    /// Whether the process should be sent requests: every component works, or did and is being mended.
    pub fn is_ready(&self) -> bool {
        self.states().values().all(|state| !matches!(state, State::NotReady(_)))
    }

    /// The components, and whether each works.
    pub fn working(&self) -> Vec<(&'static str, bool)> {
        self.states().into_iter().map(|(name, state)| (name, state == State::Ready)).collect()
    }

    fn states(&self) -> BTreeMap<&'static str, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn shown(states: &BTreeMap<&'static str, State>) -> Map<String, Value> {
    let one = |(name, state): (&&'static str, &State)| {
        let value = match state {
            State::Ready => json!({"ready": true, "state": "ready"}),
            State::NotReady(reason) => json!({"ready": false, "state": "starting", "reason": reason}),
            State::Rebuilding(reason) => json!({"ready": false, "state": "rebuilding", "reason": reason}),
            State::Degraded(reason) => json!({"ready": false, "state": "degraded", "reason": reason}),
        };
        ((*name).to_owned(), value)
    };
    states.iter().map(one).collect()
}

pub(super) async fn health() -> Response {
    Json(json!({"alive": true})).into_response()
}

pub(super) fn ready(readiness: &Readiness, stopping: bool) -> Response {
    let ready = readiness.is_ready() && !stopping;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let states = readiness.states();
    let degraded = states.values().any(|state| matches!(state, State::Rebuilding(_) | State::Degraded(_)));
    let mut body = json!({"ready": ready, "degraded": degraded, "components": shown(&states)});
    if stopping {
        body["reason"] = "stopping".into();
    }
    (status, Json(body)).into_response()
}
