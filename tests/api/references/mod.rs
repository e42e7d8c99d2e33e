//! What tickets are about outside the desk: bookings, services, rides, as the systems around the desk tell of them.

mod airline;
mod isp;
mod shared;
mod superapp;
mod upserts;

use serde_json::{Value, json};

use crate::harness::{Desk, FIRST_PASSWORD, Person};

/// The scopes of a system that knows customers and what is theirs.
const SYNC: [&str; 5] = ["PERSON_MANAGE", "PERSON_VIEW", "REFERENCE_WRITE", "REFERENCE_VIEW", "TICKET_VIEW"];

/// The system that knows customers and what is theirs.
async fn source(desk: &Desk) -> Person {
    desk.service("Source", &SYNC).await
}

/// A customer whom `source` knows as `id`, with an address that it vouches for or not; signed in.
async fn known(desk: &Desk, source: &Person, id: &str, verified: bool) -> Person {
    let email = format!("{}@home.test", id.to_lowercase());
    let input = json!({"source": "core", "externalId": id, "name": id, "email": email, "emailVerified": verified});
    let person = source.do_it("personUpsert", input, "person { id }").await["person"]["id"].take();
    let ada = desk.administrator().await;
    ada.do_it("passwordSet", json!({"personId": person, "password": FIRST_PASSWORD}), "person { id }").await;
    let person = desk.sign_in(&email, FIRST_PASSWORD).await;
    person.make_password_own().await;
    person
}

/// Who somebody is to the system that knows them.
fn external(id: &str) -> Value {
    json!({"external": {"source": "core", "externalId": id}})
}

/// Tells the desk of a reference.
async fn tell(source: &Person, input: Value) -> Value {
    let selection = "reference { id externalId version status kind { key } owner { id } participants { id } }";
    source.do_it("referenceUpsert", input, selection).await["reference"].take()
}

/// A reference as somebody sees it.
async fn look(person: &Person, kind: &str, id: &str) -> Value {
    let document = "query($kind: String!, $id: String!) { reference(kind: $kind, externalId: $id) { id kind { key name } externalId \
        status version fields { key name value } owner { id name } participants { id name } \
        tickets { totalCount nodes { id } } actions { name allowed reason } } }";
    person.run(document, json!({"kind": kind, "id": id})).await["reference"].take()
}

/// The one user error of a ticket that is refused, with the desk's own name for it.
async fn refused(person: &Person, input: Value) -> Value {
    let document = "mutation($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } \
        userErrors { code message alias field hint } } }";
    let mut payload = person.run(document, json!({"input": input})).await;
    let errors = payload["ticketCreate"]["userErrors"].take();
    assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
    errors[0].clone()
}
