//! Brings the database's schema up to date: one node at a time, all steps or none.
//!
//! Everything happens in one transaction, under a lock that ends with it however it ends: on PostgreSQL an advisory one, on SQLite the
//! writer's. Nodes that start at once wait for each other, then find nothing left to do. A database that a newer program has brought
//! further is refused: what its rows mean is not known here.

use deskgraph_migrations::{Migrator, MigratorTrait, State, state};
use sea_orm::{ConnectionTrait, DbErr};

use super::{Db, Kind};

/// The number of the lock, the same on every node: "deskgrph".
const LOCK: i64 = i64::from_be_bytes(*b"deskgrph");

/// Why the database cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// It is newer than this program.
    #[error(
        "a newer Deskgraph has been here: this one ({program}) does not know the database's {what}. \
         Run the newer version; going back needs a backup from before it",
        program = env!("CARGO_PKG_VERSION"),
        what = migrations(.0)
    )]
    Newer(Vec<String>),
    /// The database said no.
    #[error(transparent)]
    Database(#[from] DbErr),
}

fn migrations(names: &[String]) -> String {
    let s = if names.len() == 1 { "" } else { "s" };
    format!("migration{s} {}", names.join(", "))
}

/// Applies the steps that the database lacks.
///
/// # Errors
/// When it has steps that this program does not know, or a step fails: then none has been applied.
pub async fn migrate(db: &Db) -> Result<(), MigrateError> {
    // Without a lock first: a start without news waits for nobody.
    if pending(state(&db.read).await?)? == 0 {
        return Ok(());
    }
    let tx = db.begin().await?;
    if db.kind == Kind::Postgres {
        // Another node's steps may take longer than any statement should, and so may our own. Waiting for the lock of a table that the
        // desk is using stays limited: everybody else would queue behind it.
        tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        tx.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = '60s'").await?;
        tx.execute_unprepared("SET LOCAL lock_timeout = 0").await?;
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
        tx.execute_unprepared("SET LOCAL lock_timeout TO DEFAULT").await?;
    }
    // Whoever had the lock may have done it all, or more than we know.
    if pending(state(&tx).await?)? > 0 {
        Migrator::up(&tx, None).await?;
    }
    Ok(tx.commit().await?)
}

fn pending(state: State) -> Result<usize, MigrateError> {
    if state.unknown.is_empty() { Ok(state.pending) } else { Err(MigrateError::Newer(state.unknown)) }
}
