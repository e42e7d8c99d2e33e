//! Who is looking at a ticket, and who is writing.

use std::time::Duration;

use deskgraph::app::App;
use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person, Socket};

const WATCH: &str = "subscription($id: ID!) { ticketPresence(ticketId: $id) { ticketId viewers { person { name } sinceAt } typing { person { name } internal } } }";

/// Somebody who watches a ticket.
struct Watcher(Socket);

impl Watcher {
    async fn new(person: &Person, ticket: &str) -> Self {
        let mut socket = person.socket().await;
        socket.subscribe("1", WATCH, json!({"id": ticket})).await;
        Self(socket)
    }

    /// Waits until these are looking and these are writing (with a `!` behind the name: a note). Other states may come before it.
    async fn sees(&mut self, viewers: &[&str], typing: &[&str]) {
        let mut last = Value::Null;
        let until = async {
            loop {
                last = self.0.next().await["ticketPresence"].take();
                let names = |list: &Value| -> Vec<String> {
                    let mut names: Vec<String> = list
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|one| {
                            let mark = if one["internal"] == true { "!" } else { "" };
                            format!("{}{mark}", one["person"]["name"].as_str().unwrap())
                        })
                        .collect();
                    names.sort();
                    names
                };
                if names(&last["viewers"]) == viewers && names(&last["typing"]) == typing {
                    return;
                }
            }
        };
        if tokio::time::timeout(Duration::from_secs(20), until).await.is_err() {
            panic!("waited for {viewers:?} {typing:?}, last was {last:#}");
        }
    }
}

async fn types(person: &Person, ticket: &str, typing: bool, internal: bool) {
    let input = json!({"ticketId": ticket, "typing": typing, "internal": internal});
    let payload = person
        .run(
            "mutation($input: TicketTypingInput!) { ticketTyping(input: $input) { accepted userErrors { code } } }",
            json!({"input": input}),
        )
        .await;
    assert_eq!(payload["ticketTyping"], json!({"accepted": true, "userErrors": []}));
}

async fn cast(desk: &Desk) -> (Person, Person, Person, String) {
    let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
    let id = ann.open_ticket("My screen stays black").await;
    ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
    (ada, ben, ann, id)
}

desk_test! {
    // S3-56, S3-57, S3-65, S3-86: joining, leaving, and who is there.
    async fn whoever_watches_a_ticket_is_seen_until_their_socket_ends(desk: &Desk) {
        let (_, ben, ann, id) = cast(desk).await;
        let mut anns = Watcher::new(&ann, &id).await;
        anns.sees(&["Ann"], &[]).await;
        let mut bens = Watcher::new(&ben, &id).await;
        bens.sees(&["Ann", "Ben"], &[]).await;
        anns.sees(&["Ann", "Ben"], &[]).await;
        // A second screen of the same person is the same person, and closing one leaves them there.
        let mut second = Watcher::new(&ben, &id).await;
        second.sees(&["Ann", "Ben"], &[]).await;
        drop(second);
        types(&ben, &id, true, false).await;
        anns.sees(&["Ann", "Ben"], &["Ben"]).await;
        // Told to stop, or gone without a word.
        bens.0.send(json!({"type": "complete", "id": "1"})).await;
        types(&ben, &id, false, false).await;
        anns.sees(&["Ann"], &[]).await;
        let mut again = Watcher::new(&ben, &id).await;
        again.sees(&["Ann", "Ben"], &[]).await;
        anns.sees(&["Ann", "Ben"], &[]).await;
        drop(again);
        anns.sees(&["Ann"], &[]).await;
        // None of it is an event.
        let kinds: Vec<_> = desk.log().await.events.into_iter().filter(|(_, _, ticket)| ticket.is_some()).map(|(_, kind, _)| kind).collect();
        assert_eq!(kinds, ["ticket.created", "ticket.assigned", "ticket.status_changed"]);
    }
}

desk_test! {
    // S3-58, S3-86: typing is seen while it lasts; of notes only by staff.
    async fn typing_is_seen_for_seconds_and_notes_by_staff_only(desk: &Desk) {
        let (ada, ben, ann, id) = cast(desk).await;
        let (mut anns, mut adas) = (Watcher::new(&ann, &id).await, Watcher::new(&ada, &id).await);
        adas.sees(&["Administrator", "Ann"], &[]).await;
        anns.sees(&["Administrator", "Ann"], &[]).await;
        types(&ben, &id, true, true).await;
        adas.sees(&["Administrator", "Ann"], &["Ben!"]).await;
        // What Ann hears next is not that.
        types(&ann, &id, true, false).await;
        adas.sees(&["Administrator", "Ann"], &["Ann", "Ben!"]).await;
        types(&ben, &id, true, false).await;
        let heard = anns.0.next().await["ticketPresence"]["typing"].take();
        assert_eq!(heard, json!([{"person": {"name": "Ben"}, "internal": false}]));
        adas.sees(&["Administrator", "Ann"], &["Ann", "Ben"]).await;
        // By the clock: after six seconds without a word it is over.
        desk.clock.advance_real(Duration::from_secs(7));
        adas.sees(&["Administrator", "Ann"], &[]).await;
        anns.sees(&["Administrator", "Ann"], &[]).await;
    }
}

