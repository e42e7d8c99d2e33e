//! How one process of the desk is set up: addresses, database, limits, log.
//!
//! Why it is apart from `profile`: a profile says what the desk *is* (statuses, rights, SLA) and belongs to the
//! desk's people; this says where and within which bounds a process runs, and belongs to whoever operates it.
//!
//! Values come from three layers, later ones win: the defaults below, `deskgraph.toml`, the environment. Every key
//! stands once in [`keys`], and `deskgraph.example.toml` documents it; a test holds the three together.
//!
//! Deliberately absent: reading `std::env` (the caller passes it in, so tests need no global state), reloading while
//! running, and any setting that belongs to the desk rather than to the process.

pub mod keys;
mod load;
mod outgoing;
mod sections;
mod toml_line;
mod values;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

pub use load::{ConfigError, FILE_NAME};
pub(crate) use outgoing::sms_body;
pub use sections::{
    Admin, Bulk, Database, Files, Http, Limits, Log, LogFormat, Mail, Search, Sessions, Sms, WebSocket,
};
pub(crate) use toml_line::line_at;
pub use toml_line::toml_line;
pub use values::{Origin, Prefix, Secret};

/// Everything an operator can set. [`Config::load`] gives one that has been checked; build others from
/// [`Config::default`], as tests do.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen. Never empty after loading. In TOML a list or one address.
    #[serde(deserialize_with = "values::one_or_many")]
    pub listen: Vec<SocketAddr>,
    /// Where `/metrics`, `/health` and `/ready` are for whoever watches over the process: an address that nobody else reaches. Empty:
    /// `/metrics` is only there in development, at `listen`.
    #[serde(deserialize_with = "values::one_or_many")]
    pub metrics_listen: Vec<SocketAddr>,
    /// The directory of everything the desk keeps outside its database: index, attachments, the SQLite file.
    pub data: PathBuf,
    /// Where the database is, if not in the data directory. A [`Secret`], because it may hold a password; ask
    /// [`Config::database_url`] for the one in effect.
    pub database_url: Option<Secret>,
    /// Name of a built-in profile, or the path of a profile's TOML file.
    pub profile: String,
    /// What was set, if anything; ask [`Config::mode`] for the one in effect.
    pub mode: Option<Mode>,
    /// The files that people attach.
    pub files: Files,
    /// The first administrator, made when the database holds none.
    pub admin: Admin,
    /// What the HTTP surface offers, and to whom.
    pub http: Http,
    /// WebSocket connections.
    pub websocket: WebSocket,
    /// What one request, or one actor, may ask for.
    pub limits: Limits,
    /// Tokens and passwords.
    pub sessions: Sessions,
    /// Connections to the database.
    pub database: Database,
    /// What is logged, and how.
    pub log: Log,
    /// The embedded search index.
    pub search: Search,
    /// Mail that leaves the desk.
    pub mail: Mail,
    /// Text messages that leave the desk.
    pub sms: Sms,
    /// Doing the same to many tickets.
    pub bulk: Bulk,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 4000))],
            metrics_listen: Vec::new(),
            data: PathBuf::from("./data"),
            database_url: None,
            profile: "helpdesk".to_owned(),
            mode: None,
            files: Files::default(),
            admin: Admin::default(),
            http: Http::default(),
            websocket: WebSocket::default(),
            limits: Limits::default(),
            sessions: Sessions::default(),
            database: Database::default(),
            log: Log::default(),
            search: Search::default(),
            mail: Mail::default(),
            sms: Sms::default(),
            bulk: Bulk::default(),
        }
    }
}

/// Whom the process serves, which decides what it gives away about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One developer on this machine: GraphiQL, introspection, field suggestions and the SDL are offered.
    Development,
    /// Other people: none of them is, unless `[http]` says so.
    Production,
}

impl Config {
    /// The mode in effect: the one that was set; else development exactly when every listen address is loopback, so
    /// that opening the desk to a network never opens its inside by oversight.
    pub fn mode(&self) -> Mode {
        self.mode.unwrap_or_else(|| {
            if !self.listen.is_empty() && self.listen.iter().all(|address| address.ip().to_canonical().is_loopback()) {
                Mode::Development
            } else {
                Mode::Production
            }
        })
    }

    /// The database in effect: `database_url`, or SQLite's `desk.db` in the data directory. May hold a password: do
    /// not log it.
    pub fn database_url(&self) -> String {
        match &self.database_url {
            Some(url) => url.expose().to_owned(),
            None => format!("sqlite:{}", self.data.join("desk.db").display()),
        }
    }

    /// The folder of attached files in effect: `files.folder`, or `files` in the data directory.
    pub fn files_folder(&self) -> PathBuf {
        self.files.folder.clone().unwrap_or_else(|| self.data.join("files"))
    }

    /// Whether `/` serves GraphiQL.
    pub fn graphiql(&self) -> bool {
        self.offered(self.http.graphiql)
    }

    /// Whether `__schema` and `__type` are answered.
    pub fn introspection(&self) -> bool {
        self.offered(self.http.introspection)
    }

    /// Whether a validation error may suggest a field's right name ("did you mean"), which tells names to strangers.
    pub fn field_suggestions(&self) -> bool {
        self.offered(self.http.field_suggestions)
    }

    /// Whether `/schema.graphql` serves the SDL.
    pub fn sdl(&self) -> bool {
        self.offered(self.http.sdl)
    }

    fn offered(&self, set: Option<bool>) -> bool {
        set.unwrap_or(self.mode() == Mode::Development)
    }
}
