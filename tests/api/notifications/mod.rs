//! What people are told: in their inboxes, by mail, by text message.

mod inbox;
mod sending;
mod telling;
mod watching;

use serde_json::{Value, json};

use crate::harness::Person;

/// What somebody's inbox says, newest first.
pub async fn texts(person: &Person) -> Vec<String> {
    let inbox = person.run("{ notifications { nodes { text } } }", json!({})).await;
    let nodes = inbox["notifications"]["nodes"].as_array().unwrap().clone();
    nodes.iter().map(|node| node["text"].as_str().unwrap().to_owned()).collect()
}

/// The kinds in somebody's inbox, newest first.
pub async fn kinds(person: &Person) -> Vec<String> {
    let inbox = person.run("{ notifications { nodes { kind } } }", json!({})).await;
    let nodes = inbox["notifications"]["nodes"].as_array().unwrap().clone();
    nodes.iter().map(|node| node["kind"].as_str().unwrap().to_owned()).collect()
}

/// Gives somebody a telephone number that is known to be theirs.
pub async fn with_phone(administrator: &Person, name: &str, phone: &str) -> Value {
    let input = json!({"name": name, "email": format!("{}@desk.test", name.to_lowercase()), "phone": phone, "role": "CUSTOMER"});
    let made = administrator.do_it("personCreate", input, "person { id }").await["person"]["id"].take();
    let input = json!({"personId": made, "phoneVerified": true});
    administrator.do_it("personUpdate", input, "person { phoneVerified }").await;
    made
}
