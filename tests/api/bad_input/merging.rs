//! Fields that would become one field of the answer and ask for different things.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Desk, errors};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_that_cannot_be_merged_are_refused() {
    let desk = Desk::sqlite().await;
    let ada = desk.administrator().await;
    let id = ada.open_ticket("A ticket to ask for").await;
    let ask = async |document: &str| ada.answer(&document.replace("ID", &format!("\"{id}\"")), json!({})).await;
    for document in [
        // Beside each other.
        "{ ticket(id: ID) { a: title a: number } }",
        "{ ticket(id: ID) { id } ticket(id: \"tkt_01j00000000000000000000000\") { id } }",
        "{ ticket(id: ID) { comments(first: 1) { totalCount } comments(first: 2) { totalCount } } }",
        "{ ticket(id: ID) { comments { totalCount } comments(first: 2) { totalCount } } }",
        // In what is merged because it has one key.
        "{ ticket(id: ID) { a: title } ticket(id: ID) { a: number } }",
        "{ ticket(id: ID) { requester { a: name } } ticket(id: ID) { requester { a: id } } }",
        // Through fragments, on the same object, on an interface of it.
        "{ ticket(id: ID) { a: title ... on Ticket { a: number } } }",
        "{ ticket(id: ID) { ... on Ticket { a: title } ...more } } fragment more on Ticket { a: number }",
        "{ ticket(id: ID) { ...one ...two } } fragment one on Ticket { requester { a: name } } fragment two on Ticket { requester { a: id } }",
        "{ ticket(id: ID) { ...one } ticket(id: ID) { ...two } } fragment one on Ticket { a: title } fragment two on Ticket { a: number }",
        "{ node(id: ID) { a: id ... on Ticket { a: number } } }",
        "{ node(id: ID) { ... on Node { a: id } ... on Ticket { a: number } } }",
        "{ node(id: ID) { ... on Ticket { requester { a: id } } ... on Person { id } ... on Ticket { requester { a: name } } } }",
        // In an operation that is not the one that runs.
        "query run { ticket(id: ID) { id } } query other { ticket(id: ID) { a: title } ticket(id: ID) { a: number } }",
        // Leaves, and what is none.
        "{ __typename { a } }",
        "{ ticket(id: ID) { __typename { a } } }",
        "{ ticket(id: ID) { ...more } } fragment more on Ticket { __typename { a } }",
        "{ __typename(a: 1) }",
        "{ ticket(id: ID) { title { a } } }",
        "{ ticket(id: ID) { requester } }",
        "{ __schema }",
        "{ __type(name: \"Ticket\") }",
    ] {
        let answer = match document.starts_with("query run") {
            true => {
                let body = json!({"query": document.replace("ID", &format!("\"{id}\"")), "operationName": "run"});
                let request = reqwest::Client::new().post(format!("{}/graphql", desk.url)).json(&body);
                request.send().await.unwrap().json().await.unwrap()
            }
            false => ask(document).await,
        };
        assert_eq!(errors(&answer)[..1], ["GRAPHQL_VALIDATION_FAILED"], "{document}\n{answer:#}");
        assert!(answer["errors"][0]["locations"][0]["line"].is_number(), "{answer:#}");
        assert!(answer.get("data").is_none(), "{answer:#}");
    }
    for (document, expected) in [
        ("{ ticket(id: ID) { a: title a: title } }", json!({"ticket": {"a": "A ticket to ask for"}})),
        (
            "{ ticket(id: ID) { a: title } ticket(id: ID) { b: title } }",
            json!({"ticket": {"a": "A ticket to ask for", "b": "A ticket to ask for"}}),
        ),
        (
            "{ node(id: ID) { ... on Ticket { a: title } ... on Person { a: name } ...more } } fragment more on Ticket { a: title }",
            json!({"node": {"a": "A ticket to ask for"}}),
        ),
        (
            "{ ticket(id: ID) { requester { a: name } ... on Ticket { requester { a: name __typename } } } }",
            json!({"ticket": {"requester": {"a": "Administrator", "__typename": "Person"}}}),
        ),
        ("{ ticket(id: ID) { t: title @skip(if: true) t: title } }", json!({"ticket": {"t": "A ticket to ask for"}})),
    ] {
        let answer = ask(document).await;
        assert_eq!(answer["data"], expected, "{document}\n{answer:#}");
    }
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_for_conflicts_takes_no_time_to_speak_of() {
    let desk = Desk::sqlite().await;
    let ada = desk.administrator().await;
    // As many fields of one key as a document may have, flat and below each other; and many objects beside one field.
    let flat = format!("{{ {} }}", "__typename ".repeat(1_900));
    let deep = format!("{{ {} }}", "viewer { person { id name } } ".repeat(200));
    let ons = ["Ticket", "Person", "Article", "Faq", "Team", "Organization", "Comment"];
    let nested = |depth: usize| {
        let mut text = "id".to_owned();
        for _ in 0..depth {
            let each: String = ons.iter().map(|on| format!("... on {on} {{ id }} ")).collect();
            text = format!("requester {{ {text} {each} }}");
        }
        format!("{{ tickets(first: 1) {{ nodes {{ {text} }} }} }}")
    };
    let mut spreads = "{ ...f0 }".to_owned();
    for nth in 0..10 {
        spreads.push_str(&format!(" fragment f{nth} on Query {{ ...f{0} ...f{0} }}", nth + 1));
    }
    spreads.push_str(" fragment f10 on Query { viewer { role } }");
    for document in [flat, deep, nested(8), spreads] {
        let began = Instant::now();
        let answer = ada.answer(&document, json!({})).await;
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}: {document}", began.elapsed());
        assert!(answer.is_object());
    }
    desk.stop().await;
}
