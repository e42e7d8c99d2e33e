//! Announcing, sending, attaching, fetching, deleting.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{PDF, PNG, Person, docx, eventually};

const FILES: &str = "query($id: ID!) { ticket(id: $id) { attachments { totalCount nodes { id fileName contentType size sha256 \
    internal uploader { name } ticket { id } comment { id } upload { url } download { url expiresAt } } } \
    comments { nodes { id attachments { fileName } } } } }";

async fn files(person: &Person, ticket: &str) -> Value {
    person.run(FILES, json!({"id": ticket})).await["ticket"].take()
}

desk_test! {
    // S1-27, S1-62, S1-89, S3-5, S3-28, S3-72: announced, sent, named in ticketCreate, and fetched as it was sent.
    async fn a_file_comes_with_a_ticket_and_is_fetched_as_it_was_sent(desk: &Desk) {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        let announced = ann.announce("Screen shot.png", "image/png", PNG.len()).await;
        assert_eq!((&announced["download"], &announced["fileName"]), (&json!(null), &json!("Screen shot.png")));
        let (status, said) = ann.put(&announced["upload"]["url"], PNG).await;
        assert_eq!((status, &said["contentType"]), (200, &json!("image/png")), "{said:#}");
        let input = json!({"title": "My screen", "description": "It looks odd.", "attachments": [announced["id"]]});
        let made = ann.do_it("ticketCreate", input, "ticket { id attachments { nodes { id } } }").await;
        assert_eq!(made["ticket"]["attachments"]["nodes"], json!([{"id": announced["id"]}]));
        let id = made["ticket"]["id"].as_str().unwrap();
        let ada = desk.administrator().await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let seen = files(&ben, id).await;
        let file = &seen["attachments"]["nodes"][0];
        assert_eq!(seen["attachments"]["totalCount"], 1);
        assert_eq!((&file["size"], &file["internal"], &file["upload"]), (&json!(PNG.len()), &json!(false), &json!(null)));
        assert_eq!((&file["uploader"]["name"], &file["ticket"]["id"], &file["comment"]), (&json!("Ann"), &json!(id), &json!(null)));
        let fetched = ben.fetch(&file["download"]["url"]).await;
        assert_eq!(fetched.status(), 200);
        let head = |name: &str| fetched.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(head("content-type"), "image/png");
        assert_eq!(head("content-length"), PNG.len().to_string());
        assert_eq!(head("x-content-type-options"), "nosniff");
        assert_eq!(head("content-disposition"), "attachment; filename=\"Screen shot.png\"; filename*=UTF-8''Screen%20shot.png");
        assert!(head("content-security-policy").contains("sandbox"));
        assert_eq!(fetched.bytes().await.unwrap(), PNG);
        // It is a node, and part of the ticket's history.
        let node = "query($id: ID!, $ticket: ID!) { node(id: $id) { __typename ... on Attachment { fileName } } \
            ticket(id: $ticket) { history { nodes { kind ... on AttachmentAddedEvent { attachment { fileName } internal } } } } }";
        let seen = ben.run(node, json!({"id": announced["id"], "ticket": id})).await;
        assert_eq!(seen["node"], json!({"__typename": "Attachment", "fileName": "Screen shot.png"}));
        assert_eq!(seen["ticket"]["history"]["nodes"][1], json!({"kind": "ATTACHMENT_ADDED", "attachment": {"fileName": "Screen shot.png"}, "internal": false}));
    }
}

desk_test! {
    // S1-63, S3-12: with a comment, and on a ticket that is there already.
    async fn files_come_with_a_comment_or_by_themselves(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("My invoice").await;
        let (pdf, doc) = (ann.upload("invoice.pdf", "application/pdf", PDF).await,
            ann.upload("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", &docx()).await);
        let input = json!({"ticketId": id, "body": "Here it is.", "attachments": [pdf, doc]});
        let made = ann.do_it("commentAdd", input, "comment { id attachments { fileName internal comment { id } } }").await;
        assert_eq!(made["comment"]["attachments"][1]["fileName"], "letter.docx");
        assert_eq!(made["comment"]["attachments"][0]["comment"]["id"], made["comment"]["id"]);
        let text = ann.upload("notes.txt", "text/plain", "What I saw: ünïcode\n".as_bytes()).await;
        ann.do_it("ticketAttach", json!({"ticketId": id, "attachments": [text]}), "ticket { id version }").await;
        let seen = files(&ann, &id).await;
        let names: Vec<&str> = seen["attachments"]["nodes"].as_array().unwrap().iter().map(|file| file["fileName"].as_str().unwrap()).collect();
        assert_eq!(names, ["invoice.pdf", "letter.docx", "notes.txt"]);
        assert_eq!(seen["comments"]["nodes"][0]["attachments"], json!([{"fileName": "invoice.pdf"}, {"fileName": "letter.docx"}]));
        let paged = "query($id: ID!) { ticket(id: $id) { attachments(first: 2) { nodes { fileName } pageInfo { hasNextPage endCursor } } } }";
        let page = ann.run(paged, json!({"id": id})).await["ticket"]["attachments"].take();
        assert_eq!((page["nodes"].as_array().unwrap().len(), &page["pageInfo"]["hasNextPage"]), (2, &json!(true)));
        let rest = "query($id: ID!, $after: String) { ticket(id: $id) { attachments(first: 2, after: $after) { nodes { fileName } pageInfo { hasNextPage } } } }";
        let page = ann.run(rest, json!({"id": id, "after": page["pageInfo"]["endCursor"]})).await;
        assert_eq!(page["ticket"]["attachments"], json!({"nodes": [{"fileName": "notes.txt"}], "pageInfo": {"hasNextPage": false}}));
    }
}

