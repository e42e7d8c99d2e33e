//! Documents that were here before are not parsed and validated again: they must be held to the same things all the same.

use serde_json::{Value, json};

use super::{answers, refused};
use crate::desk_test;

const LIST: &str = "query($filter: TicketFilter, $order: TicketOrder, $first: Int) \
    { tickets(filter: $filter, orderBy: $order, first: $first) { nodes { id } } }";

desk_test! {
    async fn a_document_that_is_known_is_held_to_its_values_each_time(desk: &Desk) {
        let ada = desk.administrator().await;
        let order = |field: &str| json!({"order": {"field": field, "direction": "ASC"}});
        let good = json!({"filter": {"stage": ["NEW"]}, "order": {"field": "CREATED_AT", "direction": "ASC"}, "first": 3});
        for _ in 0..3 {
            assert_eq!(ada.run(LIST, good.clone()).await["tickets"]["nodes"], json!([]));
            // Values of types that only the schema knows, of built-in scalars, and none.
            for bad in [
                order("COLOUR"),
                json!({"filter": {"stage": ["NEVER"]}}),
                json!({"filter": {"colour": "red"}}),
                json!({"first": "three"}),
                json!({"first": 1_001}),
                json!({"order": {"field": null}}),
            ] {
                refused(&ada.answer(LIST, bad).await, "BAD_USER_INPUT");
            }
            assert_eq!(ada.run(LIST, order("UPDATED_AT")).await["tickets"]["nodes"], json!([]));
            assert_eq!(ada.run(LIST, json!({})).await["tickets"]["nodes"], json!([]));
        }
        answers(desk).await;
    }
}

desk_test! {
    async fn a_document_that_is_known_to_be_wrong_stays_wrong(desk: &Desk) {
        let ada = desk.administrator().await;
        for _ in 0..3 {
            refused(&ada.answer("{ tickets { colour } }", json!({})).await, "GRAPHQL_VALIDATION_FAILED");
            refused(&ada.answer("query($a: Int) { viewer { __typename } }", json!({"a": 1})).await, "GRAPHQL_VALIDATION_FAILED");
            // The price depends on the values: what was cheap may be dear.
            let nested = "query($n: Int) { tickets(first: $n) { nodes { comments(first: $n) { nodes { ticket { comments(first: $n) \
                { nodes { id } } } } } } } }";
            assert!(ada.answer(nested, json!({"n": 2})).await.get("errors").is_none());
            refused(&ada.answer(nested, json!({"n": 100})).await, "QUERY_TOO_COMPLEX");
        }
    }
}

desk_test! {
    async fn operations_of_one_document_are_told_apart(desk: &Desk) {
        let ada = desk.administrator().await;
        let ticket = ada.open_ticket("One that is asked for").await;
        let both = "query A($id: ID!) { ticket(id: $id) { id } } query B { viewer { __typename } }";
        let (http, token) = (reqwest::Client::new(), ada.token.clone().unwrap());
        let ask = async |name: &str, variables: Value| {
            let body = json!({"query": both, "operationName": name, "variables": variables});
            let request = http.post(format!("{}/graphql", desk.url)).bearer_auth(&token).json(&body);
            request.send().await.unwrap().json::<Value>().await.unwrap()
        };
        for _ in 0..3 {
            assert_eq!(ask("A", json!({"id": ticket})).await["data"]["ticket"]["id"], json!(ticket));
            assert_eq!(ask("B", json!({})).await["data"]["viewer"]["__typename"], "Viewer");
            refused(&ask("A", json!({})).await, "BAD_USER_INPUT");
            refused(&ask("C", json!({})).await, "BAD_USER_INPUT");
        }
    }
}
