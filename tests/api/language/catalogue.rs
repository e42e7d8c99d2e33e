//! Every sentence that the code can tell a client is translated, with the same values, and nothing else is.

use std::collections::BTreeMap;
use std::path::Path;

use deskgraph::error::Code;
use deskgraph::language::Language;

/// What makes something that is said, and which of its arguments the sentence is.
const SAYS: [(&str, usize); 7] = [
    ("Error::with(", 1),
    ("Self::with(", 1),
    ("Error::invalid(", 1),
    ("Error::not_found(", 0),
    (".hint(", 0),
    (".notice(", 1),
    ("say!(", 0),
];

/// Sentences that are made elsewhere: nouns of knowledge, and nouns of ids.
const NOUNS: [&str; 2] = ["An article", "An FAQ"];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, found);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && !name.contains("/tests/") {
            found.push((name.clone(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The code without its comments and without its unit tests.
fn code(text: &str) -> String {
    let until = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..until].lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The arguments of a call whose bracket has just been opened.
fn arguments(code: &str) -> Vec<&str> {
    let (mut depth, mut in_text, mut escaped, mut start, mut found) = (0, false, false, 0, Vec::new());
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                found.push(code[start..at].trim());
                return found;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(code[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// What a text between quotes is, if this is one.
fn literal(argument: &str) -> Option<String> {
    let inside = argument.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut rest = inside.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next()? {
                '\n' => while rest.next_if(|c| c.is_whitespace()).is_some() {},
                other => text.push(other),
            },
            '"' => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

/// Every sentence of the code, and where it stands.
fn said() -> BTreeMap<String, String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut said = BTreeMap::new();
    for (file, text) in files.iter().filter(|(file, _)| !file.contains("src/language/")) {
        let code = code(text);
        for (call, at) in SAYS {
            for (found, _) in code.match_indices(call) {
                if let Some(sentence) = arguments(&code[found + call.len()..]).get(at).and_then(|text| literal(text)) {
                    said.insert(sentence, file.clone());
                }
            }
        }
    }
    for code in Code::ALL {
        for sentence in [code.row().message, code.row().hint] {
            said.insert(sentence.to_owned(), "src/error/codes.rs".to_owned());
        }
    }
    said.extend(NOUNS.map(|noun| (noun.to_owned(), "src/knowledge/entry.rs".to_owned())));
    said
}

/// The names in braces, in order.
fn names(sentence: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

// S2-69
#[test]
fn both_languages_say_the_same_things() {
    let said = said();
    assert!(said.len() > 300, "{}", said.len());
    for language in Language::ALL.iter().filter(|language| **language != Language::English) {
        let missing: Vec<_> = said.iter().filter(|(sentence, _)| language.translation(sentence).is_none()).collect();
        assert!(missing.is_empty(), "not in {language:?}: {missing:#?}");
        let left: Vec<_> = language.sentences().filter(|(sentence, _)| !said.contains_key(*sentence)).collect();
        assert!(left.is_empty(), "nobody says in {language:?}: {left:#?}");
        for (sentence, translation) in language.sentences() {
            assert_eq!(names(sentence), names(translation), "{sentence}");
            assert_eq!(sentence.ends_with('.'), translation.ends_with('.'), "{sentence}");
        }
    }
}

// S2-69
#[test]
fn every_code_has_a_message_and_a_hint_in_both_languages() {
    for code in Code::ALL {
        for sentence in [code.row().message, code.row().hint] {
            let german = Language::German.translation(sentence);
            assert!(german.is_some_and(|german| german != sentence), "{}: {sentence}", code.name());
        }
    }
}
