//! What is said on a merged ticket goes to the one that goes on, and everybody goes on seeing what they may.

use serde_json::{Value, json};

use super::{merge, note, notices, said, say, thread, unmerge};
use crate::desk_test;
use crate::harness::{PDF, Person};

desk_test! {
    // S1-57
    async fn replies_follow_to_where_it_goes_on_and_move_it_there(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (one, two) = (ann.open_ticket("The printer is broken").await, ann.open_ticket("The printer still hums").await);
        let merged = merge(&ada, &one, &two).await;
        let number = thread(&ada, &two).await["number"].as_str().unwrap().to_owned();
        let version = &merged["ticket"]["version"];
        let input = json!({"ticketId": one, "body": "Any news?", "expectedVersion": version, "idempotencyKey": "news"});
        for replayed in [false, true] {
            let reply = ann.do_it("commentAdd", input.clone(), "comment { body ticket { id } via { id } } notices { code message }").await;
            assert_eq!(reply["comment"], json!({"body": "Any news?", "ticket": {"id": two}, "via": {"id": one}}));
            assert_eq!(notices(&reply), ["MERGED"]);
            assert!(reply["notices"][0]["message"].as_str().unwrap().contains(&number), "{reply}");
            assert_eq!(reply["replayed"], replayed);
        }
        let stale = json!({"ticketId": one, "body": "And now?", "expectedVersion": 1});
        assert_eq!(ann.refused("commentAdd", stale).await["code"], "CONFLICT");
        // The first answer of staff counts for the ticket that goes on.
        desk.advance(0.5);
        say(&ada, &one, "We look into it.").await;
        note(&ada, &one, "It is the fuser.").await;
        let read = ada.run("query($id: ID!) { ticket(id: $id) { firstRespondedAt sla { clocks { target state } } } }", json!({"id": two})).await;
        assert!(read["ticket"]["firstRespondedAt"].is_string());
        assert_eq!(read["ticket"]["sla"]["clocks"][0], json!({"target": "FIRST_RESPONSE", "state": "MET"}));
        let seen = thread(&ada, &two).await;
        assert_eq!(said(&seen), ["Any news?", "We look into it.", "It is the fuser."]);
        assert_eq!(said(&thread(&ann, &two).await), ["Any news?", "We look into it."]);
        assert_eq!(thread(&ann, &one).await["mergedInto"]["id"], two);
        let file = ann.upload("invoice.pdf", "application/pdf", PDF).await;
        let attached = ann.do_it("ticketAttach", json!({"ticketId": one, "attachments": [file]}), "ticket { id } notices { code }").await;
        assert_eq!((&attached["ticket"]["id"], notices(&attached)), (&json!(two), vec!["MERGED"]));
    }
}

/// What somebody finds out about a ticket by every way there is.
async fn glimpses(person: &Person, ticket: &str) -> Value {
    let document = "query($id: ID!) { ticket(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } \
        tickets { nodes { id mergedInto { id } mergedTickets { nodes { id } } comments { nodes { body } } history { nodes { kind \
        ticketId ... on TicketMergedEvent { into { id } note } } } } } }";
    person.run(document, json!({"id": ticket})).await
}

