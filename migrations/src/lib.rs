//! The database schema of Deskgraph: one step per file, the same meaning on SQLite and PostgreSQL. A migration only adds.
//!
//! Times are integer milliseconds, ids are UUIDs, text that is compared or unique has a folded column. No foreign keys on events.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod columns;
mod m0001_log;
mod m0002_people;
mod m0003_sessions;
mod m0004_tickets;
mod m0005_comments;
mod m0006_sla;
mod m0007_knowledge;
mod m0013_attachments;
mod m0014_conversation;

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
            Box::new(m0013_attachments::Step),
            Box::new(m0014_conversation::Step),
        ]
    }
}