desk_test! {
    async fn an_upload_is_its_uploaders_and_used_once(desk: &Desk) {
        let (ann, eve) = (desk.customer("Ann").await, desk.customer("Eve").await);
        let (mine, hers) = (ann.open_ticket("My invoice").await, eve.open_ticket("Her invoice").await);
        let file = ann.upload("invoice.pdf", "application/pdf", PDF).await;
        let refused = eve.refused("commentAdd", json!({"ticketId": hers, "body": "Mine now", "attachments": [file]})).await;
        assert_eq!((&refused["code"], &refused["field"]), (&json!("NOT_FOUND"), &json!(["attachments", "0"])));
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(eve.run(node, json!({"id": file})).await["node"], json!(null));
        // Twice in one go is twice.
        let refused = ann.refused("ticketAttach", json!({"ticketId": mine, "attachments": [file, file]})).await;
        assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID_VALUE"), &json!(["attachments", "1"])));
        let input = json!({"ticketId": mine, "body": "Here.", "attachments": [file], "idempotencyKey": "once"});
        let first = ann.do_it("commentAdd", input.clone(), "comment { id }").await;
        let again = ann.do_it("commentAdd", input, "comment { id attachments { id } }").await;
        assert_eq!((&again["replayed"], &again["comment"]["id"]), (&json!(true), &first["comment"]["id"]));
        let refused = ann.refused("ticketAttach", json!({"ticketId": mine, "attachments": [file]})).await;
        assert_eq!((refused["code"].as_str(), refused["hint"].as_str()), (Some("INVALID_VALUE"), Some("Upload it again: an upload is used once.")));
        // What has not come yet is not attached, and the comment is not written.
        let announced = ann.announce("late.pdf", "application/pdf", PDF.len()).await;
        let refused = ann.refused("commentAdd", json!({"ticketId": mine, "body": "Soon", "attachments": [announced["id"]]})).await;
        assert!(refused["message"].as_str().unwrap().contains("not come yet"), "{refused}");
        let seen = files(&ann, &mine).await;
        assert_eq!((seen["comments"]["nodes"].as_array().unwrap().len(), &seen["attachments"]["totalCount"]), (1, &json!(1)));
        assert_eq!(ann.refused("ticketAttach", json!({"ticketId": mine, "attachments": []})).await["field"], json!(["attachments"]));
    }
}

desk_test! {
    async fn the_same_file_on_two_comments_at_once_is_used_once(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let (one, two) = (ann.open_ticket("The first").await, ann.open_ticket("The second").await);
        for _ in 0..5 {
            let file = ann.upload("invoice.pdf", "application/pdf", PDF).await;
            let attempt = |ticket: &String| {
                let (ann, input) = (ann.clone(), json!({"ticketId": ticket, "body": "Here.", "attachments": [file]}));
                async move { ann.attempt("commentAdd", input, "comment { id }").await }
            };
            let (first, second) = tokio::join!(attempt(&one), attempt(&two));
            let written = [&first, &second].into_iter().filter(|payload| !payload["comment"].is_null()).count();
            assert_eq!(written, 1, "{first:#}\n{second:#}");
        }
    }
}

desk_test! {
    async fn who_uploaded_a_file_deletes_it_and_administrators_do(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let id = ann.open_ticket("My invoice").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let (one, two) = (ann.upload("1.pdf", "application/pdf", PDF).await, ann.upload("2.pdf", "application/pdf", PDF).await);
        ann.do_it("ticketAttach", json!({"ticketId": id, "attachments": [one, two]}), "ticket { id }").await;
        let link = files(&ann, &id).await["attachments"]["nodes"][0]["download"]["url"].take();
        assert_eq!(ben.refused("attachmentDelete", json!({"attachmentId": one})).await["code"], "FORBIDDEN");
        let eve = desk.customer("Eve").await;
        assert_eq!(eve.refused("attachmentDelete", json!({"attachmentId": one})).await["code"], "NOT_FOUND");
        let gone = ann.do_it("attachmentDelete", json!({"attachmentId": one}), "attachment { id fileName }").await;
        assert_eq!(gone["attachment"]["fileName"], "1.pdf");
        assert_eq!(ann.fetch(&link).await.status(), 404);
        ada.do_it("attachmentDelete", json!({"attachmentId": two, "idempotencyKey": "x"}), "attachment { id }").await;
        assert_eq!(files(&ann, &id).await["attachments"], json!({"totalCount": 0, "nodes": []}));
        assert_eq!(ann.refused("attachmentDelete", json!({"attachmentId": one})).await["code"], "NOT_FOUND");
        // An upload that is not used is deleted as well.
        let unused = ann.upload("3.pdf", "application/pdf", PDF).await;
        ann.do_it("attachmentDelete", json!({"attachmentId": unused}), "attachment { id }").await;
        assert_eq!(ann.refused("ticketAttach", json!({"ticketId": id, "attachments": [unused]})).await["code"], "NOT_FOUND");
        // The bytes go with the next sweep.
        desk.clock.advance_real(std::time::Duration::from_secs(120));
        eventually("the bytes are gone", async || crate::attachments::sweeping::bytes_on_disk(desk) == 0).await;
    }
}
