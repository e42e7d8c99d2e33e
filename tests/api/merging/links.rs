//! How tickets belong together.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::Person;

async fn links(person: &Person, ticket: &str) -> Value {
    let document =
        "query($id: ID!) { ticket(id: $id) { links { totalCount nodes { kind ticket { id } createdBy { name } } } } }";
    person.run(document, json!({"id": ticket})).await["ticket"]["links"].take()
}

/// What the ticket is to which others.
async fn to(person: &Person, ticket: &str) -> Vec<(String, String)> {
    let links = links(person, ticket).await;
    let nodes = links["nodes"].as_array().unwrap();
    assert_eq!(links["totalCount"], nodes.len());
    let short =
        |node: &Value| (node["kind"].as_str().unwrap().to_owned(), node["ticket"]["id"].as_str().unwrap().to_owned());
    nodes.iter().map(short).collect()
}

fn link(kind: &str, ticket: &str) -> (String, String) {
    (kind.to_owned(), ticket.to_owned())
}

desk_test! {
    // S1-43
    async fn a_link_is_read_from_both_ends(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (one, two, three) = (ann.open_ticket("Printer one").await, ann.open_ticket("Printer two").await, ann.open_ticket("Printer three").await);
        let wish = |ticket: &str, other: &str, kind: &str| json!({"ticketId": ticket, "otherId": other, "kind": kind});
        ada.do_it("ticketLink", json!({"ticketId": one, "otherId": two}), "ticket { id }").await;
        ada.do_it("ticketLink", wish(&two, &three, "BLOCKED_BY"), "ticket { id }").await;
        assert_eq!(to(&ada, &one).await, [link("RELATED", &two)]);
        assert_eq!(to(&ada, &two).await, [link("RELATED", &one), link("BLOCKED_BY", &three)]);
        assert_eq!(to(&ada, &three).await, [link("BLOCKS", &two)]);
        // The same from the other end is the same.
        for (ticket, other, kind) in [(&two, &one, "RELATED"), (&one, &two, "RELATED"), (&three, &two, "BLOCKS")] {
            assert_eq!(ada.refused("ticketLink", wish(ticket, other, kind)).await["code"], "ALREADY_EXISTS");
        }
        assert_eq!(ada.refused("ticketLink", wish(&one, &one, "RELATED")).await["code"], "INVALID_VALUE");
        assert_eq!(ann.refused("ticketLink", wish(&one, &three, "RELATED")).await["code"], "FORBIDDEN");
        // Ann asked for all of them, and sees how they belong together; who said so is staff's affair in the history.
        assert_eq!(to(&ann, &one).await, [link("RELATED", &two)]);
        let document = "query($id: ID!) { ticket(id: $id) { history { nodes { kind ... on TicketLinkedEvent { other { id } linkKind } } } } }";
        let history = ada.run(document, json!({"id": three})).await["ticket"]["history"]["nodes"].take();
        assert!(history.as_array().unwrap().contains(&json!({"kind": "LINKED", "other": {"id": two}, "linkKind": "BLOCKS"})), "{history}");
        assert!(!ann.run(document, json!({"id": three})).await.to_string().contains("LINKED"));
        ada.do_it("ticketUnlink", wish(&three, &two, "BLOCKS"), "ticket { id }").await;
        assert_eq!(ada.refused("ticketUnlink", wish(&three, &two, "BLOCKS")).await["code"], "NOT_FOUND");
        assert_eq!(to(&ada, &two).await, [link("RELATED", &one)]);
    }
}

desk_test! {
    // Promise 7: each end is shown to those only who see the other.
    async fn a_link_to_what_one_does_not_see_is_not_there(desk: &Desk) {
        let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
        let ben = desk.agent("Ben").await;
        let (one, two, three) = (ann.open_ticket("Printer one").await, bob.open_ticket("Printer two").await, ann.open_ticket("Printer three").await);
        for (ticket, other) in [(&one, &two), (&one, &three)] {
            ada.do_it("ticketLink", json!({"ticketId": ticket, "otherId": other, "kind": "DUPLICATE"}), "ticket { id }").await;
        }
        ada.do_it("ticketAssign", json!({"ticketId": two, "to": {"agentId": ben.id}}), "ticket { id }").await;
        assert_eq!(to(&ada, &one).await, [link("DUPLICATE", &two), link("DUPLICATE", &three)]);
        assert_eq!(to(&ann, &one).await, [link("DUPLICATE", &three)]);
        // Bob links nothing, whether the other is there or not; Ben may, and it looks absent to him.
        let absent = "tkt_01j00000000000000000000000";
        for (person, code) in [(&bob, "FORBIDDEN"), (&ben, "NOT_FOUND")] {
            assert_eq!(to(person, &two).await, []);
            for other in [one.as_str(), absent] {
                let input = json!({"ticketId": two, "otherId": other});
                assert_eq!(person.refused("ticketUnlink", input).await["code"], code);
            }
        }
        // A deleted ticket takes its links out of sight, and brings them back.
        ada.do_it("ticketDelete", json!({"ticketId": three}), "ticket { id }").await;
        assert_eq!(to(&ada, &one).await, [link("DUPLICATE", &two)]);
        ada.do_it("ticketRestore", json!({"ticketId": three}), "ticket { id }").await;
        assert_eq!(to(&ada, &three).await, [link("DUPLICATED_BY", &one)]);
    }
}
