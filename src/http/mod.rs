//! The transport: GraphQL over HTTP and over WebSockets, health, and what a browser asks before it calls.
//!
//! Everything GraphQL goes through [`crate::graphql::api::Api`], so HTTP and sockets are held to the same limits. Every refusal
//! is `{"errors": […]}` with a code and the request's id. Absent: cookies (the defence against cross-site requests), batches,
//! multipart, TLS (a proxy's work).

mod accept;
pub mod bearer;
pub mod files;
mod frame;
mod graphql;
pub mod health;
mod listen;
pub mod measures;
mod origins;
mod payload;
mod read;
mod reply;
mod socket;
mod sse;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::http::GraphiQLSource;
use axum::Router;
use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::bearer::Authenticate;
use self::frame::Seen;
use self::health::Readiness;
use self::measures::Measures;
use self::origins::Origins;
use crate::clock::Clock;
use crate::config::{Config, Mode, Prefix, WebSocket};
use crate::error::{Code, Detail, Error};
use crate::graphql::api::Api;
use crate::language::Said;
use crate::say;

/// The event cursor after an event, or of this moment, if the log is open: what a socket says last when the process stops.
pub type Cursor = Arc<dyn Fn(Option<i64>) -> Option<String> + Send + Sync>;

/// What the transport is made of.
pub struct Parts {
    /// The door to the executor.
    pub api: Api,
    /// Knows tokens and sessions.
    pub authenticate: Arc<dyn Authenticate>,
    /// Tokens expire by its real time.
    pub clock: Clock,
    /// What `/ready` answers.
    pub readiness: Readiness,
    /// Cancelled when the process is told to stop.
    pub shutdown: CancellationToken,
    /// Where the log is.
    pub cursor: Cursor,
    /// The schema as text, for `/schema.graphql`.
    pub sdl: Arc<str>,
    /// The bytes of attachments, if they are served.
    pub files: Option<files::Files>,
    /// What `/metrics` answers.
    pub measures: Measures,
}

/// The transport of one process. Cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    api: Api,
    authenticate: Arc<dyn Authenticate>,
    clock: Clock,
    readiness: Readiness,
    shutdown: CancellationToken,
    cursor: Cursor,
    sdl: Option<Arc<str>>,
    files: Option<files::Files>,
    measures: Measures,
    development: bool,
    graphiql: bool,
    origins: Origins,
    trusted_proxies: Vec<Prefix>,
    body_bytes: usize,
    body_timeout: Duration,
    drain: Duration,
    websocket: WebSocket,
    /// How often a socket is pinged. Apart from `websocket`, so that a test can shorten it below a second.
    ping: Duration,
    slots: Arc<Semaphore>,
    sockets: TaskTracker,
    /// Apart from the configuration's seconds, as `ping` is.
    header_timeout: Duration,
    connection_slots: Arc<Semaphore>,
    connections: TaskTracker,
}

impl Server {
    /// A server with the configuration's limits and offers.
    pub fn new(config: &Config, parts: Parts) -> Self {
        Self(Arc::new(Inner::new(config, parts)))
    }

    /// All routes.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/graphql", any(graphql::graphql))
            .route("/", get(graphiql))
            .route("/schema.graphql", get(sdl))
            .route("/files/{id}", any(files::files))
            .route("/health", get(health::health))
            .route("/ready", get(ready))
            .route("/metrics", get(measures::here))
            .fallback(nothing_here)
            .method_not_allowed_fallback(wrong_method)
            .layer(self.0.origins.cors())
            .layer(axum::middleware::from_fn_with_state(self.clone(), frame::around))
            .with_state(self.clone())
    }

    /// The routes of `metrics_listen`: for whoever watches over the process.
    fn watched(&self) -> Router {
        Router::new()
            .route("/metrics", get(measures::metrics))
            .route("/health", get(health::health))
            .route("/ready", get(ready))
            .with_state(self.clone())
    }

    /// Serves everything at `listeners`, and its own state at `watched`, until the shutdown token is cancelled; then lets requests under way finish, completes every subscription, closes
    /// every socket, and returns at the latest after `http.drain_seconds`.
    pub async fn serve(&self, listeners: Vec<TcpListener>, watched: Vec<TcpListener>) {
        let inner = &self.0;
        let open = listeners.into_iter().map(|listener| (self.router(), listener));
        let watched = watched.into_iter().map(|listener| (self.watched(), listener));
        let all = open.chain(watched).map(|(router, listener)| listen::listen(self.clone(), router, listener));
        let listening = join_all(all);
        // Ends only when the process is told to stop.
        listening.await;
        inner.connections.close();
        inner.sockets.close();
        let drained = async { tokio::join!(inner.connections.wait(), inner.sockets.wait()) };
        if tokio::time::timeout(inner.drain, drained).await.is_err() {
            tracing::warn!("some requests were still under way after the drain time");
        }
    }
}

