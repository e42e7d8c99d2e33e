//! The index is disposable: whatever is found in its place at the start, the desk starts and finds everything in the end.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, Database as Connection};
use serde_json::{Value, json};

use crate::harness::{Desk, Person, errors, eventually, seq};

const SEARCH: &str = "query($text: String!, $with: EventCursor) { search(query: $text, kinds: [TICKET], consistentWith: $with, first: 100) \
    { totalCount hits { node { ... on Ticket { id } } } } }";

/// The tickets that a search finds; none while the index is being built, which is said with when to come back.
pub async fn found(ada: &Person, text: &str, with: Option<&Value>) -> Option<BTreeSet<String>> {
    let answer = ada.answer(SEARCH, json!({"text": text, "with": with})).await;
    if answer.get("errors").is_some() {
        assert_eq!(errors(&answer), ["UNAVAILABLE"], "{answer:#}");
        assert!(answer["errors"][0]["extensions"]["retryAfterMs"].as_i64().unwrap() > 0, "{answer:#}");
        return None;
    }
    let hits = answer["data"]["search"]["hits"].as_array().unwrap();
    let ids: BTreeSet<String> = hits.iter().map(|hit| hit["node"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(answer["data"]["search"]["totalCount"], ids.len(), "{answer:#}");
    Some(ids)
}

/// All files below `folder`, by their path from there.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    fn below(folder: &Path, from: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => below(&path, from, into),
                path => into.push(path.strip_prefix(from).unwrap().to_owned()),
            }
        }
    }
    let mut all = Vec::new();
    below(folder, folder, &mut all);
    all.sort();
    all
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(file), target).unwrap();
    }
}

/// A desk with a few tickets, one of them deleted, and what a search for all of them finds.
async fn desk_with_tickets() -> (Desk, BTreeSet<String>) {
    let desk = Desk::sqlite().await;
    let ada = desk.administrator().await;
    let mut ids = BTreeSet::new();
    for title in ["The printer jams", "The network is slow", "The invoice is wrong", "The door is locked"] {
        let id = ada.open_ticket(title).await;
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "We look into it."}), "comment { id }").await;
        ids.insert(id);
    }
    let gone = ada.open_ticket("A ticket nobody needs").await;
    let cursor = ada.do_it("ticketDelete", json!({"ticketId": gone}), "ticket { id }").await["eventCursor"].take();
    assert_eq!(found(&ada, "", Some(&cursor)).await.unwrap(), ids);
    (desk, ids)
}

/// The desk is ready in the end, finds everything, and does everything else meanwhile.
async fn is_whole(desk: &Desk, ids: &BTreeSet<String>, after: &str) {
    let ada = desk.administrator().await;
    let listed = ada.run("{ tickets { totalCount } }", json!({})).await;
    assert_eq!(listed["tickets"]["totalCount"], ids.len(), "{after}");
    eventually(after, async || found(&ada, "", None).await.as_ref() == Some(ids)).await;
    eventually(after, async || reqwest::get(format!("{}/ready", desk.url)).await.unwrap().status() == 200).await;
    assert_eq!(found(&ada, "printer", None).await.unwrap().len(), 1, "{after}");
}

