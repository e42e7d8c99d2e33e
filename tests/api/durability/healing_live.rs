//! Damage that comes while the desk runs heals without a restart.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::healing::{files, found};
use crate::harness::{Desk, eventually};

/// A desk that looks after its index every second.
async fn desk() -> Desk {
    Desk::with(|config| config.search.checkpoint_seconds = 1).await
}

fn index(desk: &Desk) -> PathBuf {
    desk.folder().join("index/tickets")
}

/// What it takes to be whole again.
#[derive(PartialEq)]
enum Takes {
    /// Another index in the place of this one.
    Rebuild,
    /// The next commit, which writes what was lost.
    Commit,
}

/// Harms the index under a running desk: all is found all the time, or the desk says when to come back; and in the end the files are
/// whole again, which a start on them shows.
async fn heals(how: &str, takes: Takes, harm: impl Fn(&Path)) {
    let mut desk = desk().await;
    let ada = desk.administrator().await;
    let mut ids = std::collections::BTreeSet::new();
    for title in ["The printer jams", "The network is slow", "The invoice is wrong"] {
        ids.insert(ada.open_ticket(title).await);
    }
    let cursor = ada.run("{ eventCursor }", json!({})).await["eventCursor"].take();
    assert_eq!(found(&ada, "", Some(&cursor)).await, Some(ids.clone()));
    let before = fs::read(index(&desk).join("current")).unwrap();

    harm(&index(&desk));
    let made = ada
        .do_it("ticketCreate", json!({"title": "Another one", "description": "After the damage."}), "ticket { id }")
        .await;
    ids.insert(made["ticket"]["id"].as_str().unwrap().to_owned());
    eventually(how, async || found(&ada, "", Some(&made["eventCursor"])).await.as_ref() == Some(&ids)).await;
    eventually(how, async || {
        // Meanwhile the rest goes on.
        assert_eq!(ada.run("{ tickets { totalCount } }", json!({})).await["tickets"]["totalCount"], ids.len());
        fs::read(index(&desk).join("current")).is_ok_and(|now| now != before || takes == Takes::Commit)
    })
    .await;
    eventually(how, async || found(&ada, "", None).await.as_ref() == Some(&ids)).await;
    assert_eq!(found(&ada, "printer", None).await.unwrap().len(), 1);

    let healed = fs::read(index(&desk).join("current")).unwrap();
    desk.restart().await;
    let ada = desk.administrator().await;
    eventually(how, async || found(&ada, "", None).await.as_ref() == Some(&ids)).await;
    assert_eq!(fs::read(index(&desk).join("current")).unwrap(), healed, "the files were whole: {how}");
    desk.stop().await;
}

