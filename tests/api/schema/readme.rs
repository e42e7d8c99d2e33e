//! The README is what people try first: each operation in it is one that the desk understands.

use serde_json::json;

use crate::desk_test;
use crate::harness::errors;

/// The operations of the blocks of GraphQL, which are apart by an empty line.
fn operations() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let blocks = text.split("```graphql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.flat_map(|block| block.split("\n\n")).map(str::to_owned).collect()
}

desk_test! {
    async fn every_operation_of_the_readme_is_understood(desk: &Desk) {
        let ada = desk.administrator().await;
        let operations = operations();
        assert!(operations.len() >= 10, "{operations:#?}");
        for operation in operations {
            // What is missing is only what the reader fills in; a subscription goes through the same door as far as that.
            let answer = ada.answer(&operation, json!({"account": "svc_01"})).await;
            let unknown = |code: &String| code.starts_with("GRAPHQL_");
            assert!(!errors(&answer).iter().any(unknown), "{operation}\n{answer:#}");
        }
    }
}
