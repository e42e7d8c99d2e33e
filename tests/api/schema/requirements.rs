//! `schema/requirements.md`: every line of the five documents stands there, with what proves it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How many lines each document has: S0-1 … S0-58 and so on.
const LINES: [usize; 5] = [58, 128, 74, 119, 86];

/// What the table says of a line.
enum Proof {
    /// These tests.
    Tests(Vec<String>),
    /// What proves these other lines.
    As(Vec<String>),
    /// The line has no behaviour of its own, and why.
    Nothing,
    /// Not built yet.
    Open,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The table: line, proof, in the order of the page.
fn table() -> Vec<(String, Proof)> {
    let page = std::fs::read_to_string(root().join("schema/requirements.md")).expect("schema/requirements.md");
    let rows = page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| S").map(|_| line.trim_matches('|').split(" | "))?;
        let (id, said) = (cells.next()?.trim().to_owned(), cells.last()?.trim());
        let proof = match said.split_once(' ') {
            Some(("as", others)) => Proof::As(others.split(", ").map(str::to_owned).collect()),
            Some(("none:", reason)) if reason.len() > 3 => Proof::Nothing,
            Some(("open:", what)) if what.len() > 3 => Proof::Open,
            _ => Proof::Tests(said.split(", ").map(|name| name.trim_matches('`').to_owned()).collect()),
        };
        Some((id, proof))
    });
    rows.collect()
}

/// The ids that a comment names: `S4-54`, and `S4-49 … S4-55` with all between.
fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    while let Some(at) = rest.find('S') {
        rest = &rest[at + 1..];
        let seed = digits(rest);
        let Some(after) = rest[seed..].strip_prefix('-').filter(|_| seed == 1) else { continue };
        let length = digits(after);
        let (Ok(first), seed) = (after[..length].parse::<usize>(), &rest[..seed]) else { continue };
        let mut last = first;
        let tail = after[length..].trim_start();
        if let Some(tail) = tail.strip_prefix('…') {
            let tail = tail.trim_start();
            let tail = tail.strip_prefix(&format!("S{seed}-")).unwrap_or(tail);
            last = tail[..digits(tail)].parse().unwrap_or(first);
        }
        found.extend((first..=last).map(|number| format!("S{seed}-{number}")));
    }
    found
}

/// The lines that each test names, in the comments above it and inside it: `tickets::lists::name` → ids.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let (folder, mut files, mut found) = (root().join("tests/api"), Vec::new(), BTreeMap::new());
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    for file in files.iter().filter(|file| {
        file.extension().is_some_and(|extension| extension == "rs") && !file.ends_with("schema/requirements.rs")
    }) {
        let module = file.strip_prefix(&folder).expect("inside").with_extension("");
        let module = module.to_string_lossy().replace('/', "::");
        let module = module.strip_suffix("::mod").unwrap_or(&module);
        let text = std::fs::read_to_string(file).expect("a file");
        // The test that we are in, the lines named since the last code, and whether the next function is a test.
        let (mut test, mut above, mut marked) = (None, BTreeSet::new(), false);
        for line in text.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            if let Some(comment) = line.strip_prefix("//") {
                above.extend(named(comment));
            } else if line.starts_with("desk_test!") || line.starts_with("#[") {
                marked |= line.starts_with("desk_test!")
                    || line.contains("test]")
                    || line.contains("test(")
                    || line.contains("::test(");
            } else {
                if let Some(after) = ["async fn ", "fn "].iter().find_map(|word| line.strip_prefix(word)) {
                    let name = after.split(['(', '<']).next().unwrap_or_default();
                    test = marked.then(|| format!("{module}::{name}"));
                    marked = false;
                }
                above.extend(line.split_once("// ").map(|(_, comment)| named(comment)).unwrap_or_default());
                let ids = std::mem::take(&mut above);
                if let Some(test) = &test {
                    found.entry(test.clone()).or_insert_with(BTreeSet::new).extend(ids);
                }
            }
        }
    }
    found
}

#[test]
fn every_line_of_the_documents_stands_in_the_table_once_and_in_order() {
    let expected: Vec<String> = LINES
        .iter()
        .enumerate()
        .flat_map(|(seed, lines)| (1..=*lines).map(move |line| format!("S{seed}-{line}")))
        .collect();
    let present: Vec<String> = table().into_iter().map(|(id, _)| id).collect();
    assert_eq!(present, expected);
}

#[test]
fn every_test_that_the_table_names_exists_and_names_the_line() {
    let tests = tests();
    for (id, proof) in table() {
        let Proof::Tests(names) = proof else { continue };
        for name in names {
            let lines = tests.get(&name).unwrap_or_else(|| panic!("{id}: there is no test {name}"));
            assert!(lines.contains(&id), "{name} does not name {id}: it names {lines:?}");
        }
    }
}

#[test]
fn a_line_that_is_proved_as_another_leads_to_a_test() {
    let table: BTreeMap<String, Proof> = table().into_iter().collect();
    for (id, proof) in &table {
        let Proof::As(others) = proof else { continue };
        for other in others {
            let led = matches!(table.get(other), Some(Proof::Tests(_)));
            assert!(led, "{id} is said to be proved as {other}, which names no test");
        }
    }
}

#[test]
fn the_page_tells_how_many_lines_are_open() {
    let open = table().iter().filter(|(_, proof)| matches!(proof, Proof::Open)).count();
    let page = std::fs::read_to_string(root().join("schema/requirements.md")).expect("schema/requirements.md");
    let told = format!("**{open} of {} lines are open.**", LINES.iter().sum::<usize>());
    assert!(page.contains(&told), "schema/requirements.md should say: {told}");
}
