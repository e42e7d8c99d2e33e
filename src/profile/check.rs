//! Everything a profile must hold, beyond what its types say.
//!
//! The first fault is reported, with its key and the way out; a profile is written once and run for years, so strict
//! is kind. Absent: whether permission names exist and suit their grants; the room that enforces them checks that.

use std::collections::BTreeSet;

use super::error::Fault;
use super::workflow::{Moment, Stage};
use super::{Named, Profile};

type Checked = Result<(), Fault>;

pub(super) fn check(profile: &Profile) -> Checked {
    keys(profile)?;
    references(profile)?;
    transitions(profile)?;
    moves(profile)?;
    ways(profile)?;
    sla(profile)?;
    roles(profile)?;
    limits(profile)?;
    texts(profile)
}

fn keys(profile: &Profile) -> Checked {
    form(&["key"], &profile.key)?;
    named(&["name"], &profile.name)?;
    list("statuses", 1, profile.statuses.iter().map(|status| (&*status.key, &*status.name)))?;
    list("priorities", 1, profile.priorities.iter().map(|priority| (&*priority.key, &*priority.name)))?;
    list("categories", usize::from(profile.category_required), profile.categories.iter().map(pair))?;
    list("channels", 1, profile.channels.iter().map(pair))?;
    list("close_reasons", 0, profile.close_reasons.iter().map(pair))?;
    for (index, priority) in profile.priorities.iter().enumerate() {
        if let Some(other) = profile.priorities[..index].iter().find(|other| other.rank == priority.rank) {
            let message = format!(
                "{:?} and {:?} both have rank {}; give each its own, higher is more urgent",
                other.key, priority.key, priority.rank
            );
            return Err(Fault::new(&["priorities", &index.to_string(), "rank"], message));
        }
    }
    Ok(())
}

fn pair(named: &Named) -> (&str, &str) {
    (&named.key, &named.name)
}

fn list<'a>(name: &str, min: usize, entries: impl Iterator<Item = (&'a str, &'a str)>) -> Checked {
    let mut seen = BTreeSet::new();
    for (index, (key, text)) in entries.enumerate() {
        let index = index.to_string();
        form(&[name, &index, "key"], key)?;
        named(&[name, &index, "name"], text)?;
        if !seen.insert(key) {
            return Err(Fault::new(&[name, &index, "key"], format!("{key:?} is there twice; every key is unique")));
        }
    }
    if seen.len() < min {
        return Err(Fault::new(
            &[name],
            "is empty; it needs at least one entry { key = \"…\", name = \"…\" }".to_owned(),
        ));
    }
    Ok(())
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
}

fn form(path: &[&str], key: &str) -> Checked {
    if is_key(key) {
        return Ok(());
    }
    Err(Fault::new(path, format!("a key cannot be {key:?}; allowed: small letters, digits and _, such as in_progress")))
}

fn named(path: &[&str], name: &str) -> Checked {
    if name.trim().is_empty() {
        return Err(Fault::new(path, "a name cannot be empty; people read it".to_owned()));
    }
    Ok(())
}

/// The value must be one of the keys there are.
fn one_of<'a>(path: &[&str], value: &str, allowed: impl Iterator<Item = &'a str>) -> Checked {
    let allowed: Vec<&str> = allowed.collect();
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(Fault::new(path, format!("there is no {value:?}; allowed: {}", allowed.join(", "))))
}

fn status(profile: &Profile, path: &[&str], value: &str) -> Checked {
    one_of(path, value, profile.statuses.iter().map(|status| &*status.key))
}

fn references(profile: &Profile) -> Checked {
    status(profile, &["initial_status"], &profile.initial_status)?;
    if profile.status(&profile.initial_status).is_none_or(|initial| initial.stage != Stage::New) {
        let new = profile.statuses.iter().filter(|status| status.stage == Stage::New).map(|status| &*status.key);
        let allowed = new.collect::<Vec<_>>().join(", ");
        let message = format!("{:?} is not of stage \"new\"; allowed: {allowed}", profile.initial_status);
        return Err(Fault::new(&["initial_status"], message));
    }
    let priorities = profile.priorities.iter().map(|priority| &*priority.key);
    one_of(&["default_priority"], &profile.default_priority, priorities)?;
    one_of(&["default_channel"], &profile.default_channel, profile.channels.iter().map(|channel| &*channel.key))?;
    match &profile.default_category {
        Some(key) => one_of(&["default_category"], key, profile.categories.iter().map(|category| &*category.key)),
        None => Ok(()),
    }
}

