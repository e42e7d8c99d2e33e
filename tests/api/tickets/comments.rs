//! The conversation on a ticket.

use serde_json::json;

use crate::desk_test;

const THREAD: &str = "query($id: ID!) { ticket(id: $id) { commentCount lastComment { body } \
    comments { totalCount nodes { body internal author { name } } } } }";

desk_test! {
    // S1-61, S1-116, S4-8, S4-39, S4-40, S4-67, S3-26, S3-35, S3-36, S3-80, S3-81, S3-93
    async fn customers_never_see_internal_notes(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let id = ann.open_ticket("My screen stays black").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        ann.do_it("commentAdd", json!({"ticketId": id, "body": "It is plugged in."}), "comment { id }").await;
        ben.do_it("commentAdd", json!({"ticketId": id, "body": "Please press the button."}), "comment { internal }").await;
        let note = ben.do_it("commentAdd", json!({"ticketId": id, "body": "Customers, eh.", "internal": true}), "comment { internal ticket { id } }").await;
        assert_eq!(note["comment"], json!({"internal": true, "ticket": {"id": id}}));
        let seen = ben.run(THREAD, json!({"id": id})).await;
        assert_eq!(seen["ticket"]["commentCount"], 3);
        assert_eq!(seen["ticket"]["lastComment"]["body"], "Customers, eh.");
        assert_eq!(seen["ticket"]["comments"]["nodes"][2], json!({"body": "Customers, eh.", "internal": true, "author": {"name": "Ben"}}));
        let seen = ann.run(THREAD, json!({"id": id})).await;
        assert_eq!(seen["ticket"], json!({"commentCount": 2, "lastComment": {"body": "Please press the button."}, "comments": {"totalCount": 2, "nodes": [
            {"body": "It is plugged in.", "internal": false, "author": {"name": "Ann"}},
            {"body": "Please press the button.", "internal": false, "author": {"name": "Ben"}},
        ]}}));
        assert_eq!(ann.refused("commentAdd", json!({"ticketId": id, "body": "Psst", "internal": true})).await["code"], "FORBIDDEN");
        let history = "query($id: ID!) { ticket(id: $id) { history { totalCount nodes { kind } } } }";
        assert_eq!(ann.run(history, json!({"id": id})).await["ticket"]["history"]["totalCount"], 5);
        assert_eq!(ben.run(history, json!({"id": id})).await["ticket"]["history"]["totalCount"], 6);
    }
}

desk_test! {
    async fn comments_are_checked(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("My screen stays black").await;
        for body in ["", "  \n ", "null \u{0} byte"] {
            let error = ann.refused("commentAdd", json!({"ticketId": id, "body": body})).await;
            assert_eq!((error["code"].as_str(), &error["field"]), (Some("INVALID_VALUE"), &json!(["body"])));
        }
        let long = ann.refused("commentAdd", json!({"ticketId": id, "body": "x".repeat(50_001)})).await;
        assert_eq!(long["code"], "INVALID_VALUE");
        assert_eq!(ann.run(THREAD, json!({"id": id})).await["ticket"]["commentCount"], 0);
    }
}

desk_test! {
    // A reply is no change of the fields: whoever edits them meanwhile keeps their version.
    async fn a_reply_does_not_make_an_edit_stale(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("My screen stays black").await;
        desk.advance(1.0);
        ann.do_it("commentAdd", json!({"ticketId": id, "body": "Still black."}), "comment { ticket { version } }").await;
        let read = ann.run("query($id: ID!) { ticket(id: $id) { version createdAt updatedAt } }", json!({"id": id})).await;
        assert_eq!(read["ticket"]["version"], 1);
        assert!(read["ticket"]["updatedAt"].as_str() > read["ticket"]["createdAt"].as_str());
        ann.do_it("ticketUpdate", json!({"ticketId": id, "title": "My screen is black", "expectedVersion": 1}), "ticket { id }").await;
    }
}

desk_test! {
    async fn a_long_thread_is_paged_both_ways(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("My screen stays black").await;
        for nth in 0..7 {
            desk.clock.advance(std::time::Duration::from_millis(nth % 2));
            ann.do_it("commentAdd", json!({"ticketId": id, "body": format!("{nth}")}), "comment { id }").await;
        }
        let document = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { ticket(id: $id) { \
            comments(first: $first, after: $after, last: $last, before: $before) { nodes { body } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";
        let page = async |mut variables: serde_json::Value| {
            variables["id"] = json!(id);
            let mut answer = ann.run(document, variables).await;
            let comments = answer["ticket"]["comments"].take();
            let bodies: Vec<String> = comments["nodes"].as_array().unwrap().iter().map(|node| node["body"].as_str().unwrap().to_owned()).collect();
            (bodies.join(""), comments["pageInfo"].clone())
        };
        let (bodies, info) = page(json!({"first": 3})).await;
        assert_eq!((bodies.as_str(), &info["hasNextPage"], &info["hasPreviousPage"]), ("012", &json!(true), &json!(false)));
        let (bodies, info) = page(json!({"first": 3, "after": info["endCursor"]})).await;
        assert_eq!((bodies.as_str(), &info["hasNextPage"], &info["hasPreviousPage"]), ("345", &json!(true), &json!(true)));
        let (bodies, info) = page(json!({"first": 3, "after": info["endCursor"]})).await;
        assert_eq!((bodies.as_str(), &info["hasNextPage"]), ("6", &json!(false)));
        let (bodies, info) = page(json!({"last": 2})).await;
        assert_eq!((bodies.as_str(), &info["hasNextPage"], &info["hasPreviousPage"]), ("56", &json!(false), &json!(true)));
        let (bodies, _) = page(json!({"last": 2, "before": info["startCursor"]})).await;
        assert_eq!(bodies, "34");
    }
}

desk_test! {
    async fn markdown_is_shown_as_safe_html_and_plain_text_as_it_is(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("My screen stays black").await;
        let selection = "comment { body bodyHtml bodyText }";
        let body = "**Help** <script>alert(1)</script> [here](javascript:alert(1))";
        let marked = ann.do_it("commentAdd", json!({"ticketId": id, "body": body}), selection).await;
        let html = marked["comment"]["bodyHtml"].as_str().unwrap();
        assert!(html.contains("<strong>Help</strong>") && !html.contains("<script") && !html.contains("javascript:"), "{html}");
        assert!(marked["comment"]["bodyText"].as_str().unwrap().starts_with("Help"));
        let plain = ann.do_it("commentAdd", json!({"ticketId": id, "body": "1 < 2 **and** so on", "format": "PLAIN"}), selection).await;
        assert_eq!(plain["comment"]["bodyText"], "1 < 2 **and** so on");
        assert!(plain["comment"]["bodyHtml"].as_str().unwrap().contains("1 &lt; 2 **and** so on"), "{plain}");
    }
}
