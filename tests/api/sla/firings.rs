//! What the clocks say by themselves: once, in order, also after a stop, and whatever the desk's clock does.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use super::{changed, ms, opened, said, short, sla, until_said, with_profile};
use crate::desk_test;
use crate::harness::{Desk, eventually};

desk_test! {
    // S1-39, S1-95, S1-117, S4-57, S0-44
    async fn a_clock_warns_once_and_says_once_that_its_deadline_has_passed(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = opened(&ann, "urgent").await;
        assert_eq!(sla(&ann, &id).await["sla"]["breachRisk"], false);
        desk.advance(1.6);
        let warned = until_said(&ada, &id, 1).await;
        assert_eq!(short(&warned), ["SLA_WARNED FIRST_RESPONSE 75"]);
        assert_eq!(warned[0]["actorKind"], "SYSTEM");
        let ticket = sla(&ann, &id).await;
        assert_eq!((&ticket["sla"]["breachRisk"], &ticket["sla"]["breached"]), (&json!(true), &json!(false)));
        desk.advance(0.5);
        let breached = until_said(&ada, &id, 2).await;
        assert_eq!(short(&breached), ["SLA_WARNED FIRST_RESPONSE 75", "SLA_BREACHED FIRST_RESPONSE"]);
        // It happened when the deadline passed, not when the desk noticed.
        assert_eq!(breached[1]["occurredAt"], breached[1]["deadline"]);
        let ticket = sla(&ann, &id).await;
        assert_eq!((&ticket["sla"]["breachRisk"], &ticket["sla"]["breached"]), (&json!(false), &json!(true)));
        // It is for staff only.
        assert_eq!(short(&said(&ann, &id).await), Vec::<String>::new());
        // Answered late, and again: nothing is said twice. The resolution's own clock goes on.
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "Sorry."}), "comment { id }").await;
        desk.advance(22.0);
        let all = until_said(&ada, &id, 4).await;
        assert_eq!(short(&all)[2..], ["SLA_WARNED RESOLUTION 75", "SLA_BREACHED RESOLUTION"]);
    }
}

desk_test! {
    //
    async fn a_clock_that_stands_still_says_nothing(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (waits, runs) = (opened(&ann, "urgent").await, opened(&ann, "urgent").await);
        for status in ["assigned", "in_progress", "waiting"] {
            ada.do_it("ticketStatusChange", json!({"ticketId": waits, "status": status}), "ticket { id }").await;
        }
        desk.advance(30.0);
        until_said(&ada, &runs, 4).await;
        assert_eq!(short(&said(&ada, &waits).await), Vec::<String>::new());
        ada.do_it("ticketStatusChange", json!({"ticketId": waits, "status": "in_progress"}), "ticket { id }").await;
        desk.advance(1.6);
        assert_eq!(short(&until_said(&ada, &waits, 1).await), ["SLA_WARNED FIRST_RESPONSE 75"]);
    }
}

desk_test! {
    async fn what_was_due_before_a_clock_stopped_is_said_by_whatever_stops_it(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = opened(&ann, "urgent").await;
        // However the answer and the timer race: both are there, once each, and the breach happened before the answer.
        desk.clock.advance(Duration::from_secs(3 * 3600));
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "Late, but here."}), "comment { id }").await;
        let all = until_said(&ada, &id, 2).await;
        assert_eq!(short(&all), ["SLA_WARNED FIRST_RESPONSE 75", "SLA_BREACHED FIRST_RESPONSE"]);
        assert_eq!(sla(&ada, &id).await["sla"]["clocks"][0]["state"], "BREACHED");
    }
}

desk_test! {
    // S4-58: a shorter promise is told at once; a longer one may be broken, and told, again.
    async fn another_priority_moves_what_is_to_be_said(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = opened(&ann, "low").await;
        desk.advance(2.5);
        ada.do_it("ticketPriorityChange", json!({"ticketId": id, "priority": "urgent"}), "ticket { id }").await;
        assert_eq!(short(&until_said(&ada, &id, 2).await), ["SLA_WARNED FIRST_RESPONSE 75", "SLA_BREACHED FIRST_RESPONSE"]);
        ada.do_it("ticketPriorityChange", json!({"ticketId": id, "priority": "high"}), "ticket { id }").await;
        assert_eq!(sla(&ada, &id).await["sla"]["clocks"][0]["state"], "RUNNING");
        desk.advance(2.0);
        let all = until_said(&ada, &id, 4).await;
        assert_eq!(short(&all)[2..], ["SLA_WARNED FIRST_RESPONSE 75", "SLA_BREACHED FIRST_RESPONSE"]);
    }
}

