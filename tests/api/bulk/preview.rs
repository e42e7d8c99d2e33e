//! What a job would do.

use serde_json::{Value, json};

use super::tickets;
use crate::desk_test;
use crate::harness::Person;

const PREVIEW: &str = "job { id } preview { total tried done skipped failed results(first: 3) { totalCount pageInfo { hasNextPage endCursor } \
    nodes { ticketId ticket { status { key } } outcome code message field } } }";

async fn would(person: &Person, selection: Value, action: Value) -> Value {
    let input = json!({"selection": selection, "action": action, "dryRun": true, "idempotencyKey": "dry"});
    person.do_it("ticketBulk", input, PREVIEW).await
}

desk_test! {
    async fn a_dry_run_says_what_would_happen_and_leaves_nothing(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let ids = tickets(&ann, 4).await;
        for id in &ids[..2] {
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        }
        ada.do_it("ticketClose", json!({"ticketId": ids[1]}), "ticket { id }").await;
        let before = desk.log().await.events.len();
        let answer = would(&ben, json!({"ids": ids}), json!({"close": {}})).await;
        let preview = &answer["preview"];
        assert_eq!((&answer["job"], &answer["eventCursor"]), (&json!(null), &json!(null)));
        let counts = ["total", "tried", "done", "skipped", "failed"].map(|name| preview[name].as_i64().unwrap());
        assert_eq!(counts, [4, 4, 1, 0, 3], "{preview:#}");
        let nodes = preview["results"]["nodes"].as_array().unwrap();
        assert_eq!((&nodes[0]["outcome"], &nodes[0]["ticket"]["status"]["key"]), (&json!("DONE"), &json!("assigned")), "as it is");
        assert_eq!((&nodes[1]["code"], &nodes[1]["outcome"]), (&json!("INVALID_TRANSITION"), &json!("FAILED")));
        // Hidden looks like absent.
        let absent = would(&ben, json!({"ids": [deskgraph::ids::TicketId::new().to_string()]}), json!({"close": {}})).await;
        let absent = &absent["preview"]["results"]["nodes"][0];
        assert_eq!((&nodes[2]["code"], &nodes[2]["message"], &nodes[2]["ticket"]), (&absent["code"], &absent["message"], &absent["ticket"]));
        assert_eq!(absent["code"], "NOT_FOUND");
        assert_eq!((&preview["results"]["totalCount"], &preview["results"]["pageInfo"]["hasNextPage"]), (&json!(4), &json!(true)));
        // Comments, tags, assignments, priorities: none of it is there afterwards.
        for action in [json!({"comment": {"body": "Never said."}}), json!({"tag": ["never"]}), json!({"priority": "urgent"}), json!({"delete": true})] {
            let tried = would(&ada, json!({"filter": {}}), action.clone()).await;
            assert_eq!(tried["preview"]["done"], 4, "{action}");
        }
        assert_eq!(desk.log().await.events.len(), before, "the log is where it was");
        let read = ada.run("{ tickets { nodes { tags commentCount priority { key } } totalCount } jobs { totalCount } }", json!({})).await;
        assert_eq!((&read["tickets"]["totalCount"], &read["jobs"]["totalCount"]), (&json!(4), &json!(0)));
        for ticket in read["tickets"]["nodes"].as_array().unwrap() {
            assert_eq!(*ticket, json!({"tags": [], "commentCount": 0, "priority": {"key": "medium"}}));
        }
        // The key was not used up.
        let input = json!({"selection": {"ids": ids}, "action": {"tag": ["real"]}, "idempotencyKey": "dry"});
        assert_eq!(ada.do_it("ticketBulk", input, "job { state }").await["replayed"], false);
    }
}

desk_test! {
    async fn a_dry_run_tries_the_first_thousand(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let real = tickets(&ann, 2).await;
        let ids: Vec<String> = real.into_iter().chain((0..1_100).map(|_| deskgraph::ids::TicketId::new().to_string())).collect();
        let answer = would(&ada, json!({"ids": ids}), json!({"priority": "high"})).await;
        let counts = ["total", "tried", "done", "failed"].map(|name| answer["preview"][name].as_i64().unwrap());
        assert_eq!(counts, [1_102, 1_000, 2, 998]);
    }
}
