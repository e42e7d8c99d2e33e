//! Editing and deleting comments.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Person, ids};

const THREAD: &str = "query($id: ID!) { ticket(id: $id) { commentCount messageCounts { total customer staff system } lastComment { body } \
    comments { totalCount nodes { id body bodyHtml internal senderKind deletedAt editedAt version revisions { before after } attachments { id } } } } }";

async fn thread(person: &Person, ticket: &str) -> Value {
    person.run(THREAD, json!({"id": ticket})).await["ticket"].take()
}

async fn say(person: &Person, ticket: &str, body: &str, internal: bool) -> String {
    let input = json!({"ticketId": ticket, "body": body, "internal": internal});
    person.do_it("commentAdd", input, "comment { id }").await["comment"]["id"].as_str().unwrap().to_owned()
}

/// How many tickets a search for `word` finds, as of the last event.
async fn found(person: &Person, word: &str) -> Value {
    let cursor = person.run("{ eventCursor }", json!({})).await["eventCursor"].take();
    let document =
        "query($q: String!, $c: EventCursor) { search(query: $q, kinds: [TICKET], consistentWith: $c) { totalCount } }";
    person.run(document, json!({"q": word, "c": cursor})).await["search"]["totalCount"].take()
}

desk_test! {
    // S3-9, S3-80, S4-8: who sent what, and how much of it.
    async fn messages_are_counted_by_who_sent_them(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = ann.open_ticket("My screen stays black").await;
        for body in ["One", "Two"] {
            say(&ann, &id, body, false).await;
        }
        say(&ada, &id, "Three", false).await;
        say(&ada, &id, "Note", true).await;
        let seen = thread(&ada, &id).await;
        assert_eq!(seen["messageCounts"], json!({"total": 4, "customer": 2, "staff": 2, "system": 0}));
        let kinds: Vec<_> = seen["comments"]["nodes"].as_array().unwrap().iter().map(|node| node["senderKind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["CUSTOMER", "CUSTOMER", "STAFF", "STAFF"]);
        assert_eq!(thread(&ann, &id).await["messageCounts"], json!({"total": 3, "customer": 2, "staff": 1, "system": 0}));
        // Staff who ask something themselves are customers of their own ticket.
        let own = ada.open_ticket("My own screen").await;
        say(&ada, &own, "Anybody there?", false).await;
        assert_eq!(thread(&ada, &own).await["messageCounts"], json!({"total": 1, "customer": 1, "staff": 0, "system": 0}));
    }
}

desk_test! {
    // S3-93, S4-8: an author changes their words for a while; what they were is kept for staff.
    async fn an_author_changes_a_comment_and_the_old_words_are_kept_for_staff(desk: &Desk) {
        let (ada, ann, eve) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Eve").await);
        let id = ann.open_ticket("My screen stays black").await;
        let comment = say(&ann, &id, "The hamster did it.", false).await;
        assert_eq!(found(&ada, "hamster").await, 1);
        let edited = ann.do_it("commentEdit", json!({"commentId": comment, "body": "The **squirrel** did it.", "expectedVersion": 1}),
            "comment { body bodyHtml version editedAt revisions { before } ticket { version } }").await["comment"].take();
        assert_eq!((&edited["version"], &edited["revisions"], &edited["ticket"]["version"]), (&json!(2), &json!(null), &json!(1)));
        assert!(edited["bodyHtml"].as_str().unwrap().contains("<strong>squirrel</strong>") && !edited["editedAt"].is_null());
        assert_eq!((found(&ada, "hamster").await, found(&ada, "squirrel").await), (json!(0), json!(1)));
        let kept = thread(&ada, &id).await["comments"]["nodes"][0]["revisions"].take();
        assert_eq!(kept, json!([{"before": "The hamster did it.", "after": "The **squirrel** did it."}]));
        // Stale, somebody else's, empty, the same.
        let stale = ann.refused("commentEdit", json!({"commentId": comment, "body": "No.", "expectedVersion": 1})).await;
        assert_eq!((&stale["code"], &stale["currentVersion"]), (&json!("CONFLICT"), &json!(2)));
        assert_eq!(eve.refused("commentEdit", json!({"commentId": comment, "body": "No."})).await["code"], "NOT_FOUND");
        assert_eq!(ann.refused("commentEdit", json!({"commentId": comment, "body": "  "})).await["field"], json!(["body"]));
        let before = desk.log().await.events.len();
        ann.do_it("commentEdit", json!({"commentId": comment, "body": "The **squirrel** did it."}), "comment { version }").await;
        assert_eq!(desk.log().await.events.len(), before);
        let history = "query($id: ID!) { ticket(id: $id) { history { nodes { kind ... on CommentEditedEvent { comment { body } } } } } }";
        let seen = ann.run(history, json!({"id": id})).await;
        assert_eq!(seen["ticket"]["history"]["nodes"][2], json!({"kind": "COMMENT_EDITED", "comment": {"body": "The **squirrel** did it."}}));
        // After a while only an administrator can.
        desk.advance(0.26);
        let late = ann.refused("commentEdit", json!({"commentId": comment, "body": "Wait."})).await;
        assert_eq!(late["code"], "FORBIDDEN");
        assert!(late["message"].as_str().unwrap().contains("15m"), "{late}");
        assert_eq!(ann.refused("commentDelete", json!({"commentId": comment})).await["code"], "FORBIDDEN");
        ada.do_it("commentEdit", json!({"commentId": comment, "body": "Nobody did it.", "format": "PLAIN"}), "comment { format }").await;
        assert_eq!(thread(&ada, &id).await["comments"]["nodes"][0]["revisions"].as_array().unwrap().len(), 2);
        let limits = ann.run("{ workflow { limits { commentEditMinutes } } }", json!({})).await;
        assert_eq!(limits["workflow"]["limits"]["commentEditMinutes"], 15);
    }
}

desk_test! {
    // S3-93, S4-8: colleagues do not rewrite each other, and customers do not touch what staff said.
    async fn nobody_changes_the_words_of_somebody_else(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let id = ann.open_ticket("My screen stays black").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let (question, answer, note) =
            (say(&ann, &id, "Why?", false).await, say(&ada, &id, "Because.", false).await, say(&ada, &id, "Hm.", true).await);
        for (who, what, code) in [(&ben, &question, "FORBIDDEN"), (&ben, &note, "FORBIDDEN"), (&ann, &answer, "FORBIDDEN"), (&ann, &note, "NOT_FOUND")] {
            assert_eq!(who.refused("commentEdit", json!({"commentId": what, "body": "No."})).await["code"], code);
            assert_eq!(who.refused("commentDelete", json!({"commentId": what})).await["code"], code);
        }
        let document = crate::harness::mutation("commentDelete", "__typename");
        let strange = desk.stranger().answer(&document, json!({"input": {"commentId": note}})).await;
        assert_eq!(crate::harness::errors(&strange), ["UNAUTHENTICATED"]);
    }
}

desk_test! {
    // S4-8, S3-93: what is deleted is gone from everywhere but leaves a mark; staff can still read it.
    async fn a_deleted_comment_leaves_a_mark_and_nothing_else(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = ann.open_ticket("My screen stays black").await;
        let first = say(&ann, &id, "First words.", false).await;
        let file = ann.upload("wombat.pdf", "application/pdf", crate::harness::PDF).await;
        let input = json!({"ticketId": id, "body": "A wombat!", "attachments": [file]});
        let second = ann.do_it("commentAdd", input, "comment { id attachments { download { url } } }").await["comment"].take();
        let note = say(&ada, &id, "A wombat indeed.", true).await;
        let link = &second["attachments"][0]["download"]["url"];
        assert_eq!(ann.fetch(link).await.status(), 200);
        let gone = ann.do_it("commentDelete", json!({"commentId": second["id"], "idempotencyKey": "gone"}), "comment { id body deletedAt revisions { before } }").await;
        assert_eq!((&gone["comment"]["body"], &gone["comment"]["revisions"]), (&json!(""), &json!(null)));
        let again = ann.do_it("commentDelete", json!({"commentId": second["id"], "idempotencyKey": "gone"}), "comment { id }").await;
        assert_eq!(again["replayed"], true);
        let seen = thread(&ann, &id).await;
        assert_eq!((&seen["commentCount"], &seen["messageCounts"]["total"], &seen["comments"]["totalCount"]), (&json!(1), &json!(1), &json!(2)));
        assert_eq!(seen["lastComment"]["body"], "First words.");
        assert_eq!(ids(&seen["comments"]["nodes"]), [first.clone(), second["id"].as_str().unwrap().to_owned()]);
        let mark = &seen["comments"]["nodes"][1];
        assert!(!mark["deletedAt"].is_null());
        assert_eq!((&mark["body"], &mark["bodyHtml"], &mark["attachments"]), (&json!(""), &json!(""), &json!([])));
        assert_eq!(ann.fetch(link).await.status(), 404);
        assert_eq!(found(&ann, "wombat").await, 0);
        let kept = thread(&ada, &id).await;
        assert_eq!(kept["comments"]["nodes"][1]["revisions"], json!([{"before": "A wombat!", "after": null}]));
        assert_eq!((&kept["commentCount"], &kept["lastComment"]["body"]), (&json!(2), &json!("A wombat indeed.")));
        assert_eq!(ann.refused("commentDelete", json!({"commentId": second["id"]})).await["code"], "NOT_FOUND");
        assert_eq!(ann.refused("commentEdit", json!({"commentId": second["id"], "body": "Back"})).await["code"], "NOT_FOUND");
        // The note goes, and so does everything else: nothing is left to be the last.
        ada.do_it("commentDelete", json!({"commentId": note}), "comment { id }").await;
        ada.do_it("commentDelete", json!({"commentId": first}), "comment { id }").await;
        let seen = thread(&ada, &id).await;
        assert_eq!((&seen["commentCount"], &seen["lastComment"], &seen["comments"]["totalCount"]), (&json!(0), &json!(null), &json!(3)));
        assert_eq!(thread(&ann, &id).await["comments"]["totalCount"], 2);
    }
}
