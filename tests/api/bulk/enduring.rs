//! A job outlives its request, and its process.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use serde_json::json;

use super::{ABSENT, MANY, and_absent, begins, bulk, comes_to, job, moves, slow_test, tickets};
use crate::harness::{Database, Desk, PASSWORD, Person, Process, SIGN_IN};

slow_test! {
    async fn a_job_goes_on_after_a_restart(desk: &mut Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ids = tickets(&ann, MANY).await;
        let started = bulk(&ada, json!({"ids": and_absent(&ids)}), json!({"close": {}})).await;
        begins(&ada, &started["id"]).await;
        desk.restart().await;
        let ada = ada.at(&desk.url);
        let done = comes_to(&ada, &started["id"], "DONE").await;
        assert_eq!(done["progress"], json!({"total": MANY + ABSENT, "done": MANY, "skipped": 0, "failed": ABSENT, "remaining": 0}));
        assert_eq!(moves(desk).await, vec![1; MANY], "each ticket once");
    }
}

/// A process that is killed in the middle of a job, and another that finishes it.
async fn killed(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), database, &[("BULK_STEP_MS", "1")]).await;
    let stranger = Person::new(reqwest::Client::new(), &process.url, None);
    let answer = stranger.run(SIGN_IN, json!({"input": {"email": "ada@desk.test", "password": PASSWORD}})).await;
    let mut ada =
        Person::new(reqwest::Client::new(), &process.url, answer["signIn"]["accessToken"].as_str().map(str::to_owned));
    ada.id = answer["signIn"]["person"]["id"].as_str().unwrap().to_owned();
    let ids = tickets(&ada, MANY).await;
    let mut process = Some(process);
    let started = bulk(&ada, json!({"ids": and_absent(&ids)}), json!({"close": {}})).await;
    begins(&ada, &started["id"]).await;
    let mut last = 0;
    for _ in 0..3 {
        if let Some(process) = process.take() {
            process.kill();
        }
        let next = Process::start(folder.path(), database, &[("BULK_STEP_MS", "1")]).await;
        ada = ada.at(&next.url);
        process = Some(next);
        // What a dead process had told is never taken back.
        let now = job(&ada, &started["id"]).await["progress"]["done"].as_i64().unwrap();
        assert!(now >= last, "{now} of {last}");
        last = now;
    }
    let done = comes_to(&ada, &started["id"], "DONE").await;
    assert_eq!((&done["progress"]["done"], &done["progress"]["failed"]), (&json!(MANY), &json!(ABSENT)));
    if let Some(process) = process.take() {
        process.stop().await;
    }
    let url = database.map_or_else(|| format!("sqlite://{}/desk.db", folder.path().display()), str::to_owned);
    let connection = Connection::connect(url).await.unwrap();
    let sql = "SELECT ticket_id FROM events WHERE kind = 'ticket.status_changed'";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    connection.close().await.unwrap();
    let mut times: HashMap<uuid::Uuid, usize> = HashMap::new();
    for row in &rows {
        *times.entry(row.try_get("", "ticket_id").unwrap()).or_default() += 1;
    }
    assert_eq!(times.len(), MANY);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_does_no_ticket_twice_and_none_too_few_on_sqlite() {
    killed(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_does_no_ticket_twice_and_none_too_few_on_postgres() {
    let Some(database) = Database::create().await else { return };
    killed(Some(&database.url)).await;
    database.remove().await;
}
