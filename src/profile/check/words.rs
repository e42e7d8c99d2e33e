//! What checks are made of: the form of keys and names, and references between them.

use std::collections::BTreeSet;

use super::super::error::Fault;
use super::super::{Named, Profile};

pub(super) type Checked = Result<(), Fault>;

pub(super) fn pair(named: &Named) -> (&str, &str) {
    (&named.key, &named.name)
}

pub(super) fn list<'a>(name: &str, min: usize, entries: impl Iterator<Item = (&'a str, &'a str)>) -> Checked {
    list_at(&[name], min, entries)
}

/// A list of keys and names at a path.
pub(super) fn list_at<'a>(at: &[&str], min: usize, entries: impl Iterator<Item = (&'a str, &'a str)>) -> Checked {
    let mut seen = BTreeSet::new();
    for (index, (key, text)) in entries.enumerate() {
        let index = index.to_string();
        let at_key = [at, &[&index, "key"]].concat();
        form(&at_key, key)?;
        named(&[at, &[&index, "name"]].concat(), text)?;
        // Two keys that differ in their capitals only would be mistaken for each other.
        if !seen.insert(key.to_ascii_lowercase()) {
            return Err(Fault::new(&at_key, format!("{key:?} is there twice; every key is unique")));
        }
    }
    if seen.len() < min {
        return Err(Fault::new(at, "is empty; it needs at least one entry { key = \"…\", name = \"…\" }".to_owned()));
    }
    Ok(())
}

pub(super) fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// One word of the engine's own names: permissions, kinds of event, texts.
pub(super) fn is_name(text: &str) -> bool {
    is_key(text) && !text.contains(|c: char| c.is_ascii_uppercase())
}

/// Words joined by dots, at least so many.
pub(super) fn dotted(text: &str, words: usize) -> bool {
    text.split('.').count() >= words && text.split('.').all(is_name)
}

pub(super) fn form(path: &[&str], key: &str) -> Checked {
    if is_key(key) {
        return Ok(());
    }
    Err(Fault::new(
        path,
        format!("a key cannot be {key:?}; allowed: letters from a to z, digits and _, such as in_progress"),
    ))
}

pub(super) fn named(path: &[&str], name: &str) -> Checked {
    if name.trim().is_empty() {
        return Err(Fault::new(path, "a name cannot be empty; people read it".to_owned()));
    }
    Ok(())
}

/// The value must be one of the keys there are.
pub(super) fn one_of<'a>(path: &[&str], value: &str, allowed: impl Iterator<Item = &'a str>) -> Checked {
    let allowed: Vec<&str> = allowed.collect();
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(Fault::new(path, format!("there is no {value:?}; allowed: {}", allowed.join(", "))))
}

pub(super) fn status(profile: &Profile, path: &[&str], value: &str) -> Checked {
    one_of(path, value, profile.statuses.iter().map(|status| &*status.key))
}

/// A key that other keys of the profile name: see [`one_of`].
pub(super) fn known<'a>(path: &[&str], value: &str, list: &'a [Named]) -> Checked {
    one_of(path, value, list.iter().map(|named| named.key.as_str()))
}

/// Nothing may be there twice.
pub(super) fn once<T: Ord>(path: &[&str], values: impl IntoIterator<Item = T>) -> Checked {
    let mut seen = BTreeSet::new();
    match values.into_iter().all(|value| seen.insert(value)) {
        true => Ok(()),
        false => Err(Fault::new(path, "something is there twice; remove one".to_owned())),
    }
}
