//! What whoever runs the desk does with people, teams, organizations and contacts.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Person, errors, ids};

async fn people(reader: &Person, filter: Value) -> Vec<String> {
    let document = "query($filter: PersonFilter) { people(filter: $filter, first: 100) { totalCount nodes { name } } }";
    let list = reader.run(document, json!({"filter": filter})).await["people"].take();
    let mut names: Vec<String> =
        list["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(list["totalCount"], names.len(), "{filter}");
    names.sort();
    names
}

desk_test! {
    // S4-9, S4-22
    async fn people_are_found_by_role_team_skill_and_name(desk: &Desk) on "isp" {
        let ada = desk.administrator().await;
        let (ben, cleo) = (desk.agent("Ben").await, desk.agent("Cleo").await);
        let ann = desk.customer("Ann").await;
        let input = json!({"name": "Ärger 100%_Üben", "email": "aerger@desk.test", "phone": "+49 (30) 123-456", "role": "CUSTOMER"});
        ada.do_it("personCreate", input, "person { id }").await;
        let team = ada.do_it("teamCreate", json!({"name": "First line"}), "team { id }").await["team"]["id"].take();
        ada.do_it("teamMemberAdd", json!({"teamId": team, "personId": ben.id}), "team { id }").await;
        ada.do_it("agentSkillsSet", json!({"personId": cleo.id, "skills": ["billing"]}), "person { id }").await;
        ben.do_it("agentAvailabilitySet", json!({"personId": ben.id, "available": false}), "person { id }").await;
        for (filter, expected) in [
            (json!({"role": ["AGENT"]}), vec!["Ben", "Cleo"]),
            (json!({"teamId": [team]}), vec!["Ben"]),
            (json!({"teamId": []}), vec![]),
            (json!({"skill": ["billing"]}), vec!["Cleo"]),
            (json!({"available": false}), vec!["Ben"]),
            (json!({"available": true, "role": ["AGENT"]}), vec!["Cleo"]),
            (json!({"available": true, "role": ["CUSTOMER"]}), vec![]),
            // Whatever the case, and whatever a database makes of `%` and `_`.
            (json!({"text": "ÄRGER"}), vec!["Ärger 100%_Üben"]),
            (json!({"text": "%_ü"}), vec!["Ärger 100%_Üben"]),
            (json!({"text": "0_"}), vec![]),
            (json!({"text": "30 123"}), vec!["Ärger 100%_Üben"]),
            (json!({"text": "Ann@DESK"}), vec!["Ann"]),
            (json!({"text": "en", "role": ["AGENT"]}), vec!["Ben"]),
        ] {
            assert_eq!(people(&ada, filter.clone()).await, expected, "{filter}");
        }
        // Whoever is called something else is found by that.
        ada.do_it("personUpdate", json!({"personId": ann.id, "name": "Zora"}), "person { id }").await;
        assert_eq!(people(&ada, json!({"text": "zora"})).await, ["Zora"]);
        // A filter finds nobody whom one does not see.
        assert_eq!(people(&ann, json!({"text": "e"})).await, ["Zora"]);
        assert_eq!(people(&ann, json!({"teamId": [team]})).await, Vec::<String>::new());
        let document = "query($filter: PersonFilter) { people(filter: $filter) { totalCount } }";
        for odd in [json!({"text": " "}), json!({"skill": ["flying"]}), json!({"text": "x".repeat(101)})] {
            assert_eq!(errors(&ada.answer(document, json!({"filter": odd})).await), ["BAD_USER_INPUT"], "{odd}");
        }
    }
}

desk_test! {
    // S4-9, S4-22
    async fn a_team_is_renamed_and_given_up(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let make = async |name: &str| ada.do_it("teamCreate", json!({"name": name}), "team { id }").await["team"]["id"].take();
        let (first, second) = (make("First line").await, make("Second line").await);
        let update = |name: &str, version: i64| json!({"teamId": first, "name": name, "expectedVersion": version});
        let renamed = ada.do_it("teamUpdate", update("Front desk", 1), "team { name version }").await;
        assert_eq!(renamed["team"], json!({"name": "Front desk", "version": 2}));
        assert_eq!(ada.refused("teamUpdate", update("Counter", 1)).await["code"], "CONFLICT");
        let taken = ada.refused("teamUpdate", update("SECOND line", 2)).await;
        assert_eq!((&taken["code"], &taken["field"]), (&json!("ALREADY_EXISTS"), &json!(["name"])));
        let by_name = ada.run("{ teams(filter: {text: \"FRONT\"}) { totalCount nodes { id } } }", json!({})).await;
        assert_eq!((ids(&by_name["teams"]["nodes"]), &by_name["teams"]["totalCount"]), (vec![first.as_str().unwrap().to_owned()], &json!(1)));

        // While it has work it stays.
        ada.do_it("teamMemberAdd", json!({"teamId": first, "personId": ben.id}), "team { id }").await;
        let ticket = ann.open_ticket("Printer").await;
        ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"teamId": first}}), "ticket { id }").await;
        let seen = async || ben.run("query($id: ID!) { ticket(id: $id) { team { name deletedAt } } }", json!({"id": ticket})).await["ticket"].take();
        let sees_it = seen().await;
        let delete = json!({"teamId": first});
        let refused = ada.refused("teamDelete", delete.clone()).await;
        assert_eq!((&refused["code"], &refused["field"]), (&json!("CONFLICT"), &json!(["teamId"])));
        ada.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        let gone = ada.do_it("teamDelete", delete.clone(), "team { name deletedAt members { id } }").await["team"].take();
        assert!(gone["deletedAt"].is_string() && gone["members"] == json!([]), "{gone}");
        // Its name is free, it is in no list, nothing and nobody gets into it.
        assert_eq!(ada.refused("teamDelete", delete).await["code"], "NOT_FOUND");
        assert_eq!(ada.refused("teamUpdate", update("Again", 4)).await["code"], "NOT_FOUND");
        assert_eq!(ada.refused("teamMemberAdd", json!({"teamId": first, "personId": ben.id})).await["field"], json!(["teamId"]));
        let other = ann.open_ticket("Scanner").await;
        let assign = json!({"ticketId": other, "to": {"teamId": first}});
        assert_eq!(ada.refused("ticketAssign", assign).await["field"], json!(["to", "teamId"]));
        make("Front desk").await;
        let left = ada.run("query($id: ID!) { teams { nodes { id } } node(id: $id) { id } }", json!({"id": first})).await;
        assert!(left["node"].is_null() && !left["teams"]["nodes"].as_array().unwrap().contains(&json!({"id": first})), "{left}");
        assert!(left["teams"]["nodes"].as_array().unwrap().contains(&json!({"id": second})));
        // What it had still names it, and whoever was in it sees that no longer by it, at once.
        let named = ada.run("query($id: ID!) { ticket(id: $id) { team { name deletedAt } } }", json!({"id": ticket})).await;
        assert_eq!(named["ticket"]["team"]["name"], "Front desk");
        assert!(named["ticket"]["team"]["deletedAt"].is_string());
        if !sees_it.is_null() {
            assert_eq!(seen().await, json!(null));
        }
        assert_eq!(ben.run("{ viewer { person { teams { id } } } }", json!({})).await["viewer"]["person"]["teams"], json!([]));
        // S4-74
        for who in [&ben, &ann] {
            assert_eq!(who.refused("teamUpdate", json!({"teamId": second, "name": "Mine"})).await["code"], "FORBIDDEN");
            assert_eq!(who.refused("teamDelete", json!({"teamId": second})).await["code"], "FORBIDDEN");
        }
    }
}