fn segments(index: &Path) -> impl Iterator<Item = PathBuf> {
    let data = |file: &PathBuf| {
        let name = file.to_string_lossy();
        name.starts_with('g') && !name.ends_with(".json") && !name.contains(".lock")
    };
    let index = index.to_owned();
    files(&index).into_iter().filter(data).map(move |file| index.join(file))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_segments_of_a_running_desk_come_back() {
    heals("segments deleted", Takes::Rebuild, |index| segments(index).for_each(|file| fs::remove_file(file).unwrap()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_deleted_segment_file_of_a_running_desk_comes_back() {
    heals("one file deleted", Takes::Rebuild, |index| {
        let one = segments(index).find(|file| file.extension().is_some_and(|kind| kind == "store"));
        fs::remove_file(one.unwrap()).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_folder_of_a_running_desk_comes_back() {
    // Numbers of generations begin anew in an empty folder, so that the pointer says the same.
    heals("the folder deleted", Takes::Commit, |index| fs::remove_dir_all(index).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_list_of_segments_of_a_running_desk_comes_back() {
    // The list is in memory as well, and the next commit writes it.
    heals("meta.json deleted", Takes::Commit, |index| {
        let meta = files(index).into_iter().find(|file| file.ends_with("meta.json")).unwrap();
        fs::remove_file(index.join(meta)).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pointer_that_points_nowhere_is_mended_while_the_desk_runs() {
    heals("current overwritten", Takes::Rebuild, |index| fs::write(index.join("current"), "nowhere").unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_bits_under_a_running_desk_are_mended() {
    heals("bits flipped", Takes::Rebuild, |index| {
        for file in segments(index) {
            // In place: the desk has these files mapped.
            let content = fs::read(&file).unwrap();
            let mut open = fs::OpenOptions::new().write(true).open(&file).unwrap();
            for at in [content.len() / 3, content.len() / 2] {
                if let Some(byte) = content.get(at) {
                    open.seek(SeekFrom::Start(at as u64)).unwrap();
                    open.write_all(&[byte ^ 0x24]).unwrap();
                }
            }
        }
    })
    .await;
}

/// What cannot be mended yet is announced, holds back nothing else, and is mended when it can be.
async fn waits_for(desk: &Desk, ids: &std::collections::BTreeSet<String>, in_the_way: &Path, at_start: bool) {
    let ada = desk.administrator().await;
    eventually("no index is announced", async || found(&ada, "", None).await.is_none()).await;
    for _ in 0..3 {
        assert_eq!(ada.run("{ tickets { totalCount } }", json!({})).await["tickets"]["totalCount"], ids.len());
        assert_eq!(found(&ada, "", None).await, None);
    }
    // Promise 11: said where operators look; the node goes on serving what it can, if it ever could.
    eventually("the degraded mode is announced", async || {
        let answer = reqwest::get(format!("{}/ready", desk.url)).await.unwrap();
        let status = answer.status().as_u16();
        let body: serde_json::Value = answer.json().await.unwrap();
        let tickets = &body["components"]["ticket index"];
        assert_eq!(status, if at_start { 503 } else { 200 }, "{body}");
        assert_eq!(body["components"]["knowledge index"]["state"], "ready");
        assert!(tickets["reason"].as_str().is_some_and(|reason| !reason.contains('/')), "no paths: {body}");
        at_start || (body["degraded"] == true && tickets["state"] == "degraded")
    })
    .await;
    fs::remove_file(in_the_way).unwrap();
    eventually("the index is back", async || found(&ada, "", None).await.as_ref() == Some(ids)).await;
    eventually("ready", async || {
        let answer = reqwest::get(format!("{}/ready", desk.url)).await.unwrap();
        answer.status() == 200 && answer.json::<serde_json::Value>().await.unwrap()["degraded"] == false
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_where_no_index_can_be_built_is_announced_and_waited_for() {
    let mut desk = desk().await;
    let ada = desk.administrator().await;
    let mut ids = std::collections::BTreeSet::from([ada.open_ticket("The printer jams").await]);
    let place = index(&desk);
    let block = || {
        // The desk may be writing a file there at this moment.
        while fs::remove_dir_all(&place).is_err() && place.exists() {}
        fs::write(&place, "something else").unwrap();
    };
    // While it runs, found by the next commit.
    block();
    ids.insert(ada.open_ticket("The network is slow").await);
    waits_for(&desk, &ids, &place, false).await;
    // At the start.
    desk.restart_after(async |_: &Path| block()).await;
    assert_eq!(reqwest::get(format!("{}/ready", desk.url)).await.unwrap().status(), 503);
    waits_for(&desk, &ids, &place, true).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubt_leads_to_a_look_at_the_files_and_to_another_index_only_if_they_are_bad() {
    let desk = Desk::sqlite().await;
    let ada = desk.administrator().await;
    let made = ada
        .do_it(
            "ticketCreate",
            json!({"title": "The printer jams", "description": "It has done so before."}),
            "ticket { id }",
        )
        .await;
    let ids = std::collections::BTreeSet::from([made["ticket"]["id"].as_str().unwrap().to_owned()]);
    assert_eq!(found(&ada, "", Some(&made["eventCursor"])).await, Some(ids.clone()));
    let current = || fs::read(index(&desk).join("current")).unwrap();
    let (before, slot) = (current(), &desk.app().search.tickets);
    let damaged = slot.index().unwrap();
    for file in segments(&index(&desk)) {
        let content = fs::read(&file).unwrap();
        let mut open = fs::OpenOptions::new().write(true).open(&file).unwrap();
        open.seek(SeekFrom::Start(content.len() as u64 / 2)).unwrap();
        open.write_all(&[content[content.len() / 2] ^ 0x40]).unwrap();
    }
    assert!(damaged.verify().is_err());
    drop(damaged);
    // Nothing is written, and no checkpoint is due: the doubt alone does it.
    slot.doubt("a test".to_owned());
    eventually("another index", async || current() != before).await;
    eventually("all is found", async || found(&ada, "", None).await.as_ref() == Some(&ids)).await;
    // This one is whole, and stays.
    let healed = current();
    slot.doubt("a test".to_owned());
    let cursor =
        ada.do_it("ticketDelete", json!({"ticketId": made["ticket"]["id"]}), "ticket { id }").await["eventCursor"]
            .take();
    assert_eq!(found(&ada, "", Some(&cursor)).await, Some(Default::default()));
    assert_eq!((slot.take_doubt(), current()), (None, healed));
    desk.stop().await;
}
