//! Who has read what.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::Person;

async fn say(person: &Person, ticket: &str, body: &str, internal: bool) -> String {
    let input = json!({"ticketId": ticket, "body": body, "internal": internal});
    person.do_it("commentAdd", input, "comment { id }").await["comment"]["id"].as_str().unwrap().to_owned()
}

/// What is unread on a ticket, and in all.
async fn unread(person: &Person, ticket: &str) -> (i64, i64) {
    let seen = person
        .run("query($id: ID!) { ticket(id: $id) { unreadCount } viewer { unreadCount } }", json!({"id": ticket}))
        .await;
    (seen["ticket"]["unreadCount"].as_i64().unwrap(), seen["viewer"]["unreadCount"].as_i64().unwrap())
}

async fn readers(person: &Person, ticket: &str) -> Vec<Vec<String>> {
    let document = "query($id: ID!) { ticket(id: $id) { comments { nodes { readBy { person { name } readAt } } } } }";
    let seen = person.run(document, json!({"id": ticket})).await;
    let names = |node: &Value| {
        node["readBy"].as_array().unwrap().iter().map(|by| by["person"]["name"].as_str().unwrap().to_owned()).collect()
    };
    seen["ticket"]["comments"]["nodes"].as_array().unwrap().iter().map(names).collect()
}

desk_test! {
    // S3-11, S3-86: read receipts, and what is still unread.
    async fn what_is_unread_is_counted_until_it_is_marked(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let id = ann.open_ticket("My screen stays black").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let first = say(&ann, &id, "One", false).await;
        say(&ann, &id, "Two", false).await;
        say(&ben, &id, "Note", true).await;
        say(&ben, &id, "Three", false).await;
        assert_eq!(unread(&ann, &id).await, (1, 1), "of Ben's, the note is none of hers");
        assert_eq!(unread(&ben, &id).await, (2, 2));
        // Ada runs the desk: she sees the ticket, but it is not hers to work on.
        assert_eq!(unread(&ada, &id).await, (4, 0));
        ben.do_it("ticketMarkRead", json!({"ticketId": id, "commentId": first}), "ticket { unreadCount }").await;
        assert_eq!(unread(&ben, &id).await, (1, 1));
        desk.advance(1.0);
        let marked = ben.do_it("ticketMarkRead", json!({"ticketId": id}), "ticket { unreadCount }").await;
        assert_eq!(marked["ticket"]["unreadCount"], 0);
        // It never goes back, and twice is once.
        for comment in [json!(first), json!(null)] {
            ben.do_it("ticketMarkRead", json!({"ticketId": id, "commentId": comment}), "ticket { id }").await;
        }
        assert_eq!(unread(&ben, &id).await, (0, 0));
        assert_eq!(readers(&ann, &id).await, [vec!["Ben".to_owned()], vec!["Ben".to_owned()], vec![]]);
        ann.do_it("ticketMarkRead", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(unread(&ann, &id).await, (0, 0));
        ada.do_it("ticketMarkRead", json!({"ticketId": id}), "ticket { id }").await;
        // Ann read past the note without seeing it.
        assert_eq!(readers(&ben, &id).await, [vec!["Ben", "Ada"], vec!["Ben", "Ada"], vec!["Ada"], vec!["Ann", "Ada"]]
            .map(|names| names.into_iter().map(|name| if name == "Ada" { ada_name(&name) } else { name.to_owned() }).collect::<Vec<_>>()));
        // Each comment says when it was read first.
        let document = "query($id: ID!) { ticket(id: $id) { createdAt comments(first: 2) { nodes { readBy { readAt } } } } }";
        let seen = ann.run(document, json!({"id": id})).await["ticket"].take();
        let at = |nth: usize| seen["comments"]["nodes"][nth]["readBy"][0]["readAt"].as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap();
        assert!(at(1).since(at(0)) >= 3_600_000);
        say(&ben, &id, "Four", false).await;
        assert_eq!((unread(&ann, &id).await, unread(&ben, &id).await), ((1, 1), (0, 0)));
        let last = say(&ben, &id, "Five", false).await;
        ben.do_it("commentDelete", json!({"commentId": last}), "comment { id }").await;
        assert_eq!(unread(&ann, &id).await, (1, 1), "what is deleted needs no reading");
    }
}

fn ada_name(_: &&str) -> String {
    "Administrator".to_owned()
}

desk_test! {
    async fn marks_are_for_who_sees_the_ticket_and_its_comment(desk: &Desk) {
        let (ada, ann, eve) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Eve").await);
        let (id, other) = (ann.open_ticket("My screen stays black").await, eve.open_ticket("Another one").await);
        let note = say(&ada, &id, "Note", true).await;
        let elsewhere = say(&eve, &other, "Hello", false).await;
        assert_eq!(eve.refused("ticketMarkRead", json!({"ticketId": id})).await["field"], json!(["ticketId"]));
        for comment in [&note, &elsewhere] {
            let refused = ann.refused("ticketMarkRead", json!({"ticketId": id, "commentId": comment})).await;
            assert_eq!((&refused["code"], &refused["field"]), (&json!("NOT_FOUND"), &json!(["commentId"])));
        }
        // Nothing to read is fine; and none of it is an event.
        let before = desk.log().await.events.len();
        ann.do_it("ticketMarkRead", json!({"ticketId": id}), "ticket { id }").await;
        eve.do_it("ticketMarkRead", json!({"ticketId": other}), "ticket { id }").await;
        assert_eq!(desk.log().await.events.len(), before);
        let answer = desk.stranger().answer(&crate::harness::mutation("ticketMarkRead", "ticket { id }"), json!({"input": {"ticketId": id}})).await;
        assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"]);
    }
}

desk_test! {
    async fn two_who_mark_at_once_do_not_disturb_each_other(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = ann.open_ticket("My screen stays black").await;
        for nth in 0..5 {
            say(&ann, &id, &format!("Question {nth}"), false).await;
            say(&ada, &id, &format!("Answer {nth}"), false).await;
            let mark = |person: &Person| {
                let (person, input) = (person.clone(), json!({"ticketId": id}));
                async move { person.do_it("ticketMarkRead", input, "ticket { unreadCount }").await["ticket"]["unreadCount"].take() }
            };
            let counts = tokio::join!(mark(&ada), mark(&ada), mark(&ann), mark(&ann));
            assert_eq!(counts, (json!(0), json!(0), json!(0), json!(0)));
        }
    }
}
