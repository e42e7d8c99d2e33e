//! A desk's own profile: from the command line, in a file, and in place of another under a desk that has tickets.

use std::process::{Command, Output};

use serde_json::json;

use super::{ALL, open};
use crate::harness::Desk;

fn deskgraph(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deskgraph")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Starts a desk again under another profile; the message if it does not start.
async fn again(desk: &Desk, profile: &str) -> Result<(), String> {
    let config = deskgraph::config::Config { profile: profile.to_owned(), ..desk.config.clone() };
    match deskgraph::app::open(&config, desk.clock.clone()).await {
        Ok(opened) => {
            opened.db.close().await;
            Ok(())
        }
        Err(error) => Err(format!("{error:#}")),
    }
}

#[test]
fn a_profile_is_shown_and_checked_on_the_command_line() {
    let listed = deskgraph(&["profile", "show"]);
    assert_eq!(text(&listed.stdout).lines().collect::<Vec<_>>(), ALL);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    for name in ALL {
        let shown = deskgraph(&["profile", "show", name]);
        assert!(shown.status.success());
        std::fs::write(&path, &shown.stdout).unwrap();
        let checked = deskgraph(&["profile", "check", &path.display().to_string()]);
        assert!(checked.status.success() && text(&checked.stdout).contains("is in order"), "{}", text(&checked.stderr));
    }
    let right = text(&deskgraph(&["profile", "show", "helpdesk"]).stdout);
    let cases = [
        ("to = \"waiting\"", "to = \"pending\"", "transitions.to: there is no \"pending\"; allowed: open, assigned"),
        (
            "\"ticket.assign\"          = [\"ALL\"]",
            "\"ticket.asign\" = [\"ALL\"]",
            "roles.administrator.permissions.ticket.asign: there is no such permission; allowed: ticket.view",
        ),
        (
            "event = \"ticket.assigned\"",
            "event = \"ticket.assined\"",
            "notifications.event: there is no event \"ticket.assined\"; allowed: ticket.created",
        ),
        ("[limits]", "[limits]\ntitel_min = 3", "unknown field `titel_min`"),
    ];
    for (old, new, words) in cases {
        let wrong = right.replacen(old, new, 1);
        assert_ne!(wrong, right, "there is no {old}");
        let line = 1 + wrong
            .lines()
            .position(|line| new.lines().last().unwrap() == line.trim() || line.contains(new))
            .unwrap();
        std::fs::write(&path, &wrong).unwrap();
        let checked = deskgraph(&["profile", "check", &path.display().to_string()]);
        let said = text(&checked.stderr);
        assert_eq!(checked.status.code(), Some(1));
        assert!(said.contains(words) && said.contains(&format!("mine.toml, line {line}")), "line {line}: {said}");
    }
    let unknown = text(&deskgraph(&["profile", "show", "bakery"]).stderr);
    assert!(unknown.contains("there is no profile \"bakery\"; allowed: airline"), "{unknown}");
    let started = deskgraph(&["--profile", "bakery", "migrate"]);
    assert!(!started.status.success() && text(&started.stderr).contains("there is no profile \"bakery\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_without_tickets_takes_any_profile_and_one_with_tickets_a_fitting_one() {
    let desk = Desk::sqlite().await;
    check_changing(&desk).await;
    desk.stop().await;
    if let Some(desk) = Desk::postgres().await {
        check_changing(&desk).await;
        desk.stop().await;
    }
}

async fn check_changing(desk: &Desk) {
    for profile in ALL {
        again(desk, profile).await.unwrap();
    }
    let ann = desk.customer("Ann").await;
    let (first, second) = (open(&ann, "helpdesk").await, open(&ann, "helpdesk").await);
    let ada = desk.administrator().await;
    ada.do_it("ticketClose", json!({"ticketId": second, "reason": "spam"}), "ticket { id }").await;
    let number =
        ann.run("query($id: ID!) { ticket(id: $id) { number } }", json!({"id": first})).await["ticket"]["number"]
            .take();

    let message = again(desk, "superapp").await.unwrap_err();
    for words in [
        "the profile \"superapp\" does not fit this desk's tickets; nothing was changed",
        "status \"open\": 1 ticket\n",
        "status \"closed\": 1 ticket\n",
        "priority \"high\": 2 tickets",
        "category \"technical\": 2 tickets",
        "channel \"web\": 2 tickets",
        &format!("number format, as of {number}: 2 tickets"),
        "Start the desk with the profile it had",
        "number.earlier",
        "deskgraph profile show",
    ] {
        assert!(message.contains(words), "no {words:?} in {message}");
    }
    assert!(!message.contains("close reason"), "both desks know spam: {message}");
    let message = again(desk, "isp").await.unwrap_err();
    assert!(message.contains("channel \"web\": 2 tickets") && !message.contains("status"), "{message}");
    again(desk, "helpdesk").await.unwrap();

    // A profile of one's own that keeps what is in use, and numbers otherwise.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let helpdesk = deskgraph::profile::Profile::text_of("helpdesk").unwrap();
    let numbered = helpdesk.replacen("template = \"TICK-{date:%Y%m%d}-{seq:4}\"", "template = \"H{seq}\"", 1).replacen(
        "resets = \"daily\"",
        "resets = \"never\"",
        1,
    );
    std::fs::write(&path, &numbered).unwrap();
    let message = again(desk, &path.display().to_string()).await.unwrap_err();
    assert!(message.contains("number format") && !message.contains("status"), "{message}");
    let earlier =
        numbered.replacen("resets = \"never\"", "resets = \"never\"\nearlier = [\"TICK-{date:%Y%m%d}-{seq:4}\"]", 1);
    std::fs::write(&path, &earlier).unwrap();
    again(desk, &path.display().to_string()).await.unwrap();
    let restaged = earlier
        .replacen("name = \"Open\",        stage = \"new\"", "name = \"Open\",        stage = \"active\"", 1)
        .replacen("name = \"Assigned\",    stage = \"active\"", "name = \"Assigned\",    stage = \"new\"", 1)
        .replacen("initial_status = \"open\"", "initial_status = \"assigned\"", 1)
        .replacen("transitions = [", "transitions = [{ from = \"assigned\", to = \"open\" },", 1);
    std::fs::write(&path, &restaged).unwrap();
    let message = again(desk, &path.display().to_string()).await.unwrap_err();
    assert!(message.contains("status \"open of stage new\": 1 ticket"), "{message}");
}

/// S1-95, X-9: a desk of one's own whose time counts in the mornings only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn service_levels_count_in_the_hours_of_a_calendar() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mornings.toml");
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<String> = days.iter().map(|day| format!("{day} = [\"00:00-12:00\"]\n")).collect();
    let calendar = format!(
        "[calendars.mornings]\nname = \"Mornings\"\n[calendars.mornings.hours]\n{}[sla]\ncalendar = \"mornings\"",
        hours.concat()
    );
    let helpdesk = deskgraph::profile::Profile::text_of("helpdesk").unwrap();
    std::fs::write(&path, helpdesk.replacen("[sla]\ncalendar = \"24x7\"", &calendar, 1)).unwrap();
    let desk = Desk::with(|config| config.profile = path.display().to_string()).await;
    let ann = desk.customer("Ann").await;
    let mut input = super::wanted("helpdesk");
    input["priority"] = json!("low");
    let made = ann.do_it("ticketCreate", input, "ticket { id }").await;
    let document = "query($id: ID!) { ticket(id: $id) { breached sla { clocks { countedHours goalHours } } } \
        workflow { sla { calendar timeZone hours { day hours } } } }";
    let read = async || ann.run(document, json!({"id": made["ticket"]["id"]})).await;
    let shown = read().await["workflow"]["sla"].take();
    assert_eq!((&shown["calendar"], &shown["timeZone"]), (&json!("mornings"), &json!("UTC")));
    assert_eq!(shown["hours"][6], json!({"day": "sunday", "hours": ["00:00-12:00"]}));
    desk.advance(24.0);
    let seen = read().await;
    let first = &seen["ticket"]["sla"]["clocks"][0];
    assert!((first["countedHours"].as_f64().unwrap() - 12.0).abs() < 0.05, "half of every day counts: {first}");
    assert_eq!((&first["goalHours"], &seen["ticket"]["breached"]), (&json!(24.0), &json!(false)));
    // Twenty-four counted hours are over after one day and a half at the earliest, and after two days at the latest.
    desk.advance(11.0);
    assert_eq!(read().await["ticket"]["breached"], false);
    desk.advance(13.5);
    assert_eq!(read().await["ticket"]["breached"], true);
    desk.stop().await;
}
