//! Who sees a file, and for how long a link is good.

use std::time::Duration;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{PDF, PNG, Person, eventually, user_errors};

async fn download(person: &Person, id: &str) -> Value {
    let read = "query($id: ID!) { node(id: $id) { ... on Attachment { download { url } } } }";
    person.run(read, json!({"id": id})).await["node"]["download"]["url"].take()
}

desk_test! {
    // S3-10, S3-93, S4-8: the files of an internal note are as invisible as the note.
    async fn files_of_internal_notes_are_seen_by_staff_only(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let id = ann.open_ticket("My screen").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let (shown, hidden) = (ben.upload("manual.pdf", "application/pdf", PDF).await, ben.upload("secret.png", "image/png", PNG).await);
        ben.do_it("commentAdd", json!({"ticketId": id, "body": "Read this.", "attachments": [shown]}), "comment { id }").await;
        let note = ben.do_it("commentAdd", json!({"ticketId": id, "body": "Hm.", "internal": true, "attachments": [hidden]}),
            "comment { attachments { fileName internal } }").await;
        assert_eq!(note["comment"]["attachments"], json!([{"fileName": "secret.png", "internal": true}]));
        let list = "query($id: ID!) { ticket(id: $id) { attachments { totalCount nodes { fileName } } history { nodes { kind } } } }";
        let seen = ann.run(list, json!({"id": id})).await["ticket"].take();
        assert_eq!(seen["attachments"], json!({"totalCount": 1, "nodes": [{"fileName": "manual.pdf"}]}));
        assert_eq!(seen["history"]["nodes"].as_array().unwrap().iter().filter(|event| event["kind"] == "ATTACHMENT_ADDED").count(), 1);
        assert_eq!(ben.run(list, json!({"id": id})).await["ticket"]["attachments"]["totalCount"], 2);
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(ann.run(node, json!({"id": hidden})).await["node"], json!(null));
        assert_eq!(ann.refused("attachmentDelete", json!({"attachmentId": hidden})).await["code"], "NOT_FOUND");
        // A subscriber hears of the one and not of the other.
        let mut socket = ann.socket().await;
        let begin = ann.run("{ eventCursor }", json!({})).await["eventCursor"].take();
        socket.subscribe("1", "subscription($after: EventCursor) { ticketEvents(after: $after) { node { kind } } }", json!({"after": begin})).await;
        let (third, fourth) = (ben.upload("3.pdf", "application/pdf", PDF).await, ben.upload("4.pdf", "application/pdf", PDF).await);
        ben.do_it("commentAdd", json!({"ticketId": id, "body": "Hm.", "internal": true, "attachments": [third]}), "comment { id }").await;
        ben.do_it("ticketAttach", json!({"ticketId": id, "attachments": [fourth]}), "ticket { id }").await;
        assert_eq!(socket.next().await["ticketEvents"]["node"]["kind"], "ATTACHMENT_ADDED");
        ben.do_it("attachmentDelete", json!({"attachmentId": third}), "attachment { id }").await;
        ben.do_it("attachmentDelete", json!({"attachmentId": fourth}), "attachment { id }").await;
        assert_eq!(socket.next().await["ticketEvents"]["node"]["kind"], "ATTACHMENT_DELETED");
    }
}

