//! The five desks of the documents: each walked in its document's order, as its clients would.

mod airline;
mod astrology;
mod changing;
mod every;
mod helpdesk;
mod isp;
mod superapp;

use std::collections::{BTreeMap, VecDeque};

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
        "superapp" => {
            json!({"description": "Payment was charged twice", "category": "PAYMENT_ISSUE",
            "fields": [{"key": "service_type", "value": "ride"}]})
        }
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

/// What opens a ticket for this person: where a desk demands something of theirs and a contact that is sure, they have both from now on.
pub async fn wanted_by(person: &Person, profile: &str) -> Value {
    let mut input = wanted(profile);
    let (kind, fields) = match profile {
        "airline" => ("booking", ["flight", "status"]),
        "superapp" => ("ride", ["pickup_location", "dropoff_location"]),
        _ => return input,
    };
    let ada = person.administrator().await;
    ada.do_it("personUpdate", json!({"personId": person.id, "emailVerified": true}), "person { id }").await;
    let fields = fields.map(|key| json!({"key": key, "value": "something"}));
    let (id, owner) = (format!("of-{}", person.id), json!({"personId": person.id}));
    let told = json!({"kind": kind, "externalId": id, "owner": owner, "fields": fields});
    ada.do_it("referenceUpsert", told, "reference { id }").await;
    input["reference"] = json!({"kind": kind, "externalId": id});
    input
}

/// Opens a ticket and answers what is asked of it.
pub async fn opened(person: &Person, profile: &str, selection: &str) -> Value {
    let input = wanted_by(person, profile).await;
    person.do_it("ticketCreate", input, &format!("ticket {{ {selection} }}")).await["ticket"].take()
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

/// The first status, and the moves from each, as `workflow` shows them, for staff.
pub async fn transitions(person: &Person) -> (String, BTreeMap<String, Vec<String>>) {
    let document = "{ workflow { initialStatus { key } statuses { key } transitions { from { key } to { key } by } } }";
    let workflow = person.run(document, json!({})).await["workflow"].take();
    let mut table: BTreeMap<String, Vec<String>> =
        keys(&workflow["statuses"]).into_iter().map(|key| (key.to_owned(), Vec::new())).collect();
    for step in workflow["transitions"].as_array().unwrap().iter().filter(|step| step["by"] != "CUSTOMERS") {
        let text = |end: &str| step[end]["key"].as_str().unwrap().to_owned();
        table.get_mut(&text("from")).unwrap().push(text("to"));
    }
    (workflow["initialStatus"]["key"].as_str().unwrap().to_owned(), table)
}

/// The shortest way from one status to another.
pub fn way(table: &BTreeMap<String, Vec<String>>, from: &str, to: &str) -> Vec<String> {
    let mut ways = VecDeque::from([vec![from.to_owned()]]);
    while let Some(way) = ways.pop_front() {
        let last = way.last().unwrap();
        if last == to {
            return way[1..].to_vec();
        }
        ways.extend(table[last].iter().filter(|next| !way.contains(next)).map(|next| {
            let mut longer = way.clone();
            longer.push(next.clone());
            longer
        }));
    }
    panic!("no way from {from} to {to}");
}