/// What a desk says after it stood still, and after its clock jumped.
async fn catches_up(desk: &mut Desk) {
    let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
    let (first, second) = (opened(&ann, "urgent").await, opened(&ann, "high").await);
    let gone = opened(&ann, "urgent").await;
    ada.do_it("ticketDelete", json!({"ticketId": gone}), "ticket { id }").await;
    let clock = desk.clock.clone();
    desk.restart_after(async |_| clock.advance(Duration::from_secs(200 * 3600))).await;
    let ada = desk.administrator().await;
    for id in [&first, &second] {
        let all = until_said(&ada, id, 4).await;
        assert_eq!(
            short(&all),
            [
                "SLA_WARNED FIRST_RESPONSE 75",
                "SLA_BREACHED FIRST_RESPONSE",
                "SLA_WARNED RESOLUTION 75",
                "SLA_BREACHED RESOLUTION"
            ]
        );
        let times: Vec<i64> = all.iter().map(|node| ms(&node["occurredAt"])).collect();
        assert!(times.is_sorted(), "{times:?}");
    }
    desk.restart().await;
    let ada = desk.administrator().await;
    desk.advance(1.0);
    // Something later, after which everything that could be said twice would have been.
    let ann = desk.sign_in("ann@desk.test", crate::harness::PASSWORD).await;
    let later = opened(&ann, "urgent").await;
    desk.advance(1.6);
    until_said(&ada, &later, 1).await;
    assert_eq!(said(&ada, &first).await.len(), 4);
    let log = desk.log().await.events;
    let of_gone: deskgraph::ids::TicketId = gone.parse().unwrap();
    assert!(!log.iter().any(|(_, kind, ticket)| kind.starts_with("sla.") && *ticket == Some(of_gone.0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S1-95, S1-117, S4-15
async fn a_desk_that_stood_still_says_everything_once_and_in_order() {
    let mut desk = Desk::sqlite().await;
    catches_up(&mut desk).await;
    desk.stop().await;
    if let Some(mut desk) = Desk::postgres().await {
        catches_up(&mut desk).await;
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_on_one_database_say_everything_once() {
    let Some(desk) = Desk::postgres().await else { return };
    // The second node shares the database and the clock.
    let mut config = desk.config.clone();
    let folder = tempfile::tempdir().unwrap();
    config.data = folder.path().to_owned();
    let other = deskgraph::app::App::start(config, desk.clock.clone()).await.unwrap();
    let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
    let mut tickets = Vec::new();
    for _ in 0..12 {
        tickets.push(opened(&ann, "urgent").await);
    }
    desk.advance(1.6);
    desk.advance(1.0);
    for id in &tickets {
        until_said(&ada, id, 2).await;
    }
    desk.advance(30.0);
    for id in &tickets {
        assert_eq!(until_said(&ada, id, 4).await.len(), 4);
    }
    // The one that does the work stops; the other one takes over at once, for the lease was given back.
    let later = opened(&ann, "urgent").await;
    other.stop();
    other.stopped().await.unwrap();
    desk.advance(3.0);
    assert_eq!(until_said(&ada, &later, 2).await.len(), 2);
    desk.stop().await;
}

desk_test! {
    // The right to do the work is checked where it is written.
    async fn who_lost_the_lease_is_refused_by_the_database(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = opened(&ann, "urgent").await;
        desk.advance(1.6);
        until_said(&ada, &id, 1).await;
        let db = &desk.app().desk.db;
        let backend = match db.kind {
            deskgraph::db::Kind::Sqlite => DbBackend::Sqlite,
            deskgraph::db::Kind::Postgres => DbBackend::Postgres,
        };
        let lease = async || {
            let row = db.read.query_one_raw(Statement::from_string(backend, "SELECT token, expires_at FROM leases WHERE name = 'sla'")).await.unwrap().unwrap();
            (row.try_get::<i64>("", "token").unwrap(), row.try_get::<i64>("", "expires_at").unwrap())
        };
        let (token, _) = lease().await;
        // Another node takes the work, as far as the database knows, for a moment.
        let until = desk.clock.real().0 + 1_500;
        let sql = format!("UPDATE leases SET holder = {}, token = token + 1, expires_at = {until} WHERE name = 'sla'", match db.kind {
            deskgraph::db::Kind::Sqlite => "x'00000000000000000000000000000001'",
            deskgraph::db::Kind::Postgres => "'00000000-0000-0000-0000-000000000001'",
        });
        db.writer().execute_raw(Statement::from_string(backend, sql)).await.unwrap();
        desk.advance(1.0);
        // This node takes it back when that lease has ended, with a token of its own, and goes on.
        assert_eq!(until_said(&ada, &id, 2).await.len(), 2);
        assert_eq!(lease().await.0, token + 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S1-39, S1-40, S1-95, S1-96, S1-128
async fn a_ticket_climbs_the_levels_of_an_internet_provider_by_itself() {
    let (_folder, profile) = changed("isp", &[("on_create = true", "on_create = false")]);
    with_profile(&profile, async |desk| {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let mut teams = BTreeSet::new();
        for name in ["Second line", "Network operations"] {
            teams.insert(ada.do_it("teamCreate", json!({"name": name}), "team { id }").await["team"]["id"].to_string());
        }
        let read = "query($id: ID!) { ticket(id: $id) { priority { key } team { name } assignee { id } sla { nextEscalationAt } \
            escalation { level { key name } name sinceAt nextAt automatic target { ... on Person { id } ... on Team { name } } } } }";
        let input = json!({"title": "No light on the line at all", "description": "It has been dark since the storm of last night.",
            "category": "technical_support", "priority": "medium"});
        let made = ada.do_it("ticketCreate", json!({"requesterEmail": "ann@desk.test", "title": input["title"],
            "description": input["description"], "category": "technical_support", "priority": "medium"}), "ticket { id }").await;
        let id = made["ticket"]["id"].as_str().unwrap().to_owned();
        let ticket = ada.run(read, json!({"id": id})).await["ticket"].take();
        assert_eq!(ticket["escalation"], Value::Null);
        let first = ms(&ticket["sla"]["nextEscalationAt"]);
        assert!((first - desk.clock.now().0 - 8 * 3_600_000).abs() < 60_000, "the first answer is late after eight hours");
        desk.advance(8.1);
        eventually("the second line has it", async || {
            ada.run(read, json!({"id": id})).await["ticket"]["team"]["name"] == "Second line"
        })
        .await;
        let ticket = ada.run(read, json!({"id": id})).await["ticket"].take();
        assert_eq!(ticket["escalation"]["level"], json!({"key": "second_line", "name": "Second line"}));
        assert_eq!(ticket["escalation"]["target"], json!({"name": "Second line"}));
        assert_eq!(ticket["escalation"]["automatic"], true);
        // The next one lies above: at 90 percent of three days.
        assert!((ms(&ticket["escalation"]["nextAt"]) - first - (648 - 80) * 360_000).abs() < 60_000, "{ticket:#}");
        desk.advance(100.0);
        let all = until_said(&ada, &id, 9).await;
        let levels: Vec<&str> = all.iter().filter_map(|node| node["level"]["key"].as_str()).collect();
        assert_eq!(levels, ["second_line", "operations", "management"]);
        let ticket = ada.run(read, json!({"id": id})).await["ticket"].take();
        // The second level makes it one step more urgent; the third gives it to an administrator.
        assert_eq!((&ticket["priority"]["key"], &ticket["assignee"]["id"]), (&json!("high"), &json!(ada.id)));
        assert_eq!((&ticket["escalation"]["level"]["key"], &ticket["escalation"]["nextAt"]), (&json!("management"), &Value::Null));
        drop(ann);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S1-39: a desk whose profile warns earlier than before does so for the tickets that it has.
async fn another_profile_sets_the_clocks_of_the_tickets_that_there_are() {
    let mut desk = Desk::sqlite().await;
    let ann = desk.customer("Ann").await;
    let id = opened(&ann, "urgent").await;
    desk.advance(0.6);
    let (_folder, profile) = changed("helpdesk", &[("warnings = [75]", "warnings = [25, 75]")]);
    desk.config.profile = profile;
    desk.restart().await;
    let ada = desk.administrator().await;
    assert_eq!(short(&until_said(&ada, &id, 1).await), ["SLA_WARNED FIRST_RESPONSE 25"]);
    desk.stop().await;
}
