//! Travellers and their bookings: the profile `airline`, seed 000.

use serde_json::{Value, json};

use super::{external, known, look, refused, source, tell};
use crate::desk_test;
use crate::harness::{Desk, Person, errors, ids};

fn booking(id: &str, owner: &str) -> Value {
    json!({"kind": "booking", "externalId": id, "owner": external(owner),
        "fields": [{"key": "flight", "value": "LH 400"}, {"key": "status", "value": "CONFIRMED"}]})
}

fn issue(id: &str) -> Value {
    json!({"title": "Payment failed", "reference": {"kind": "booking", "externalId": id}})
}

/// Mia with her booking B789, Noah with B790.
async fn travellers(desk: &Desk) -> (Person, Person, Person) {
    let core = source(desk).await;
    let mia = known(desk, &core, "U456", true).await;
    let noah = known(desk, &core, "U457", true).await;
    tell(&core, booking("B789", "U456")).await;
    tell(&core, booking("B790", "U457")).await;
    (core, mia, noah)
}

desk_test! {
    // S0-6, S0-9, S0-10, S0-22, S0-26, S0-37, S0-38, S0-39, S0-40, S0-41, S0-42
    async fn from_the_booking_dashboard_to_a_ticket(desk: &Desk) on "airline" {
        let (_, mia, _) = travellers(desk).await;
        // S0-26: accessSupport(bookingId), the dashboard's door.
        let door = look(&mia, "booking", "B789").await;
        assert_eq!(door["kind"], json!({"key": "booking", "name": "Booking"}));
        assert_eq!(door["fields"], json!([{"key": "flight", "name": "Flight", "value": "LH 400"}, {"key": "status", "name": "Status", "value": "CONFIRMED"}]));
        assert_eq!(door["owner"]["id"], mia.id.as_str());
        assert_eq!(door["actions"], json!([{"name": "CREATE_TICKET", "allowed": true, "reason": null}]));
        assert_eq!(door["tickets"]["totalCount"], 0);
        // S0-9, S0-10, S0-22: {bookingId, userId, issue} gives a ticket that is open.
        let selection = "ticket { id number title status { key } requester { id name email phone } \
            reference { id externalId owner { id } status fields { value } } createdAt updatedAt assignee { id } }";
        let made = mia.do_it("ticketCreate", issue("B789"), selection).await["ticket"].take();
        assert_eq!((&made["title"], &made["status"]["key"]), (&json!("Payment failed"), &json!("OPEN")));
        assert_eq!((&made["reference"]["id"], &made["reference"]["externalId"]), (&door["id"], &json!("B789")));
        assert_eq!(made["requester"]["email"], "u456@home.test");
        // S0-38: a booking has many tickets, seen from the booking.
        mia.do_it("ticketCreate", issue("B789"), "ticket { id }").await;
        let door = look(&mia, "booking", "B789").await;
        assert_eq!(door["tickets"]["totalCount"], 2);
        let found = mia.run("query($id: ID!) { node(id: $id) { ... on Reference { externalId } } references { totalCount nodes { externalId owner { id } } } }", json!({"id": door["id"]})).await;
        assert_eq!(found["node"]["externalId"], "B789");
        assert_eq!(found["references"]["nodes"], json!([{"externalId": "B789", "owner": {"id": mia.id}}]));
    }
}

