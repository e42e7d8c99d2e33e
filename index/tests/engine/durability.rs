//! What survives the end of the process, and what is distrusted after the end of the machine.

use std::fs;
use std::path::Path;

use deskgraph_index::{Change, Error, Index, Opened, Options};

use crate::harness::*;

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target)
        } else {
            fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

fn on_boot(boot: &str) -> Options {
    Options { boot_id: Some(boot.into()), ..Options::default() }
}

#[test]
fn documents_and_position_survive_reopening_without_a_checkpoint() {
    let (dir, index) = index_of(vec![doc(1, "first", ""), doc(2, "second", "")]);
    drop(index);
    let index = reopen(&dir);
    assert_eq!((index.position(), index.documents()), (at(2), 2));
    assert_eq!(find(&index, "second"), [2]);
    index.apply(vec![Change::Delete(1)], at(3)).unwrap();
    drop(index);
    assert_eq!(reopen(&dir).documents(), 1);
}

#[test]
fn a_process_that_is_killed_leaves_the_last_commit() {
    let (dir, index) = index_of(vec![doc(1, "first", ""), doc(2, "second", "")]);
    // The files at this moment are what a killed process leaves: the page cache outlives it.
    let left = tempfile::tempdir().unwrap();
    copy_tree(dir.path(), left.path());
    index.apply(vec![Change::Put(doc(3, "third", ""))], at(3)).unwrap();
    let killed = reopen(&left);
    assert_eq!((killed.position(), find(&killed, "first second third")), (at(2), vec![1, 2]));
}

#[test]
fn an_index_open_for_writing_cannot_be_opened_again() {
    let (dir, index) = empty();
    assert!(matches!(Index::open(dir.path(), Options::default()), Err(Error::Locked)));
    drop(index);
    reopen(&dir);
}

#[test]
fn after_the_machine_stopped_without_a_checkpoint_bad_files_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::rebuild(dir.path(), on_boot("one")).unwrap().finish(at(0)).unwrap();
    index.apply(vec![Change::Put(doc(1, "first", ""))], at(1)).unwrap();
    index.checkpoint().unwrap();
    index.apply(vec![Change::Put(doc(2, "second", ""))], at(2)).unwrap();
    drop(index);
    let Ok(Opened::Ready(index)) = Index::open(dir.path(), on_boot("two")) else { panic!("good files are accepted") };
    assert_eq!(index.position(), at(2));
    index.checkpoint().unwrap();
    drop(index);
    assert!(matches!(Index::open(dir.path(), on_boot("three")), Ok(Opened::Ready(_))));
}

#[test]
fn checkpoints_can_be_made_while_changes_are_applied() {
    let (dir, index) = empty();
    let other = index.clone();
    let checkpoints = std::thread::spawn(move || (0..20).try_for_each(|_| other.checkpoint()));
    for i in 1..=30 {
        index.apply(vec![Change::Put(doc(i, "words", ""))], at(i as u64)).unwrap();
    }
    checkpoints.join().unwrap().unwrap();
    index.checkpoint().unwrap();
    drop(index);
    assert_eq!(reopen(&dir).documents(), 30);
}

#[test]
fn an_index_of_another_version_is_told_apart_from_a_damaged_one() {
    let (dir, index) = empty();
    drop(index);
    let meta = fs::read_dir(dir.path()).unwrap().flatten().map(|e| e.path().join("meta.json")).find(|p| p.is_file());
    let meta = meta.expect("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    let (body, _) = text.rsplit_once('#').unwrap();
    let body = body.replace("\\\"version\\\":", "\\\"version\\\":9");
    fs::write(&meta, format!("{body}#{:08x}\n", crc32fast::hash(body.as_bytes()))).unwrap();
    assert!(matches!(Index::open(dir.path(), Options::default()), Ok(Opened::OtherVersion(_))));
}
