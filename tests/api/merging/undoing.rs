//! Undoing a merge brings everything back, exactly.

use serde_json::{Value, json};

use super::{merge, said, say, thread, unmerge};
use crate::desk_test;
use crate::harness::Person;

/// All that a merge could change of a ticket.
async fn state(person: &Person, ticket: &str) -> Value {
    let document = "query($id: ID!) { ticket(id: $id) { status { key stage } statusChangedAt resolvedAt closedAt closeReason { key } \
        reopenCount mergedAt mergedInto { id } mergedTickets { totalCount } participants { id } commentCount lastComment { id } \
        assignee { id } priority { key } tags firstRespondedAt breached sla { clocks { target state metAt pausedAt } } \
        comments { nodes { id } } allowedStatuses { key } actions { name allowed } } }";
    person.run(document, json!({"id": ticket})).await["ticket"].take()
}

desk_test! {
    // S1-57, S1-101
    async fn a_merge_that_is_undone_has_never_been(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        for status in ["open", "assigned", "in_progress", "waiting", "resolved", "closed"] {
            let (one, two) = (ann.open_ticket("The printer is broken").await, ann.open_ticket("The printer still hums").await);
            say(&ann, &one, "It smells of smoke.").await;
            say(&ada, &two, "Is it on?").await;
            if status != "open" {
                ada.do_it("ticketAssign", json!({"ticketId": one, "to": {"agentId": ben.id}}), "ticket { id }").await;
            }
            let way: &[&str] = match status {
                "in_progress" => &["in_progress"],
                "waiting" => &["in_progress", "waiting"],
                "resolved" => &["in_progress", "resolved"],
                "closed" => &["in_progress", "resolved", "closed"],
                _ => &[],
            };
            for step in way {
                ada.do_it("ticketStatusChange", json!({"ticketId": one, "status": step}), "ticket { id }").await;
            }
            let before = (state(&ada, &one).await, state(&ada, &two).await);
            merge(&ada, &one, &two).await;
            let merged = state(&ada, &one).await;
            assert_eq!(merged["status"]["stage"], "CLOSED");
            assert_eq!(merged["resolvedAt"], before.0["resolvedAt"], "{status}: nobody resolved it by that");
            for clock in merged["sla"]["clocks"].as_array().unwrap() {
                assert!(clock["state"] == "PAUSED" || clock["state"] == "MET", "{status}: {clock}");
            }
            unmerge(&ada, &one).await;
            assert_eq!(state(&ada, &one).await, before.0, "{status}");
            assert_eq!(state(&ada, &two).await, before.1, "{status}");
        }
    }
}

desk_test! {
    // S1-57, S4-10: while it is merged, its clocks stand still.
    async fn the_time_in_between_does_not_count(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (one, two) = (ann.open_ticket("The printer is broken").await, ann.open_ticket("The printer still hums").await);
        let document = "query($id: ID!) { ticket(id: $id) { dueAt breached sla { clocks { deadline state segments { kind because } } } } }";
        let clocks = async || ada.run(document, json!({"id": one})).await["ticket"].take();
        let at = |value: &Value| value.as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0;
        let before = clocks().await;
        desk.advance(1.0);
        merge(&ada, &one, &two).await;
        assert_eq!(clocks().await["dueAt"], json!(null));
        desk.advance(1_000.0);
        unmerge(&ada, &one).await;
        let after = clocks().await;
        assert_eq!(after["breached"], false);
        let moved = at(&after["dueAt"]) - at(&before["dueAt"]);
        assert!((moved - 1_000 * 3_600_000).abs() < 60_000, "{moved}");
        let segments = json!([{"kind": "COUNTING", "because": "OPENED"}, {"kind": "PAUSED", "because": "MERGED"},
            {"kind": "COUNTING", "because": "MERGED"}]);
        assert_eq!(after["sla"]["clocks"][0]["segments"], segments);
        // The other one was late meanwhile, and says so.
        let two = ada.run("query($id: ID!) { ticket(id: $id) { breached } }", json!({"id": two})).await;
        assert_eq!(two["ticket"]["breached"], true);
    }
}

desk_test! {
    // S1-57: links of a chain are taken out one by one, each with what belongs to it.
    async fn a_link_of_a_chain_leaves_with_what_was_merged_into_it(desk: &Desk) on "superapp" {
        let ada = desk.administrator().await;
        let (ann, bob, eve) = (desk.customer("Ann").await, desk.customer("Bob").await, desk.customer("Eve").await);
        let mut tickets = Vec::new();
        for person in [&ann, &bob, &eve] {
            let id = crate::profiles::open(person, "superapp").await.as_str().unwrap().to_owned();
            say(person, &id, "Charged twice.").await;
            tickets.push(id);
        }
        let [a, b, c] = <[String; 3]>::try_from(tickets).unwrap();
        merge(&ada, &a, &b).await;
        merge(&ada, &b, &c).await;
        let names = async |id: &str| thread(&ada, id).await["participants"].take();
        assert_eq!(names(&c).await, json!([{"name": "Ann"}, {"name": "Bob"}]));
        assert_eq!(names(&b).await, json!([{"name": "Ann"}]));
        // Bob's leaves Eve's, and takes Ann's along.
        unmerge(&ada, &b).await;
        assert_eq!((names(&c).await, names(&b).await), (json!([]), json!([{"name": "Ann"}])));
        assert_eq!(said(&thread(&ada, &c).await).len(), 1);
        assert_eq!(said(&thread(&ada, &b).await).len(), 2);
        assert_eq!(thread(&ada, &a).await["mergedInto"]["id"], b);
        // And the other way: Ann's leaves both of those that it is read at.
        merge(&ada, &b, &c).await;
        unmerge(&ada, &a).await;
        assert_eq!((names(&c).await, names(&b).await), (json!([{"name": "Bob"}]), json!([])));
        assert_eq!((said(&thread(&ada, &c).await).len(), said(&thread(&ada, &b).await).len()), (2, 1));
        assert_eq!(thread(&ann, &c).await, json!(null));
        assert_eq!(thread(&ann, &a).await["mergedAt"], json!(null));
    }
}
