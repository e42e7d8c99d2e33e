//! Every key of the configuration, once: its name, its variable, what it takes.
//!
//! The name of a variable is the key in capitals with `_` for `.`: `limits.nodes` is `DESKGRAPH_LIMITS_NODES`. Reading
//! a name back by splitting at `_` would be ambiguous (`database_url` and `database.pool`), so it is looked up here
//! instead, and a test proves that no two keys share a name. The table is also why `DESKGRAPH_ADMIN_PASSWORD=12345`
//! stays text: a variable is read as what its key takes, not as what it looks like.

/// One key.
#[derive(Debug)]
pub struct Key {
    /// Dotted, as in the file: `limits.nodes`.
    pub path: &'static str,
    /// What kind of value it takes.
    pub takes: Takes,
    /// Never shown in a message: the value may be a secret.
    pub secret: bool,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// Text, described for a person.
    Text(&'static str),
    /// A list of texts, each as described; in a variable separated by commas.
    List(&'static str),
    /// `true` or `false`.
    Bool,
    /// A whole number between the two, both included.
    Whole(u64, u64),
}

const fn key(path: &'static str, takes: Takes) -> Key {
    Key { path, takes, secret: false }
}

const fn secret(path: &'static str, takes: Takes) -> Key {
    Key { path, takes, secret: true }
}

use Takes::{Bool, List, Text, Whole};

const DAY: u64 = 86_400;
const MIB: u64 = 1_048_576;

/// All keys, in the order of `deskgraph.example.toml`.
pub const KEYS: &[Key] = &[
    key("listen", List("an IP address and a port, such as 127.0.0.1:4000 or [::]:4000")),
    key("metrics_listen", List("an IP address and a port, such as 127.0.0.1:9400")),
    key("data", Text("the path of a directory")),
    secret("database_url", Text("an address beginning with sqlite:, postgres:// or postgresql://")),
    key("profile", Text("the name of a built-in profile, or the path of a profile's TOML file")),
    key("mode", Text("\"development\" or \"production\"")),
    key("files.folder", Text("the path of a directory")),
    key("admin.email", Text("an e-mail address")),
    secret("admin.password", Text("text in quotes, not empty")),
    key("http.origins", List("an origin, such as https://desk.example.com (scheme, host, port; no path, no *)")),
    key("http.graphiql", Bool),
    key("http.introspection", Bool),
    key("http.field_suggestions", Bool),
    key("http.sdl", Bool),
    key("http.header_timeout_seconds", Whole(1, 600)),
    key("http.connections", Whole(1, 1_000_000)),
    key("http.body_timeout_seconds", Whole(1, 600)),
    key("http.drain_seconds", Whole(0, 600)),
    key("http.trusted_proxies", List("an IP address or a prefix, such as 10.0.0.1 or 10.0.0.0/8")),
    key("websocket.init_timeout_seconds", Whole(1, 600)),
    key("websocket.ping_seconds", Whole(1, 600)),
    key("websocket.message_bytes", Whole(1_024, 16 * MIB)),
    key("websocket.operations", Whole(1, 10_000)),
    key("websocket.sockets", Whole(1, 1_000_000)),
    key("websocket.token_grace_seconds", Whole(0, 3_600)),
    key("websocket.progress_seconds", Whole(1, 3_600)),
    key("limits.document_bytes", Whole(1_024, 16 * MIB)),
    key("limits.tokens", Whole(100, 100_000)),
    key("limits.depth", Whole(3, 100)),
    key("limits.aliases", Whole(1, 10_000)),
    key("limits.root_fields", Whole(1, 1_000)),
    key("limits.mutation_fields", Whole(1, 1_000)),
    key("limits.nodes", Whole(100, 10_000_000)),
    key("limits.body_bytes", Whole(1_024, 64 * MIB)),
    key("limits.request_timeout_seconds", Whole(1, 600)),
    key("limits.sign_in_per_account", Whole(1, 100_000)),
    key("limits.sign_in_per_address", Whole(1, 100_000)),
    key("limits.sign_in_window_seconds", Whole(1, DAY)),
    key("limits.price_per_minute", Whole(100, 1_000_000_000)),
    key("sessions.access_minutes", Whole(1, 1_440)),
    key("sessions.refresh_days", Whole(1, 3_650)),
    key("sessions.password_min", Whole(8, 128)),
    key("sessions.password_memory_kib", Whole(7_168, 1_048_576)),
    key(
        "sessions.verify_link",
        Text("an address with {token} where the token belongs: https://help.example.com/verify#{token}"),
    ),
    key(
        "sessions.reset_link",
        Text("an address with {token} where the token belongs: https://help.example.com/password#{token}"),
    ),
    key("database.pool", Whole(1, 1_000)),
    key("database.statement_timeout_ms", Whole(100, 600_000)),
    key("database.lock_timeout_ms", Whole(50, 600_000)),
    key("log.format", Text("\"text\" or \"json\"")),
    key("log.level", Text("error, warn, info, debug, trace or off, or directives such as info,sqlx=warn")),
    key("search.commit_interval_ms", Whole(1, 500)),
    key("search.checkpoint_seconds", Whole(1, 3_600)),
    key("search.writer_memory_mb", Whole(15, 4_096)),
    secret("mail.smtp_url", Text("an address like smtps://user:password@mail.example.com")),
    key("mail.from", Text("an e-mail address, or a name and an address: Support <support@example.com>")),
    key("mail.timeout_seconds", Whole(1, 60)),
    secret("sms.url", Text("an address beginning with https:// or http://")),
    secret("sms.token", Text("text in quotes, not empty")),
    key("sms.body", Text("JSON with {{ to }} and {{ text }} where their values belong, without quotes around them")),
    key("sms.timeout_seconds", Whole(1, 60)),
    key("bulk.tickets", Whole(1, 1_000_000)),
    key("bulk.jobs", Whole(1, 10_000)),
    key("bulk.step_ms", Whole(1, 1_000)),
];

/// What every variable of ours begins with.
pub const PREFIX: &str = "DESKGRAPH_";

impl Key {
    /// The variable's name: `DESKGRAPH_LIMITS_NODES`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.path.replace('.', "_").to_uppercase())
    }

    /// What it takes, in words.
    pub fn allowed(&self) -> String {
        match self.takes {
            Text(what) => what.to_owned(),
            List(what) => format!("{what}; or a list of such"),
            Bool => "true or false".to_owned(),
            Whole(min, max) => format!("a whole number from {min} to {max}"),
        }
    }
}

/// The key with this dotted name.
pub fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}
