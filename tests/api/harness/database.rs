//! A PostgreSQL database for one test: one of a few that are migrated once and emptied for each test, for making one takes most of a second.
//!
//! Their names say which migrations they have, so that a change of those makes new ones; the old ones are dropped. Whoever holds the
//! advisory lock of a name has the database, so that test runs may go on beside each other. What a failed test leaves is not used again.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::sync::Once;

use deskgraph_migrations::{Migrator, MigratorTrait, state};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connection, DatabaseConnection, DbBackend, Statement};
use tokio::sync::OnceCell;

/// The variable that names the server, such as `postgres://postgres@127.0.0.1:5432`. The user is a superuser: foreign keys are not asked
/// while a database is emptied.
const SERVER: &str = "DESKGRAPH_TEST_POSTGRES";

/// More than there are tests at once.
const PLACES: usize = 64;

/// What a database is said to be while a test has it, and between tests.
const TAKEN: &str = "a test has it";
const CLEAN: &str = "free";

/// A database that is given back with [`Database::remove`].
pub struct Database {
    /// Where it is.
    pub url: String,
    name: String,
    /// Holds its lock; none if nobody else could want it.
    claim: Option<DatabaseConnection>,
}

static OLD_ONES_ARE_GONE: OnceCell<()> = OnceCell::const_new();

impl Database {
    /// A migrated database without rows; none, with one line to say so, if no server is named.
    pub async fn create() -> Option<Self> {
        let Ok(server) = std::env::var(SERVER) else {
            static SAID: Once = Once::new();
            // Straight to standard error: the harness hides what passing tests print.
            SAID.call_once(|| {
                let line = format!("skipped: the tests on PostgreSQL; name a server to run them: {SERVER}=postgres://user@host:5432 cargo test\n");
                let _ = std::io::stderr().write_all(line.as_bytes());
            });
            return None;
        };
        let kind = format!("deskgraph_test_{:x}", fingerprint());
        let claim = connected(&server, "postgres").await;
        OLD_ONES_ARE_GONE.get_or_init(|| drop_others(&claim, &kind)).await;
        for place in 0..PLACES {
            let name = format!("{kind}_{place}");
            if asked(&claim, &format!("SELECT pg_try_advisory_lock(hashtext('{name}'))")).await == Some(true) {
                prepare(&server, &claim, &name).await;
                return Some(Self { url: format!("{server}/{name}"), name, claim: Some(claim) });
            }
        }
        panic!("more than {PLACES} tests at once");
    }

    /// A new database without anything in it; none if no server is named.
    pub async fn empty() -> Option<Self> {
        let server = std::env::var(SERVER).ok()?;
        let name = format!("deskgraph_{}", uuid::Uuid::now_v7().simple());
        run(&connected(&server, "postgres").await, &format!("CREATE DATABASE {name}")).await;
        Some(Self { url: format!("{server}/{name}"), name, claim: None })
    }

    /// Gives it back, or removes it, whoever is still connected.
    pub async fn remove(self) {
        if let Some(claim) = self.claim {
            run(&claim, &format!("COMMENT ON DATABASE {} IS '{CLEAN}'", self.name)).await;
            claim.close().await.unwrap();
        } else if let Ok(server) = std::env::var(SERVER) {
            run(&connected(&server, "postgres").await, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        }
    }
}

/// Empties a database, or makes it.
async fn prepare(server: &str, claim: &DatabaseConnection, name: &str) {
    let is_clean = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{name}' AND shobj_description(oid, 'pg_database') = '{CLEAN}')"
    );
    let was_clean = asked(claim, &is_clean).await == Some(true) && has_our_migrations(server, name).await;
    if !was_clean {
        run(claim, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(claim, &format!("CREATE DATABASE {name}")).await;
    }
    run(claim, &format!("COMMENT ON DATABASE {name} IS '{TAKEN}'")).await;
    // Those of the last test may still be about to go.
    run(claim, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).await;
    let database = connected(server, name).await;
    match was_clean {
        true => run(&database, EMPTIED).await,
        false => Migrator::up(&database, None).await.unwrap(),
    }
    database.close().await.unwrap();
}

/// Whether a database has our migrations and no others: tests also play what the future may bring.
async fn has_our_migrations(server: &str, name: &str) -> bool {
    let database = connected(server, name).await;
    let state = state(&database).await.unwrap();
    database.close().await.unwrap();
    state.pending == 0 && state.unknown.is_empty()
}

/// Deletes all rows but those that say which migrations were applied.
const EMPTIED: &str = "DO $$ DECLARE name text; BEGIN SET LOCAL session_replication_role = replica; \
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'seaql_migrations' \
    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP; END $$";

/// Drops the databases of other migrations, if no test has them.
async fn drop_others(claim: &DatabaseConnection, kind: &str) {
    let others = format!(
        "SELECT datname FROM pg_database WHERE datname LIKE 'deskgraph\\_test\\_%' AND datname NOT LIKE '{kind}%'"
    );
    for row in claim.query_all_raw(Statement::from_string(DbBackend::Postgres, others)).await.unwrap() {
        let name: String = row.try_get_by_index(0).unwrap();
        if asked(claim, &format!("SELECT pg_try_advisory_lock(hashtext('{name}'))")).await == Some(true) {
            run(claim, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            run(claim, &format!("SELECT pg_advisory_unlock(hashtext('{name}'))")).await;
        }
    }
}

/// What the migrations are: all of their text.
fn fingerprint() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/src");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    files.iter().for_each(|file| std::fs::read(file).unwrap().hash(&mut hasher));
    hasher.finish()
}

/// One connection, for advisory locks belong to one.
async fn connected(server: &str, name: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(format!("{server}/{name}"));
    options.min_connections(1).max_connections(1).sqlx_logging(false);
    options.idle_timeout(None::<std::time::Duration>).max_lifetime(None::<std::time::Duration>);
    Connection::connect(options).await.unwrap()
}

async fn run(connection: &DatabaseConnection, sql: &str) {
    connection.execute_unprepared(sql).await.unwrap();
}

async fn asked(connection: &DatabaseConnection, sql: &str) -> Option<bool> {
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap()?;
    row.try_get_by_index(0).unwrap()
}