fn transitions(profile: &Profile) -> Checked {
    for (index, transition) in profile.transitions.iter().enumerate() {
        let at = index.to_string();
        let (from, to) = (&transition.from, &transition.to);
        status(profile, &["transitions", &at, "from"], from)?;
        status(profile, &["transitions", &at, "to"], to)?;
        if from == to {
            let message = format!("{from:?} to itself is no change; remove it");
            return Err(Fault::new(&["transitions", &at], message));
        }
        if profile.transitions[..index].iter().any(|other| other.from == *from && other.to == *to) {
            return Err(Fault::new(&["transitions", &at], format!("{from:?} to {to:?} is there twice; remove one")));
        }
    }
    Ok(())
}

fn moves(profile: &Profile) -> Checked {
    for (moment, name) in Moment::ALL {
        for (from, to) in profile.on.of(moment) {
            let path = ["on", name, from];
            status(profile, &path, from)?;
            status(profile, &path, to)?;
            if profile.transition(from, to).is_none() {
                let message =
                    format!("{from:?} to {to:?} is not one of the transitions; add it there, or change the move");
                return Err(Fault::new(&path, message));
            }
        }
    }
    Ok(())
}

/// Every status can be reached, and from every status a ticket can be closed one day.
fn ways(profile: &Profile) -> Checked {
    let closed: BTreeSet<&str> =
        profile.statuses.iter().filter(|status| status.stage == Stage::Closed).map(|status| &*status.key).collect();
    if closed.is_empty() {
        return Err(Fault::new(&["statuses"], "none is of stage \"closed\"; tickets must be able to end".to_owned()));
    }
    let steps = || profile.transitions.iter().map(|step| (&*step.from, &*step.to));
    let reached = spread(BTreeSet::from([&*profile.initial_status]), steps);
    // A way out that closes after a while is none for who comes later.
    let ending = spread(closed, || {
        profile.transitions.iter().filter(|step| step.within.is_none()).map(|step| (&*step.to, &*step.from))
    });
    for (index, status) in profile.statuses.iter().enumerate() {
        let path = ["statuses", &index.to_string(), "key"];
        let key = &status.key;
        if !reached.contains(&**key) {
            let message = format!(
                "no ticket can become {key:?}: no chain of transitions leads there from {:?}; add one, or remove the status",
                profile.initial_status
            );
            return Err(Fault::new(&path, message));
        }
        if !ending.contains(&**key) {
            let message = format!(
                "a ticket in {key:?} could never be closed; add transitions that lead to a status of stage \"closed\""
            );
            return Err(Fault::new(&path, message));
        }
    }
    Ok(())
}

/// All that can be reached from a set in any number of steps.
fn spread<'a, I: Iterator<Item = (&'a str, &'a str)>>(
    mut set: BTreeSet<&'a str>,
    steps: impl Fn() -> I,
) -> BTreeSet<&'a str> {
    loop {
        let before = set.len();
        for (from, to) in steps() {
            if set.contains(from) {
                set.insert(to);
            }
        }
        if set.len() == before {
            return set;
        }
    }
}

fn sla(profile: &Profile) -> Checked {
    for (key, target) in &profile.sla.targets {
        let path = ["sla", "targets", key];
        one_of(&path, key, profile.priorities.iter().map(|priority| &*priority.key))?;
        if let (Some(first), Some(resolution)) = (target.first_response, target.resolution)
            && first > resolution
        {
            let message = format!("first_response ({first}) cannot be longer than resolution ({resolution})");
            return Err(Fault::new(&path, message));
        }
    }
    Ok(())
}

fn roles(profile: &Profile) -> Checked {
    for (role, permissions) in profile.roles.iter() {
        for (name, grants) in &permissions.permissions {
            let path = ["roles", role, "permissions", name];
            if !name.contains('.') || !name.split('.').all(is_key) {
                let message = "a permission is named noun.verb, in small letters and _, such as \"ticket.close\"";
                return Err(Fault::new(&path, message.to_owned()));
            }
            let distinct: BTreeSet<_> = grants.iter().collect();
            if distinct.len() < grants.len() {
                return Err(Fault::new(&path, "a grant is there twice; remove one".to_owned()));
            }
        }
    }
    Ok(())
}

fn limits(profile: &Profile) -> Checked {
    let limits = &profile.limits;
    for (name, min, max) in [
        ("title_max", limits.title_min.max(1), limits.title_max),
        ("description_max", limits.description_min.max(1), limits.description_max),
        ("comment_max", 1, limits.comment_max),
        ("tag_length", 1, limits.tag_length),
    ] {
        if max < min {
            return Err(Fault::new(&["limits", name], format!("cannot be {max}; allowed: at least {min}")));
        }
    }
    Ok(())
}

fn texts(profile: &Profile) -> Checked {
    for (key, text) in &profile.texts {
        if !key.split('.').all(is_key) {
            form(&["texts", key], key)?;
        }
        named(&["texts", key], text)?;
    }
    Ok(())
}
