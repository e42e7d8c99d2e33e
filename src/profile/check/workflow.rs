//! Transitions and automatic moves: every status can be reached, and left until the ticket is closed.

use std::collections::BTreeSet;

use super::super::Profile;
use super::super::error::Fault;
use super::super::workflow::{Moment, Stage};
use super::words::{Checked, status};

pub(super) fn check(profile: &Profile) -> Checked {
    transitions(profile)?;
    moves(profile)?;
    ways(profile)
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
