//! Black-box tests of the API: a real server in this process, HTTP and WebSocket, SQLite, and PostgreSQL where there is one.
//!
//! `DESKGRAPH_TEST_POSTGRES=postgres://postgres@127.0.0.1:5432 cargo test` runs the PostgreSQL half as well. A test is a sentence; the
//! requirement lines that it proves are named beside it.

mod harness;

mod access;
mod attachments;
mod audit;
mod bad_input;
mod budgets;
mod bulk;
mod conversation;
mod deliveries;
mod durability;
mod escalation;
mod events;
mod house;
mod identity;
mod knowledge;
mod language;
mod logging;
mod merging;
mod metrics;
mod notifications;
mod presence;
mod profiles;
mod references;
mod rewards;
mod routing;
mod schema;
mod search;
mod sla;
mod telemetry;
mod templates;
mod tickets;