async fn every_file_harmed(harm: impl Fn(&Path), how: &str) {
    let (mut desk, ids) = desk_with_tickets().await;
    let whole = tempfile::tempdir().unwrap();
    desk.restart_after(async |data| copy(&data.join("index"), whole.path())).await;
    let names: Vec<PathBuf> =
        files(whole.path()).into_iter().filter(|name| !name.to_string_lossy().contains(".lock")).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        desk.restart_after(async |data| {
            copy(whole.path(), &data.join("index"));
            harm(&data.join("index").join(&name));
        })
        .await;
        is_whole(&desk, &ids, &format!("{} {how}", name.display())).await;
    }
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_starts_whichever_file_of_the_index_is_gone() {
    every_file_harmed(|path| fs::remove_file(path).unwrap(), "gone").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_starts_whichever_file_of_the_index_is_cut_off() {
    every_file_harmed(
        |path| fs::write(path, &fs::read(path).unwrap()[..fs::metadata(path).unwrap().len() as usize / 2]).unwrap(),
        "cut off",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_starts_whichever_file_of_the_index_is_full_of_zeros() {
    every_file_harmed(|path| fs::write(path, vec![0; fs::metadata(path).unwrap().len() as usize]).unwrap(), "zeroed")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_starts_whichever_file_of_the_index_has_a_wrong_bit() {
    let flip = |path: &Path| {
        let mut content = fs::read(path).unwrap();
        let middle = content.len() / 2;
        if let Some(byte) = content.get_mut(middle) {
            *byte ^= 0x10;
        }
        fs::write(path, content).unwrap();
    };
    every_file_harmed(flip, "with a wrong bit").await;
}

/// The checksum that ends the index's own files.
fn sealed(content: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in content {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    [content, format!("#{:08x}\n", !crc).as_bytes()].concat()
}

fn generation(data: &Path) -> PathBuf {
    let current = fs::read_to_string(data.join("index/tickets/current")).unwrap();
    data.join("index/tickets").join(&current[..7])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_starts_with_no_index_or_with_one_that_is_not_its_own() {
    let (mut desk, ids) = desk_with_tickets().await;
    desk.restart_after(async |data| fs::remove_dir_all(data.join("index")).unwrap()).await;
    is_whole(&desk, &ids, "none").await;

    for name in ["g999999", "../../etc", "", "\u{0}"] {
        desk.restart_after(async |data| {
            fs::write(data.join("index/tickets/current"), sealed(name.as_bytes())).unwrap()
        })
        .await;
        is_whole(&desk, &ids, &format!("current is {name:?}")).await;
    }

    desk.restart_after(async |data| {
        let meta = generation(data).join("meta.json");
        let text = fs::read_to_string(&meta).unwrap();
        let (head, tail) = text.split_once("\\\"version\\\":").unwrap();
        let older = format!("{head}\\\"version\\\":0{}", tail.trim_start_matches(|c: char| c.is_ascii_digit()));
        fs::write(&meta, sealed(&older.as_bytes()[..older.len() - 10])).unwrap();
    })
    .await;
    is_whole(&desk, &ids, "an older version").await;

    // As after a restore: the database lives another life, and cursors of the last one say so.
    let ada = desk.administrator().await;
    let before = ada.run("{ eventCursor }", json!({})).await["eventCursor"].take();
    let stale = fs::read(generation(desk.folder()).join("meta.json")).unwrap();
    desk.restart_after(async |data| {
        let database = Connection::connect(format!("sqlite://{}/desk.db", data.display())).await.unwrap();
        database.execute_unprepared("UPDATE event_head SET epoch = 'anotherlife0'").await.unwrap();
        database.close().await.unwrap();
    })
    .await;
    is_whole(&desk, &ids, "another epoch").await;
    assert_ne!(fs::read(generation(desk.folder()).join("meta.json")).unwrap(), stale);
    let ada = desk.administrator().await;
    let answer = ada.answer(SEARCH, json!({"text": "", "with": before})).await;
    assert_eq!(errors(&answer), ["CURSOR_EXPIRED"], "{answer:#}");
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_ahead_of_the_log_is_built_anew() {
    let (mut desk, ids) = desk_with_tickets().await;
    let old = tempfile::tempdir().unwrap();
    desk.restart_after(async |data| {
        fs::copy(data.join("desk.db"), old.path().join("desk.db")).unwrap();
    })
    .await;
    let ada = desk.administrator().await;
    let id = ada.open_ticket("A ticket of a life that did not happen").await;
    let cursor =
        ada.do_it("ticketDelete", json!({"ticketId": ids.first()}), "ticket { id }").await["eventCursor"].take();
    assert!(found(&ada, "", Some(&cursor)).await.unwrap().contains(&id));
    desk.restart_after(async |data| {
        fs::copy(old.path().join("desk.db"), data.join("desk.db")).unwrap();
    })
    .await;
    is_whole(&desk, &ids, "ahead of the log").await;
    let ada = desk.administrator().await;
    assert!(seq(&ada.run("{ eventCursor }", json!({})).await["eventCursor"]) < seq(&cursor));
    desk.stop().await;
}
