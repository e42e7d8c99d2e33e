//! What a stream is narrowed to.

use serde_json::{Value, json};

use super::{EVENTS, Watcher, now, short};
use crate::desk_test;
use crate::harness::errors;

desk_test! {
    async fn filters_narrow_by_kind_ticket_actor_and_hand(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let team = ada.do_it("teamCreate", json!({"name": "Network"}), "team { id }").await["team"]["id"].take();
        let start = now(&ada).await;
        let (one, two) = (ann.open_ticket("The first ticket").await, ann.open_ticket("The second ticket").await);
        ada.do_it("ticketAssign", json!({"ticketId": one, "to": {"agentId": ben.id}}), "ticket { id }").await;
        ada.do_it("ticketAssign", json!({"ticketId": two, "to": {"teamId": team}}), "ticket { id }").await;
        ben.do_it("commentAdd", json!({"ticketId": one, "body": "On it."}), "comment { id }").await;
        ada.do_it("ticketAssign", json!({"ticketId": one, "to": {"agentId": ada.id}}), "ticket { id }").await;
        let last = ann.do_it("commentAdd", json!({"ticketId": two, "body": "Anybody?"}), "comment { id }").await["eventCursor"].take();

        let all = [
            ("CREATED", &one), ("CREATED", &two), ("ASSIGNED", &one), ("STATUS_CHANGED", &one), ("ASSIGNED", &two),
            ("STATUS_CHANGED", &two), ("COMMENT_ADDED", &one), ("ASSIGNED", &one), ("COMMENT_ADDED", &two),
        ];
        let cases: [(Value, &[usize]); 12] = [
            (json!({}), &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
            (json!(null), &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
            (json!({"kinds": ["CREATED"]}), &[0, 1]),
            (json!({"kinds": ["CREATED", "COMMENT_ADDED"]}), &[0, 1, 6, 8]),
            (json!({"kinds": []}), &[]),
            (json!({"ticketIds": [one]}), &[0, 2, 3, 6, 7]),
            (json!({"ticketIds": [one, two], "kinds": ["ASSIGNED"]}), &[2, 4, 7]),
            (json!({"actorIds": [ann.id]}), &[0, 1, 8]),
            (json!({"actorIds": [ben.id, ann.id], "kinds": ["COMMENT_ADDED"]}), &[6, 8]),
            // Given to Ben, or taken from him.
            (json!({"assigneeIds": [ben.id]}), &[2, 7]),
            (json!({"assigneeIds": [ada.id]}), &[7]),
            (json!({"teamIds": [team]}), &[4]),
        ];
        for (filter, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|nth| (all[*nth].0.to_owned(), all[*nth].1.clone())).collect();
            // The last one comes in any case, for it says that nothing more does.
            let document = "query($after: EventCursor!, $filter: TicketEventFilter) { events(after: $after, filter: $filter, first: 100) \
                { edges { node { kind ticketId } } } }";
            let page = ada.run(document, json!({"after": start, "filter": filter})).await;
            let read: Vec<_> = page["events"]["edges"].as_array().unwrap().iter().map(|edge| short(&edge["node"])).collect();
            assert_eq!(read, expected, "{filter}");
            let mut watcher = Watcher::new(&ada, filter.clone(), &start).await;
            for event in expected {
                assert_eq!(watcher.event().await, event, "{filter}");
            }
        }

        // The narrower subscriptions.
        let mut socket = ada.socket().await;
        let document = "subscription($after: EventCursor, $ids: [ID!]) { ticketStatusChanged(after: $after, ticketIds: $ids) { node { ticketId status { key } } } }";
        socket.subscribe("1", document, json!({"after": start, "ids": [two]})).await;
        assert_eq!(socket.next().await["ticketStatusChanged"]["node"], json!({"ticketId": two, "status": {"key": "assigned"}}));
        let mut socket = ada.socket().await;
        let document = "subscription($after: EventCursor) { commentAdded(after: $after) { eventCursor node { comment { body } } } }";
        socket.subscribe("1", document, json!({"after": start})).await;
        assert_eq!(socket.next().await["commentAdded"]["node"]["comment"]["body"], "On it.");
        assert_eq!(socket.next().await["commentAdded"], json!({"eventCursor": last, "node": {"comment": {"body": "Anybody?"}}}));
    }
}

desk_test! {
    async fn strangers_watch_nothing(desk: &Desk) {
        let mut socket = desk.stranger().socket().await;
        socket.subscribe("1", EVENTS, json!({})).await;
        let message = socket.receive().await;
        let payload = if message["type"] == "error" { json!({"errors": message["payload"]}) } else { message["payload"].clone() };
        assert_eq!(errors(&payload), ["UNAUTHENTICATED"], "{message:#}");
    }
}