desk_test! {
    // S0-11, S0-18, S0-31, S0-46: a booking that is not there and one that is somebody else's look the same.
    async fn an_invalid_booking_opens_nothing(desk: &Desk) on "airline" {
        let (_, mia, _) = travellers(desk).await;
        let none = refused(&mia, issue("B000")).await;
        let others = refused(&mia, issue("B790")).await;
        assert_eq!(none, others);
        assert_eq!(none["code"], "REFERENCE_INVALID");
        assert_eq!((&none["alias"], &none["message"]), (&json!("InvalidBookingException"), &json!("Invalid booking")));
        assert_eq!(none["field"], json!(["reference", "externalId"]));
        // None named, and a kind that the desk does not know.
        let missing = refused(&mia, json!({"title": "Payment failed"})).await;
        assert_eq!((&missing["code"], &missing["field"]), (&json!("REFERENCE_INVALID"), &json!(["reference"])));
        assert_eq!(missing["message"], "Invalid booking");
        let odd = refused(&mia, json!({"title": "Payment failed", "reference": {"kind": "ride", "externalId": "B789"}})).await;
        assert_eq!((&odd["code"], &odd["field"]), (&json!("REFERENCE_INVALID"), &json!(["reference", "kind"])));
        let tickets = mia.run("{ tickets { totalCount } }", json!({})).await;
        assert_eq!(tickets["tickets"]["totalCount"], 0);
    }
}

desk_test! {
    // S0-19, S0-27, S0-30, S0-32: nobody is served whose contact is not verified.
    async fn an_unverified_contact_opens_nothing(desk: &Desk) on "airline" {
        let core = source(desk).await;
        let eve = known(desk, &core, "U458", false).await;
        tell(&core, booking("B791", "U458")).await;
        let error = refused(&eve, issue("B791")).await;
        assert_eq!(error["code"], "CONTACT_UNVERIFIED");
        assert_eq!((&error["alias"], &error["message"]), (&json!("UserVerificationException"), &json!("User contact info invalid")));
        let door = look(&eve, "booking", "B791").await;
        assert_eq!(door["actions"][0]["allowed"], false);
        assert!(door["actions"][0]["reason"].as_str().unwrap().contains("verified"), "{door}");
        // S0-27: verifyContactInfo; somebody who may vouches for it, then it goes.
        assert_eq!(eve.run("{ viewer { person { emailVerified } } }", json!({})).await["viewer"]["person"]["emailVerified"], false);
        assert_eq!(eve.refused("personUpdate", json!({"personId": eve.id, "emailVerified": true})).await["code"], "FORBIDDEN");
        let ada = desk.administrator().await;
        let sure = ada.do_it("personUpdate", json!({"personId": eve.id, "emailVerified": true}), "person { emailVerified phoneVerified }").await;
        assert_eq!(sure["person"], json!({"emailVerified": true, "phoneVerified": null}));
        assert_eq!(look(&eve, "booking", "B791").await["actions"][0]["allowed"], true);
        eve.do_it("ticketCreate", issue("B791"), "ticket { id }").await;
        // S4-86 on this desk: nobody is made known by an address that nobody has verified.
        let ben = desk.agent("Ben").await;
        let mut unknown = issue("B791");
        unknown["requesterEmail"] = json!("new@elsewhere.test");
        assert_eq!(refused(&ben, unknown).await["message"], "Invalid booking");
        let people = ada.run("{ people(filter: {email: \"new@elsewhere.test\"}) { totalCount } }", json!({})).await;
        assert_eq!(people["people"]["totalCount"], 0);
    }
}