desk_test! {
    // S3-65: for those who see the ticket, and as long as they do.
    async fn only_who_sees_the_ticket_is_there(desk: &Desk) {
        let (ada, ben, ann, id) = cast(desk).await;
        let eve = desk.customer("Eve").await;
        let typing = "mutation($input: TicketTypingInput!) { ticketTyping(input: $input) { accepted userErrors { code field } } }";
        let refused = eve.run(typing, json!({"input": {"ticketId": id}})).await;
        assert_eq!(refused["ticketTyping"], json!({"accepted": false, "userErrors": [{"code": "NOT_FOUND", "field": ["ticketId"]}]}));
        let refused = ann.run(typing, json!({"input": {"ticketId": id, "internal": true}})).await;
        assert_eq!(refused["ticketTyping"]["userErrors"][0]["code"], "FORBIDDEN");
        for (who, code) in [(&eve, "NOT_FOUND"), (&desk.stranger(), "UNAUTHENTICATED")] {
            let mut socket = who.socket().await;
            socket.subscribe("1", WATCH, json!({"id": id})).await;
            let answer = socket.receive().await;
            assert_eq!((&answer["type"], &answer["payload"][0]["extensions"]["code"]), (&json!("error"), &json!(code)), "{answer:#}");
        }
        let (mut anns, mut bens) = (Watcher::new(&ann, &id).await, Watcher::new(&ben, &id).await);
        anns.sees(&["Ann", "Ben"], &[]).await;
        bens.sees(&["Ann", "Ben"], &[]).await;
        ada.do_it("ticketUnassign", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(bens.0.receive().await["type"], "complete");
        anns.sees(&["Ann"], &[]).await;
    }
}

// S3-65, S3-86 on several nodes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_on_two_nodes_see_each_other() {
    let Some(desk) = Desk::postgres().await else { return };
    let (_, ben, ann, id) = cast(&desk).await;
    let mut anns = Watcher::new(&ann, &id).await;
    anns.sees(&["Ann"], &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = desk.config.clone();
    config.data = folder.path().to_owned();
    let other = App::start(config, desk.clock.clone()).await.unwrap();
    let there = ben.at(&format!("http://{}", other.addresses[0]));
    // The new node asks who is there.
    let mut bens = Watcher::new(&there, &id).await;
    bens.sees(&["Ann", "Ben"], &[]).await;
    anns.sees(&["Ann", "Ben"], &[]).await;
    types(&there, &id, true, false).await;
    anns.sees(&["Ann", "Ben"], &["Ben"]).await;
    types(&ann, &id, true, false).await;
    bens.sees(&["Ann", "Ben"], &["Ann"]).await;
    desk.clock.advance_real(Duration::from_secs(7));
    anns.sees(&["Ann", "Ben"], &[]).await;
    drop(bens);
    anns.sees(&["Ann"], &[]).await;
    // A node that goes without a word takes its people with it after a while.
    let mut bens = Watcher::new(&there, &id).await;
    bens.sees(&["Ann", "Ben"], &[]).await;
    anns.sees(&["Ann", "Ben"], &[]).await;
    other.stop();
    other.stopped().await.unwrap();
    desk.clock.advance_real(Duration::from_secs(31));
    anns.sees(&["Ann"], &[]).await;
    desk.stop().await;
}

desk_test! {
    // S3-59, S3-66, S3-86: the monitor of all new tickets is a stream of its own kind of event.
    async fn the_monitor_shows_every_new_ticket_to_who_may_see_them_all(desk: &Desk) {
        let (ada, ann, eve) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Eve").await);
        let monitor = "subscription { ticketEvents(filter: {kinds: [CREATED]}) { node { kind ticket { id title requester { name } } } } }";
        let (mut adas, mut anns) = (ada.socket().await, ann.socket().await);
        for socket in [&mut adas, &mut anns] {
            let begin = ada.run("{ eventCursor }", json!({})).await["eventCursor"].take();
            let document = monitor.replace("filter:", &format!("after: {begin}, filter:"));
            socket.subscribe("1", &document, json!({})).await;
        }
        let (first, second) = (eve.open_ticket("Hers is broken").await, ann.open_ticket("Mine is broken").await);
        for (id, name) in [(&first, "Eve"), (&second, "Ann")] {
            let ticket = adas.next().await["ticketEvents"]["node"]["ticket"].take();
            assert_eq!((ticket["id"].as_str(), ticket["requester"]["name"].as_str()), (Some(id.as_str()), Some(name)));
        }
        // Ann's stream has her own only.
        assert_eq!(anns.next().await["ticketEvents"]["node"]["ticket"]["id"], json!(second));
    }
}
