//! The help desk's lines of the requirements as data, what other desks need of the format, and every refusal.

use jiff::civil::date;

use super::*;

mod builtin;
mod calendars;
mod format;

type Test = Result<(), Box<dyn std::error::Error>>;

const HELPDESK: &str = include_str!("builtin/helpdesk.toml");
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn helpdesk() -> Result<Profile, ProfileError> {
    Profile::load("helpdesk")
}

#[test]
fn the_statuses_are_the_seven_of_the_help_desk() -> Test {
    let profile = helpdesk()?;
    let keys: Vec<_> = profile.statuses.iter().map(|status| (&*status.key, status.stage, status.pauses_sla)).collect();
    let expected = [
        ("open", Stage::New, false),
        ("assigned", Stage::Active, false),
        ("in_progress", Stage::Active, false),
        ("waiting", Stage::Waiting, true),
        ("resolved", Stage::Resolved, false),
        ("closed", Stage::Closed, false),
        ("reopened", Stage::Active, false),
    ];
    assert_eq!(keys, expected); // S4-4
    assert_eq!(profile.initial_status, "open");
    assert_eq!(profile.first_of(Stage::Active).map(|status| &*status.key), Some("assigned"));
    assert_eq!(profile.status("in_progress").map(|status| &*status.name), Some("In Progress"));
    assert_eq!(profile.status("OPEN"), None);
    Ok(())
}

#[test]
fn the_seven_by_seven_matrix_of_transitions() -> Test {
    let profile = helpdesk()?;
    let matrix: [(&str, &[&str]); 7] = [
        ("open", &["assigned", "closed"]),                   // S4-49
        ("assigned", &["in_progress", "closed"]),            // S4-50
        ("in_progress", &["waiting", "resolved", "closed"]), // S4-51
        ("waiting", &["in_progress"]),                       // S4-52
        ("resolved", &["closed", "reopened"]),               // S4-53
        ("closed", &["reopened"]),                           // S4-54
        ("reopened", &["in_progress"]),                      // S4-55
    ];
    for (from, allowed) in matrix {
        for (to, _) in matrix {
            assert_eq!(profile.transition(from, to).is_some(), allowed.contains(&to), "{from} → {to}"); // S4-56
        }
        let listed: Vec<_> = profile.transitions_from(from).map(|transition| &*transition.to).collect();
        assert_eq!(listed, allowed);
    }
    Ok(())
}

#[test]
fn a_closed_ticket_may_be_reopened_for_seven_days() -> Test {
    let profile = helpdesk()?;
    for transition in &profile.transitions {
        let limited = transition.from == "closed";
        assert_eq!(transition.within.map(Period::ms), limited.then_some(7 * DAY)); // S4-54
        assert!(transition.is_open(7 * DAY));
        assert_eq!(transition.is_open(7 * DAY + 1), !limited);
    }
    Ok(())
}

#[test]
fn only_assigning_moves_a_ticket_by_itself() -> Test {
    let profile = helpdesk()?;
    for (moment, _) in Moment::ALL {
        for status in &profile.statuses {
            let to = profile.automatic_move(moment, &status.key).map(|transition| &*transition.to);
            let expected = (moment == Moment::Assign && status.key == "open").then_some("assigned");
            assert_eq!(to, expected, "{moment:?} {}", status.key);
        }
    }
    Ok(())
}

#[test]
fn the_promised_times() -> Test {
    let profile = helpdesk()?;
    let table = [
        ("urgent", 2 * HOUR, 24 * HOUR), // S4-57
        ("high", 4 * HOUR, 48 * HOUR),   // S4-58
        ("medium", 8 * HOUR, 5 * DAY),   // S4-59
        ("low", 24 * HOUR, 10 * DAY),    // S4-60
    ];
    for (priority, first_response, resolution) in table {
        let target = profile.sla_target(priority);
        assert_eq!(target.first_response.map(Period::ms), Some(first_response), "{priority}");
        assert_eq!(target.resolution.map(Period::ms), Some(resolution), "{priority}");
    }
    assert_eq!((profile.sla.targets.len(), profile.calendar()), (4, &Calendar::Always));
    let mut urgent_first: Vec<_> = profile.priorities.iter().collect();
    urgent_first.sort_by_key(|priority| std::cmp::Reverse(priority.rank));
    let keys: Vec<_> = urgent_first.iter().map(|priority| &*priority.key).collect();
    assert_eq!(keys, ["urgent", "high", "medium", "low"]); // S4-5
    Ok(())
}

