//! A PostgreSQL database for one test, copied from a template that was migrated once.

use std::io::Write;
use std::sync::Once;

use deskgraph_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database as Connection};
use tokio::sync::OnceCell;

/// The variable that names the server, such as `postgres://postgres@127.0.0.1:5432`.
const SERVER: &str = "DESKGRAPH_TEST_POSTGRES";

/// A database that is removed with [`Database::remove`].
pub struct Database {
    /// Where it is.
    pub url: String,
    name: String,
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

impl Database {
    /// A new, migrated database; none, with one line to say so, if no server is named.
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
        let template = TEMPLATE
            .get_or_init(|| async {
                let name = format!("deskgraph_template_{}", std::process::id());
                execute(&server, &format!("DROP DATABASE IF EXISTS {name}")).await;
                execute(&server, &format!("CREATE DATABASE {name}")).await;
                let connection = Connection::connect(format!("{server}/{name}")).await.unwrap();
                Migrator::up(&connection, None).await.unwrap();
                connection.close().await.unwrap();
                name
            })
            .await;
        let name = format!("deskgraph_{}", uuid::Uuid::now_v7().simple());
        execute(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Some(Self { url: format!("{server}/{name}"), name })
    }

    /// A new database without anything in it; none if no server is named.
    pub async fn empty() -> Option<Self> {
        let server = std::env::var(SERVER).ok()?;
        let name = format!("deskgraph_{}", uuid::Uuid::now_v7().simple());
        execute(&server, &format!("CREATE DATABASE {name}")).await;
        Some(Self { url: format!("{server}/{name}"), name })
    }

    /// Removes it, whoever is still connected.
    pub async fn remove(self) {
        if let Ok(server) = std::env::var(SERVER) {
            execute(&server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await;
        }
    }
}

async fn execute(server: &str, sql: &str) {
    let connection = Connection::connect(format!("{server}/postgres")).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}
