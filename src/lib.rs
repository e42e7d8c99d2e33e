//! Deskgraph: a support desk as a graph.
//!
//! One flow: HTTP or WebSocket → GraphQL resolver → [`desk::Desk::perform`] → one transaction that changes rows and appends to the
//! event log → readers that follow the log (search index, live feed, revocations).
//!
//! | rank | rooms | what |
//! |---|---|---|
//! | 0 | [`ids`] [`clock`] [`language`] [`error`] [`config`] [`logging`] [`telemetry`] [`text`] | words that everything uses |
//! | 1 | [`profile`] [`db`] | what differs between desks; the database |
//! | 2 | [`access`] [`event_log`] [`audit`] [`desk`] [`jobs`] | who may; what happened, and what was refused; the one way to change; work that one node does |
//! | 3 | [`people`] [`references`] [`deliveries`] [`sessions`] [`files`] [`tickets`] [`comments`] [`attachments`] [`presence`] [`knowledge`] [`templates`] [`sla`] [`rewards`] [`notifications`] [`metrics`] [`bulk`] | the nouns, one file per verb |
//! | 4 | [`search`] | documents of the nouns, and finding them |
//! | 5 | [`effects`] [`readers`] [`import`] | what follows from an event: in its transaction, and after it; existing data |
//! | 6 | [`graphql`] | the schema: thin shells over the nouns |
//! | 7 | [`http`] | the transport |
//! | 8 | [`app`] | starts everything |
//!
//! A module imports only from lower ranks; `tests/api/house.rs` holds it to that.

// What can go wrong is an error that says so: nothing in the product gives up by panicking.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]
// The types of all root fields are one type, whose layout the compiler finds step by step.
#![recursion_limit = "256"]

pub mod access;
pub mod app;
pub mod attachments;
pub mod audit;
pub mod bulk;
pub mod clock;
pub mod comments;
pub mod config;
pub mod db;
pub mod deliveries;
pub mod desk;
pub mod effects;
pub mod error;
pub mod event_log;
pub mod files;
pub mod graphql;
pub mod http;
pub mod ids;
pub mod import;
pub mod jobs;
pub mod knowledge;
pub mod language;
pub mod logging;
pub mod metrics;
pub mod notifications;
pub mod people;
pub mod presence;
pub mod profile;
pub mod readers;
pub mod references;
pub mod rewards;
pub mod search;
pub mod sessions;
pub mod sla;
pub mod telemetry;
pub mod templates;
pub mod text;
pub mod tickets;
