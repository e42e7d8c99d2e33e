//! Deleting tickets and bringing them back, alone and merged.

use serde_json::{Value, json};

use super::{merge, said, say, thread, unmerge};
use crate::desk_test;
use crate::harness::{Person, ids};

/// The deleted tickets that somebody is shown.
async fn deleted(person: &Person) -> Vec<String> {
    let document = "{ tickets(filter: {deleted: true}, orderBy: {direction: ASC}) { totalCount nodes { id title deletedAt actions { name allowed } } } }";
    let listed = person.run(document, json!({})).await["tickets"].take();
    for node in listed["nodes"].as_array().unwrap() {
        assert!(node["deletedAt"].is_string(), "{node}");
    }
    ids(&listed["nodes"])
}

desk_test! {
    // S1-46, S4-35, S4-68
    async fn a_deleted_ticket_is_brought_back_as_it_was(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let id = ann.open_ticket("The xylophone is broken").await;
        say(&ann, &id, "It rattles.").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let document = "query($id: ID!) { ticket(id: $id) { status { key } assignee { id } commentCount dueAt sla { clocks { state } } } }";
        let look = async |person: &Person| person.run(document, json!({"id": id})).await["ticket"].take();
        let before = look(&ada).await;
        let mut socket = ann.socket().await;
        socket.subscribe("1", "subscription { ticketEvents { node { kind ticketId } } }", json!({})).await;
        desk.advance(1.0);
        ada.do_it("ticketDelete", json!({"ticketId": id}), "ticket { id deletedAt }").await;
        assert_eq!(socket.next().await["ticketEvents"]["node"], json!({"kind": "HIDDEN", "ticketId": id}));
        // Only who may restore it is shown that there is one.
        assert_eq!(deleted(&ada).await, [id.as_str()]);
        for person in [&ann, &ben] {
            assert_eq!(deleted(person).await, Vec::<String>::new());
            assert_eq!(person.refused("ticketRestore", json!({"ticketId": id})).await["code"], "NOT_FOUND");
        }
        let nested = ada.run("{ tickets(filter: {or: [{deleted: true}]}) { totalCount } ticketSummary(filter: {deleted: true}) { total } }", json!({})).await;
        assert_eq!(nested, json!({"tickets": {"totalCount": 0}, "ticketSummary": {"total": 1}}));
        desk.advance(1_000.0);
        let back = ada.do_it("ticketRestore", json!({"ticketId": id}), "ticket { id status { key } deletedAt }").await;
        assert_eq!(back["ticket"]["deletedAt"], json!(null));
        assert_eq!(socket.next().await["ticketEvents"]["node"], json!({"kind": "RESTORED", "ticketId": id}));
        let mut after = look(&ada).await;
        let at = |value: &Value| value.as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0;
        let moved = at(&after["dueAt"]) - at(&before["dueAt"]);
        assert!((moved - 1_000 * 3_600_000).abs() < 60_000, "nobody could work on it meanwhile: {moved}");
        after["dueAt"] = before["dueAt"].clone();
        assert_eq!(after, before);
        assert_eq!(deleted(&ada).await, Vec::<String>::new());
        for person in [&ann, &ben] {
            let found = person.run(
                "query($at: EventCursor!) { search(query: \"rattles\", consistentWith: $at) { hits { node { ... on Ticket { id } } } } }",
                json!({"at": back["eventCursor"]}),
            ).await;
            assert_eq!(found["search"]["hits"], json!([{"node": {"id": id}}]));
        }
        // Twice is once; and nobody brings back what is not theirs to see.
        let again = ada.do_it("ticketRestore", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(again["ticket"]["id"], id);
        assert_eq!(ann.refused("ticketRestore", json!({"ticketId": id})).await["code"], "FORBIDDEN");
    }
}

desk_test! {
    // S1-57, S4-68: what is read as one is deleted as one.
    async fn merged_tickets_go_and_come_back_together(desk: &Desk) {
        let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
        let (one, two, three) = (ann.open_ticket("Printer one").await, ann.open_ticket("Printer two").await, bob.open_ticket("Printer three").await);
        say(&ann, &one, "It hums.").await;
        say(&ann, &two, "It smokes.").await;
        merge(&ada, &one, &two).await;
        merge(&ada, &two, &three).await;
        let before = (thread(&ada, &one).await, thread(&ada, &three).await);
        ada.do_it("ticketDelete", json!({"ticketId": three}), "ticket { id }").await;
        assert_eq!(deleted(&ada).await, [one.clone(), two.clone(), three.clone()]);
        for id in [&one, &two, &three] {
            assert_eq!(thread(&ada, id).await, json!(null));
            assert_eq!(ann.refused("commentAdd", json!({"ticketId": id, "body": "Hello?"})).await["code"], "NOT_FOUND");
        }
        let error = ada.refused("ticketRestore", json!({"ticketId": one})).await;
        assert_eq!(error["code"], "MERGED");
        ada.do_it("ticketRestore", json!({"ticketId": three}), "ticket { id }").await;
        let mut after = (thread(&ada, &one).await, thread(&ada, &three).await);
        assert_eq!(said(&after.1), ["It hums.", "It smokes."]);
        for (before, after) in [(&before.0, &mut after.0), (&before.1, &mut after.1)] {
            after["version"] = before["version"].clone();
            assert_eq!(after, before);
        }
        unmerge(&ada, &two).await;
        assert_eq!(thread(&ada, &two).await["status"]["key"], "open");
    }
}
