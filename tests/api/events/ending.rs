//! Promises 8 and 11: streams follow a change of rights, end with their session, and close with a cursor when the desk stops.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Watcher, now};
use crate::desk_test;
use crate::harness::{Desk, seq};

/// Promise 8 promises five seconds.
const PROMISED: Duration = Duration::from_secs(5);

desk_test! {
    async fn a_change_of_role_changes_what_flows(desk: &Desk) {
        let (ada, ben) = (desk.administrator().await, desk.agent("Ben").await);
        let foreign = ada.open_ticket("A ticket of Ada").await;
        let mut watcher = Watcher::new(&ben, json!({}), &now(&ada).await).await;
        let say = async || ada.do_it("commentAdd", json!({"ticketId": foreign, "body": "Who sees this?"}), "comment { id }").await;
        let role = async |role: &str| ada.do_it("personUpdate", json!({"personId": ben.id, "role": role}), "person { id }").await;
        for _ in 0..10 {
            say().await;
            role("ADMINISTRATOR").await;
            let began = Instant::now();
            let seen = say().await;
            // From here on at the latest; what is sent later than the change may be from before it.
            while watcher.next().await["eventCursor"] != seen["eventCursor"] {}
            role("CUSTOMER").await;
            say().await;
            let own = ben.open_ticket("A ticket that Ben asked").await;
            assert_eq!(watcher.event().await, ("HIDDEN".to_owned(), foreign.clone()));
            assert_eq!(watcher.event().await, ("CREATED".to_owned(), own));
            assert!(began.elapsed() < PROMISED);
        }
    }
}

desk_test! {
    async fn a_team_gives_and_takes_sight(desk: &Desk) {
        let (ada, ben) = (desk.administrator().await, desk.agent("Ben").await);
        let team = ada.do_it("teamCreate", json!({"name": "Network"}), "team { id }").await["team"]["id"].take();
        let id = ada.open_ticket("A ticket of the team").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"teamId": team}}), "ticket { id }").await;
        let document = "query($id: ID!) { ticket(id: $id) { id } }";
        let sees = async || ben.run(document, json!({"id": id})).await["ticket"]["id"].is_string();
        let without = sees().await;
        ada.do_it("teamMemberAdd", json!({"teamId": team, "personId": ben.id}), "team { id }").await;
        let with = sees().await;
        // Whatever the profile says of teams: the stream shows what the query shows.
        let mut watcher = Watcher::new(&ben, json!({"ticketIds": [id]}), &now(&ada).await).await;
        let said = ada.do_it("commentAdd", json!({"ticketId": id, "body": "One."}), "comment { id }").await;
        if with {
            assert_eq!(watcher.next().await["eventCursor"], said["eventCursor"]);
        }
        ada.do_it("teamMemberRemove", json!({"teamId": team, "personId": ben.id}), "team { id }").await;
        assert_eq!(sees().await, without);
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "Two."}), "comment { id }").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        assert_eq!(watcher.event().await.0, if without { "COMMENT_ADDED" } else { "ASSIGNED" });
    }
}

