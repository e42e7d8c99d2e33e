//! The sections of the configuration, their units and defaults. Bounds are in `keys`, next to each key's name.
//!
//! Fields end in their unit (`_seconds`, `_ms`, `_mb`), or count bytes or things. Absent: behaviour.

use std::path::PathBuf;

use serde::Deserialize;

use super::values::{Origin, Prefix, Secret, one_or_many};

/// The files that people attach.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The folder of their bytes, if not in the data directory; ask [`super::Config::files_folder`] for the one in effect.
    pub folder: Option<PathBuf>,
}

/// The first administrator.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// The address to sign in with.
    pub email: String,
    /// The password; absent: a one-time password is generated and shown once.
    pub password: Option<Secret>,
}

impl Default for Admin {
    fn default() -> Self {
        Self { email: "admin@localhost".to_owned(), password: None }
    }
}

/// What the HTTP surface offers, and to whom.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Other origins whose pages may call the API and open sockets. Empty: same origin only.
    #[serde(deserialize_with = "one_or_many")]
    pub origins: Vec<Origin>,
    /// Overrides the mode: see [`super::Config::graphiql`].
    pub graphiql: Option<bool>,
    /// Overrides the mode: see [`super::Config::introspection`].
    pub introspection: Option<bool>,
    /// Overrides the mode: see [`super::Config::field_suggestions`].
    pub field_suggestions: Option<bool>,
    /// Overrides the mode: see [`super::Config::sdl`].
    pub sdl: Option<bool>,
    /// How long a new connection may take to send its first request's headers.
    pub header_timeout_seconds: u64,
    /// Connections open at once in this process; further ones wait.
    pub connections: usize,
    /// How long a client may take to send a request's body.
    pub body_timeout_seconds: u64,
    /// How long requests under way may still take when the process is told to stop.
    pub drain_seconds: u64,
    /// Peers whose `X-Forwarded-For` is believed. Empty: nobody's.
    #[serde(deserialize_with = "one_or_many")]
    pub trusted_proxies: Vec<Prefix>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            graphiql: None,
            introspection: None,
            field_suggestions: None,
            sdl: None,
            header_timeout_seconds: 10,
            connections: 20_000,
            body_timeout_seconds: 10,
            drain_seconds: 10,
            trusted_proxies: Vec::new(),
        }
    }
}

/// WebSocket connections.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebSocket {
    /// How long a client may take to send `connection_init` (then 4408).
    pub init_timeout_seconds: u64,
    /// How often the server pings.
    pub ping_seconds: u64,
    /// The largest message a client may send, in bytes.
    pub message_bytes: usize,
    /// Operations open at once on one socket.
    pub operations: usize,
    /// Sockets open at once in this process.
    pub sockets: usize,
    /// How long a socket stays open after its token expired without renewal (then 4403).
    pub token_grace_seconds: u64,
    /// After so long without anything to send, a stream that follows the log sends how far it is.
    pub progress_seconds: u64,
}

impl Default for WebSocket {
    fn default() -> Self {
        Self {
            init_timeout_seconds: 10,
            ping_seconds: 20,
            message_bytes: 1_048_576,
            operations: 100,
            sockets: 10_000,
            token_grace_seconds: 60,
            progress_seconds: 15,
        }
    }
}

/// What one request, or one actor, may ask for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The largest GraphQL document, in bytes.
    pub document_bytes: usize,
    /// Lexical tokens of a document.
    pub tokens: usize,
    /// Nesting of a document after fragments; introspection has its own allowance.
    pub depth: usize,
    /// Aliases of a document.
    pub aliases: usize,
    /// Root fields of a query.
    pub root_fields: usize,
    /// Root fields of a mutation; each is a transaction of its own.
    pub mutation_fields: usize,
    /// The price of one document: nodes it could answer, by the product of its page sizes.
    pub nodes: u64,
    /// The largest HTTP request body, in bytes.
    pub body_bytes: usize,
    /// How long one request may take before it is answered with `TIMEOUT`.
    pub request_timeout_seconds: u64,
    /// Failed sign-ins for one account within the window.
    pub sign_in_per_account: u32,
    /// Failed sign-ins from one address within the window.
    pub sign_in_per_address: u32,
    /// The window of the two limits above.
    pub sign_in_window_seconds: u64,
    /// What one actor may spend in a minute, in the unit of `nodes`.
    pub price_per_minute: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 102_400,
            tokens: 2_000,
            depth: 15,
            aliases: 30,
            root_fields: 20,
            mutation_fields: 10,
            nodes: 10_000,
            body_bytes: 1_048_576,
            request_timeout_seconds: 30,
            sign_in_per_account: 10,
            sign_in_per_address: 30,
            sign_in_window_seconds: 900,
            price_per_minute: 500_000,
        }
    }
}

