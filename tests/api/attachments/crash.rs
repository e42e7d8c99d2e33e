//! A desk that is killed while files come in; and two nodes with one folder.

use std::path::Path;
use std::time::Duration;

use deskgraph::app::App;
use serde_json::json;

use crate::harness::{Database, Desk, PASSWORD, PDF, Person, Process, SIGN_IN};

fn files_in(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { files_in(&entry.path()) } else { 1 }).sum()
}

async fn ada(process: &Process) -> Person {
    let http = reqwest::Client::new();
    let stranger = Person::new(http.clone(), &process.url, None);
    let answer = stranger.run(SIGN_IN, json!({"input": {"email": "ada@desk.test", "password": PASSWORD}})).await;
    let token = answer["signIn"]["accessToken"].as_str().map(str::to_owned);
    let mut person = Person::new(http, &process.url, token);
    person.id = answer["signIn"]["person"]["id"].as_str().unwrap().to_owned();
    person
}

/// Promises 1 and 2: killed at any moment between the first byte and the answer, an upload is either here whole or can be sent again.
async fn killed(database_url: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let mut large = PDF.to_vec();
    large.resize(3 << 20, b'\n');
    let mut attached = Vec::new();
    let mut process = Process::start(folder.path(), database_url, &[]).await;
    for round in 0..6_u64 {
        let person = ada(&process).await;
        let ticket = person.open_ticket(&format!("Round {round}")).await;
        let announced = person.announce("large.pdf", "application/pdf", large.len()).await;
        let sending = tokio::spawn({
            let (person, url, large) = (person.clone(), announced["upload"]["url"].clone(), large.clone());
            async move { person.try_put(&url, &large).await }
        });
        // Any moment will do: each round is another one.
        tokio::time::sleep(Duration::from_millis(round * 12)).await;
        process.kill();
        let acknowledged = sending.await.unwrap() == Some(200);
        process = Process::start(folder.path(), database_url, &[]).await;
        let person = ada(&process).await;
        let read = "query($id: ID!) { node(id: $id) { ... on Attachment { sha256 upload { url } download { url } } } }";
        let node = person.run(read, json!({"id": announced["id"]})).await["node"].take();
        assert!(!acknowledged || !node["sha256"].is_null(), "an acknowledged upload is durable: {node}");
        if node["sha256"].is_null() {
            let (status, said) = person.put(&node["upload"]["url"], &large).await;
            assert_eq!(status, 200, "{said:#}");
        }
        person
            .do_it("ticketAttach", json!({"ticketId": ticket, "attachments": [announced["id"]]}), "ticket { id }")
            .await;
        attached.push(announced["id"].clone());
        for id in &attached {
            let node = person.run(read, json!({"id": id})).await["node"].take();
            assert_eq!(person.fetch(&node["download"]["url"]).await.bytes().await.unwrap(), large);
        }
    }
    // What a killed upload left beside is gone with its attachment.
    let person = ada(&process).await;
    for id in &attached {
        person.do_it("attachmentDelete", json!({"attachmentId": id}), "attachment { id }").await;
    }
    process.stop().await;
    // A start sweeps at once.
    let process = Process::start(folder.path(), database_url, &[]).await;
    crate::harness::eventually("nothing is left", async || files_in(&folder.path().join("files")) == 0).await;
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_upload_leaves_nothing_wrong_on_sqlite() {
    killed(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_upload_leaves_nothing_wrong_on_postgres() {
    let Some(database) = Database::create().await else { return };
    killed(Some(&database.url)).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_with_one_folder_are_one_desk() {
    let shared = tempfile::tempdir().unwrap();
    let Some(desk) = Desk::postgres_with(|config| config.files.folder = Some(shared.path().to_owned())).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut config = desk.config.clone();
    config.data = folder.path().to_owned();
    let other = App::start(config, desk.clock.clone()).await.unwrap();
    let here = desk.administrator().await;
    let there = here.at(&format!("http://{}", other.addresses[0]));
    let announced = here.announce("1.pdf", "application/pdf", PDF.len()).await;
    // Announced here, sent there, attached here, fetched there.
    assert_eq!(there.put(&announced["upload"]["url"], PDF).await.0, 200);
    let ticket = here.open_ticket("My screen").await;
    here.do_it("ticketAttach", json!({"ticketId": ticket, "attachments": [announced["id"]]}), "ticket { id }").await;
    let read = "query($id: ID!) { node(id: $id) { ... on Attachment { download { url } } } }";
    let node = here.run(read, json!({"id": announced["id"]})).await["node"].take();
    assert_eq!(there.fetch(&node["download"]["url"]).await.bytes().await.unwrap(), PDF);
    assert_eq!((files_in(shared.path()), files_in(&folder.path().join("files"))), (1, 0));
    other.stop();
    other.stopped().await.unwrap();
    desk.stop().await;
}
