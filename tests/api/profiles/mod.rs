//! The five desks of the documents: each walked in its document's order, as its clients would.

mod airline;
mod astrology;
mod changing;
mod every;
mod helpdesk;
mod isp;
mod superapp;

use serde_json::{Value, json};

use crate::harness::Person;

/// The five.
pub const ALL: [&str; 5] = ["airline", "isp", "superapp", "astrology", "helpdesk"];

/// What opens a ticket at a desk: each document's own example, as far as it has one.
pub fn wanted(profile: &str) -> Value {
    match profile {
        "airline" => json!({"title": "Payment failed"}),
        "isp" => {
            json!({"title": "No connection", "description": "The modem blinks red since this morning.", "category": "outage_report"})
        }
        "superapp" => json!({"description": "Payment was charged twice", "category": "PAYMENT_ISSUE"}),
        "astrology" => {
            json!({"title": "Cannot update my availability", "category": "calendar_problems", "priority": "high",
            "description": "When I try to add availability, I get a 403 error"})
        }
        _ => {
            json!({"title": "Cannot login to account", "description": "I am unable to login since yesterday. Tried password reset.",
            "priority": "high", "category": "technical"})
        }
    }
}

/// Opens a ticket and answers what is asked of it.
pub async fn opened(person: &Person, profile: &str, selection: &str) -> Value {
    person.do_it("ticketCreate", wanted(profile), &format!("ticket {{ {selection} }}")).await["ticket"].take()
}

/// Opens a ticket and answers its id.
pub async fn open(person: &Person, profile: &str) -> Value {
    opened(person, profile, "id").await["id"].take()
}

/// Moves a ticket.
pub async fn moved(person: &Person, ticket: &Value, status: &str) {
    person.do_it("ticketStatusChange", json!({"ticketId": ticket, "status": status}), "ticket { id }").await;
}

/// The key of a ticket's status.
pub async fn status(person: &Person, ticket: &Value) -> String {
    let document = "query($id: ID!) { ticket(id: $id) { status { key } } }";
    let shown = person.run(document, json!({"id": ticket})).await;
    shown["ticket"]["status"]["key"].as_str().unwrap().to_owned()
}

/// Keys of a list.
pub fn keys(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["key"].as_str().unwrap()).collect()
}