#[test]
fn categories_and_defaults() -> Test {
    let profile = helpdesk()?;
    let names: Vec<_> = profile.categories.iter().map(|category| &*category.name).collect();
    assert_eq!(names, ["Technical", "Billing", "General", "Feature Request"]); // S4-6
    assert!(
        profile.priority(&profile.default_priority).is_some() && profile.channel(&profile.default_channel).is_some()
    );
    assert!(profile.category("technical").is_some() && profile.close_reason("duplicate").is_some());
    let limits = &profile.limits;
    assert_eq!((limits.title_min, limits.title_max, limits.description_min), (5, 200, 10)); // S4-17
    Ok(())
}

#[test]
fn the_permission_matrix() -> Test {
    use Grant::{All, Assigned, Own};
    let roles = helpdesk()?.roles;
    let (no, own, all, seen): (&[Grant], _, _, _) = (&[], &[Own][..], &[All][..], &[Own, Assigned][..]);
    let matrix = [
        ("ticket.create", own, all, all),          // S4-61
        ("ticket.view", own, seen, all),           // S4-62, S4-63, S4-85
        ("ticket.change_status", no, seen, all),   // S4-64
        ("ticket.close", no, seen, all),           // S4-64
        ("ticket.reopen", no, seen, all),          // S4-64
        ("ticket.assign", no, no, all),            // S4-65
        ("ticket.change_priority", no, seen, all), // S4-66
        ("comment.add", own, seen, all),           // S4-8
        ("comment.add_internal", no, seen, all),   // S4-67
        ("comment.view_internal", no, seen, all),  // S4-67
        ("ticket.delete", no, no, all),            // S4-68
        ("report.view", no, own, all),             // S4-69
        ("person.manage", no, no, all),            // S4-22
        ("no.such_permission", no, no, no),
    ];
    for (permission, customer, agent, administrator) in matrix {
        assert_eq!(roles.customer.grants(permission), customer, "customer {permission}");
        assert_eq!(roles.agent.grants(permission), agent, "agent {permission}");
        assert_eq!(roles.administrator.grants(permission), administrator, "administrator {permission}");
    }
    let names: Vec<Vec<_>> = roles.iter().map(|(_, role)| role.permissions.keys().cloned().collect()).collect();
    assert!(names.windows(2).all(|pair| pair[0] == pair[1]), "every role says something about every permission");
    Ok(())
}

#[test]
fn ticket_numbers() -> Test {
    let profile = helpdesk()?;
    let day = date(2025, 1, 31);
    assert_eq!(profile.format_number(day, 1), "TICK-20250131-0001"); // S4-3
    assert_eq!(profile.format_number(day, 9_999), "TICK-20250131-9999");
    assert_eq!(profile.format_number(day, 10_000), "TICK-20250131-10000", "grows rather than fails");
    assert_eq!(profile.number.resets, Resets::Daily);
    let numbered = |template: &str, resets: &str| {
        Profile::parse(
            "p",
            &with(
                "[number]\ntemplate = \"TICK-{date:%Y%m%d}-{seq:4}\"\nresets = \"daily\"",
                &format!("[number]\ntemplate = \"{template}\"\nresets = \"{resets}\""),
            ),
        )
    };
    assert_eq!(numbered("TKT-{date:%Y%m%d}-{seq:5}", "daily")?.format_number(day, 1), "TKT-20250131-00001"); // S3-1
    assert_eq!(numbered("T{seq}", "never")?.format_number(day, 303), "T303"); // S0-10
    assert_eq!(numbered("{seq}", "never")?.format_number(day, 1), "1"); // S2-19
    Ok(())
}

#[test]
fn a_day_is_the_days_of_the_desks_time_zone() -> Test {
    let profile = Profile::parse("p", &with("time_zone = \"UTC\"", "time_zone = \"Asia/Kolkata\""))?;
    let ms = 1_738_348_200_000; // 2025-01-31T18:30:00Z, midnight in Kolkata
    assert_eq!(profile.day_of(ms), date(2025, 2, 1));
    assert_eq!(profile.day_of(ms - 1), date(2025, 1, 31));
    assert_eq!(helpdesk()?.day_of(ms), date(2025, 1, 31));
    assert!(profile.day_of(i64::MIN) < profile.day_of(0) && profile.day_of(0) < profile.day_of(i64::MAX));
    Ok(())
}

