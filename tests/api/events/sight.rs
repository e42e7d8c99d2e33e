//! Promise 7 on streams: everybody sees what they may see at the moment of sending.

use serde_json::json;

use super::{Watcher, now};
use crate::desk_test;

fn event(kind: &str, ticket: &str) -> (String, String) {
    (kind.to_owned(), ticket.to_owned())
}

desk_test! {
    // Agents of this desk see what is theirs.
    async fn assignment_gives_sight_and_reassignment_takes_it_with_one_last_word(desk: &Desk) {
        let (ada, ben, cas) = (desk.administrator().await, desk.agent("Ben").await, desk.agent("Cas").await);
        let start = now(&ada).await;
        let (mut bens, mut cass) = (Watcher::new(&ben, json!({}), &start).await, Watcher::new(&cas, json!({}), &start).await);
        let id = ada.open_ticket("A ticket that goes round").await;
        let give = async |person: &crate::harness::Person| {
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": person.id}}), "ticket { id }").await["eventCursor"].take()
        };
        let say = async |body: &str| {
            ada.do_it("commentAdd", json!({"ticketId": id, "body": body}), "comment { id }").await["eventCursor"].take()
        };
        give(&ben).await;
        assert_eq!(bens.event().await, event("ASSIGNED", &id));
        assert_eq!(bens.event().await, event("STATUS_CHANGED", &id));
        say("Ben sees this.").await;
        assert_eq!(bens.event().await, event("COMMENT_ADDED", &id));
        let given = give(&cas).await;
        let edge = bens.next().await;
        assert_eq!(edge["node"]["__typename"], "TicketHidden");
        assert_eq!((&edge["node"]["kind"], &edge["node"]["ticketId"], &edge["node"]["ticket"]), (&json!("HIDDEN"), &json!(id), &json!(null)));
        assert_eq!(edge["eventCursor"], given);
        assert_eq!(cass.event().await, event("ASSIGNED", &id));
        say("Cas sees this.").await;
        assert_eq!(cass.event().await, event("COMMENT_ADDED", &id));
        ada.do_it("ticketUnassign", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(cass.event().await, event("HIDDEN", &id));
        say("Neither sees this.").await;
        // What is sent is what one sees by then: Ben's stream must have passed the comment before he gets the ticket again.
        let fence = ben.open_ticket("A fence between").await;
        assert_eq!(bens.event().await, event("CREATED", &fence));
        give(&ben).await;
        assert_eq!(bens.event().await, event("ASSIGNED", &id), "nothing in between");
        // The administrator has seen all and lost nothing; then it is deleted.
        let gone = ada.do_it("ticketDelete", json!({"ticketId": id}), "ticket { id }").await["eventCursor"].take();
        assert_eq!(bens.event().await, event("HIDDEN", &id));
        let (bens_own, cass_own) = (ben.open_ticket("A marker of Ben").await, cas.open_ticket("A marker of Cas").await);
        assert_eq!(bens.event().await, event("CREATED", &bens_own), "nothing in between");
        assert_eq!(cass.event().await, event("CREATED", &cass_own), "nothing in between");
        let all = Watcher::new(&ada, json!({}), &gone).await.until(&now(&ada).await).await;
        assert_eq!(all.iter().map(|(_, kind, _)| kind.as_str()).collect::<Vec<_>>(), ["CREATED", "CREATED"]);
    }
}

desk_test! {
    // What somebody missed is checked as it is sent, too: of a ticket that is gone there is one word for each time it was lost.
    async fn a_replay_shows_nothing_of_what_was_lost_meanwhile_but_that_it_was_lost(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let start = now(&ada).await;
        let id = ann.open_ticket("A ticket with a short life").await;
        for person in [&ben, &ada, &ben] {
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": person.id}}), "ticket { id }").await;
        }
        ben.do_it("commentAdd", json!({"ticketId": id, "body": "A secret."}), "comment { id }").await;
        ada.do_it("ticketUnassign", json!({"ticketId": id}), "ticket { id }").await;
        ada.do_it("ticketDelete", json!({"ticketId": id}), "ticket { id }").await;
        let (bens, anns) = (ben.open_ticket("A marker of Ben").await, ann.open_ticket("A marker of Ann").await);
        let last = now(&ada).await;
        let see = async |person| -> Vec<(String, String)> {
            let all = Watcher::new(person, json!({}), &start).await.until(&last).await;
            all.into_iter().map(|(_, kind, ticket)| (kind, ticket)).collect()
        };
        // Ann asked, and lost it once, when it was deleted.
        assert_eq!(see(&ann).await, [event("HIDDEN", &id), event("CREATED", &anns)]);
        // Ben had it twice.
        let mut watcher = Watcher::new(&ben, json!({}), &start).await;
        for expected in [event("HIDDEN", &id), event("HIDDEN", &id), event("CREATED", &bens)] {
            assert_eq!(watcher.event().await, expected);
        }
    }
}

desk_test! {
    // S4-67: not their text, not that they are there, not by any filter.
    async fn notes_never_reach_customers(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = ann.open_ticket("A ticket that is talked about").await;
        let start = now(&ada).await;
        let mut watchers = Vec::new();
        for filter in [json!({}), json!({"kinds": ["COMMENT_ADDED"]}), json!({"ticketIds": [id]}), json!({"actorIds": [ada.id]})] {
            watchers.push(Watcher::new(&ann, filter, &start).await);
        }
        let mut socket = ann.socket().await;
        let document = "subscription($after: EventCursor) { commentAdded(after: $after) { node { internal comment { body } } } }";
        socket.subscribe("1", document, json!({"after": start})).await;
        for _ in 0..5 {
            ada.do_it("commentAdd", json!({"ticketId": id, "body": "A difficult customer.", "internal": true}), "comment { id }").await;
        }
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "Good day."}), "comment { id }").await;
        for watcher in &mut watchers {
            let edge = watcher.next().await;
            assert_eq!((&edge["node"]["internal"], &edge["node"]["comment"]["body"]), (&json!(false), &json!("Good day.")));
        }
        assert_eq!(socket.next().await["commentAdded"]["node"], json!({"internal": false, "comment": {"body": "Good day."}}));
        let read = ann.run("query($after: EventCursor!) { events(after: $after) { edges { node { kind } } } }", json!({"after": start})).await;
        assert_eq!(read["events"]["edges"].as_array().unwrap().len(), 1);
    }
}

desk_test! {
    async fn customers_see_their_own_tickets_only(desk: &Desk) {
        let (ann, bob) = (desk.customer("Ann").await, desk.customer("Bob").await);
        let start = now(&ann).await;
        let mut anns = Watcher::new(&ann, json!({}), &start).await;
        let (theirs, own) = (bob.open_ticket("A ticket of Bob").await, ann.open_ticket("A ticket of Ann").await);
        assert_eq!(anns.event().await, event("CREATED", &own));
        let mut filtered = Watcher::new(&ann, json!({"ticketIds": [theirs, own]}), &start).await;
        assert_eq!(filtered.event().await, event("CREATED", &own));
    }
}
