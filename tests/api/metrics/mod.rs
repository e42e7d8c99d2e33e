//! Reports: every number is that which the tickets themselves add up to.

mod agents;
mod cost;
mod numbers;
mod recount;

use serde_json::{Value, json};

use crate::harness::{Desk, Person, ids};

/// What is asked of every number of tickets.
const COUNT: &str = "{ value definition asOf tickets(first: 20) { totalCount nodes { id } } }";

/// The people and the tickets of a small desk over some days.
struct Scene {
    ada: Person,
    ann: Person,
    ben: Person,
    eve: Person,
}

/// A dozen tickets with a history, over six days: answered, resolved, closed, opened again, late, untouched.
async fn scene(desk: &Desk) -> Scene {
    let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
    let (ben, eve) = (desk.agent("Ben").await, desk.agent("Eve").await);
    let mut made = Vec::new();
    for nth in 0..12 {
        let asker = if nth % 3 == 0 { &bob } else { &ann };
        let priority = ["low", "medium", "high", "urgent"][nth % 4];
        let category = ["technical", "billing"][nth % 2];
        let input = json!({"title": format!("Ticket number {nth}"), "description": "One of a dozen.",
            "priority": priority, "category": category,
            "tags": [format!("tag{}", nth % 5), "all"]});
        let made_now = asker.do_it("ticketCreate", input, "ticket { id }").await;
        let id = made_now["ticket"]["id"].as_str().unwrap().to_owned();
        if nth % 4 != 3 {
            let agent = if nth % 2 == 0 { &ben } else { &eve };
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": agent.id}}), "ticket { id }").await;
            desk.advance(1.0 + nth as f64 / 2.0);
            for _ in 0..nth % 3 {
                agent.do_it("commentAdd", json!({"ticketId": id, "body": "We look into it."}), "comment { id }").await;
            }
            agent
                .do_it("commentAdd", json!({"ticketId": id, "body": "For us.", "internal": true}), "comment { id }")
                .await;
        }
        made.push(id);
        desk.advance(7.0);
        if nth >= 4 && nth != 9 {
            ada.do_it("ticketClose", json!({"ticketId": made[nth - 4]}), "ticket { id }").await;
        }
        if nth == 8 {
            ada.do_it("ticketReopen", json!({"ticketId": made[2]}), "ticket { id }").await;
            ada.do_it("ticketReopen", json!({"ticketId": made[4]}), "ticket { id }").await;
            desk.advance(3.0);
            ada.do_it("ticketStatusChange", json!({"ticketId": made[4], "status": "in_progress"}), "ticket { id }")
                .await;
            ada.do_it("ticketClose", json!({"ticketId": made[4]}), "ticket { id }").await;
        }
    }
    Scene { ada, ann, ben, eve }
}

/// A ticket as its reader sees it: what every number is computed from again.
struct Seen {
    row: Value,
}

impl Seen {
    fn at(&self, field: &str) -> Option<i64> {
        self.row[field].as_str().map(|text| text.parse::<deskgraph::clock::Timestamp>().unwrap().0)
    }
    fn created(&self) -> i64 {
        self.at("createdAt").unwrap()
    }
    fn id(&self) -> String {
        self.row["id"].as_str().unwrap().to_owned()
    }
    fn open(&self) -> bool {
        !["RESOLVED", "CLOSED"].contains(&self.row["status"]["stage"].as_str().unwrap())
    }
    fn assignee(&self) -> Option<&str> {
        self.row["assignee"]["id"].as_str()
    }
    fn replies_by_staff(&self) -> usize {
        let comments = self.row["comments"]["nodes"].as_array().unwrap();
        let counts = |comment: &&Value| comment["internal"] == false && comment["author"]["role"] != "CUSTOMER";
        comments.iter().filter(counts).count()
    }
    fn clock(&self, target: &str) -> &str {
        let clocks = self.row["sla"]["clocks"].as_array().unwrap();
        clocks.iter().find(|clock| clock["target"] == target).unwrap()["state"].as_str().unwrap()
    }
}

/// Every ticket that somebody sees.
async fn all(person: &Person) -> Vec<Seen> {
    let document = "{ tickets(first: 50) { nodes { id createdAt firstRespondedAt resolvedAt closedAt dueAt reopenCount tags \
        category { key } assignee { id } status { stage } sla { clocks { target state } } \
        comments(first: 50) { nodes { internal author { role } } } } } }";
    let mut answer = person.run(document, json!({})).await;
    let rows = answer["tickets"]["nodes"].take();
    rows.as_array().unwrap().iter().cloned().map(|row| Seen { row }).collect()
}

/// Asserts that a number counts exactly the tickets that `rule` picks.
fn counts(what: &str, number: &Value, tickets: &[Seen], rule: impl Fn(&Seen) -> bool) {
    let mut expected: Vec<String> = tickets.iter().filter(|ticket| rule(ticket)).map(Seen::id).collect();
    let mut found = ids(&number["tickets"]["nodes"]);
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "{what}: {}", number["definition"]);
    assert_eq!(number["value"], expected.len(), "{what}: {number:#}");
    assert_eq!(number["tickets"]["totalCount"], number["value"], "{what}");
    assert!(number["definition"].as_str().unwrap().ends_with('.'), "{what}");
    assert!(number["asOf"].as_str().unwrap().contains('-'), "{what}");
}

/// Asserts that a duration is that of these times, in milliseconds.
fn lasts(what: &str, duration: &Value, mut times: Vec<i64>) {
    times.sort_unstable();
    assert!(!times.is_empty(), "{what} measures nothing: a poor test");
    let count = times.len();
    let hours = |ms: f64| ms / 3_600_000.0;
    let expected = [
        ("median", hours(times[count.div_ceil(2) - 1] as f64)),
        ("p90", hours(times[(count * 9).div_ceil(10) - 1] as f64)),
        ("mean", hours(times.iter().sum::<i64>() as f64 / count as f64)),
    ];
    for (name, value) in expected {
        let found = duration[name]["value"].as_f64().unwrap();
        assert!((found - value).abs() < 1e-9, "{what} {name}: {found}, not {value} of {times:?}");
        assert!(duration[name]["definition"].as_str().unwrap().len() > 20, "{what} {name}");
    }
    assert_eq!(duration["measured"]["value"], count, "{what}");
    assert_eq!(duration["measured"]["tickets"]["totalCount"], count, "{what}");
}
