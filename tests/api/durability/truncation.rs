//! Files of the index cut short under a running desk: the one damage that the process may not survive.
//!
//! The engine maps its files. Reading a mapped page that the file no longer has is a SIGBUS, which no library can turn into an error. What
//! must hold: nothing that was acknowledged is lost, and the next start finds everything without anybody's help.

use std::fs;

use serde_json::json;

use super::healing::{files, found};
use crate::harness::{PASSWORD, Person, Process, SIGN_IN, eventually};

async fn ada(url: &str) -> Option<Person> {
    let stranger = Person::new(reqwest::Client::new(), url, None);
    let input = json!({"input": {"email": "ada@desk.test", "password": PASSWORD}});
    let answer = stranger.try_answer(SIGN_IN, input).await.ok()?;
    let token = answer["data"]["signIn"]["accessToken"].as_str().map(str::to_owned);
    let mut ada = Person::new(reqwest::Client::new(), url, token);
    ada.id = answer["data"]["signIn"]["person"]["id"].as_str()?.to_owned();
    Some(ada)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_cut_short_under_a_running_desk_costs_a_restart_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Process::start(folder.path(), None, &[]).await;
    let person = ada(&desk.url).await.unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for nth in 0..20 {
        ids.insert(person.open_ticket(&format!("The printer jams for time {nth}")).await);
    }
    let cursor = person.run("{ eventCursor }", json!({})).await["eventCursor"].take();
    assert_eq!(found(&person, "printer", Some(&cursor)).await.as_ref(), Some(&ids));
    let index = folder.path().join("index/tickets");
    let mut cut = 0;
    for file in files(&index).into_iter().filter(|file| file.starts_with("g000001") && !file.ends_with("meta.json")) {
        let open = fs::OpenOptions::new().write(true).open(index.join(file)).unwrap();
        cut += open.metadata().unwrap().len();
        open.set_len(0).unwrap();
    }
    assert!(cut > 1_000, "only {cut} bytes were cut: the test harms nothing");
    // It dies of this, or it says that it cannot search and mends it; it never answers wrongly.
    let search = json!({"query": "{ search(query: \"printer\", kinds: [TICKET]) { totalCount } }"});
    let mut died = false;
    for _ in 0..20 {
        let request = reqwest::Client::new().post(format!("{}/graphql", desk.url)).json(&search);
        let request = request.bearer_auth(person.token.as_deref().unwrap());
        match request.send().await {
            Err(_) => {
                died = true;
                break;
            }
            Ok(answer) => {
                let answer: serde_json::Value = answer.json().await.unwrap();
                assert!(
                    answer.get("errors").is_some() || answer["data"]["search"]["totalCount"] == ids.len(),
                    "{answer:#}"
                );
            }
        }
    }
    let signal = desk.kill();
    // SIGKILL is ours: it had not died before.
    assert!(!died || signal != Some(9), "{signal:?}");
    let desk = Process::start(folder.path(), None, &[]).await;
    let person = ada(&desk.url).await.unwrap();
    assert_eq!(person.run("{ tickets { totalCount } }", json!({})).await["tickets"]["totalCount"], ids.len());
    eventually("everything is found", async || found(&person, "printer", None).await.as_ref() == Some(&ids)).await;
    desk.stop().await;
}
