//! What somebody has asked before: the tickets of a person, of an organization, of a team, of an agent.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person, errors, ids};

const HISTORY: &str = "history { total open stages { stage count } firstContactAt lastContactAt }";

async fn of(reader: &Person, person: &str, selection: &str) -> Value {
    let document = format!("query($id: ID!) {{ person(id: $id) {{ {selection} }} }}");
    reader.run(&document, json!({"id": person})).await["person"].take()
}

/// Seven tickets of a customer, an hour apart, oldest first; the last two are closed.
async fn seven(desk: &Desk, ada: &Person, ann: &Person) -> Vec<String> {
    let mut made = Vec::new();
    for nth in 0..7 {
        let priority = ["low", "urgent"][nth % 2];
        let input = json!({"title": format!("Printer {nth}"), "description": "It hums again.", "priority": priority});
        let id = ann.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].as_str().unwrap().to_owned();
        if nth >= 5 {
            ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
        }
        made.push(id);
        desk.advance(1.0);
    }
    made
}

desk_test! {
    // S1-93, S3-97
    async fn an_agent_sees_what_a_customer_has_asked_before(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let none = of(&ada, &ann.id, HISTORY).await["history"].take();
        assert_eq!((&none["total"], &none["firstContactAt"], &none["lastContactAt"]), (&json!(0), &json!(null), &json!(null)));
        let began = desk.clock.now();
        let all = seven(desk, &ada, &ann).await;
        desk.customer("Zoe").await.open_ticket("Somebody else's").await;
        desk.advance(1.0);
        // An internal note is no contact; an answer is.
        ada.do_it("commentAdd", json!({"ticketId": all[3], "body": "Always the same.", "internal": true}), "comment { id }").await;
        let read = of(&ada, &ann.id, HISTORY).await["history"].take();
        assert_eq!((&read["total"], &read["open"]), (&json!(7), &json!(5)));
        let count = |stage: &str| read["stages"].as_array().unwrap().iter().find(|row| row["stage"] == stage).unwrap()["count"].clone();
        assert_eq!((count("NEW"), count("CLOSED"), count("WAITING")), (json!(5), json!(2), json!(0)));
        let time = |value: &Value| value.as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap();
        assert!(time(&read["firstContactAt"]).since(began) < 60_000);
        assert!((time(&read["lastContactAt"]).since(began) - 6 * 3_600_000).abs() < 60_000, "{read}");
        let said = ada.do_it("commentAdd", json!({"ticketId": all[2], "body": "A new one is on its way."}), "comment { createdAt }").await;
        assert_eq!(of(&ada, &ann.id, HISTORY).await["history"]["lastContactAt"], said["comment"]["createdAt"]);

        // The same filters, orders and pages as `tickets`.
        let tickets = |reader: &Person, arguments: &str| {
            let (reader, ann) = (reader.clone(), ann.id.clone());
            let selection = format!("tickets({arguments}) {{ totalCount nodes {{ id requester {{ id }} }} pageInfo {{ endCursor hasNextPage hasPreviousPage }} }}");
            async move { of(&reader, &ann, &selection).await["tickets"].take() }
        };
        let first = tickets(&ada, "first: 3").await;
        assert_eq!((ids(&first["nodes"]), &first["totalCount"]), (vec![all[6].clone(), all[5].clone(), all[4].clone()], &json!(7)));
        let next = tickets(&ada, &format!("first: 3, after: {}", first["pageInfo"]["endCursor"])).await;
        assert_eq!(ids(&next["nodes"]), [all[3].as_str(), &all[2], &all[1]]);
        assert_eq!((&next["pageInfo"]["hasNextPage"], &next["pageInfo"]["hasPreviousPage"]), (&json!(true), &json!(true)));
        let last = tickets(&ada, "last: 2, orderBy: {field: CREATED_AT, direction: ASC}").await;
        assert_eq!(ids(&last["nodes"]), [all[5].as_str(), &all[6]]);
        let closed = tickets(&ada, "filter: {stage: [CLOSED], priority: [\"urgent\"]}").await;
        assert_eq!((ids(&closed["nodes"]), &closed["totalCount"]), (vec![all[5].clone()], &json!(1)));
        // A cursor of one list is none of another's, not even of somebody else's.
        let document = format!("{{ viewer {{ person {{ tickets(after: {}) {{ totalCount }} }} }} }}", first["pageInfo"]["endCursor"]);
        assert_eq!(errors(&ada.answer(&document, json!({})).await), ["BAD_USER_INPUT"]);
        let document = "{ viewer { person { tickets(filter: {status: [\"nowhere\"]}) { totalCount } } } }";
        assert_eq!(errors(&ada.answer(document, json!({})).await), ["BAD_USER_INPUT"]);

        // Everybody sees as much of it as of the tickets themselves: agents what is theirs, customers what is their own.
        assert_eq!(tickets(&ben, "first: 3").await["totalCount"], 0);
        ada.do_it("ticketAssign", json!({"ticketId": all[1], "to": {"agentId": ben.id}}), "ticket { id }").await;
        assert_eq!(ids(&tickets(&ben, "first: 3").await["nodes"]), [all[1].as_str()]);
        assert_eq!(of(&ben, &ann.id, HISTORY).await["history"]["total"], 1);
        assert_eq!(tickets(&ann, "first: 1").await["totalCount"], 7);
        let zoe = desk.sign_in("zoe@desk.test", crate::harness::PASSWORD).await;
        assert_eq!(of(&zoe, &ann.id, HISTORY).await, json!(null));
        // What an agent works on, as a list of theirs.
        let load = of(&ada, &ben.id, "agent { load tickets { totalCount nodes { id } } } tickets { totalCount }").await;
        assert_eq!((&load["agent"]["load"], ids(&load["agent"]["tickets"]["nodes"])), (&json!(1), vec![all[1].clone()]));
        assert_eq!(load["tickets"]["totalCount"], 0);
    }
}

