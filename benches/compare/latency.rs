//! How long people wait for what nothing is compared with: the dashboard of staff, trends, suggestions, completions.

use std::time::Duration;

use anyhow::ensure;
use serde_json::{Value, json};

use super::place::Place;
use super::process::Server;
use super::report::Line;
use super::{Arguments, client};

/// Everything that a wall in the support room shows of the last 30 days.
const DASHBOARD: &str = "{ metrics { asOf \
    dashboard { open { value } unassigned { value } waiting { value } overdue { value } received { value } resolved { value } } \
    performance { received { value } resolved { value } closed { value } answered { value } reopened { value } firstContactResolution { value } } \
    responseTimes { firstResponse { median { value } p90 { value } mean { value } } resolution { median { value } p90 { value } mean { value } } } \
    sla { target compliance { value } breached { value } pending { value } } \
    satisfaction { average { value } good { value } responseRate { value } byScore { score count { value } } } \
    escalations { escalated { value } rate { value } automatic { value } } \
    workload(first: 10) { byAgent { agent { name } open { value } overdue { value } } byTeam { team { name } open { value } } unassigned { value } } \
    volume(interval: DAY) { startsAt received { value } resolved { value } } } }";

const TRENDS: &str = "{ metrics { trending { categories { category { key } count { value } before { value } } \
    tags { tag count { value } before { value } } } } }";

const SUGGEST: &str = "query($draft: SuggestDraft!) { suggest(draft: $draft) { articles { id title } faqs { id question } \
    similarTickets { id number title status { key } } category { category { key } confidence } priority { priority { key } confidence } } }";

const COMPLETE: &str = "query($prefix: String!) { complete(prefix: $prefix) { text node { __typename ... on Ticket { id number } ... on Article { id slug } } } }";

/// How often each is asked before it counts.
const WARM: f64 = 0.5;

/// The cases: a name, a document with its variables, and how many milliseconds 99 of 100 answers may take.
fn cases() -> [(&'static str, Value, f64); 4] {
    let draft = json!({"title": "The printer prints only the first page", "description": "It stops after the first page of an invoice."});
    [
        ("dashboard", json!({"query": DASHBOARD}), 100.0),
        ("trends", json!({"query": TRENDS}), 250.0),
        ("suggest", json!({"query": SUGGEST, "variables": {"draft": draft}}), 100.0),
        ("complete", json!({"query": COMPLETE, "variables": {"prefix": "printer inv"}}), 50.0),
    ]
}

/// Asks one after the other, over one connection.
pub async fn measure(arguments: &Arguments, desk: &Server, token: &str, place: &Place) -> anyhow::Result<()> {
    println!("{}", Line::HEAD_ALONE);
    for (name, body, goal) in cases() {
        if !arguments.cases.is_empty() && !arguments.cases.iter().any(|wanted| wanted == name) {
            continue;
        }
        let answer = client::ask(desk.address, "/graphql", token, &body).await?;
        ensure!(answer.get("errors").is_none(), "{name} at {:?}: {answer}", place.kind);
        let statements = answer["extensions"]["cost"]["sqlStatements"].as_i64().unwrap_or(-1);
        client::drive(desk.address, "/graphql", token, &body, 1, Duration::from_secs_f64(WARM)).await?;
        let mut line = Line::default();
        for _ in 0..arguments.rounds {
            let cpu = desk.cpu_us();
            let length = Duration::from_secs_f64(arguments.seconds);
            let times = client::drive(desk.address, "/graphql", token, &body, 1, length).await?;
            line.add(times, desk.cpu_us() - cpu);
        }
        line.print_alone(name, statements, Some(goal));
    }
    Ok(())
}
