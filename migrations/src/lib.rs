//! The database schema of Deskgraph: one step per file, the same meaning on SQLite and PostgreSQL. A migration only adds; an index may
//! give way to a better one.
//!
//! Times are integer milliseconds, ids are UUIDs, text that is compared or unique has a folded column. No foreign keys on events.

// What can go wrong is an error that says so: nothing in the product gives up by panicking.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

mod columns;
mod m0001_log;
mod m0002_people;
mod m0003_sessions;
mod m0004_tickets;
mod m0005_comments;
mod m0006_sla;
mod m0007_knowledge;
mod m0009_references;
mod m0011_knowledge_use;
mod m0012_templates;
mod m0013_attachments;
mod m0014_conversation;
mod m0021_sla_timer;
mod m0022_routing;
mod m0023_rewards;
mod m0024_open_tickets;
mod m0025_deliveries;
mod m0026_notifications;
mod m0027_accounts;
mod m0028_contact_codes;
mod m0029_merging;
mod m0030_bulk_jobs;
mod m0031_audit;
mod m0032_measures;
mod m0033_found_by;
mod m0034_summaries;

/// How far a database is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// How many of our steps it lacks.
    pub pending: usize,
    /// The names of the steps that it has and we do not know.
    pub unknown: Vec<String>,
}

/// Looks how far a database is, without changing it.
///
/// # Errors
/// The database's.
pub async fn state<'c>(conn: impl IntoSchemaManagerConnection<'c>) -> Result<State, DbErr> {
    let manager = SchemaManager::new(conn);
    let ours = Migrator::migrations();
    if !manager.has_table("seaql_migrations").await? {
        return Ok(State { pending: ours.len(), unknown: Vec::new() });
    }
    let names = Query::select().column(Alias::new("version")).from(Alias::new("seaql_migrations")).to_owned();
    let mut applied = Vec::new();
    for row in manager.get_connection().query_all(&names).await? {
        applied.push(row.try_get::<String>("", "version")?);
    }
    let pending = ours.iter().filter(|step| !applied.iter().any(|name| name == step.name())).count();
    let mut unknown = applied;
    unknown.retain(|name| !ours.iter().any(|step| step.name() == name));
    unknown.sort();
    Ok(State { pending, unknown })
}

/// Applies the steps in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_log::Step),
            Box::new(m0002_people::Step),
            Box::new(m0003_sessions::Step),
            Box::new(m0004_tickets::Step),
            Box::new(m0005_comments::Step),
            Box::new(m0006_sla::Step),
            Box::new(m0007_knowledge::Step),
            Box::new(m0009_references::Step),
            Box::new(m0011_knowledge_use::Step),
            Box::new(m0012_templates::Step),
            Box::new(m0013_attachments::Step),
            Box::new(m0014_conversation::Step),
            Box::new(m0021_sla_timer::Step),
            Box::new(m0022_routing::Step),
            Box::new(m0023_rewards::Step),
            Box::new(m0024_open_tickets::Step),
            Box::new(m0025_deliveries::Step),
            Box::new(m0026_notifications::Step),
            Box::new(m0027_accounts::Step),
            Box::new(m0028_contact_codes::Step),
            Box::new(m0029_merging::Step),
            Box::new(m0030_bulk_jobs::Step),
            Box::new(m0031_audit::Step),
            Box::new(m0032_measures::Step),
            Box::new(m0033_found_by::Step),
            Box::new(m0034_summaries::Step),
        ]
    }
}
