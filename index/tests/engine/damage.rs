//! Files in any state give an answer, never a panic.

use std::fs;
use std::path::{Path, PathBuf};

use deskgraph_index::{Change, Index, Opened, Options, Verification};

use crate::harness::*;

/// A directory with an index of several segments and deletions, closed.
fn closed() -> tempfile::TempDir {
    let (dir, index) = empty();
    let put = |i| Change::Put(doc(i, "printer broken", &"paper jam in tray ".repeat(40)));
    index.apply((1..=4).map(put).collect(), at(5)).unwrap();
    index.apply((5..=6).map(put).collect(), at(6)).unwrap();
    index.apply(vec![Change::Delete(3)], at(7)).unwrap();
    dir
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        if entry.path().is_dir() { out.extend(files(&entry.path())) } else { out.push(entry.path()) }
    }
    out.sort();
    out
}

/// Whether the index was refused; if it was not, it must answer right.
fn is_refused(dir: &Path, options: Options) -> bool {
    match Index::open(dir, options).expect("an answer") {
        Opened::Ready(index) => {
            assert_eq!(find(&index, "jam"), [1, 2, 4, 5, 6]);
            assert_eq!(index.position(), at(7));
            index.apply(vec![Change::Put(doc(9, "printer", "jam"))], at(8)).expect("applies");
            assert_eq!(find(&index, "jam"), [1, 2, 4, 5, 6, 9]);
            false
        }
        Opened::Absent | Opened::Damaged(_) => true,
        Opened::OtherVersion(what) => panic!("damage taken for another version: {what}"),
    }
}

fn harm_each_file(harm: impl Fn(&Path)) -> Vec<String> {
    let original = closed();
    let names: Vec<PathBuf> =
        files(original.path()).iter().map(|p| p.strip_prefix(original.path()).unwrap().to_path_buf()).collect();
    let mut refused = Vec::new();
    for name in names {
        let copy = tempfile::tempdir().unwrap();
        for file in files(original.path()) {
            let target = copy.path().join(file.strip_prefix(original.path()).unwrap());
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(file, target).unwrap();
        }
        harm(&copy.path().join(&name));
        if is_refused(copy.path(), Options::default()) {
            refused.push(name.display().to_string());
        }
    }
    refused
}

/// Whether all files that hold data are among `refused`; locks, lists of garbage and notes about the disk may go.
fn covers_data(refused: &[String]) -> bool {
    ["current", "meta.json", ".term", ".idx", ".store", ".fast", ".fieldnorm", ".del"]
        .iter()
        .all(|kind| refused.iter().any(|name| name.ends_with(kind)))
}

#[test]
fn any_deleted_file_is_noticed_or_harmless() {
    let refused = harm_each_file(|path| fs::remove_file(path).unwrap());
    assert!(covers_data(&refused), "{refused:?}");
}

#[test]
fn any_empty_file_is_noticed_or_harmless() {
    let refused = harm_each_file(|path| fs::write(path, b"").unwrap());
    assert!(covers_data(&refused), "{refused:?}");
}

#[test]
fn any_truncated_file_is_noticed_or_harmless() {
    let refused = harm_each_file(|path| {
        let content = fs::read(path).unwrap();
        fs::write(path, &content[..content.len() / 2]).unwrap();
    });
    assert!(covers_data(&refused), "{refused:?}");
}

#[test]
fn any_flipped_bit_is_noticed_or_harmless() {
    for place in [0.0, 0.1, 0.4, 0.6, 0.95] {
        let refused = harm_each_file(|path| {
            let mut content = fs::read(path).unwrap();
            if let Some(byte) = content.len().checked_sub(1).map(|last| (last as f64 * place) as usize) {
                content[byte] ^= 0x10;
                fs::write(path, content).unwrap();
            }
        });
        assert!(covers_data(&refused), "at {place}: {refused:?}");
    }
}

#[test]
fn garbage_in_the_place_of_an_index_is_no_index() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Index::open(dir.path().join("nowhere"), Options::default()), Ok(Opened::Absent)));
    assert!(matches!(Index::open(dir.path(), Options::default()), Ok(Opened::Absent)));
    fs::write(dir.path().join("current"), "../../etc").unwrap();
    assert!(matches!(Index::open(dir.path(), Options::default()), Ok(Opened::Damaged(_))));
    fs::write(dir.path().join("file"), "x").unwrap();
    assert!(matches!(Index::open(dir.path().join("file"), Options::default()), Ok(Opened::Absent)));
}

#[test]
fn bad_files_found_while_searching_are_an_error_not_a_panic() {
    // Only where checksums are left for later can a bad file be searched at all, and small indexes are always checked;
    // what is tested here is that a check on request tells.
    let dir = closed();
    let options = Options { verification: Verification::Later, ..Options::default() };
    let Ok(Opened::Ready(index)) = Index::open(dir.path(), options) else { panic!("not ready") };
    assert!(index.verify().is_ok());
    let store = files(dir.path()).into_iter().find(|p| p.to_string_lossy().ends_with(".store")).unwrap();
    let mut content = fs::read(&store).unwrap();
    content[3] ^= 0xff;
    fs::write(&store, content).unwrap();
    assert!(index.verify().is_err());
    // Any answer will do.
    let _ = index.search(&exactly("jam"));
}
