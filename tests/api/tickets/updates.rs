//! Changing what a ticket says, and not losing what others changed.

use serde_json::json;

use crate::desk_test;

desk_test! {
    // S1-45, S4-34, S3-83
    async fn title_description_category_and_tags_change_and_history_keeps_both_texts(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("The first title").await;
        let input = json!({"ticketId": id, "title": "The second title", "category": "billing", "tags": ["Money"]});
        let updated = ann.do_it("ticketUpdate", input.clone(), "ticket { title category { key } tags version }").await;
        assert_eq!(updated["ticket"], json!({"title": "The second title", "category": {"key": "billing"}, "tags": ["money"], "version": 2}));
        let history = ann.run(
            "query($id: ID!) { ticket(id: $id) { history { nodes { ... on TicketUpdatedEvent { fields changes { field before after } } } } } }",
            json!({"id": id}),
        ).await;
        let event = &history["ticket"]["history"]["nodes"][1];
        assert_eq!(event["fields"], json!(["title", "category", "tags"]));
        assert_eq!(event["changes"], json!([{"field": "title", "before": "The first title", "after": "The second title"}]));
        // The same again changes nothing, and says nothing.
        let again = ann.do_it("ticketUpdate", input, "ticket { version }").await;
        assert_eq!(again["ticket"]["version"], 2);
        assert_eq!(again["eventCursor"], updated["eventCursor"]);
    }
}

desk_test! {
    // Promise 4: no lost update.
    async fn a_stale_version_is_refused_with_the_present_one(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ada.open_ticket("A ticket that two people edit").await;
        let first = json!({"ticketId": id, "title": "What the first one wrote", "expectedVersion": 1});
        ada.do_it("ticketUpdate", first, "ticket { version }").await;
        for (mutation, mut input) in [
            ("ticketUpdate", json!({"title": "What the second one wrote"})),
            ("ticketStatusChange", json!({"status": "closed"})),
            ("ticketPriorityChange", json!({"priority": "urgent"})),
            ("ticketClose", json!({})),
            ("ticketDelete", json!({})),
        ] {
            input["ticketId"] = json!(id);
            input["expectedVersion"] = json!(1);
            let error = ada.refused(mutation, input).await;
            assert_eq!((error["code"].as_str(), error["currentVersion"].as_i64()), (Some("CONFLICT"), Some(2)), "{mutation}");
        }
        let read = ada.run("query($id: ID!) { ticket(id: $id) { title version } }", json!({"id": id})).await;
        assert_eq!(read["ticket"], json!({"title": "What the first one wrote", "version": 2}));
        // The refusal tells what happened in between.
        ada.do_it("ticketPriorityChange", json!({"ticketId": id, "priority": "low"}), "ticket { version }").await;
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "No change of fields."}), "comment { id }").await;
        let since = ada.run(
            "mutation($input: TicketUpdateInput!) { ticketUpdate(input: $input) { userErrors { ... on ConflictError { currentVersion events { kind actor { id } } } } } }",
            json!({"input": {"ticketId": id, "title": "Too late again", "expectedVersion": 1}}),
        ).await;
        assert_eq!(since["ticketUpdate"]["userErrors"], json!([{"currentVersion": 3, "events": [
            {"kind": "UPDATED", "actor": {"id": ada.id}}, {"kind": "PRIORITY_CHANGED", "actor": {"id": ada.id}}]}]));
    }
}

desk_test! {
    // S4-37, S3-34, S4-66
    async fn priority_changes_and_deadlines_follow(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ada.open_ticket("A ticket that becomes urgent").await;
        let before = ada.run("query($id: ID!) { ticket(id: $id) { createdAt dueAt } }", json!({"id": id})).await;
        let raised = ada.do_it("ticketPriorityChange", json!({"ticketId": id, "priority": "urgent"}), "ticket { dueAt priority { key } }").await;
        assert_eq!(raised["ticket"]["priority"]["key"], "urgent");
        assert!(raised["ticket"]["dueAt"].as_str() < before["ticket"]["dueAt"].as_str());
        let same = ada.do_it("ticketPriorityChange", json!({"ticketId": id, "priority": "urgent"}), "ticket { version }").await;
        assert_eq!(same["ticket"]["version"], 2);
    }
}

desk_test! {
    // S4-35, S1-46, S4-68: deleted is gone, by every way of asking.
    async fn a_deleted_ticket_is_gone(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = ann.open_ticket("A ticket to be deleted").await;
        let number = ann.run("query($id: ID!) { ticket(id: $id) { number } }", json!({"id": id})).await["ticket"]["number"].take();
        let deleted = ada.do_it("ticketDelete", json!({"ticketId": id}), "ticket { id }").await;
        for person in [&ada, &ann] {
            let read = person.run(
                "query($id: ID!, $number: String!) { ticket(id: $id) { id } ticketByNumber(number: $number) { id } node(id: $id) { id } \
                 nodes(ids: [$id]) { id } tickets { totalCount nodes { id } } ticketSummary { total } }",
                json!({"id": id, "number": number}),
            ).await;
            assert_eq!(read, json!({"ticket": null, "ticketByNumber": null, "node": null, "nodes": [null],
                "tickets": {"totalCount": 0, "nodes": []}, "ticketSummary": {"total": 0}}));
            let found = person.run(
                "query($cursor: EventCursor!) { search(query: \"deleted\", consistentWith: $cursor) { totalCount hits { cursor } } }",
                json!({"cursor": deleted["eventCursor"]}),
            ).await;
            assert_eq!(found["search"], json!({"totalCount": 0, "hits": []}));
            assert_eq!(person.refused("ticketUpdate", json!({"ticketId": id, "title": "Still there?"})).await["code"], "NOT_FOUND");
        }
    }
}
