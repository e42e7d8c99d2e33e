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

/// Harms the index under a running desk: all is found all the time, or the desk says when to come back; and in the end the files are
/// whole again, which a start on them shows.
async fn heals(how: &str, harm: impl Fn(&Path)) {
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
        fs::read(index(&desk).join("current")).is_ok_and(|now| now != before || how.contains("folder"))
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
    heals("segments deleted", |index| segments(index).for_each(|file| fs::remove_file(file).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_deleted_segment_file_of_a_running_desk_comes_back() {
    heals("one file deleted", |index| {
        let one = segments(index).find(|file| file.extension().is_some_and(|kind| kind == "store"));
        fs::remove_file(one.unwrap()).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_folder_of_a_running_desk_comes_back() {
    heals("the folder deleted", |index| fs::remove_dir_all(index).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_list_of_segments_of_a_running_desk_comes_back() {
    heals("meta.json deleted", |index| {
        let meta = files(index).into_iter().find(|file| file.ends_with("meta.json")).unwrap();
        fs::remove_file(index.join(meta)).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pointer_that_points_nowhere_is_mended_while_the_desk_runs() {
    heals("current overwritten", |index| fs::write(index.join("current"), "nowhere").unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_bits_under_a_running_desk_are_mended() {
    heals("bits flipped", |index| {
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
