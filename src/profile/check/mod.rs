//! Everything a profile must hold, beyond what its types say.
//!
//! The first fault is reported, with its key and the way out; a profile is written once and run for years, so strict
//! is kind. Absent: whether permissions and kinds of event exist and suit; the rooms that know them check that.

mod around;
mod names;
mod service;
mod words;
mod workflow;

use std::collections::BTreeSet;

use self::words::{Checked, form, is_name, list, named, one_of, pair, status};
use super::Profile;
use super::error::Fault;
use super::workflow::Stage;

pub(super) fn check(profile: &Profile) -> Checked {
    keys(profile)?;
    references(profile)?;
    workflow::check(profile)?;
    service::check(profile)?;
    around::check(profile)?;
    roles(profile)?;
    limits(profile)?;
    names::check(profile)
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

fn roles(profile: &Profile) -> Checked {
    for (role, permissions) in profile.roles.iter() {
        if let Some(name) = &permissions.name {
            named(&["roles", role, "name"], name)?;
        }
        for (name, grants) in &permissions.permissions {
            let path = ["roles", role, "permissions", name];
            if !name.contains('.') || !name.split('.').all(is_name) {
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
