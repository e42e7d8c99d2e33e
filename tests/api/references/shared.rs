//! The scope of references in its two views, and what lists of them cost.

use serde_json::json;

use super::{external, known, source, tell};
use crate::desk_test;
use crate::harness::Person;

async fn statements(person: &Person, document: &str, first: i64) -> i64 {
    person.run("{ __typename }", json!({})).await;
    let answer = person.answer(document, json!({"first": first})).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["extensions"]["cost"]["sqlStatements"].as_i64().unwrap()
}

desk_test! {
    // Lists with their references and fields cost the same for five rows and for fifteen.
    async fn references_cost_the_same_for_five_rows_and_for_fifteen(desk: &Desk) on "superapp" {
        let core = source(desk).await;
        let one = known(desk, &core, "1", true).await;
        known(desk, &core, "2", true).await;
        for nth in 0..15 {
            let id = nth.to_string();
            tell(&core, json!({"kind": "order", "externalId": id, "owner": external("1"), "participants": [external("2")]})).await;
            let input = json!({"description": "Payment was charged twice", "category": "OTHER", "participants": [external("2")],
                "fields": [{"key": "service_type", "value": "order"}], "reference": {"kind": "order", "externalId": id}});
            one.do_it("ticketCreate", input, "ticket { id }").await;
        }
        let ada = desk.administrator().await;
        for document in [
            "query($first: Int) { references(first: $first) { nodes { externalId owner { name } participants { name } fields { value } } } }",
            "query($first: Int) { tickets(first: $first) { nodes { title fields { value } participants { name } reference { externalId owner { name } } } } }",
        ] {
            for person in [&ada, &one] {
                let (few, many) = (statements(person, document, 5).await, statements(person, document, 15).await);
                assert_eq!(few, many, "{document}");
                assert!(many <= 8, "{many}: {document}");
            }
        }
    }
}

desk_test! {
    // Promise 7: a list shows exactly what can be looked up one by one.
    async fn a_list_and_a_look_up_show_the_same(desk: &Desk) on "superapp" {
        let core = source(desk).await;
        let people = [known(desk, &core, "1", true).await, known(desk, &core, "2", true).await, known(desk, &core, "3", true).await];
        let mut all = Vec::new();
        for owner in ["1", "2", "3"] {
            for riders in [vec![], vec!["1"], vec!["2", "3"]] {
                let id = format!("{owner}-{}", riders.join("-"));
                let participants: Vec<_> = riders.iter().map(|id| external(id)).collect();
                tell(&core, json!({"kind": "order", "externalId": id, "owner": external(owner), "participants": participants})).await;
                all.push(id);
            }
        }
        let mut sizes = Vec::new();
        for person in people.iter().chain([&desk.agent("Ben").await, &desk.service("Blind", &["TICKET_VIEW"]).await]) {
            let list = person.run("{ references(first: 100) { totalCount nodes { externalId } } }", json!({})).await;
            let listed: Vec<&str> = list["references"]["nodes"].as_array().unwrap().iter().map(|node| node["externalId"].as_str().unwrap()).collect();
            assert_eq!(list["references"]["totalCount"], listed.len());
            for id in &all {
                let one = person.run("query($id: String!) { reference(kind: \"order\", externalId: $id) { id } }", json!({"id": id})).await;
                assert_eq!(one["reference"].is_object(), listed.contains(&id.as_str()), "{id}");
            }
            sizes.push(listed.len());
        }
        assert_eq!(sizes, [5, 5, 5, 9, 0]);
    }
}