desk_test! {
    // S1-89: a link is signed for one file, one use and one session, for minutes, and asks again.
    async fn a_link_is_good_for_minutes_and_for_one_file(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("My screen").await;
        let (one, two) = (ann.upload("1.pdf", "application/pdf", PDF).await, ann.upload("2.png", "image/png", PNG).await);
        ann.do_it("ticketAttach", json!({"ticketId": id, "attachments": [one, two]}), "ticket { id }").await;
        let link = download(&ann, &one).await;
        assert_eq!(ann.fetch(&link).await.status(), 200);
        let (path, token) = link.as_str().unwrap().split_once('?').unwrap();
        let swapped = json!(format!("{}?{token}", path.replace(&one, &two)));
        let bearer = json!(format!("{path}?token={}", ann.token.as_ref().unwrap()));
        let mut forged = link.as_str().unwrap().to_owned();
        forged.pop();
        for bad in [swapped, bearer, json!(forged), json!(path), json!(format!("{path}?token=")), json!(format!("{path}?token=a.b.c"))] {
            let answer = ann.fetch(&bad).await;
            assert_eq!(answer.status(), 401, "{bad}");
            let body: Value = answer.json().await.unwrap();
            assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        }
        // A link to fetch is none to send by, and no link is an access token.
        assert_eq!(ann.put(&link, PDF).await.0, 401);
        let mut thief = ann.clone();
        thief.token = Some(token.trim_start_matches("token=").to_owned());
        assert_eq!(crate::harness::errors(&thief.answer("{ viewer { role } }", json!({})).await), ["UNAUTHENTICATED"]);
        for odd in ["/files/", "/files/nonsense", "/files/..%2f..%2fdesk.db", "/files/../desk.db", &format!("/files/{id}")] {
            assert!([404, 401].contains(&ann.fetch(&json!(odd)).await.status().as_u16()), "{odd}");
        }
        desk.clock.advance_real(Duration::from_secs(240));
        assert_eq!(ann.fetch(&link).await.status(), 200);
        desk.clock.advance_real(Duration::from_secs(61));
        assert_eq!(ann.fetch(&link).await.status(), 401);
        let announced = ann.announce("late.pdf", "application/pdf", PDF.len()).await;
        desk.clock.advance_real(Duration::from_secs(15 * 60));
        assert_eq!(ann.put(&announced["upload"]["url"], PDF).await.0, 401);
    }
}

desk_test! {
    // Promise 8: links end with sight, and with the session.
    async fn a_link_ends_with_what_it_stands_on(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let id = ann.open_ticket("My screen").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let file = ann.upload("1.pdf", "application/pdf", PDF).await;
        ann.do_it("ticketAttach", json!({"ticketId": id, "attachments": [file]}), "ticket { id }").await;
        let (bens, anns) = (download(&ben, &file).await, download(&ann, &file).await);
        assert_eq!(ben.fetch(&bens).await.status(), 200);
        ada.do_it("ticketUnassign", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(ben.fetch(&bens).await.status(), 404);
        assert_eq!(ann.fetch(&anns).await.status(), 200);
        ann.run("mutation { signOut { userErrors { code } } }", json!({})).await;
        eventually("the link has ended with its session", async || ann.fetch(&anns).await.status() == 401).await;
        let adas = download(&ada, &file).await;
        assert_eq!(ada.fetch(&adas).await.status(), 200);
        ada.do_it("ticketDelete", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(ada.fetch(&adas).await.status(), 404);
    }
}

desk_test! {
    async fn strangers_upload_nothing_and_nobody_hoards(desk: &Desk) {
        let input = json!({"fileName": "x.pdf", "contentType": "application/pdf", "size": 10});
        let answer = desk.stranger().answer(&crate::harness::mutation("attachmentUpload", "attachment { id }"), json!({"input": input})).await;
        assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"]);
        let ann = desk.customer("Ann").await;
        for _ in 0..50 {
            ann.announce("x.pdf", "application/pdf", 10).await;
        }
        let answer = ann.answer(&crate::harness::mutation("attachmentUpload", "attachment { id }"), json!({"input": input})).await;
        assert_eq!(crate::harness::errors(&answer), ["RATE_LIMITED"]);
        desk.clock.advance_real(Duration::from_secs(24 * 3600 + 1));
        let ann = desk.sign_in("ann@desk.test", crate::harness::PASSWORD).await;
        let payload = ann.attempt("attachmentUpload", input, "attachment { id }").await;
        assert_eq!(user_errors(&payload), Vec::<String>::new());
    }
}
