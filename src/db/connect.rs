//! Opens the pools with the settings that each database needs to keep our promises.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DbErr};

use super::{Db, Kind, checkpoint, statements};

/// How the pools are sized and how long they wait.
#[derive(Clone, Copy, Debug)]
pub struct PoolSettings {
    /// Connections: readers on SQLite, all of them on PostgreSQL.
    pub size: u32,
    /// After which a statement is cancelled (PostgreSQL).
    pub statement_timeout: Duration,
    /// After which waiting for a row's lock is given up (PostgreSQL), or for the writer (SQLite).
    pub lock_timeout: Duration,
}

/// Connects to `url` (`sqlite:` path or `postgres://`). Creates SQLite's file and its folder.
///
/// # Errors
/// When the database cannot be reached, or is of a kind we do not speak.
pub async fn connect(url: &str, settings: PoolSettings) -> Result<Db, DbErr> {
    if url.starts_with("postgres") {
        return postgres(url, settings).await;
    }
    if let Some(folder) = url.strip_prefix("sqlite:").and_then(|path| Path::new(path.trim_start_matches("//")).parent())
    {
        std::fs::create_dir_all(folder).map_err(|error| DbErr::Custom(format!("{}: {error}", folder.display())))?;
    }
    // Readers are opened last: the writer makes the file and switches it to WAL.
    let write = sqlite(url, 1, settings, false).await?;
    let read = sqlite(url, settings.size, settings, true).await?;
    let folder = Some(sqlite(url, 1, settings, false).await?);
    Ok(Db { kind: Kind::Sqlite, read, write, folder })
}

async fn sqlite(
    url: &str,
    connections: u32,
    settings: PoolSettings,
    read_only: bool,
) -> Result<sea_orm::DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL: an acknowledged write survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(settings.lock_timeout)
                .statement_cache_capacity(400)
                .pragma("cache_size", "-16000")
                .pragma("temp_store", "memory")
                .pragma("wal_autocheckpoint", checkpoint::AT_MOST)
                .pragma("mmap_size", "268435456");
            if read_only { options.pragma("query_only", "on") } else { options }
        });
    let mut connection = Database::connect(options).await?;
    connection.set_metric_callback(|_| statements::one_more());
    Ok(connection)
}

async fn postgres(url: &str, settings: PoolSettings) -> Result<Db, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(settings.size)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .acquire_timeout(Duration::from_secs(10))
        .map_sqlx_postgres_opts(move |options| {
            options.application_name("deskgraph").statement_cache_capacity(400).options([
                ("statement_timeout", settings.statement_timeout.as_millis().to_string()),
                ("lock_timeout", settings.lock_timeout.as_millis().to_string()),
                // A node that was paused inside a transaction must not freeze the desk.
                ("idle_in_transaction_session_timeout", "2000".to_owned()),
            ])
        });
    let mut connection = Database::connect(options).await?;
    connection.set_metric_callback(|_| statements::one_more());
    Ok(Db { kind: Kind::Postgres, read: connection.clone(), write: connection, folder: None })
}
