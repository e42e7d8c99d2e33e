//! What the systems that know the customers tell the desk of them.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{PASSWORD, Person};

const PERSON: &str = "person { id name role email emailVerified phone phoneVerified source externalId version \
    organization { id name source externalId } }";

async fn upsert(service: &Person, input: Value) -> Value {
    service.do_it("personUpsert", input, PERSON).await
}

fn mia(more: Value) -> Value {
    let mut input = json!({"source": "crm", "externalId": "U456"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

desk_test! {
    // S0-37, S0-40, S1-19, S1-85: customers with name, e-mail and phone, from the system that knows them.
    async fn a_customer_is_made_known_once_and_brought_up_to_date(desk: &Desk) {
        let crm = desk.service("CRM", &["PERSON_MANAGE", "PERSON_VIEW"]).await;
        let house = json!({"source": "crm", "externalId": "A-1", "name": "Acme"});
        let acme = crm.do_it("organizationUpsert", house.clone(), "organization { id name source externalId }").await;
        let same = crm.do_it("organizationUpsert", house, "organization { id }").await;
        assert_eq!(same["organization"]["id"], acme["organization"]["id"]);
        let renamed = crm.do_it("organizationUpsert", json!({"source": "crm", "externalId": "A-1", "name": "Acme Ltd"}), "organization { id name }").await;
        assert_eq!((&renamed["organization"]["id"], &renamed["organization"]["name"]), (&acme["organization"]["id"], &json!("Acme Ltd")));

        let sent = mia(json!({"name": "Mia", "email": "Mia@home.test", "emailVerified": true, "phone": "+49 30 123456",
            "organization": {"external": {"source": "crm", "externalId": "A-1"}}}));
        let first = upsert(&crm, sent.clone()).await;
        let person = &first["person"];
        assert_eq!((&person["email"], &person["emailVerified"]), (&json!("Mia@home.test"), &json!(true)));
        assert_eq!((&person["phone"], &person["phoneVerified"]), (&json!("+49 30 123456"), &json!(false)));
        assert_eq!((&person["source"], &person["externalId"], &person["role"]), (&json!("crm"), &json!("U456"), &json!("CUSTOMER")));
        assert_eq!(person["organization"]["name"], "Acme Ltd");
        // The same again changes nothing: no version, no event.
        let again = upsert(&crm, sent).await;
        assert_eq!(again["person"], *person);
        assert_eq!(again["eventCursor"], first["eventCursor"]);
        // What is not sent stays; a new address is not verified until somebody says so.
        let moved = upsert(&crm, mia(json!({"email": "mia@work.test"}))).await;
        assert_eq!((&moved["person"]["email"], &moved["person"]["emailVerified"]), (&json!("mia@work.test"), &json!(false)));
        assert_eq!((&moved["person"]["name"], &moved["person"]["id"]), (&json!("Mia"), &person["id"]));
        let sure = upsert(&crm, mia(json!({"emailVerified": true, "phoneVerified": true}))).await;
        assert_eq!((&sure["person"]["emailVerified"], &sure["person"]["phoneVerified"]), (&json!(true), &json!(true)));
        let unsure = upsert(&crm, mia(json!({"emailVerified": false}))).await;
        assert_eq!(unsure["person"]["emailVerified"], false);
        let gone = upsert(&crm, mia(json!({"phone": null, "organization": null}))).await;
        assert_eq!((&gone["person"]["phone"], &gone["person"]["organization"]), (&json!(null), &json!(null)));
        // The old address is free again.
        upsert(&crm, json!({"source": "crm", "externalId": "U457", "name": "Noah", "email": "mia@home.test"})).await;
    }
}

desk_test! {
    // S1-31: customer not found; and how an address of somebody else is told.
    async fn an_address_is_never_taken_from_somebody_else(desk: &Desk) {
        let crm = desk.service("CRM", &["PERSON_MANAGE", "PERSON_VIEW"]).await;
        let ann = desk.customer("Ann").await;
        upsert(&crm, mia(json!({"name": "Mia", "email": "mia@home.test", "phone": "030 123456"}))).await;
        for (field, value) in [("email", "MIA@home.test"), ("phone", "(030) 12-34-56")] {
            let mut other = json!({"source": "crm", "externalId": "U999", "name": "Noah"});
            other[field] = json!(value);
            let refused = crm.refused("personUpsert", other).await;
            assert_eq!((&refused["code"], &refused["field"]), (&json!("CONFLICT"), &json!([field])), "{refused}");
            assert!(refused["hint"].as_str().unwrap().contains("another person"), "{refused}");
        }
        // Ann registered with an address that nobody has verified: a booking of that address is not hers for it.
        let claimed = crm.refused("personUpsert", json!({"source": "crm", "externalId": "U1", "name": "Ann", "email": "ann@desk.test"})).await;
        assert_eq!(claimed["code"], "CONFLICT");
        // Nobody was half made known.
        let ada = desk.administrator().await;
        let known = ada.run("{ people(filter: {role: [CUSTOMER]}) { totalCount } }", json!({})).await;
        assert_eq!(known["people"]["totalCount"], 2);
        let missing = crm.refused("personUpsert", json!({"source": "crm", "externalId": "U2"})).await;
        assert_eq!((&missing["code"], &missing["field"]), (&json!("INVALID_VALUE"), &json!(["name"])));
        let nowhere = mia(json!({"organization": {"external": {"source": "crm", "externalId": "none"}}}));
        let nowhere = crm.refused("personUpsert", nowhere).await;
        assert_eq!((&nowhere["code"], &nowhere["field"]), (&json!("NOT_FOUND"), &json!(["organization"])));
        let _ = ann;
    }
}

desk_test! {
    // S4-86: somebody for whom a ticket was opened by address is recognized when their system tells of them.
    async fn who_is_known_by_address_only_is_recognized(desk: &Desk) {
        let (crm, ben) = (desk.service("CRM", &["PERSON_MANAGE", "PERSON_VIEW"]).await, desk.agent("Ben").await);
        let input = json!({"title": "Where is my order?", "description": "It was to come on Monday.", "requesterEmail": "mia@home.test"});
        let made = ben.do_it("ticketCreate", input, "ticket { requester { id } }").await;
        let known = upsert(&crm, mia(json!({"name": "Mia", "email": "mia@home.test", "emailVerified": true}))).await;
        assert_eq!(known["person"]["id"], made["ticket"]["requester"]["id"]);
        assert_eq!(known["person"]["name"], "Mia");
        // Another system cannot take them over.
        let other = json!({"source": "shop", "externalId": "77", "name": "Mia", "email": "mia@home.test"});
        assert_eq!(crm.refused("personUpsert", other).await["code"], "CONFLICT");
    }
}

desk_test! {
    // S1-86: staff come from the house's own systems only through an administrator.
    async fn only_administrators_make_staff_known(desk: &Desk) {
        let (crm, ada, ben) = (desk.service("CRM", &["PERSON_MANAGE"]).await, desk.administrator().await, desk.agent("Ben").await);
        let agent = json!({"source": "hr", "externalId": "E1", "name": "Eve", "email": "eve@desk.test", "role": "AGENT"});
        assert_eq!(crm.refused("personUpsert", agent.clone()).await["code"], "FORBIDDEN");
        assert_eq!(ben.refused("personUpsert", agent.clone()).await["code"], "FORBIDDEN");
        let made = upsert(&ada, agent).await;
        assert_eq!(made["person"]["role"], "AGENT");
        // And a system does not get at them afterwards.
        let renamed = json!({"source": "hr", "externalId": "E1", "name": "Eva"});
        assert_eq!(crm.refused("personUpsert", renamed).await["code"], "FORBIDDEN");
        let input = json!({"personId": made["person"]["id"], "password": PASSWORD});
        ada.do_it("passwordSet", input, "person { id }").await;
        desk.sign_in("eve@desk.test", PASSWORD).await;
    }
}
