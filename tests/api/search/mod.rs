//! Finding things by words.

mod helping;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::Person;

const SEARCH: &str = "query($query: String!, $kinds: [SearchKind!], $filter: SearchFilter, $first: Int, $after: String, $cursor: EventCursor) { \
    search(query: $query, kinds: $kinds, filter: $filter, first: $first, after: $after, consistentWith: $cursor) { \
    totalCount didYouMean tookMs indexedThrough pageInfo { hasNextPage endCursor } hits { cursor title { text matched } snippet { text matched } \
    node { __typename ... on Ticket { id number } ... on Article { id } ... on Faq { id } } } } }";

async fn search(person: &Person, variables: Value) -> Value {
    person.run(SEARCH, variables).await["search"].take()
}

fn found(answer: &Value) -> Vec<&str> {
    answer["hits"].as_array().unwrap().iter().map(|hit| hit["node"]["id"].as_str().unwrap()).collect()
}

async fn article(ada: &Person, title: &str, body: &str) -> Value {
    let made = ada.do_it("articleCreate", json!({"title": title, "body": body}), "article { id }").await;
    ada.do_it("articlePublish", json!({"articleId": made["article"]["id"]}), "article { id }").await
}

desk_test! {
    // S1-69, S3-19, S3-41, S3-85, S3-91, S4-11, promise 6
    async fn tickets_and_articles_are_found_at_once_with_highlights(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let input = json!({"title": "The printer is on fire", "description": "Smoke comes out of the printing thing."});
        let ticket = ann.do_it("ticketCreate", input, "ticket { id number }").await;
        let written = article(&ada, "Putting out printers", "When a printer burns, use sand.").await;
        let cursor = &written["eventCursor"];
        let answer = search(&ada, json!({"query": "burning printers", "cursor": cursor})).await;
        assert_eq!(answer["totalCount"], 2, "{answer:#}");
        assert!(found(&answer).contains(&ticket["ticket"]["id"].as_str().unwrap()));
        assert!(found(&answer).contains(&written["article"]["id"].as_str().unwrap()));
        let marked: Vec<&Value> = answer["hits"].as_array().unwrap().iter().flat_map(|hit| hit["title"].as_array().unwrap()).filter(|part| part["matched"] == true).collect();
        assert!(marked.iter().any(|part| part["text"] == "printers") && marked.iter().any(|part| part["text"] == "printer"), "{marked:?}");
        // By kind, by number, by the requester's name.
        for (query, kinds, expected) in [
            ("printer", json!(["ARTICLE"]), &written["article"]["id"]),
            ("printer", json!(["TICKET"]), &ticket["ticket"]["id"]),
            (ticket["ticket"]["number"].as_str().unwrap(), json!(null), &ticket["ticket"]["id"]),
            ("ann", json!(null), &ticket["ticket"]["id"]),
        ] {
            let answer = search(&ada, json!({"query": query, "kinds": kinds, "cursor": cursor})).await;
            assert_eq!(found(&answer)[0], expected.as_str().unwrap(), "{query}: {answer:#}");
        }
        // A typing slip is forgiven, and told.
        let answer = search(&ada, json!({"query": "prnter", "kinds": ["ARTICLE"], "cursor": cursor})).await;
        assert_eq!((answer["didYouMean"].as_str(), found(&answer).len()), (Some("printer"), 1), "{answer:#}");
    }
}

desk_test! {
    // Strangers find what is published for everybody, and nothing else.
    async fn a_stranger_finds_published_articles_only(desk: &Desk) {
        let ada = desk.administrator().await;
        let public = article(&ada, "Opening hours of the desk", "We are here day and night.").await;
        ada.do_it("articleCreate", json!({"title": "Secret hours of the desk", "body": "Not yet."}), "article { id }").await;
        let last = ada.do_it("ticketCreate", json!({"title": "Hours of the desk?", "description": "When is it open?"}), "ticket { id }").await;
        let answer = search(&desk.stranger(), json!({"query": "hours desk", "cursor": last["eventCursor"]})).await;
        assert_eq!(found(&answer), [public["article"]["id"].as_str().unwrap()]);
        assert_eq!(answer["totalCount"], 1);
        let answer = search(&ada, json!({"query": "hours desk", "cursor": last["eventCursor"]})).await;
        assert_eq!(answer["totalCount"], 3);
    }
}

