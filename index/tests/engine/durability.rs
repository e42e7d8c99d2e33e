//! What survives the end of the process, and what is distrusted after the end of the machine.

use std::fs;
use std::path::Path;

use deskgraph_index::{Change, Error, Index, Opened, Options, Verification};

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

/// Flips a bit in the middle of every stored text and opens on `boot`; small indexes are not checked just so.
fn open_with_a_flipped_bit(dir: &Path, boot: &str, verification: Verification) -> Opened {
    let copy = tempfile::tempdir().unwrap();
    copy_tree(dir, copy.path());
    for generation in fs::read_dir(copy.path()).unwrap().flatten().filter(|e| e.path().is_dir()) {
        for file in fs::read_dir(generation.path()).unwrap().flatten() {
            if file.path().extension().is_some_and(|kind| kind == "store") {
                let mut content = fs::read(file.path()).unwrap();
                content[2] ^= 1;
                fs::write(file.path(), content).unwrap();
            }
        }
    }
    let options = Options { boot_id: Some(boot.into()), always_verify_below: 0, verification, ..Options::default() };
    Index::open(copy.path(), options).expect("an answer")
}

#[test]
fn files_are_distrusted_after_another_boot_unless_a_checkpoint_made_them_durable() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::rebuild(dir.path(), on_boot("one")).unwrap().finish(at(0)).unwrap();
    index.apply(vec![Change::Put(doc(1, "first", ""))], at(1)).unwrap();
    let open = |boot: &str, verification| open_with_a_flipped_bit(dir.path(), boot, verification);
    assert!(matches!(open("one", Verification::BeforeUse), Opened::Ready(_)));
    assert!(matches!(open("two", Verification::BeforeUse), Opened::Damaged(_)));
    let Opened::Ready(later) = open("two", Verification::Later) else { panic!("searchable until verified") };
    assert!(later.is_unverified() && matches!(later.verify(), Err(Error::Damaged(_))));
    index.checkpoint().unwrap();
    assert!(matches!(open("two", Verification::BeforeUse), Opened::Ready(_)));
    index.apply(vec![Change::Put(doc(2, "second", ""))], at(2)).unwrap();
    assert!(matches!(open("two", Verification::BeforeUse), Opened::Damaged(_)));
    drop(index);
    let Ok(Opened::Ready(index)) = Index::open(dir.path(), on_boot("two")) else { panic!("good files are accepted") };
    assert_eq!((index.position(), index.documents()), (at(2), 2));
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
