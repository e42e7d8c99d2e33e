//! Building anew beside the index in use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deskgraph_index::{Change, Error, Index, Opened, Options};

use crate::harness::*;

fn generations(dir: &tempfile::TempDir) -> usize {
    std::fs::read_dir(dir.path()).unwrap().flatten().filter(|e| e.path().is_dir()).count()
}

#[test]
fn a_rebuilt_index_takes_the_place_of_the_old_one_while_it_is_searched() {
    let (dir, old) = index_of(vec![doc(1, "old words", "")]);
    let stop = Arc::new(AtomicBool::new(false));
    let (reader, stopped) = (old.clone(), stop.clone());
    let searches = std::thread::spawn(move || {
        let mut n = 0;
        while !stopped.load(Ordering::Relaxed) || n == 0 {
            assert_eq!(find(&reader, "old"), [1]);
            n += 1;
        }
    });
    let mut rebuild = Index::rebuild(dir.path(), Options::default()).unwrap();
    rebuild.put((1..=500).map(|i| doc(i, "new words", "")).collect()).unwrap();
    rebuild.put(vec![doc(1, "newer words", "")]).unwrap();
    rebuild.delete(2).unwrap();
    assert_eq!(reopened_position(&old), at(1));
    let new = rebuild.finish(at(9)).unwrap();
    stop.store(true, Ordering::Relaxed);
    searches.join().unwrap();
    assert_eq!((new.documents(), new.position()), (499, at(9)));
    assert!(matches!(old.apply(vec![Change::Delete(1)], at(10)), Err(Error::Replaced)));
    assert_eq!(find(&old, "old"), [1]);
    new.apply(vec![Change::Put(doc(1000, "fresh", ""))], at(10)).unwrap();
    drop(old);
    assert_eq!(generations(&dir), 1);
    drop(new);
    let index = reopen(&dir);
    assert_eq!((index.documents(), find(&index, "fresh"), find(&index, "newer")), (500, vec![1000], vec![1]));
}

fn reopened_position(index: &Index) -> deskgraph_index::Position {
    index.position()
}

#[test]
fn an_abandoned_rebuild_changes_nothing_and_leaves_nothing() {
    let (dir, index) = index_of(vec![doc(1, "kept", "")]);
    let mut rebuild = Index::rebuild(dir.path(), Options::default()).unwrap();
    rebuild.put(vec![doc(2, "lost", "")]).unwrap();
    drop(rebuild);
    index.apply(vec![Change::Put(doc(3, "kept", ""))], at(2)).unwrap();
    assert_eq!((find(&index, "kept"), generations(&dir)), (vec![1, 3], 1));
}

#[test]
fn what_an_interrupted_rebuild_left_is_removed_when_opening() {
    let (dir, index) = index_of(vec![doc(1, "kept", "")]);
    drop(index);
    std::fs::create_dir(dir.path().join("g000077")).unwrap();
    std::fs::write(dir.path().join("g000077/half.store"), "half").unwrap();
    let index = reopen(&dir);
    assert_eq!((generations(&dir), find(&index, "kept")), (1, vec![1]));
    // Without any usable index as well.
    let bare = tempfile::tempdir().unwrap();
    std::fs::create_dir(bare.path().join("g000001")).unwrap();
    assert!(matches!(Index::open(bare.path(), Options::default()), Ok(Opened::Absent)));
    assert_eq!(generations(&bare), 0);
}

#[test]
fn opening_does_not_remove_a_rebuild_that_is_running() {
    let dir = tempfile::tempdir().unwrap();
    let mut rebuild = Index::rebuild(dir.path(), Options::default()).unwrap();
    rebuild.put(vec![doc(1, "first", "")]).unwrap();
    assert!(matches!(Index::open(dir.path(), Options::default()), Ok(Opened::Absent)));
    assert_eq!(find(&rebuild.finish(at(1)).unwrap(), "first"), [1]);
}

#[test]
fn a_damaged_index_can_be_rebuilt_in_place() {
    let (dir, index) = index_of(vec![doc(1, "first", "")]);
    drop(index);
    std::fs::write(dir.path().join("current"), "rubbish").unwrap();
    assert!(matches!(Index::open(dir.path(), Options::default()), Ok(Opened::Damaged(_))));
    let index = Index::rebuild(dir.path(), Options::default()).and_then(|r| r.finish(at(5))).unwrap();
    assert_eq!((index.documents(), index.position(), generations(&dir)), (0, at(5), 1));
}
