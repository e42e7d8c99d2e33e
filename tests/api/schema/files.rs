//! The files in `schema/` say what the code says.

use std::path::Path;

use deskgraph::graphql::reference;

#[test]
fn the_files_are_as_the_code_would_write_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    for (name, text) in reference::files() {
        let kept = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(kept == text, "schema/{name} is out of date: run `cargo run -- schema --write schema`");
    }
}

#[test]
fn every_kind_of_event_is_named_once_and_in_the_past() {
    let kinds: Vec<&str> =
        reference::EVENTS.iter().flat_map(|(_, kinds)| kinds.iter().map(|(kind, _)| *kind)).collect();
    let mut once = kinds.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), kinds.len(), "{kinds:?}");
    for kind in kinds {
        let (subject, verb) = kind.split_once('.').expect(kind);
        assert!(!subject.is_empty(), "{kind}");
        let past = verb.ends_with("ed") || verb.ends_with("_set") || verb == "sent";
        assert!(past && verb.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{kind}");
    }
}
