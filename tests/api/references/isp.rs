//! Customer accounts and their services: the profile `isp`, seed 001.

use serde_json::{Value, json};

use super::{known, look, source, tell};
use crate::desk_test;

fn wish(more: Value) -> Value {
    let mut input = json!({"title": "No connection", "description": "The line is down since this morning.",
        "category": "technical_support", "priority": "high"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

desk_test! {
    // S1-18, S1-19, S1-24, S1-31, S1-35, S1-36, S1-87
    async fn a_ticket_about_a_service_of_the_customers_account(desk: &Desk) on "isp" {
        let core = source(desk).await;
        let (mia, noah) = (known(desk, &core, "C1", false).await, known(desk, &core, "C2", false).await);
        for (account, person) in [("A1", "C1"), ("A2", "C2")] {
            core.do_it("organizationUpsert", json!({"source": "core", "externalId": account, "name": account}), "organization { id }").await;
            let account = json!({"external": {"source": "core", "externalId": account}});
            let input = json!({"source": "core", "externalId": person, "organization": account});
            core.do_it("personUpsert", input, "person { id }").await;
        }
        let service = |id: &str, account: &str| json!({"kind": "service", "externalId": id, "status": "active",
            "organization": {"external": {"source": "core", "externalId": account}}, "fields": [{"key": "plan", "value": "Fibre 500"}]});
        tell(&core, service("S-1", "A1")).await;
        tell(&core, service("S-2", "A2")).await;
        // S1-24: optional; S1-36: its details beside the ticket.
        let about = |id: &str| wish(json!({"reference": {"kind": "service", "externalId": id}}));
        let selection = "ticket { id requester { name } organization { externalId } reference { externalId status organization { externalId } fields { key value } } }";
        let made = mia.do_it("ticketCreate", about("S-1"), selection).await["ticket"].take();
        assert_eq!((&made["organization"]["externalId"], &made["reference"]["organization"]["externalId"]), (&json!("A1"), &json!("A1")));
        assert_eq!(made["reference"]["fields"], json!([{"key": "plan", "value": "Fibre 500"}]));
        mia.do_it("ticketCreate", wish(json!({})), "ticket { id }").await;
        // One of another account, and one that is not there, look the same.
        let (others, none) = (mia.refused("ticketCreate", about("S-2")).await, mia.refused("ticketCreate", about("S-9")).await);
        assert_eq!(others, none);
        assert_eq!(others["code"], "REFERENCE_INVALID");
        // Whoever belongs to the account sees the service.
        assert_eq!(look(&mia, "service", "S-1").await["externalId"], "S-1");
        assert_eq!(look(&noah, "service", "S-1").await, json!(null));
        // S1-19, S1-31: staff and systems name the customer by the account system's id.
        let ben = desk.agent("Ben").await;
        let by = |id: &str| wish(json!({"requesterExternal": {"source": "core", "externalId": id}}));
        let made = ben.do_it("ticketCreate", by("C2"), "ticket { requester { id } }").await;
        assert_eq!(made["ticket"]["requester"]["id"], noah.id.as_str());
        let missing = ben.refused("ticketCreate", by("C9")).await;
        assert_eq!((&missing["code"], &missing["field"]), (&json!("NOT_FOUND"), &json!(["requesterExternal"])));
        // A customer learns nothing about who else is known.
        let (known, unknown) = (mia.refused("ticketCreate", by("C2")).await, mia.refused("ticketCreate", by("C9")).await);
        assert_eq!(known, unknown);
        let twice = wish(json!({"requesterExternal": {"source": "core", "externalId": "C1"}, "requesterId": mia.id}));
        assert_eq!(ben.refused("ticketCreate", twice).await["code"], "INVALID_VALUE");
    }
}

desk_test! {
    // S1-25, S1-26
    async fn how_and_when_a_customer_wants_to_be_answered(desk: &Desk) on "isp" {
        let core = source(desk).await;
        let mia = known(desk, &core, "C1", false).await;
        let selection = "ticket { contactMethod { key name } preferredContactTime }";
        let made = mia.do_it("ticketCreate", wish(json!({})), selection).await;
        assert_eq!(made["ticket"], json!({"contactMethod": {"key": "portal", "name": "Portal"}, "preferredContactTime": null}));
        for method in ["phone", "email", "portal", "chat", "in_person"] {
            let input = wish(json!({"contactMethod": method, "preferredContactTime": "after six, not on Fridays"}));
            let made = mia.do_it("ticketCreate", input, selection).await;
            assert_eq!((&made["ticket"]["contactMethod"]["key"], &made["ticket"]["preferredContactTime"]), (&json!(method), &json!("after six, not on Fridays")));
        }
        let error = mia.refused("ticketCreate", wish(json!({"contactMethod": "telepathy"}))).await;
        assert_eq!((&error["code"], &error["field"]), (&json!("INVALID_VALUE"), &json!(["contactMethod"])));
        assert_eq!(error["allowed"], json!(["phone", "email", "portal", "chat", "in_person"]));
    }
}
