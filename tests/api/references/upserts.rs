//! How systems tell the desk of references: once, again, changed, wrongly; and who may.

use serde_json::{Value, json};

use super::{external, known, look, source, tell};
use crate::desk_test;

fn booking(more: Value) -> Value {
    let mut input = json!({"kind": "booking", "externalId": "B1"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

fn whole() -> Value {
    booking(
        json!({"owner": external("U1"), "fields": [{"key": "flight", "value": "LH 400"}, {"key": "status", "value": "HELD"}]}),
    )
}

desk_test! {
    // S0-37, S0-41, S1-87
    async fn the_same_again_changes_nothing_and_a_change_is_one_version(desk: &Desk) on "airline" {
        let core = source(desk).await;
        let mia = known(desk, &core, "U1", true).await;
        let first = core.do_it("referenceUpsert", whole(), "reference { id version }").await;
        assert_eq!(first["reference"]["version"], 1);
        let again = core.do_it("referenceUpsert", whole(), "reference { id version }").await;
        assert_eq!((&again["reference"], &again["eventCursor"]), (&first["reference"], &first["eventCursor"]));
        let held = tell(&core, booking(json!({"status": "confirmed", "fields": [{"key": "status", "value": "CONFIRMED"}]}))).await;
        assert_eq!((&held["version"], &held["status"], &held["owner"]["id"]), (&json!(2), &json!("confirmed"), &json!(mia.id)));
        let seen = look(&mia, "booking", "B1").await;
        assert_eq!(seen["fields"][0]["value"], "LH 400");
        assert_eq!(seen["fields"][1]["value"], "CONFIRMED");
        let stale = booking(json!({"status": "late", "expectedVersion": 1}));
        assert_eq!(core.refused("referenceUpsert", stale).await["code"], "CONFLICT");
        // The log tells ids and keys, and nothing of what is said.
        let events: Vec<_> = desk.log().await.events.into_iter().filter(|(_, kind, _)| kind.starts_with("reference.")).collect();
        assert_eq!(events.iter().map(|(_, kind, _)| kind.as_str()).collect::<Vec<_>>(), ["reference.created", "reference.updated"]);
    }
}

desk_test! {
    async fn what_does_not_fit_the_kind_is_refused(desk: &Desk) on "airline" {
        let core = source(desk).await;
        known(desk, &core, "U1", true).await;
        let cases = [
            (json!({"kind": "ride", "externalId": "1"}), "INVALID_VALUE", json!(["kind"])),
            (json!({"kind": "booking", "externalId": " "}), "INVALID_VALUE", json!(["externalId"])),
            (booking(json!({"owner": external("U1")})), "INVALID_VALUE", json!(["fields", "flight"])),
            (booking(json!({"owner": external("U1"), "fields": [{"key": "seat", "value": "1A"}]})), "INVALID_VALUE", json!(["fields"])),
            (booking(json!({"fields": whole()["fields"]})), "INVALID_VALUE", json!(["owner"])),
            (booking(json!({"fields": whole()["fields"], "owner": external("U9")})), "NOT_FOUND", json!(["owner"])),
            (booking(json!({"fields": whole()["fields"], "owner": external("U1"), "participants": [external("U1")]})), "INVALID_VALUE", json!(["participants"])),
            (booking(json!({"fields": whole()["fields"], "owner": external("U1"), "organization": {"organizationId": "org_01arz3ndektsv4rrffq69g5fav"}})), "NOT_FOUND", json!(["organization"])),
            (booking(json!({"fields": whole()["fields"], "owner": external("U1"), "status": "two\nlines"})), "INVALID_VALUE", json!(["status"])),
        ];
        for (input, code, field) in cases {
            let error = core.refused("referenceUpsert", input.clone()).await;
            assert_eq!((&error["code"], &error["field"]), (&json!(code), &field), "{input}: {error}");
        }
        let all = core.run("{ references { totalCount } }", json!({})).await;
        assert_eq!(all["references"]["totalCount"], 0);
        // What belongs to somebody cannot come to belong to nobody.
        tell(&core, whole()).await;
        let error = core.refused("referenceUpsert", booking(json!({"owner": null}))).await;
        assert_eq!(error["field"], json!(["owner"]));
    }
}

desk_test! {
    // Only systems and administrators tell of references; a key without the scope may not.
    async fn only_who_may_tells_of_references(desk: &Desk) on "airline" {
        let core = source(desk).await;
        let mia = known(desk, &core, "U1", true).await;
        let ben = desk.agent("Ben").await;
        let reader = desk.service("Reader", &["REFERENCE_VIEW"]).await;
        for person in [&mia, &ben, &reader] {
            assert_eq!(person.refused("referenceUpsert", whole()).await["code"], "FORBIDDEN");
            assert_eq!(person.refused("referenceDelete", json!({"kind": "booking", "externalId": "B1"})).await["code"], "FORBIDDEN");
        }
        let ada = desk.administrator().await;
        let made = tell(&ada, whole()).await;
        assert_eq!(look(&reader, "booking", "B1").await["id"], made["id"]);
        let writer = desk.service("Writer", &["REFERENCE_WRITE"]).await;
        // Told, but not to be seen by who tells it.
        let blind = writer.do_it("referenceUpsert", booking(json!({"status": "late"})), "reference { id }").await;
        assert_eq!(blind["reference"], json!(null));
        assert_eq!(look(&reader, "booking", "B1").await["status"], "late");
    }
}

desk_test! {
    async fn a_reference_without_tickets_can_be_forgotten(desk: &Desk) on "airline" {
        let core = source(desk).await;
        let mia = known(desk, &core, "U1", true).await;
        tell(&core, whole()).await;
        let forgotten = core.do_it("referenceDelete", json!({"kind": "booking", "externalId": "B1"}), "reference { externalId }").await;
        assert_eq!(forgotten["reference"]["externalId"], "B1");
        assert_eq!(look(&mia, "booking", "B1").await, json!(null));
        assert_eq!(core.refused("referenceDelete", json!({"kind": "booking", "externalId": "B1"})).await["code"], "NOT_FOUND");
        tell(&core, whole()).await;
        mia.do_it("ticketCreate", json!({"title": "Payment failed", "reference": {"kind": "booking", "externalId": "B1"}}), "ticket { id }").await;
        // S0-42: what tickets are about stays.
        assert_eq!(core.refused("referenceDelete", json!({"kind": "booking", "externalId": "B1"})).await["code"], "CONFLICT");
        assert_eq!(look(&mia, "booking", "B1").await["tickets"]["totalCount"], 1);
    }
}
