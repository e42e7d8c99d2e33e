//! Clients that hang up in the middle of a mutation.

use serde_json::json;

use super::{answers, tickets};
use crate::desk_test;
use crate::harness::post;

desk_test! {
    // Promise 2: all or nothing, even if you hang up mid-request.
    async fn a_client_that_hangs_up_leaves_all_or_nothing(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let ada = desk.administrator().await;
        let input = |nth: usize| json!({"title": format!("Sent and gone {nth}"), "description": "Nobody waits for the answer.", "tags": ["gone"], "idempotencyKey": format!("key-{nth}")});
        let create = "mutation($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } userErrors { code } } }";
        let headers = format!("content-type: application/json\r\nauthorization: Bearer {}\r\n", ann.token.clone().unwrap());
        for nth in 0..50 {
            let request = post(&headers, json!({"query": create, "variables": {"input": input(nth)}}).to_string().as_bytes());
            let mut raw = desk.raw().await;
            // Every tenth breaks off inside the body; the others are sent whole, and nobody waits.
            let end = if nth % 10 == 9 { request.len() - 20 } else { request.len() };
            raw.send(&request[..end]).await;
        }
        answers(desk).await;
        // The same keys again: each waits for the first of its key, if that still runs, and has no second effect.
        for nth in 0..50 {
            ann.do_it("ticketCreate", input(nth), "ticket { id number }").await;
        }
        assert_eq!(tickets(desk, &ada).await, (50, 50));
        // Each is whole: with its event, its tag, its deadlines, a number of its own.
        let data = ada.run("{ tickets(first: 100) { nodes { id number tags sla { clocks { target } } history(first: 5) { nodes { kind } } } } }", json!({})).await;
        let nodes = data["tickets"]["nodes"].as_array().unwrap();
        let mut numbers: Vec<&str> = nodes.iter().map(|node| node["number"].as_str().unwrap()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 50);
        for node in nodes {
            assert_eq!(node["tags"], json!(["gone"]), "{node}");
            assert_eq!(node["sla"]["clocks"].as_array().unwrap().len(), 2, "{node}");
            assert_eq!(node["history"]["nodes"], json!([{"kind": "CREATED"}]), "{node}");
        }
        let events = desk.log().await.events;
        let mut about: Vec<_> = events.iter().filter(|(_, kind, _)| kind == "ticket.created").map(|(.., ticket)| *ticket).collect();
        about.sort_unstable();
        about.dedup();
        assert_eq!(about.len(), 50);
    }
}
