//! Tickets that belong together: merged into one another, linked, deleted and brought back.

mod deleting;
mod following;
mod links;
mod racing;
mod reading;
mod refusals;
mod undoing;

use serde_json::{Value, json};

use crate::harness::Person;

/// What is asked of a ticket to see what is read at it.
const THREAD: &str = "query($id: ID!) { ticket(id: $id) { number mergedAt mergedInto { id } mergedTickets { totalCount nodes { id } } \
    participants { name } status { key stage } resolvedAt closedAt closeReason { key } reopenCount version commentCount \
    lastComment { body } messageCounts { total customer staff } unreadCount \
    comments { totalCount nodes { id body internal ticket { id } via { id } } } attachments { totalCount nodes { fileName } } } }";

async fn thread(person: &Person, id: &str) -> Value {
    person.run(THREAD, json!({"id": id})).await["ticket"].take()
}

/// The words of a thread, in its order.
fn said(thread: &Value) -> Vec<&str> {
    let nodes = thread["comments"]["nodes"].as_array().unwrap();
    let words: Vec<&str> = nodes.iter().map(|node| node["body"].as_str().unwrap()).collect();
    // Every number says the same.
    assert_eq!(thread["comments"]["totalCount"], words.len(), "{thread:#}");
    assert_eq!(thread["commentCount"], words.len(), "{thread:#}");
    assert_eq!(thread["messageCounts"]["total"], words.len(), "{thread:#}");
    assert_eq!(thread["lastComment"]["body"].as_str(), words.last().copied(), "{thread:#}");
    words
}

async fn say(person: &Person, ticket: &str, body: &str) -> Value {
    person
        .do_it("commentAdd", json!({"ticketId": ticket, "body": body}), "comment { id } notices { code message }")
        .await
}

async fn note(person: &Person, ticket: &str, body: &str) {
    person.do_it("commentAdd", json!({"ticketId": ticket, "body": body, "internal": true}), "comment { id }").await;
}

async fn merge(person: &Person, ticket: &str, into: &str) -> Value {
    let input = json!({"ticketId": ticket, "intoId": into});
    person.do_it("ticketMerge", input, "ticket { id version } notices { code message }").await
}

async fn unmerge(person: &Person, ticket: &str) -> Value {
    person.do_it("ticketUnmerge", json!({"ticketId": ticket}), "ticket { id }").await
}

/// The codes of the notices of a payload.
fn notices(payload: &Value) -> Vec<&str> {
    payload["notices"].as_array().unwrap().iter().map(|notice| notice["code"].as_str().unwrap()).collect()
}
