//! Promise 7 on streams: everybody sees what they may see at the moment of sending.

use serde_json::json;

use super::{Watcher, now};
use crate::desk_test;
use crate::harness::seq;

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
        let before = now(&ada).await;
        let given = give(&cas).await;
        let edge = bens.next().await;
        assert_eq!(edge["node"]["__typename"], "TicketHidden");
        assert_eq!((&edge["node"]["kind"], &edge["node"]["ticketId"], &edge["node"]["ticket"]), (&json!("HIDDEN"), &json!(id), &json!(null)));
        // The mutation's own position contains it, and what it led to besides: people were told.
        assert!((seq(&before) + 1..=seq(&given)).contains(&seq(&edge["eventCursor"])), "{edge}");
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

desk_test! {
    // Promise 8: rights that end take what was shown with them, once, and nothing else.
    async fn a_change_of_rights_hides_what_the_stream_has_shown(desk: &Desk) {
        let (ada, ben) = (desk.administrator().await, desk.agent("Ben").await);
        let start = now(&ada).await;
        let mut watcher = Watcher::new(&ben, json!({}), &start).await;
        let mut one_only = None;
        let mut given = Vec::new();
        let own = ben.open_ticket("A ticket that Ben asked for").await;
        for nth in 0..3 {
            let id = ada.open_ticket(&format!("Ticket {nth} for Ben")).await;
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
            if nth == 0 {
                one_only = Some(Watcher::new(&ben, json!({"ticketIds": [id]}), &start).await);
            }
            given.push(id);
        }
        let mut one_only = one_only.unwrap();
        watcher.reach("CREATED", &own).await;
        for id in &given {
            watcher.reach("STATUS_CHANGED", id).await;
        }
        one_only.reach("STATUS_CHANGED", &given[0]).await;
        // The third goes by itself, before.
        ada.do_it("ticketUnassign", json!({"ticketId": given[2]}), "ticket { id }").await;
        assert_eq!(watcher.event().await, event("HIDDEN", &given[2]));

        let before = now(&ada).await;
        let lost = ada.do_it("personUpdate", json!({"personId": ben.id, "role": "CUSTOMER"}), "person { id }").await;
        let mut edges = Vec::new();
        for id in &given[..2] {
            let edge = watcher.next().await;
            assert_eq!(edge["node"]["__typename"], "TicketHidden");
            assert_eq!((&edge["node"]["ticketId"], &edge["node"]["ticket"]), (&json!(id), &json!(null)));
            edges.push(edge);
        }
        // Whoever goes away between the two is not past the change yet.
        assert_eq!((&edges[0]["eventCursor"], &edges[1]["eventCursor"]), (&before, &lost["eventCursor"]));
        assert_eq!(one_only.event().await, event("HIDDEN", &given[0]));
        // What happens to them now is not Ben's business, not even that they go out of his hands.
        ada.do_it("commentAdd", json!({"ticketId": given[0], "body": "Between us."}), "comment { id }").await;
        ada.do_it("ticketUnassign", json!({"ticketId": given[0]}), "ticket { id }").await;
        ada.do_it("ticketDelete", json!({"ticketId": given[2]}), "ticket { id }").await;
        let marker = ben.open_ticket("A marker of Ben").await;
        assert_eq!(watcher.event().await, event("CREATED", &marker), "nothing in between");

        // He comes back, is told of one, and loses it again: one word for each time.
        ada.do_it("personUpdate", json!({"personId": ben.id, "role": "AGENT"}), "person { id }").await;
        ada.do_it("commentAdd", json!({"ticketId": given[1], "body": "Welcome back."}), "comment { id }").await;
        assert_eq!(watcher.event().await, event("COMMENT_ADDED", &given[1]));
        ada.do_it("personUpdate", json!({"personId": ben.id, "role": "CUSTOMER"}), "person { id }").await;
        assert_eq!(watcher.event().await, event("HIDDEN", &given[1]));
        let marker = ben.open_ticket("Another marker of Ben").await;
        assert_eq!(watcher.event().await, event("CREATED", &marker), "nothing in between");
    }
}

/// The help desk, with agents who see what their teams work on.
fn teams_see(folder: &std::path::Path) -> String {
    let view = "\"ticket.view\"            = [\"OWN\", \"ASSIGNED\"]";
    crate::harness::profile(folder, &[(view, "\"ticket.view\" = [\"OWN\", \"ASSIGNED\", \"TEAM\"]")])
}

async fn leaving_a_team_hides_its_tickets(desk: &crate::harness::Desk) {
    let (ada, ben) = (desk.administrator().await, desk.agent("Ben").await);
    let team = ada.do_it("teamCreate", json!({"name": "Network"}), "team { id }").await["team"]["id"].take();
    let member = json!({"teamId": team, "personId": ben.id});
    ada.do_it("teamMemberAdd", member.clone(), "team { id }").await;
    let mut watcher = Watcher::new(&ben, json!({}), &now(&ada).await).await;
    let mut shown = Vec::new();
    for title in ["A ticket of the team", "A ticket of the team and of Ben"] {
        let id = ada.open_ticket(title).await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"teamId": team}}), "ticket { id }").await;
        watcher.reach("STATUS_CHANGED", &id).await;
        shown.push(id);
    }
    ada.do_it("ticketAssign", json!({"ticketId": shown[1], "to": {"agentId": ben.id}}), "ticket { id }").await;
    assert_eq!(watcher.event().await, event("ASSIGNED", &shown[1]));
    ada.do_it("teamMemberRemove", member, "team { id }").await;
    assert_eq!(watcher.event().await, event("HIDDEN", &shown[0]));
    let marker = ben.open_ticket("A marker of Ben").await;
    assert_eq!(watcher.event().await, event("CREATED", &marker), "what he works on himself stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_a_team_hides_its_tickets_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let desk = crate::harness::Desk::with(|config| config.profile = teams_see(folder.path())).await;
    leaving_a_team_hides_its_tickets(&desk).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_a_team_hides_its_tickets_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let profile = teams_see(folder.path());
    if let Some(desk) = crate::harness::Desk::postgres_with(|config| config.profile = profile).await {
        leaving_a_team_hides_its_tickets(&desk).await;
        desk.stop().await;
    }
}
