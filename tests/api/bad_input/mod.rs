//! Bad input, hostile input, broken clients: each is told clearly what is wrong, nothing is half-written, and everybody else goes on.

mod documents;
mod forms;
mod hang_ups;
mod ids;
mod known;
mod merging;
mod renewal;
mod shapes;
mod texts;
mod wire;

use serde_json::{Value, json};

use crate::harness::{Desk, Person, errors};

/// Asserts that the request was refused with exactly this code, a message and a way out, and that nothing of the inside is told.
fn refused(answer: &Value, code: &str) {
    assert_eq!(errors(answer), [code], "{answer:#}");
    let error = &answer["errors"][0];
    let said = |text: &Value| text.as_str().is_some_and(|text| text.len() > 5);
    assert!(said(&error["message"]) && said(&error["extensions"]["hint"]), "{answer:#}");
    assert!(said(&error["extensions"]["requestId"]), "{answer:#}");
}

/// Asserts that the desk answers others.
async fn answers(desk: &Desk) {
    assert_eq!(desk.stranger().run("{ __typename }", json!({})).await, json!({"__typename": "Query"}));
}

/// How many tickets there are, and events about them.
async fn tickets(desk: &Desk, ada: &Person) -> (i64, usize) {
    let count = ada.run("{ tickets { totalCount } }", json!({})).await["tickets"]["totalCount"].as_i64().unwrap();
    let events = desk.log().await.events;
    (count, events.iter().filter(|(_, kind, _)| kind == "ticket.created").count())
}