/// Tokens and passwords.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Life of an access token.
    pub access_minutes: u64,
    /// Life of a session that is not refreshed.
    pub refresh_days: u64,
    /// The shortest password accepted, in characters.
    pub password_min: usize,
    /// What hashing a password costs: the memory that argon2id goes over twice, in KiB. For passwords set from then on.
    pub password_memory_kib: u32,
    /// The page of yours that the link of a letter leads to which asks whether an address is theirs. Absent: the letter has a code only.
    pub verify_link: Option<String>,
    /// The page of yours on which somebody chooses a password.
    pub reset_link: Option<String>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            access_minutes: 10,
            refresh_days: 30,
            password_min: 10,
            password_memory_kib: 19_456,
            verify_link: None,
            reset_link: None,
        }
    }
}

/// Connections to the database.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// Connections in the pool (SQLite: readers; there is always exactly one writer).
    pub pool: u32,
    /// How long one statement may take.
    pub statement_timeout_ms: u64,
    /// How long one statement may wait for a lock.
    pub lock_timeout_ms: u64,
}

impl Default for Database {
    fn default() -> Self {
        Self { pool: 10, statement_timeout_ms: 5_000, lock_timeout_ms: 2_000 }
    }
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// A level, or directives such as `info,sqlx=warn`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// How a log line looks. There is no "auto": what a log collector parses must not depend on where stderr happens to
/// point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people; coloured on a terminal only.
    Text,
    /// One JSON object per line.
    Json,
}

/// The embedded search index.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Search {
    /// How long changes are gathered before they become searchable together.
    pub commit_interval_ms: u64,
    /// How often the index is made durable; between two checkpoints the event log is its safety.
    pub checkpoint_seconds: u64,
    /// Memory for one index's writer, in megabytes (2^20 bytes).
    pub writer_memory_mb: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self { commit_interval_ms: 200, checkpoint_seconds: 60, writer_memory_mb: 50 }
    }
}

/// Mail that leaves the desk.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The mail server that takes everything, with its credentials. Absent: mail is written to files in the data directory.
    pub smtp_url: Option<Secret>,
    /// Whom mail comes from.
    pub from: String,
    /// How long sending one mail may take.
    pub timeout_seconds: u64,
}

impl Default for Mail {
    fn default() -> Self {
        Self { smtp_url: None, from: "Support <desk@localhost>".to_owned(), timeout_seconds: 20 }
    }
}

/// Text messages that leave the desk.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// The gateway that takes everything by HTTP POST. Absent: messages are written to files in the data directory.
    pub url: Option<Secret>,
    /// What the gateway knows the desk by, sent as a bearer token.
    pub token: Option<Secret>,
    /// The JSON that is sent, with `{{ to }}` and `{{ text }}` in it.
    pub body: String,
    /// How long sending one message may take.
    pub timeout_seconds: u64,
}

impl Default for Sms {
    fn default() -> Self {
        let body = r#"{"to": {{ to }}, "text": {{ text }}}"#.to_owned();
        Self { url: None, token: None, body, timeout_seconds: 20 }
    }
}

/// Doing the same to many tickets.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bulk {
    /// How many tickets one job may have.
    pub tickets: usize,
    /// How many jobs of one person may be unfinished at once.
    pub jobs: u64,
    /// After how long a job lets go of the writer, so that others come to it.
    pub step_ms: u64,
}

impl Default for Bulk {
    fn default() -> Self {
        Self { tickets: 100_000, jobs: 10, step_ms: 15 }
    }
}