desk_test! {
    async fn a_ranking_is_paged_without_gaps(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let mut last = json!(null);
        for nth in 0..12 {
            let input = json!({"title": format!("Broken lamp {nth}"), "description": "The lamp does not shine."});
            last = ann.do_it("ticketCreate", input, "ticket { id }").await;
        }
        let whole = search(&ann, json!({"query": "lamp", "first": 100, "cursor": last["eventCursor"]})).await;
        assert_eq!(found(&whole).len(), 12);
        let (mut ids, mut after) = (Vec::new(), json!(null));
        loop {
            let page = search(&ann, json!({"query": "lamp", "first": 5, "after": after})).await;
            ids.extend(found(&page).into_iter().map(str::to_owned));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(ids, found(&whole));
        let foreign = ann.answer(SEARCH, json!({"query": "other words", "after": after})).await;
        assert_eq!(crate::harness::errors(&foreign), ["BAD_USER_INPUT"]);
    }
}

desk_test! {
    // S3-90, S3-112, S4-11
    async fn a_search_is_narrowed_by_the_filter(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let mut urgent = Vec::new();
        for nth in 0..6 {
            let priority = ["low", "urgent"][nth % 2];
            let input = json!({"title": format!("Broken lamp {nth}"), "description": "The lamp does not shine.", "priority": priority, "tags": [format!("t{nth}")]});
            let made = ann.do_it("ticketCreate", input, "ticket { id }").await;
            if nth % 2 == 1 {
                urgent.push(made["ticket"]["id"].as_str().unwrap().to_owned());
            }
        }
        let last = ada.do_it("ticketAssign", json!({"ticketId": urgent[0], "to": {"agentId": ada.id}}), "ticket { id }").await;
        for (filter, expected) in [
            (json!({"priority": ["urgent"]}), 3),
            (json!({"priority": ["urgent"], "tag": ["t1", "t2"]}), 1),
            (json!({"status": ["assigned"]}), 1),
            (json!({"stage": ["NEW"]}), 5),
            (json!({"assigneeId": [ada.id]}), 1),
            (json!({"requesterId": [ann.id]}), 6),
            (json!({"createdTo": "2000-01-01T00:00:00Z"}), 0),
            (json!({"priority": []}), 0),
        ] {
            let answer = search(&ada, json!({"query": "lamp", "filter": filter, "cursor": last["eventCursor"]})).await;
            assert_eq!((answer["totalCount"].as_i64(), found(&answer).len()), (Some(expected), expected as usize), "{filter}");
            let all = search(&ada, json!({"query": "", "kinds": ["TICKET"], "filter": filter})).await;
            assert_eq!(all["totalCount"], expected, "without words the filter alone: {filter}");
        }
    }
}

desk_test! {
    async fn no_text_is_too_odd_to_look_for(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        for query in ["", "   ", "\u{0}", "\"unbalanced (quotes* AND OR NOT title:x^", "👩‍👩‍👧‍👦", "مشكلة", "登录", "../../etc/passwd", "the of and", &"word ".repeat(5_000)] {
            let answer = ann.answer(SEARCH, json!({"query": query})).await;
            assert!(answer.get("errors").is_none(), "{}: {answer}", &query.chars().take(20).collect::<String>());
        }
        let answer = ann.answer(SEARCH, json!({"query": "x".repeat(70_000)})).await;
        assert_eq!(crate::harness::errors(&answer), ["BAD_USER_INPUT"]);
    }
}

desk_test! {
    // Every kind of thing by its id, in one list.
    async fn nodes_of_every_kind_come_in_the_order_of_their_ids(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ticket = ann.open_ticket("A ticket among nodes").await;
        let comment = ann.do_it("commentAdd", json!({"ticketId": ticket, "body": "A word."}), "comment { id }").await;
        let note = ada.do_it("commentAdd", json!({"ticketId": ticket, "body": "A note.", "internal": true}), "comment { id }").await;
        let article = article(&ada, "An article among nodes", "Text.").await;
        let team = ada.do_it("teamCreate", json!({"name": "Nodes"}), "team { id }").await;
        let ids = json!([team["team"]["id"], ticket, note["comment"]["id"], article["article"]["id"], comment["comment"]["id"], ann.id, ada.id, ticket]);
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
        let kinds = |answer: &Value| -> Vec<String> {
            answer["nodes"].as_array().unwrap().iter().map(|node| node["__typename"].as_str().unwrap_or("-").to_owned()).collect()
        };
        assert_eq!(kinds(&ada.run(document, json!({"ids": ids})).await), ["Team", "Ticket", "Comment", "Article", "Comment", "Person", "Person", "Ticket"]);
        assert_eq!(kinds(&ann.run(document, json!({"ids": ids})).await), ["-", "Ticket", "-", "Article", "Comment", "Person", "-", "Ticket"]);
        assert_eq!(kinds(&desk.stranger().run(document, json!({"ids": ids})).await), ["-", "-", "-", "Article", "-", "-", "-", "-"]);
        for bad in ["", "nonsense", "tkt_", "xyz_01arz3ndektsv4rrffq69g5fav", "tkt_zzzzzzzzzzzzzzzzzzzzzzzzzz"] {
            let answer = ann.answer(document, json!({"ids": [bad]})).await;
            assert_eq!(crate::harness::errors(&answer), ["BAD_USER_INPUT"], "{bad}");
        }
    }
}
