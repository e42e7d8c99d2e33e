//! Service levels: what is promised, how it is counted, and what the desk says by itself when a promise is about to be broken.

mod calendar;
mod firings;
mod promises;
mod standing;

use serde_json::{Value, json};

use crate::harness::{Desk, Person, eventually};

/// Opens a ticket of a priority and answers its id.
pub async fn opened(person: &Person, priority: &str) -> String {
    let input =
        json!({"title": "How long will it take?", "description": "I would like to know.", "priority": priority});
    person.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].as_str().unwrap().to_owned()
}

/// The service level of a ticket, with everything that can be asked of it.
pub async fn sla(person: &Person, id: &str) -> Value {
    let document = "query($id: ID!) { ticket(id: $id) { createdAt sla { breached breachRisk nextEscalationAt clocks { target state deadline \
        startedAt goalHours countedHours segments { fromAt toAt kind because status { key } hours } } } } }";
    person.run(document, json!({"id": id})).await["ticket"].take()
}

/// Milliseconds of a time as clients see it.
pub fn ms(value: &Value) -> i64 {
    value.as_str().unwrap_or_else(|| panic!("{value} is no time")).parse::<deskgraph::clock::Timestamp>().unwrap().0
}

/// What the clocks said of a ticket, in the order of the log: kind, target, percent or level.
pub async fn said(person: &Person, id: &str) -> Vec<Value> {
    let document = "query($id: ID!) { ticket(id: $id) { history(first: 100) { nodes { kind occurredAt actorKind \
        ... on SlaWarnedEvent { target percent deadline } ... on SlaBreachedEvent { target deadline } \
        ... on TicketEscalatedEvent { level { key } levelBefore { key } automatic } } } } }";
    let answer = person.run(document, json!({"id": id})).await;
    let nodes = answer["ticket"]["history"]["nodes"].as_array().unwrap().clone();
    nodes
        .into_iter()
        .filter(|node| ["SLA_WARNED", "SLA_BREACHED", "ESCALATED"].contains(&node["kind"].as_str().unwrap()))
        .collect()
}

/// The same in short: `SLA_WARNED RESOLUTION 75`.
pub fn short(said: &[Value]) -> Vec<String> {
    let word = |node: &Value, path: &str| match node.pointer(path) {
        Some(Value::String(text)) => format!(" {text}"),
        Some(Value::Number(number)) => format!(" {number}"),
        _ => String::new(),
    };
    said.iter()
        .map(|node| {
            let kind = node["kind"].as_str().unwrap();
            format!("{kind}{}{}{}", word(node, "/target"), word(node, "/percent"), word(node, "/level/key"))
        })
        .collect()
}

/// Waits until the clocks of a ticket have said so much, and answers it.
pub async fn until_said(person: &Person, id: &str, count: usize) -> Vec<Value> {
    eventually("what the clocks have to say", async || said(person, id).await.len() >= count).await;
    said(person, id).await
}

/// A desk of this profile, on both databases one after the other.
pub async fn with_profile(profile: &str, test: impl AsyncFn(&mut Desk)) {
    let mut desk = Desk::with(|config| config.profile = profile.to_owned()).await;
    test(&mut desk).await;
    desk.stop().await;
    if let Some(mut desk) = Desk::postgres_with(|config| config.profile = profile.to_owned()).await {
        test(&mut desk).await;
        desk.stop().await;
    }
}

/// A profile like a built-in one, with some lines replaced, in a file of its own.
pub fn changed(profile: &str, changes: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let mut text = deskgraph::profile::Profile::text_of(profile).unwrap().to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{profile} has no {from:?}");
        text = text.replacen(from, to, 1);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}
