//! The shape of answers: the keys in the order of the document, and nothing that was asked for left out.

use serde_json::{Value, json};

use crate::desk_test;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

desk_test! {
    async fn keys_come_in_the_order_of_the_document_and_nulls_stay(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        ann.open_ticket("The printer is broken").await;
        // What is loaded in batches is there later than what stands in the row.
        let document = "query Q($with: Boolean!) { second: tickets(first: 1) { totalCount nodes { requester { name } title assignee { name } \
            number lastComment { body } id ... on Ticket { participants { name } status { key } title } } } \
            __typename first: viewer { person { organization { name } name } role @include(if: $with) } ticket(id: \"tkt_01m8ckdp0jeyzsnv3vnn8pwsxh\") { id } }";
        let answer = ann.run(document, json!({"with": true})).await;
        assert_eq!(keys(&answer), ["second", "__typename", "first", "ticket"]);
        let node = &answer["second"]["nodes"][0];
        assert_eq!(keys(node), ["requester", "title", "assignee", "number", "lastComment", "id", "participants", "status"]);
        assert_eq!((&node["assignee"], &node["lastComment"], &answer["ticket"]), (&json!(null), &json!(null), &json!(null)));
        assert_eq!(keys(&answer["first"]), ["person", "role"]);
        assert_eq!(keys(&answer["first"]["person"]), ["organization", "name"]);
        let without = ann.run(document, json!({"with": false})).await;
        assert_eq!(keys(&without["first"]), ["person"]);
    }
}
