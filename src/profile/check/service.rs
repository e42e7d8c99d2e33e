//! Service levels, calendars, escalation, routing.

use super::super::calendar::Holiday;
use super::super::error::Fault;
use super::super::sla::ALWAYS;
use super::super::{Profile, RoutingRule};
use super::words::{Checked, form, is_name, known, list_at, named, once, one_of, pair, status};

pub(super) fn check(profile: &Profile) -> Checked {
    sla(profile)?;
    calendars(profile)?;
    escalation(profile)?;
    routing(profile)
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
    let calendars = profile.calendars.keys().map(String::as_str);
    one_of(&["sla", "calendar"], &profile.sla.calendar, std::iter::once(ALWAYS).chain(calendars))?;
    percents(&["sla", "warnings"], &profile.sla.warnings)
}

fn percents(path: &[&str], percents: &[u32]) -> Checked {
    once(path, percents)?;
    match percents.iter().find(|percent| !(1..=1000).contains(*percent)) {
        Some(percent) => {
            Err(Fault::new(path, format!("cannot be {percent}; allowed: 1 to 1000, in percent of the promised time")))
        }
        None => Ok(()),
    }
}

fn calendars(profile: &Profile) -> Checked {
    for (key, calendar) in &profile.calendars {
        if !is_name(key) {
            form(&["calendars", key], key)?;
        }
        named(&["calendars", key, "name"], &calendar.name)?;
        for (day, spans) in calendar.hours.iter() {
            let path = ["calendars", key, "hours", day];
            if let Some(pair) = spans.windows(2).find(|pair| pair[0].to.is_none_or(|to| to > pair[1].from)) {
                let message = format!("{} and {} overlap, or are not in order", pair[0], pair[1]);
                return Err(Fault::new(&path, message));
            }
        }
        if calendar.hours.iter().all(|(_, spans)| spans.is_empty()) {
            let message = "no day has hours, so no time would ever count; add one, such as monday = [\"09:00-17:00\"]";
            return Err(Fault::new(&["calendars", key, "hours"], message.to_owned()));
        }
        let yearly = calendar.holidays.iter().filter(|holiday| matches!(holiday, Holiday::Yearly(..))).count();
        if yearly > 300 {
            let message = "almost every day is a holiday; fewer than 300 of every year are taken".to_owned();
            return Err(Fault::new(&["calendars", key, "holidays"], message));
        }
    }
    Ok(())
}

fn escalation(profile: &Profile) -> Checked {
    let escalation = &profile.escalation;
    let levels = || escalation.levels.iter().map(|level| (&*level.key, &*level.name));
    list_at(&["escalation", "levels"], 0, levels())?;
    for (index, level) in escalation.levels.iter().enumerate() {
        let index = index.to_string();
        let path = ["escalation", "levels", &index];
        let given = [level.team.is_some(), level.role.is_some(), level.skill.is_some()];
        if given.into_iter().filter(|given| *given).count() > 1 {
            let message = "names more than one of team, role and skill; keep one".to_owned();
            return Err(Fault::new(&path, message));
        }
        if let Some(team) = &level.team {
            named(&[path[0], path[1], path[2], "team"], team)?;
        }
        if let Some(skill) = &level.skill {
            known(&[path[0], path[1], path[2], "skill"], skill, &profile.routing.skills)?;
        }
    }
    for (name, statuses) in [("from", &escalation.from), ("customers_from", &escalation.customers_from)] {
        for key in statuses {
            status(profile, &["escalation", name], key)?;
        }
    }
    for (index, trigger) in escalation.automatic.iter().enumerate() {
        let index = index.to_string();
        percents(&["escalation", "automatic", &index, "at_percent"], &[trigger.at_percent])?;
        if let Some(level) = &trigger.level {
            one_of(&["escalation", "automatic", &index, "level"], level, levels().map(|(key, _)| key))?;
        }
        if escalation.levels.is_empty() {
            let message = "there is no level to escalate to; add one to escalation.levels".to_owned();
            return Err(Fault::new(&["escalation", "automatic", &index], message));
        }
    }
    Ok(())
}

fn routing(profile: &Profile) -> Checked {
    let routing = &profile.routing;
    list_at(&["routing", "skills"], 0, routing.skills.iter().map(pair))?;
    for (category, skill) in &routing.skill_by_category {
        let path = ["routing", "skill_by_category", category];
        known(&path, category, &profile.categories)?;
        known(&path, skill, &routing.skills)?;
    }
    if routing.rule == RoutingRule::Skills && routing.skills.is_empty() {
        let message = "\"skills\" needs routing.skills; add them, or use \"least_loaded\"".to_owned();
        return Err(Fault::new(&["routing", "rule"], message));
    }
    if routing.on_create && routing.rule == RoutingRule::Manual {
        let message = "a manual desk routes nothing; choose another routing.rule, or leave on_create out".to_owned();
        return Err(Fault::new(&["routing", "on_create"], message));
    }
    if routing.capacity == 0 {
        return Err(Fault::new(&["routing", "capacity"], "cannot be 0; allowed: at least 1".to_owned()));
    }
    Ok(())
}
