//! Promise 12: any number of nodes may start on one database at once, and none starts on one that it does not understand.

use std::time::Duration;

use deskgraph::app::App;
use deskgraph::clock::Clock;
use deskgraph::config::{Config, Secret};
use deskgraph_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;

use crate::desk_test;
use crate::harness::{Database, PASSWORD, Person, Process, SIGN_IN, eventually};

/// Signs Ada in at this node.
async fn ada(url: &str) -> Person {
    let stranger = Person::new(reqwest::Client::new(), url, None);
    let answer = stranger.run(SIGN_IN, json!({"input": {"email": "ada@desk.test", "password": PASSWORD}})).await;
    assert_eq!(answer["signIn"]["userErrors"], json!([]), "{answer}");
    Person::new(reqwest::Client::new(), url, answer["signIn"]["accessToken"].as_str().map(str::to_owned))
}

/// Asserts that these nodes are one desk.
async fn are_one_desk(urls: &[String]) {
    let first = ada(&urls[0]).await;
    let head = first.run("{ eventCursor }", json!({})).await["eventCursor"].as_str().unwrap().to_owned();
    for url in urls {
        // A token of one is good at all, and all are in one life of the log.
        let data = first.at(url).run("{ people { totalCount } eventCursor }", json!({})).await;
        assert_eq!(data["people"]["totalCount"], 1);
        assert_eq!(data["eventCursor"].as_str().unwrap().split_once('-').unwrap().0, head.split_once('-').unwrap().0);
        ada(url).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_in_one_process_that_start_at_once_on_an_empty_database() {
    for _ in 0..3 {
        let Some(database) = Database::empty().await else { return };
        let start = || {
            let url = database.url.clone();
            tokio::spawn(async move {
                let folder = tempfile::tempdir().unwrap();
                let listen = vec!["127.0.0.1:0".parse().unwrap()];
                let mut config = Config { listen, data: folder.path().to_owned(), ..Config::default() };
                config.admin.email = "ada@desk.test".to_owned();
                config.admin.password = Some(Secret::new(PASSWORD.to_owned()));
                config.database_url = Some(Secret::new(url));
                config.database.pool = 4;
                (App::start(config, Clock::system()).await, folder)
            })
        };
        let starting: Vec<_> = (0..5).map(|_| start()).collect();
        let mut apps = Vec::new();
        for node in starting {
            let (app, folder) = node.await.unwrap();
            apps.push((app.unwrap(), folder));
        }
        let made = apps.iter().filter(|(app, _)| app.first_administrator.is_some()).count();
        assert_eq!(made, 1, "one of them made the administrator");
        are_one_desk(&apps.iter().map(|(app, _)| format!("http://{}", app.addresses[0])).collect::<Vec<_>>()).await;
        for (app, _folder) in apps {
            app.stop();
            tokio::time::timeout(Duration::from_secs(20), app.stopped()).await.unwrap().unwrap();
        }
        database.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_on_an_empty_database() {
    let Some(database) = Database::empty().await else { return };
    let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let starting = folders.iter().map(|folder| Process::start(folder.path(), Some(&database.url), &[]));
    let nodes = futures_util::future::join_all(starting).await;
    are_one_desk(&nodes.iter().map(|node| node.url.clone()).collect::<Vec<_>>()).await;
    for node in nodes {
        node.stop().await;
    }
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_waits_for_another_ones_migration_longer_than_for_any_statement() {
    let Some(database) = Database::empty().await else { return };
    // Another node, which takes its time.
    let other = sea_orm::Database::connect(&database.url).await.unwrap();
    let migrating = other.begin().await.unwrap();
    let lock = format!("SELECT pg_advisory_xact_lock({})", i64::from_be_bytes(*b"deskgrph"));
    migrating.execute_unprepared(&lock).await.unwrap();
    let mut config = Config { database_url: Some(Secret::new(database.url.clone())), ..Config::default() };
    config.database.pool = 2;
    config.database.lock_timeout_ms = 300;
    config.database.statement_timeout_ms = 300;
    let starting = tokio::spawn(async move { deskgraph::app::open(&config, Clock::system()).await });
    let waits = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' \
        AND clock_timestamp() - query_start > interval '1 second'";
    eventually("it has waited for a second", async || {
        assert!(!starting.is_finished(), "it did not wait");
        let row = other.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, waits)).await;
        row.unwrap().unwrap().try_get::<i64>("", "n").unwrap() == 1
    })
    .await;
    migrating.commit().await.unwrap();
    starting.await.unwrap().unwrap().db.close().await;
    other.close().await.unwrap();
    database.remove().await;
}

desk_test! {
    async fn a_database_of_a_newer_program_is_refused_and_left_alone(desk: &Desk) {
        let writer = desk.app().desk.db.writer();
        let count = "SELECT COUNT(*) AS n FROM seaql_migrations";
        let applied = async || {
            let row = writer.query_one_raw(sea_orm::Statement::from_string(writer.get_database_backend(), count)).await;
            row.unwrap().unwrap().try_get::<i64>("", "n").unwrap()
        };
        // Whoever comes beside the desk, as every command does, finds nothing to do.
        deskgraph::app::open(&desk.config, Clock::system()).await.unwrap().db.close().await;
        for name in ["m9998_of_tomorrow", "m9999_of_the_day_after"] {
            let sql = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{name}', 0)");
            writer.execute_unprepared(&sql).await.unwrap();
        }
        let before = applied().await;
        let Err(error) = deskgraph::app::open(&desk.config, Clock::system()).await else { panic!("it was opened") };
        let error = format!("{error:#}");
        for expected in ["newer", "m9998_of_tomorrow, m9999_of_the_day_after", "backup"] {
            assert!(error.contains(expected), "{error}");
        }
        // Also if a step of ours were missing: nothing is done to what is not understood.
        writer.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'm0007%'").await.unwrap();
        let Err(error) = deskgraph::app::open(&desk.config, Clock::system()).await else { panic!("it was opened") };
        assert!(format!("{error:#}").contains("m9998_of_tomorrow"), "{error:#}");
        assert_eq!(applied().await, before - 1);
    }
}

/// Runs the command that brings a database up to date.
fn migrate(data: &std::path::Path, database_url: Option<&str>) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_deskgraph"));
    command.env_clear().env("DESKGRAPH_DATA", data).env("DESKGRAPH_LOG_LEVEL", "error").arg("migrate");
    command.envs(database_url.map(|url| ("DESKGRAPH_DATABASE_URL", url))).output().unwrap()
}

/// Every table and index of a database, as the database tells of them.
async fn shape(url: &str) -> Vec<String> {
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let sql = match connection.get_database_backend() {
        sea_orm::DbBackend::Postgres => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS said FROM information_schema.columns \
             WHERE table_schema = 'public' UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        }
        _ => "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') AS said FROM sqlite_master ORDER BY 1",
    };
    let rows = connection.query_all_raw(sea_orm::Statement::from_string(connection.get_database_backend(), sql)).await;
    let said = rows.unwrap().iter().map(|row| row.try_get::<String>("", "said").unwrap()).collect();
    connection.close().await.unwrap();
    said
}

/// S4-25: one command makes a new database, brings one of any earlier version up to date, and finds nothing to do in one that is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_command_brings_a_database_of_any_version_up_to_date() {
    let steps = Migrator::migrations().len();
    let mut newest = Vec::new();
    for earlier in (0..=steps).rev() {
        let folder = tempfile::tempdir().unwrap();
        let (data, file) = (folder.path().join("data"), folder.path().join("data/desk.db"));
        let url = format!("sqlite://{}?mode=rwc", file.display());
        if earlier > 0 {
            std::fs::create_dir(&data).unwrap();
            let connection = sea_orm::Database::connect(&url).await.unwrap();
            Migrator::up(&connection, Some(earlier as u32)).await.unwrap();
            connection.close().await.unwrap();
        }
        for _ in 0..2 {
            let done = migrate(&data, None);
            assert!(done.status.success(), "from step {earlier}: {done:?}");
        }
        let shape = shape(&url).await;
        if earlier == steps {
            newest = shape;
        } else {
            assert_eq!(shape, newest, "from step {earlier}");
        }
    }
    let (Some(new), Some(old)) = (Database::empty().await, Database::empty().await) else { return };
    let connection = sea_orm::Database::connect(&old.url).await.unwrap();
    Migrator::up(&connection, Some(steps as u32 / 2)).await.unwrap();
    connection.close().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for url in [&new.url, &old.url, &old.url] {
        let done = migrate(folder.path(), Some(url));
        assert!(done.status.success(), "{done:?}");
    }
    assert_eq!(shape(&old.url).await, shape(&new.url).await);
    new.remove().await;
    old.remove().await;
}