impl Inner {
    /// A place for one more client that stays: a socket, or a stream of events.
    fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        let unavailable = |message: Said| Error::with(Code::Unavailable, message).detail(Detail::RetryAfter(5_000));
        if self.shutdown.is_cancelled() {
            return Err(unavailable(say!("The server is stopping.")));
        }
        let place = self.slots.clone().try_acquire_owned();
        place.map_err(|_| unavailable(say!("As many sockets as allowed are open.")))
    }

    fn new(config: &Config, parts: Parts) -> Self {
        Self {
            api: parts.api,
            authenticate: parts.authenticate,
            clock: parts.clock,
            readiness: parts.readiness,
            shutdown: parts.shutdown,
            cursor: parts.cursor,
            sdl: config.sdl().then_some(parts.sdl),
            files: parts.files,
            measures: parts.measures,
            development: config.mode() == Mode::Development,
            graphiql: config.graphiql(),
            origins: Origins::new(config),
            trusted_proxies: config.http.trusted_proxies.clone(),
            body_bytes: config.limits.body_bytes,
            body_timeout: Duration::from_secs(config.http.body_timeout_seconds),
            drain: Duration::from_secs(config.http.drain_seconds),
            websocket: config.websocket.clone(),
            ping: Duration::from_secs(config.websocket.ping_seconds),
            slots: Arc::new(Semaphore::new(config.websocket.sockets.min(Semaphore::MAX_PERMITS))),
            sockets: TaskTracker::new(),
            header_timeout: Duration::from_secs(config.http.header_timeout_seconds),
            connection_slots: Arc::new(Semaphore::new(config.http.connections.min(Semaphore::MAX_PERMITS))),
            connections: TaskTracker::new(),
        }
    }
}

async fn graphiql(State(server): State<Server>, Extension(seen): Extension<Seen>) -> Response {
    if !server.0.graphiql {
        return not_found(&server, &seen);
    }
    Html(GraphiQLSource::build().endpoint("/graphql").subscription_endpoint("/graphql").title("Deskgraph").finish())
        .into_response()
}

async fn sdl(State(server): State<Server>, Extension(seen): Extension<Seen>) -> Response {
    match &server.0.sdl {
        Some(sdl) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], sdl.to_string()).into_response(),
        None => not_found(&server, &seen),
    }
}

async fn ready(State(server): State<Server>) -> Response {
    health::ready(&server.0.readiness, server.0.shutdown.is_cancelled())
}

async fn nothing_here(State(server): State<Server>, Extension(seen): Extension<Seen>) -> Response {
    not_found(&server, &seen)
}

fn not_found(server: &Server, seen: &Seen) -> Response {
    let error = Error::with(Code::NotFound, "There is nothing at this address.").hint("The API is at /graphql.");
    reply::refuse(&server.0.api, StatusCode::NOT_FOUND, error, &seen.request_id)
}

async fn wrong_method(State(server): State<Server>, Extension(seen): Extension<Seen>) -> Response {
    let error = Error::with(Code::BadUserInput, "This address takes GET only.").hint("Send a GET.");
    reply::refuse(&server.0.api, StatusCode::METHOD_NOT_ALLOWED, error, &seen.request_id)
}