desk_test! {
    // S0-46, S0-47: only the owner of a booking opens and sees its tickets; agents see them all.
    async fn only_the_owner_sees_a_booking_and_its_tickets(desk: &Desk) on "airline" {
        let (core, mia, noah) = travellers(desk).await;
        let ben = desk.agent("Ben").await;
        let ticket = mia.do_it("ticketCreate", issue("B789"), "ticket { id }").await["ticket"]["id"].take();
        for (person, seen) in [(&mia, true), (&noah, false), (&ben, true)] {
            let read = person.run("query($id: ID!) { ticket(id: $id) { reference { externalId } } }", json!({"id": ticket})).await;
            assert_eq!(read["ticket"].is_object(), seen);
            assert_eq!(look(person, "booking", "B789").await.is_object(), seen);
        }
        assert_eq!(look(&noah, "booking", "B000").await, json!(null));
        let strange = desk.stranger().answer("{ reference(kind: \"booking\", externalId: \"B789\") { id } }", json!({})).await;
        assert_eq!(errors(&strange), ["UNAUTHENTICATED"]);
        // An agent opens one for whoever calls; the booking must be the caller's.
        let mut call = issue("B789");
        call["requesterId"] = json!(mia.id);
        let made = ben.do_it("ticketCreate", call.clone(), "ticket { requester { id } createdBy { id } }").await;
        assert_eq!((&made["ticket"]["requester"]["id"], &made["ticket"]["createdBy"]["id"]), (&json!(mia.id), &json!(ben.id)));
        call["requesterId"] = json!(noah.id);
        assert_eq!(refused(&ben, call).await["alias"], "InvalidBookingException");
        let mut by_system = issue("B790");
        by_system["requesterExternal"] = json!({"source": "core", "externalId": "U457"});
        let made = ben.do_it("ticketCreate", by_system, "ticket { requester { id } }").await;
        assert_eq!(made["ticket"]["requester"]["id"], noah.id.as_str());
        // The booking goes to somebody else: so does the sight of it. What was written stays its writer's.
        tell(&core, json!({"kind": "booking", "externalId": "B789", "owner": external("U457")})).await;
        assert_eq!(look(&mia, "booking", "B789").await, json!(null));
        let read = mia.run("query($id: ID!) { ticket(id: $id) { id reference { id } } }", json!({"id": ticket})).await;
        assert_eq!((&read["ticket"]["id"], &read["ticket"]["reference"]), (&ticket, &json!(null)));
        let theirs = look(&noah, "booking", "B789").await;
        assert_eq!((&theirs["owner"]["id"], &theirs["tickets"]["totalCount"]), (&json!(noah.id), &json!(0)));
        assert_eq!(refused(&mia, issue("B789")).await["message"], "Invalid booking");
    }
}

desk_test! {
    // S4-11, S0-38: staff find tickets by the booking, in lists and in search.
    async fn tickets_are_found_by_what_they_are_about(desk: &Desk) on "airline" {
        let (_, mia, noah) = travellers(desk).await;
        let ben = desk.agent("Ben").await;
        let first = mia.do_it("ticketCreate", issue("B789"), "ticket { id }").await["ticket"]["id"].take();
        let made = noah.do_it("ticketCreate", issue("B790"), "ticket { id }").await;
        let second = made["ticket"]["id"].clone();
        let by = "query($filter: TicketFilter) { tickets(filter: $filter) { nodes { id reference { externalId } } } }";
        for (filter, expected) in [
            (json!({"reference": [{"kind": "booking", "externalId": "B789"}]}), vec![first.clone()]),
            (json!({"reference": [{"kind": "booking", "externalId": "B789"}, {"kind": "booking", "externalId": "B790"}]}), vec![second.clone(), first.clone()]),
            (json!({"reference": []}), vec![]),
            (json!({"referenceKind": ["booking"]}), vec![second.clone(), first.clone()]),
            (json!({"not": {"reference": [{"kind": "booking", "externalId": "B789"}]}}), vec![second.clone()]),
        ] {
            let list = ben.run(by, json!({"filter": filter})).await;
            assert_eq!(json!(ids(&list["tickets"]["nodes"])), json!(expected), "{filter}");
        }
        let odd = ben.answer(by, json!({"filter": {"referenceKind": ["ride"]}})).await;
        assert_eq!(errors(&odd), ["BAD_USER_INPUT"]);
        // Whoever is not theirs finds nothing by it.
        let list = mia.run(by, json!({"filter": {"reference": [{"kind": "booking", "externalId": "B790"}]}})).await;
        assert_eq!(list["tickets"]["nodes"], json!([]));
        let search = "query($cursor: EventCursor) { search(query: \"B789\", kinds: [TICKET], consistentWith: $cursor) { hits { node { ... on Ticket { id } } } } }";
        let cursor = json!({"cursor": made["eventCursor"]});
        let hits = ben.run(search, cursor.clone()).await["search"]["hits"].take();
        assert_eq!(hits, json!([{"node": {"id": first}}]));
        assert_eq!(noah.run(search, cursor).await["search"]["hits"], json!([]));
    }
}