desk_test! {
    async fn a_session_that_ends_closes_its_sockets(desk: &Desk) {
        let ada = desk.administrator().await;
        let ben = desk.agent("Ben").await;
        let again = desk.sign_in("ben@desk.test", crate::harness::PASSWORD).await;
        let start = now(&ada).await;
        let (mut one, mut two) = (Watcher::new(&ben, json!({}), &start).await, Watcher::new(&again, json!({}), &start).await);
        let mark = ben.open_ticket("A marker").await;
        assert_eq!((one.event().await.1, two.event().await.1), (mark.clone(), mark));
        let began = Instant::now();
        ben.run("mutation { signOut { eventCursor } }", json!({})).await;
        assert_eq!(one.socket.closed().await.0, 4403);
        // The other session goes on, until the person may not.
        let mark = again.open_ticket("Another marker").await;
        assert_eq!(two.event().await.1, mark);
        ada.do_it("personDeactivate", json!({"personId": ben.id}), "person { id }").await;
        assert_eq!(two.socket.closed().await.0, 4403);
        assert!(began.elapsed() < PROMISED);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_that_stops_closes_every_socket_with_the_cursor_to_come_back_with() {
    let mut desk = Desk::sqlite().await;
    let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
    let start = now(&ada).await;
    let (mut adas, mut anns) =
        (Watcher::new(&ada, json!({}), &start).await, Watcher::new(&ann, json!({}), &start).await);
    let mut idle = ada.socket().await;
    let mut last = json!(null);
    for nth in 0..10 {
        last = ada
            .do_it(
                "ticketCreate",
                json!({"title": format!("Ticket {nth}"), "description": "In some words."}),
                "ticket { id }",
            )
            .await["eventCursor"]
            .take();
    }
    // Ada's client has taken everything, Ann's stream has nothing to show, and the third has none.
    assert_eq!(adas.until(&last).await.len(), 10);
    desk.app().stop();
    assert_eq!(adas.socket.receive().await["type"], "complete");
    assert_eq!(adas.socket.closed().await, (1001, last.as_str().unwrap().to_owned()));
    assert_eq!(anns.socket.receive().await["type"], "complete");
    let (code, reason) = anns.socket.closed().await;
    assert_eq!(code, 1001);
    assert!((seq(&start)..=seq(&last)).contains(&seq(&json!(reason))), "{reason}");
    assert_eq!(idle.closed().await, (1001, last.as_str().unwrap().to_owned()));
    desk.restart().await;
    // And with it one comes back and misses nothing.
    let (ada, ann) = (desk.administrator().await, desk.sign_in("ann@desk.test", crate::harness::PASSWORD).await);
    let mut anns = Watcher::new(&ann, json!({}), &json!(reason)).await;
    let mut adas = Watcher::new(&ada, json!({}), &last).await;
    let id = ann.open_ticket("After the restart").await;
    assert_eq!((anns.event().await.1, adas.event().await.1), (id.clone(), id));
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cursor_of_a_close_is_what_the_client_got_however_far_the_log_is() {
    let desk = Desk::sqlite().await;
    let ada = desk.administrator().await;
    let start = now(&ada).await;
    let big = json!({"title": "A ticket with much text", "description": "x".repeat(45_000)});
    let id = ada.do_it("ticketCreate", big, "ticket { id }").await["ticket"]["id"].take();
    let mut socket = ada.socket().await;
    let document = "subscription($after: EventCursor) { ticketEvents(after: $after) { eventCursor node { ticket { description } } } }";
    socket.subscribe("1", document, json!({"after": start})).await;
    let say = super::log::Say { ticket: id.as_str().unwrap().parse().unwrap(), times: 1_000, hold_ms: 0, fails: false };
    let actor = deskgraph::access::Actor::system(deskgraph::access::Origin::Cli);
    desk.app().desk.perform(&actor, say).await.unwrap();
    // Nobody reads: the stream stands still somewhere on the way.
    let mut got = seq(&socket.next().await["ticketEvents"]["eventCursor"]);
    desk.app().stop();
    let mut closed = None;
    loop {
        match socket.try_event().await {
            Some(Ok(message)) if message["type"] == "next" => {
                let seq = seq(&message["payload"]["data"]["ticketEvents"]["eventCursor"]);
                assert_eq!(seq, got + 1);
                got = seq;
            }
            Some(Ok(_)) => {}
            Some(Err((_, reason))) => {
                closed = Some(json!(reason));
                break;
            }
            None => break,
        }
    }
    // A client that did not read at all may be cut off without a word; what it is told is never more than it got.
    if let Some(reason) = closed {
        assert_eq!(seq(&reason), got);
    }
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_with_nothing_to_show_says_how_far_it_is() {
    let desk = Desk::with(|config| config.websocket.progress_seconds = 1).await;
    let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
    let mut watcher = Watcher::new(&ann, json!({}), &now(&ada).await).await;
    // Others are busy all the time, so that the stream is never idle and never has anything for Ann.
    let began = Instant::now();
    let mut positions = Vec::new();
    let writing = tokio::spawn({
        let (ada, mut written) = (ada.clone(), 0);
        async move {
            while began.elapsed() < Duration::from_millis(2_500) {
                ada.open_ticket("Not Ann's business").await;
                written += 1;
            }
            written
        }
    });
    while positions.len() < 2 {
        let edge = watcher.next().await;
        assert_eq!(edge["node"], json!(null));
        positions.push(seq(&edge["eventCursor"]));
    }
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert!(positions.is_sorted_by(|a, b| a < b));
    assert!(writing.await.unwrap() > 2);
    // Now it is quiet: in the end the position is the head, and then nothing is said any more.
    let head = seq(&now(&ada).await);
    while *positions.last().unwrap() < head {
        positions.push(seq(&watcher.next().await["eventCursor"]));
    }
    let own = ann.open_ticket("A ticket of Ann").await;
    assert_eq!(watcher.next().await["node"]["ticketId"], own.as_str());
    desk.stop().await;
}