/// An app's support (S3): no resolved stage, everything moves by itself, users close and nobody reopens.
#[test]
fn another_desk_is_other_data() -> Test {
    let profile = Profile::parse("app", include_str!("tests/app.toml"))?;
    let moved = |moment, from: &str| profile.automatic_move(moment, from).map(|transition| &*transition.to);
    assert_eq!(profile.initial_status, "open"); // S3-101
    assert_eq!(moved(Moment::Assign, "open"), Some("in_progress")); // S3-102
    assert_eq!(moved(Moment::StaffReply, "in_progress"), Some("waiting_for_user")); // S3-103
    assert_eq!(moved(Moment::CustomerReply, "waiting_for_user"), Some("in_progress")); // S3-104
    assert_eq!(profile.roles.customer.grants("ticket.close"), [Grant::Own]); // S3-105
    assert_eq!((profile.first_of(Stage::Resolved), profile.transitions_from("closed").count()), (None, 0)); // S3-76, S3-115
    assert_eq!(profile.sla_target("urgent"), SlaTarget::default());
    assert_eq!(profile.format_number(date(2025, 1, 1), 7), "TKT-20250101-00007"); // S3-1
    assert_eq!(profile.text("ticket.closed"), Some("Your ticket was closed."));
    assert_eq!(profile.limits, Limits::default());
    Ok(())
}

#[test]
fn profiles_are_found_by_name_or_path() -> Test {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("mine.toml");
    std::fs::write(&path, with("name = \"Help desk\"", "name = \"Mine\""))?;
    assert_eq!(Profile::load(&path.display().to_string())?.name, "Mine");
    let message = |name: &str| Profile::load(name).err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(
        message("help"),
        "there is no profile \"help\"; allowed: airline, isp, superapp, astrology, helpdesk, or the path of a TOML file"
    );
    assert!(message("/nowhere/desk.toml").starts_with("cannot read the profile /nowhere/desk.toml"));
    assert!(Profile::built_in().all(|name| Profile::load(name).is_ok_and(|profile| profile.key == name)));
    Ok(())
}

/// The help desk's text with one thing changed.
#[track_caller]
fn with(old: &str, new: &str) -> String {
    assert!(HELPDESK.contains(old), "the help desk has no {old}");
    HELPDESK.replacen(old, new, 1)
}

#[track_caller]
fn refused(old: &str, new: &str, words: &[&str]) {
    match Profile::parse("broken.toml", &with(old, new)) {
        Ok(_) => panic!("accepted: {new}"),
        Err(error) => {
            let message = error.to_string();
            for word in words.iter().chain(&["profile broken.toml, line "]) {
                assert!(message.contains(word), "no {word:?} in: {message}");
            }
        }
    }
}

