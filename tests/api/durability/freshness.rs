//! Promise 6: what was written is found at once by whoever sends the cursor of the write.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::Person;

/// A word that is in no other text, and the same as no other word with another ending.
fn word(nth: usize) -> String {
    let letter = |n: usize| char::from(b"bdfgklmnpr"[n % 10]);
    format!("quokka{}{}{}{}o", letter(nth / 1_000), letter(nth / 100), letter(nth / 10), letter(nth))
}

/// How many tickets a search finds, and the first.
async fn search(person: &Person, text: &str, with: &Value) -> (i64, Option<String>) {
    let document = "query($text: String!, $with: EventCursor!) { search(query: $text, kinds: [TICKET], consistentWith: $with) \
        { totalCount indexedThrough hits { node { ... on Ticket { id } } } } }";
    let found = person.run(document, json!({"text": text, "with": with})).await["search"].take();
    assert!(crate::harness::seq(&found["indexedThrough"]) >= crate::harness::seq(with));
    (found["totalCount"].as_i64().unwrap(), found["hits"][0]["node"]["id"].as_str().map(str::to_owned))
}

desk_test! {
    async fn a_ticket_and_a_comment_are_found_at_once_a_hundred_times_in_a_row(desk: &Desk) {
        let ada = desk.administrator().await;
        for nth in 0..100 {
            let input = json!({"title": format!("About {}", word(nth)), "description": "What happened, in some words."});
            let made = ada.do_it("ticketCreate", input, "ticket { id }").await;
            let id = made["ticket"]["id"].as_str().map(str::to_owned);
            assert_eq!(search(&ada, &word(nth), &made["eventCursor"]).await.1, id, "ticket {nth}");
            let said = word(1_000 + nth);
            let added = ada.do_it("commentAdd", json!({"ticketId": id, "body": said}), "comment { id }").await;
            assert_eq!(search(&ada, &said, &added["eventCursor"]).await.1, id, "comment {nth}");
        }
    }
}

desk_test! {
    async fn a_deleted_ticket_and_one_that_was_taken_away_are_gone_at_once(desk: &Desk) {
        let (ada, ben) = (desk.administrator().await, desk.agent("Ben").await);
        for nth in 0..25 {
            let id = ada.open_ticket(&format!("About {}", word(nth))).await;
            let given = ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
            // The total is the index's own; hits are checked against the database as well.
            assert_eq!(search(&ben, &word(nth), &given["eventCursor"]).await, (1, Some(id.clone())));
            let taken = ada.do_it("ticketUnassign", json!({"ticketId": id}), "ticket { id }").await;
            assert_eq!(search(&ben, &word(nth), &taken["eventCursor"]).await, (0, None), "taken away {nth}");
            let gone = ada.do_it("ticketDelete", json!({"ticketId": id}), "ticket { id }").await;
            assert_eq!(search(&ada, &word(nth), &gone["eventCursor"]).await, (0, None), "deleted {nth}");
        }
    }
}

desk_test! {
    async fn an_article_is_found_at_once_a_hundred_times_in_a_row(desk: &Desk) {
        let (ada, anybody) = (desk.administrator().await, desk.stranger());
        let document = "query($text: String!, $with: EventCursor!) { search(query: $text, kinds: [ARTICLE], consistentWith: $with) \
            { totalCount didYouMean hits { node { ... on Article { id } } } } }";
        for nth in 0..100 {
            let input = json!({"title": format!("How to {}", word(nth)), "body": "As follows."});
            let id = ada.do_it("articleCreate", input, "article { id }").await["article"]["id"].take();
            let published = ada.do_it("articlePublish", json!({"articleId": id}), "article { id }").await;
            let with = json!({"text": word(nth), "with": published["eventCursor"]});
            let found = anybody.run(document, with).await["search"].take();
            assert_eq!(found, json!({"totalCount": 1, "didYouMean": null, "hits": [{"node": {"id": id}}]}), "article {nth}");
            if nth % 5 == 0 {
                let name = if nth % 2 == 0 { "articleDelete" } else { "articleUnpublish" };
                let gone = ada.do_it(name, json!({"articleId": id}), "article { id }").await;
                let with = json!({"text": word(nth), "with": gone["eventCursor"]});
                let left = anybody.run(document, with).await["search"].take();
                // Nobody uses the word any more: it is taken for a slip of the pen, if there is a word like it.
                assert!(left["totalCount"] == 0 || left["didYouMean"].is_string(), "{name} {nth}: {left}");
                assert!(!left["hits"].to_string().contains(id.as_str().unwrap()), "{name} {nth}: {left}");
            }
        }
    }
}