desk_test! {
    // S1-57, S4-62, promise 7: who sees only the one never sees anything of the other.
    async fn who_does_not_see_the_other_goes_on_reading_and_writing_theirs(desk: &Desk) {
        let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
        let (one, two) = (ann.open_ticket("The printer is broken").await, bob.open_ticket("The zqprinter of Bob").await);
        say(&bob, &two, "My zqsecret word.").await;
        say(&ann, &one, "It is on the second floor.").await;
        note(&ada, &one, "A zqnote on hers.").await;
        let merged = merge(&ada, &one, &two).await;
        assert_eq!(notices(&merged), ["OTHER_REQUESTER"]);
        assert!(merged["notices"][0]["message"].as_str().unwrap().contains("do not reach them"), "{merged}");
        // This desk shows customers what they asked for and nothing else: to take part would be no use.
        assert_eq!(thread(&ada, &two).await["participants"], json!([]));

        let file = ann.upload("invoice.pdf", "application/pdf", PDF).await;
        let input = json!({"ticketId": one, "body": "Is somebody there?", "attachments": [file]});
        let reply = ann.do_it("commentAdd", input, "comment { id ticket { id } attachments { id } } notices { code message }").await;
        assert_eq!(reply["comment"]["ticket"]["id"], one);
        assert_eq!(notices(&reply), ["MERGED"]);
        let number = thread(&bob, &two).await["number"].as_str().unwrap().to_owned();
        assert!(!reply.to_string().contains(&number) && !reply.to_string().contains(&two), "{reply}");
        say(&ada, &two, "A zqanswer for Bob.").await;
        note(&ada, &two, "Another zqnote.").await;

        let hers = thread(&ann, &one).await;
        assert_eq!(said(&hers), ["It is on the second floor.", "Is somebody there?"]);
        assert_eq!((&hers["mergedInto"], hers["mergedAt"].is_string()), (&json!(null), true), "she may know that, and not what");
        assert_eq!(hers["attachments"]["totalCount"], 1);
        let all = glimpses(&ann, &two).await;
        assert_eq!((&all["ticket"], &all["node"], &all["nodes"]), (&json!(null), &json!(null), &json!([null])));
        assert!(!all.to_string().contains("zq") && !all.to_string().contains(&two), "{all:#}");
        // Her own words and files are hers wherever they are.
        let mine = ann.run("query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Attachment { download { url } } } }",
            json!({"ids": [reply["comment"]["id"], file]})).await;
        assert_eq!((&mine["nodes"][0]["__typename"], &mine["nodes"][1]["__typename"]), (&json!("Comment"), &json!("Attachment")));
        assert_eq!(ann.fetch(&mine["nodes"][1]["download"]["url"]).await.status(), 200);
        ann.do_it("commentEdit", json!({"commentId": reply["comment"]["id"], "body": "Is anybody there?"}), "comment { id }").await;
        // What is written at the other is none of hers.
        let answer = thread(&ada, &two).await["comments"]["nodes"][4]["id"].clone();
        assert_eq!(ann.run("query($id: ID!) { node(id: $id) { id } }", json!({"id": answer})).await["node"], json!(null));

        // Bob reads both as one, without what is for staff, and does not see her ticket by itself.
        let his = thread(&bob, &two).await;
        assert_eq!(said(&his), ["My zqsecret word.", "It is on the second floor.", "Is anybody there?", "A zqanswer for Bob."]);
        assert_eq!(his["comments"]["nodes"][1]["ticket"], json!(null));
        assert_eq!(his["mergedTickets"], json!({"totalCount": 0, "nodes": []}));
        assert_eq!(glimpses(&bob, &one).await["ticket"], json!(null));
        assert_eq!(bob.refused("ticketUnmerge", json!({"ticketId": one})).await["code"], "NOT_FOUND");
        let theirs = bob.run("query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", json!({"ids": [his["comments"]["nodes"][1]["id"], file]})).await;
        assert_eq!(theirs["nodes"], json!([{"__typename": "Comment"}, {"__typename": "Attachment"}]));

        // Undone: what was said stays where it was said, and she goes on seeing her words.
        unmerge(&ada, &one).await;
        assert_eq!(said(&thread(&bob, &two).await), ["My zqsecret word.", "Is anybody there?", "A zqanswer for Bob."]);
        assert_eq!(said(&thread(&ann, &one).await), ["It is on the second floor.", "Is anybody there?"]);
        assert_eq!(said(&thread(&ada, &one).await), ["It is on the second floor.", "A zqnote on hers.", "Is anybody there?"]);
    }
}

desk_test! {
    // S1-57, S2-3: where participants see a ticket, whoever asked for the merged one takes part, until it is undone.
    async fn who_asked_takes_part_where_the_desk_shows_participants_what_they_take_part_in(desk: &Desk) on "superapp" {
        let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
        let one = crate::profiles::open(&ann, "superapp").await.as_str().unwrap().to_owned();
        let two = crate::profiles::open(&bob, "superapp").await.as_str().unwrap().to_owned();
        let three = crate::profiles::open(&ann, "superapp").await.as_str().unwrap().to_owned();
        say(&bob, &two, "Charged twice.").await;
        assert_eq!(thread(&ann, &two).await, json!(null));
        let merged = merge(&ada, &one, &two).await;
        assert_eq!(notices(&merged), ["OTHER_REQUESTER"]);
        merge(&ada, &three, &two).await;
        let hers = thread(&ann, &two).await;
        assert_eq!(hers["participants"], json!([{"name": "Ann"}]));
        assert_eq!(said(&hers), ["Charged twice."]);
        assert_eq!(hers["mergedTickets"]["totalCount"], 2);
        say(&ann, &one, "Me too.").await;
        assert_eq!(said(&thread(&bob, &two).await), ["Charged twice.", "Me too."]);

        let mut socket = ann.socket().await;
        socket.subscribe("1", "subscription { ticketEvents { node { kind ticketId } } }", json!({})).await;
        // She came with both: she leaves with the last.
        unmerge(&ada, &one).await;
        assert_eq!(thread(&ann, &two).await["participants"], json!([{"name": "Ann"}]));
        unmerge(&ada, &three).await;
        assert_eq!(thread(&ann, &two).await, json!(null));
        let mut last = json!(null);
        while last != json!({"kind": "HIDDEN", "ticketId": two}) {
            last = socket.next().await["ticketEvents"]["node"].take();
        }
        assert_eq!(thread(&ada, &two).await["participants"], json!([]));
        assert_eq!(said(&thread(&ann, &one).await), ["Me too."]);
    }
}
