//! Aliases and texts.

use super::super::Profile;
use super::super::error::Fault;
use super::words::{Checked, dotted, named};

pub(super) fn check(profile: &Profile) -> Checked {
    aliases(profile)?;
    texts(profile)
}

fn aliases(profile: &Profile) -> Checked {
    let aliases = &profile.aliases;
    for (index, alias) in aliases.errors.iter().enumerate() {
        let index = index.to_string();
        named(&["aliases", "errors", &index, "alias"], &alias.alias)?;
        if let Some(message) = &alias.message {
            named(&["aliases", "errors", &index, "message"], message)?;
        }
        if let Some(operation) = &alias.operation {
            let name = operation.strip_suffix(".*").map_or(operation.clone(), |noun| format!("{noun}.any"));
            if !dotted(&name, 2) {
                let message =
                    "an operation is named noun.verb, such as \"ticket.close\"; \"ticket.*\" means all of a noun";
                return Err(Fault::new(&["aliases", "errors", &index, "operation"], message.to_owned()));
            }
        }
        if alias.code.is_none() && alias.subject.is_none() && alias.field.is_none() && alias.operation.is_none() {
            let message = "would be told of every error; say code, subject, field or operation".to_owned();
            return Err(Fault::new(&["aliases", "errors", &index], message));
        }
    }
    for (index, alias) in aliases.events.iter().enumerate() {
        let index = index.to_string();
        named(&["aliases", "events", &index, "alias"], &alias.alias)?;
        if !dotted(&alias.kind, 2) {
            let message = "an event is named noun.what_happened, such as \"ticket.assigned\"".to_owned();
            return Err(Fault::new(&["aliases", "events", &index, "kind"], message));
        }
    }
    for (name, alias) in &aliases.permissions {
        let path = ["aliases", "permissions", name];
        named(&path, alias)?;
        if !dotted(name, 2) {
            let message = "a permission is named noun.verb, in small letters and _, such as \"ticket.close\"";
            return Err(Fault::new(&path, message.to_owned()));
        }
    }
    Ok(())
}

fn texts(profile: &Profile) -> Checked {
    for (key, text) in &profile.texts.own {
        one(&["texts", key], key, text)?;
    }
    for (language, texts) in &profile.texts.by_language {
        let is_tag = language.split('-').enumerate().all(|(place, part)| {
            let length = if place == 0 { 2..=3 } else { 2..=8 };
            length.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if !is_tag {
            let message = format!("a language cannot be {language:?}; allowed: its tag, such as de or pt-BR");
            return Err(Fault::new(&["texts", language], message));
        }
        for (key, text) in texts {
            one(&["texts", language, key], key, text)?;
        }
    }
    Ok(())
}

fn one(path: &[&str], key: &str, text: &str) -> Checked {
    if !dotted(key, 1) {
        let message = format!("a key cannot be {key:?}; allowed: words of small letters, digits and _, joined by dots");
        return Err(Fault::new(path, message));
    }
    named(path, text)
}