desk_test! {
    async fn an_organization_is_renamed(desk: &Desk) {
        let (ada, ben) = (desk.administrator().await, desk.agent("Ben").await);
        let made = ada.do_it("organizationCreate", json!({"name": "Acme"}), "organization { id version }").await;
        let id = made["organization"]["id"].clone();
        let update = |name: &str| json!({"organizationId": id, "name": name, "expectedVersion": 1});
        assert_eq!(ben.refused("organizationUpdate", update("Mine")).await["code"], "FORBIDDEN");
        let same = ada.do_it("organizationUpdate", update("Acme"), "organization { version }").await;
        assert_eq!(same["organization"]["version"], 1);
        let renamed = ada.do_it("organizationUpdate", update("Acme Übersee"), "organization { name version }").await;
        assert_eq!(renamed["organization"], json!({"name": "Acme Übersee", "version": 2}));
        assert_eq!(ada.refused("organizationUpdate", update("Third")).await["code"], "CONFLICT");
        let found = ada.run("{ organizations(filter: {text: \"übers\"}) { nodes { id } } }", json!({})).await;
        assert_eq!(ids(&found["organizations"]["nodes"]), [id.as_str().unwrap()]);
    }
}

desk_test! {
    // S0-30: the contact that a desk may demand.
    async fn contacts_come_and_go(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let selection = "person { version contacts { id kind value verifiedAt } email emailVerified phone phoneVerified }";
        let add = |address: Value, verified: bool| json!({"personId": ann.id, "address": address, "verified": verified});
        for who in [&ann, &ben] {
            assert_eq!(who.refused("contactAdd", add(json!({"phone": "+49 30 123456"}), true)).await["code"], "FORBIDDEN");
        }
        let made = ada.do_it("contactAdd", add(json!({"phone": "+49 30 123456"}), true), selection).await["person"].take();
        assert_eq!((&made["phone"], &made["phoneVerified"], &made["emailVerified"]), (&json!("+49 30 123456"), &json!(true), &json!(false)));
        let made = ada.do_it("contactAdd", add(json!({"email": "ann@home.test"}), false), selection).await["person"].take();
        assert_eq!((&made["email"], made["contacts"].as_array().unwrap().len()), (&json!("ann@desk.test"), 3));
        // Each address is one to sign in with, and nobody else's.
        desk.sign_in("ANN@home.test", crate::harness::PASSWORD).await;
        let taken = ada.refused("contactAdd", json!({"personId": ben.id, "address": {"email": "ann@HOME.test"}})).await;
        assert_eq!((&taken["code"], &taken["field"]), (&json!("ALREADY_EXISTS"), &json!(["address", "email"])));
        // Nobody sees anybody's contacts who does not see the person.
        let phone = made["contacts"][1]["id"].clone();
        let node = "query($id: ID!) { node(id: $id) { ... on Contact { kind value } } }";
        assert_eq!(ada.run(node, json!({"id": phone})).await["node"], json!({"kind": "PHONE", "value": "+49 30 123456"}));
        let zoe = desk.customer("Zoe").await;
        assert_eq!(zoe.run(node, json!({"id": phone})).await["node"], json!(null));
        assert_eq!(zoe.refused("contactRemove", json!({"contactId": phone})).await["code"], "NOT_FOUND");
        assert_eq!(ben.refused("contactRemove", json!({"contactId": phone})).await["code"], "FORBIDDEN");
        // One's own go, but for the last that one signs in with.
        ann.do_it("contactRemove", json!({"contactId": made["contacts"][0]["id"]}), "person { id }").await;
        let left = ann.do_it("contactRemove", json!({"contactId": phone}), selection).await["person"].take();
        assert_eq!((&left["email"], &left["phone"]), (&json!("ann@home.test"), &json!(null)));
        let last = ann.refused("contactRemove", json!({"contactId": made["contacts"][2]["id"]})).await;
        assert_eq!((&last["code"], &last["field"]), (&json!("INVALID_VALUE"), &json!(["contactId"])));
        let gone = desk.stranger().run(crate::harness::SIGN_IN, json!({"input": {"email": "ann@desk.test", "password": crate::harness::PASSWORD}})).await;
        assert_eq!(gone["signIn"]["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        for nth in 0..9 {
            ada.do_it("contactAdd", add(json!({"email": format!("ann{nth}@desk.test")}), false), "person { id }").await;
        }
        assert_eq!(ada.refused("contactAdd", add(json!({"email": "one@too.many"}), false)).await["code"], "INVALID_VALUE");
    }
}

desk_test! {
    // S4-22
    async fn the_last_administrator_stays_one(desk: &Desk) {
        let ada = desk.administrator().await;
        let demote = |role: &str| json!({"personId": ada.id, "role": role});
        for input in [demote("AGENT"), demote("CUSTOMER")] {
            let refused = ada.refused("personUpdate", input).await;
            assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID_VALUE"), &json!(["role"])));
        }
        assert_eq!(ada.refused("personDeactivate", json!({"personId": ada.id})).await["field"], json!(["personId"]));
        // Two may not remove each other at the same time: one of them stays.
        let eve = desk.agent("Eve").await;
        ada.do_it("personUpdate", json!({"personId": eve.id, "role": "ADMINISTRATOR"}), "person { role }").await;
        let document = crate::harness::mutation("personUpdate", "person { role }");
        let (one, two) = tokio::join!(
            ada.answer(&document, json!({"input": {"personId": eve.id, "role": "AGENT"}})),
            eve.answer(&document, json!({"input": {"personId": ada.id, "role": "AGENT"}})),
        );
        let done = |answer: &Value| answer["data"]["personUpdate"]["person"]["role"] == "AGENT";
        assert!(done(&one) != done(&two), "{one:#}\n{two:#}");
        let loser = if done(&one) { &eve } else { &ada };
        assert_eq!(loser.run("{ viewer { role } }", json!({})).await["viewer"]["role"], "AGENT");
    }
}