desk_test! {
    // S1-93: of a whole house, and of a team.
    async fn an_organization_and_a_team_have_their_tickets(desk: &Desk) {
        let ada = desk.administrator().await;
        let acme = ada.do_it("organizationCreate", json!({"name": "Acme"}), "organization { id }").await["organization"]["id"].take();
        let (ann, eve, zoe) = (desk.customer("Ann").await, desk.customer("Eve").await, desk.customer("Zoe").await);
        for person in [&ann, &eve] {
            ada.do_it("personUpdate", json!({"personId": person.id, "organizationId": acme}), "person { id }").await;
        }
        let mut theirs = vec![ann.open_ticket("Of Ann").await, eve.open_ticket("Of Eve").await];
        let other = zoe.open_ticket("Of Zoe").await;
        let selection = format!("organizations {{ nodes {{ id tickets {{ totalCount nodes {{ id }} }} {HISTORY} }} }}");
        let read = ada.run(&format!("{{ {selection} }}"), json!({})).await["organizations"]["nodes"][0].take();
        theirs.reverse();
        assert_eq!((ids(&read["tickets"]["nodes"]), &read["history"]["open"]), (theirs.clone(), &json!(2)));
        // A customer sees their own part of it, on a desk where organizations do not share.
        let mine = ann.run("{ viewer { person { organization { tickets { totalCount } history { total } } } } }", json!({})).await;
        let mine = &mine["viewer"]["person"]["organization"];
        assert_eq!((&mine["tickets"]["totalCount"], &mine["history"]["total"]), (&json!(1), &json!(1)));

        let team = ada.do_it("teamCreate", json!({"name": "First line"}), "team { id }").await["team"]["id"].take();
        ada.do_it("ticketAssign", json!({"ticketId": other, "to": {"teamId": team}}), "ticket { id }").await;
        let read = ada.run("{ teams { nodes { tickets { totalCount nodes { id } } } } }", json!({})).await;
        assert_eq!(ids(&read["teams"]["nodes"][0]["tickets"]["nodes"]), [other.as_str()]);
    }
}