#[test]
fn a_broken_profile_is_refused_with_the_key_and_the_way_out() {
    let cases: &[(&str, &str, &[&str])] = &[
        // Not a profile at all.
        ("[number]", "[number", &["[number"]),
        ("[limits]", "[limits]\ntitel_min = 3", &["unknown field `titel_min`", "`title_min`"]),
        ("title_min = 5", "title_min = \"five\"", &["title_min = \"five\"", "invalid type"]),
        ("[on]", "[on]\nlunch = { open = \"closed\" }", &["unknown field `lunch`", "`staff_reply`"]),
        ("stage = \"waiting\"", "stage = \"paused\"", &["unknown variant `paused`", "`waiting`"]),
        ("calendar = \"24x7\"", "calendar = \"9to5\"", &["sla.calendar: there is no \"9to5\"", "allowed: 24x7"]),
        ("[\"OWN\", \"ASSIGNED\"]", "[\"MINE\"]", &["unknown variant `MINE`", "`OWN`, `PARTICIPANT`"]),
        ("time_zone = \"UTC\"", "time_zone = \"Mars/Base\"", &["time_zone cannot be \"Mars/Base\"", "Europe/Berlin"]),
        ("within = \"7d\"", "within = \"soon\"", &["cannot be \"soon\"", "\"5d\""]),
        ("within = \"7d\"", "within = \"1mo\"", &["cannot be \"1mo\"", "\"5d\""]),
        ("within = \"7d\"", "within = \"0s\"", &["cannot be \"0s\"", "more than nothing"]),
        ("resets = \"daily\"", "resets = \"weekly\"", &["unknown variant `weekly`", "`daily`"]),
        // Numbers.
        ("{seq:4}", "{number}", &["template cannot be", "{number} is not understood", "allowed: text with one {seq}"]),
        ("{seq:4}", "x", &["template cannot be", "{seq} exactly once"]),
        ("{seq:4}", "{seq:0}", &["template cannot be", "1 to 18"]),
        ("{seq:4}", "{seq:4", &["template cannot be", "a { is not closed"]),
        ("{date:%Y%m%d}", "{date:%H}", &["template cannot be", "{date:%H} is not understood"]),
        ("{date:%Y%m%d}", "{date:%m%d}", &["template cannot be", "day, month and year"]),
        // Keys and names.
        ("key = \"helpdesk\"", "key = \"Help Desk\"", &["key: a key cannot be \"Help Desk\"", "letters from a to z"]),
        ("\"billing\"", "\"Billing!\"", &["categories.key: a key cannot be \"Billing!\"", "letters from a to z"]),
        ("\"billing\"", "\"technical\"", &["categories.key: \"technical\" is there twice", "unique"]),
        ("name = \"Phone\"", "name = \" \"", &["channels.name: a name cannot be empty"]),
        ("rank = 2", "rank = 1", &["priorities.rank: \"low\" and \"medium\" both have rank 1", "its own"]),
        // References.
        (
            "initial_status = \"open\"",
            "initial_status = \"new\"",
            &["initial_status: there is no \"new\"", "allowed: open"],
        ),
        (
            "initial_status = \"open\"",
            "initial_status = \"closed\"",
            &["initial_status: \"closed\" is not", "allowed: open"],
        ),
        (
            "default_priority = \"medium\"",
            "default_priority = \"normal\"",
            &["default_priority: there is no", "low, medium"],
        ),
        (
            "default_category = \"general\"",
            "default_category = \"other\"",
            &["default_category: there is no", "general"],
        ),
        (
            "default_channel = \"web\"",
            "default_channel = \"fax\"",
            &["default_channel: there is no \"fax\"", "web, email"],
        ),
        ("urgent = {", "critical = {", &["sla.targets.critical: there is no \"critical\"", "urgent"]),
        (
            "first_response = \"2h\"",
            "first_response = \"2d\"",
            &["sla.targets.urgent", "cannot be longer than resolution"],
        ),
        // Transitions.
        (
            "to = \"waiting\"",
            "to = \"pending\"",
            &["transitions.to: there is no \"pending\"", "allowed: open, assigned"],
        ),
        ("to = \"waiting\"", "to = \"resolved\"", &["transitions: \"in_progress\" to \"resolved\" is there twice"]),
        ("to = \"waiting\"", "to = \"in_progress\"", &["transitions: \"in_progress\" to itself", "remove it"]),
        (
            "assign = { open = \"assigned\" }",
            "assign = { new = \"assigned\" }",
            &["on.assign.new: there is no \"new\""],
        ),
        (
            "open = \"assigned\"",
            "open = \"resolved\"",
            &["on.assign.open", "not one of the transitions", "add it there"],
        ),
        ("initial_status =", "#", &["missing field `initial_status`"]),
        // Rights, sizes, texts.
        ("\"search.use\"", "\"search\"", &["roles.customer.permissions.search: a permission is named", "ticket.close"]),
        ("[\"OWN\", \"ASSIGNED\"]", "[\"OWN\", \"OWN\"]", &["roles.agent.permissions", "twice", "remove one"]),
        ("title_max = 200", "title_max = 4", &["limits.title_max: cannot be 4", "at least 5"]),
        ("[texts]", "[texts]\n\"Hello!\" = \"x\"", &["texts.Hello!: a key cannot be", "small letters"]),
    ];
    for (old, new, words) in cases {
        refused(old, new, words);
    }
}

#[test]
fn every_status_can_be_reached_and_left() {
    let unreached = "{ key = \"lost\", name = \"Lost\", stage = \"active\" },\n]\ninitial_status";
    refused("]\ninitial_status", unreached, &["statuses.key: no ticket can become \"lost\"", "add one, or remove"]);
    let trap = "]\ninitial_status";
    let text =
        with(trap, unreached).replacen("transitions = [", "transitions = [{ from = \"open\", to = \"lost\" },", 1);
    let message = Profile::parse("p", &text).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains("a ticket in \"lost\" could never be closed"), "{message}");
    refused("stage = \"closed\"", "stage = \"active\"", &["statuses: none is of stage \"closed\"", "end"]);
    let (start, rest) = HELPDESK.split_once("channels = [").unwrap_or_default();
    let (_, end) = rest.split_once("\n]\n").unwrap_or_default();
    let message = Profile::parse("p", &format!("{start}channels = []\n{end}")).err().map(|error| error.to_string());
    assert!(message.as_ref().is_some_and(|text| text.contains("channels: is empty")), "{message:?}");
}

#[test]
fn a_refusal_names_the_line() {
    let text = with("to = \"waiting\"", "to = \"pending\"");
    let line = text.lines().position(|line| line.contains("pending")).map(|index| index + 1);
    match Profile::parse("p", &text) {
        Err(ProfileError::Invalid { line: found, .. }) => assert_eq!(found, line),
        other => panic!("{other:?}"),
    }
}
