//! The house rules that a program can check: who imports whom, how long a file is, where SQL and tantivy may stand.

use std::path::{Path, PathBuf};

/// The rooms by rank: a module imports only from lower ranks, and within its own room. Rank 3 has an order of its own.
const RANKS: &[(&str, f32)] = &[
    ("ids", 0.0),
    ("clock", 0.0),
    ("language", 0.0),
    ("error", 0.1),
    ("config", 0.0),
    ("text", 0.0),
    ("logging", 0.5),
    ("telemetry", 0.5),
    ("profile", 1.0),
    ("db", 1.0),
    ("access", 2.0),
    ("event_log", 2.1),
    ("audit", 2.15),
    ("desk", 2.2),
    ("jobs", 2.3),
    ("people", 3.0),
    ("references", 3.05),
    ("deliveries", 3.08),
    ("sessions", 3.1),
    ("files", 3.15),
    ("tickets", 3.2),
    ("comments", 3.3),
    ("attachments", 3.35),
    ("presence", 3.35),
    ("knowledge", 3.4),
    ("sla", 3.4),
    ("rewards", 3.4),
    ("templates", 3.5),
    ("notifications", 3.55),
    ("metrics", 3.6),
    ("bulk", 3.7),
    ("search", 4.0),
    ("effects", 5.0),
    ("readers", 5.0),
    ("import", 5.0),
    ("graphql", 6.0),
    ("http", 7.0),
    ("app", 8.0),
    ("main", 9.0),
];

/// What is known to break the order of ranks, with the reason.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("error", "db", "whether a database's error is worth another try is the database's to say")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root().join(folder), &mut found);
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

fn room(file: &str) -> &str {
    file.trim_start_matches("src/").split(['/', '.']).next().unwrap()
}

fn rank(room: &str) -> f32 {
    RANKS
        .iter()
        .find(|(name, _)| *name == room)
        .unwrap_or_else(|| panic!("the room {room} has no rank: give it one here and in src/lib.rs"))
        .1
}

#[test]
fn a_module_imports_only_from_lower_ranks() {
    let mut broken = Vec::new();
    for (file, text) in sources("src") {
        let here = room(&file);
        if here == "lib" || here == "main" || file.contains("/tests") {
            continue;
        }
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            let paths = line.split("crate::").skip(1).flat_map(|path| path.trim_start_matches('{').split(", "));
            for used in paths {
                let used = used.split(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap_or_default();
                let excused = EXCEPTIONS.iter().any(|(from, to, _)| (*from, *to) == (here, used));
                let known = RANKS.iter().any(|(name, _)| *name == used);
                if known && used != here && rank(used) >= rank(here) && !excused {
                    broken.push(format!("{file}: {here} imports {used}, which is not below it"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn tantivy_is_in_the_index_only_and_resolvers_in_graphql_only() {
    for (file, text) in sources("src") {
        assert!(!text.contains("tantivy::"), "{file} uses tantivy");
        let resolves = text.contains("#[Object]") || text.contains("#[Subscription]") || text.contains("MergedObject");
        assert!(!resolves || file.starts_with("src/graphql/") || file.contains("/tests"), "{file} resolves");
    }
}

#[test]
fn no_sql_stands_above_the_readers() {
    for (file, text) in sources("src") {
        let above = ["graphql", "http"].contains(&room(&file)) && !file.contains("/tests");
        for word in ["Statement::from", "from_raw_sql", "execute_unprepared", "SELECT ", "INSERT INTO"] {
            assert!(!above || !text.contains(word), "{file} has SQL: {word}");
        }
    }
}

#[test]
fn a_file_has_at_most_400_lines() {
    let mut long = Vec::new();
    for folder in ["src", "index/src", "migrations/src", "tests", "benches"] {
        for (file, text) in sources(folder) {
            if text.lines().count() > 400 {
                long.push(format!("{file}: {}", text.lines().count()));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// X-1 … X-15: what differs between desks is data of their profiles; no code asks which desk it is.
#[test]
fn no_code_knows_a_profile_by_name() {
    let names: Vec<String> = deskgraph::profile::Profile::built_in().map(|name| format!("\"{name}\"")).collect();
    for (file, text) in sources("src") {
        // The list of what is built in, and the one that a desk without a configuration has.
        let lists = ["src/profile/mod.rs", "src/config/mod.rs"].contains(&file.as_str());
        if lists || file.contains("/tests") || file.contains("tests.rs") {
            continue;
        }
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for (line, name) in code.flat_map(|line| names.iter().map(move |name| (line, name))) {
            assert!(!line.contains(name.as_str()), "{file} knows {name}: {line}");
        }
        assert!(!text.contains("profile.key ==") && !text.contains("profile().key =="), "{file} asks which desk it is");
    }
}
