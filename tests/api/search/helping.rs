//! What helps while somebody types: completions, suggestions, similar tickets, counts.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person, errors};

const SUGGEST: &str = "query($title: String!, $description: String!) { suggest(draft: {title: $title, description: $description}) { \
    articles { title } faqs { question } similarTickets { title } templates { name } \
    category { category { key } confidence } priority { priority { key } confidence } } }";

async fn suggest(person: &Person, title: &str) -> Value {
    let variables = json!({"title": title, "description": "Please help, it is like that since yesterday."});
    person.run(SUGGEST, variables).await["suggest"].take()
}

async fn complete(person: &Person, prefix: &str) -> Vec<String> {
    let data = person
        .run("query($p: String!) { complete(prefix: $p) { text node { __typename } } }", json!({"p": prefix}))
        .await;
    let text =
        |row: &Value| format!("{}{}", row["text"].as_str().unwrap(), if row["node"].is_null() { "" } else { "." });
    data["complete"].as_array().unwrap().iter().map(text).collect()
}

/// Waits until both indexes have everything that was written.
async fn indexed(desk: &Desk) {
    let ada = desk.administrator().await;
    let at = ada.run("{ eventCursor }", json!({})).await;
    let search = "query($at: EventCursor) { search(query: \"x\", consistentWith: $at) { tookMs } }";
    ada.run(search, json!({"at": at["eventCursor"]})).await;
}

async fn ticket(person: &Person, title: &str, category: &str, priority: &str) -> Value {
    let description = format!("{title}, and I do not know what to do about it.");
    let input = json!({"title": title, "description": description, "category": category, "priority": priority});
    person.do_it("ticketCreate", input, "ticket { id number }").await["ticket"].take()
}

async fn solved(ada: &Person, person: &Person, title: &str, category: &str, priority: &str) -> Value {
    let ticket = ticket(person, title, category, priority).await;
    ada.do_it("ticketClose", json!({"ticketId": ticket["id"]}), "ticket { id }").await;
    ticket["id"].clone()
}

async fn article(ada: &Person, title: &str, audience: &str) -> Value {
    let input = json!({"title": title, "body": format!("{title}, explained."), "audience": audience});
    let id = ada.do_it("articleCreate", input, "article { id }").await["article"]["id"].clone();
    ada.do_it("articlePublish", json!({"articleId": id}), "article { id }").await;
    id
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|row| row.as_object().unwrap().values().next().unwrap().as_str().unwrap())
        .collect()
}

desk_test! {
    // S1-73
    async fn whoever_writes_a_ticket_is_shown_what_may_help_and_nothing_that_is_not_theirs(desk: &Desk) {
        let (ada, ann, eva) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Eva").await);
        article(&ada, "Invoices with wrong amounts", "PUBLIC").await;
        article(&ada, "Invoices for the bookkeeping", "STAFF").await;
        ada.do_it("articleCreate", json!({"title": "Invoices draft", "body": "Wrong."}), "article { id }").await;
        let faq = ada.do_it("faqCreate", json!({"question": "Why is my invoice wrong?", "answer": "Ask."}), "faq { id }").await["faq"]["id"].clone();
        ada.do_it("faqPublish", json!({"faqId": faq}), "faq { id }").await;
        ada.do_it("templateCreate", json!({"name": "Wrong invoice", "body": "Sorry, {{ requester.name }}."}), "template { id }").await;
        for nth in 0..4 {
            solved(&ada, &ann, &format!("Invoice wrong {nth}"), "billing", "high").await;
            solved(&ada, &eva, &format!("Router invoice broken {nth}"), "technical", "low").await;
        }
        ticket(&ann, "Invoice wrong and open", "general", "low").await;
        indexed(desk).await;

        let seen = suggest(&ann, "My invoice is wrong").await;
        assert_eq!(texts(&seen["articles"]), ["Invoices with wrong amounts"]);
        assert_eq!(texts(&seen["faqs"]), ["Why is my invoice wrong?"]);
        assert_eq!(seen["templates"], json!([]));
        let similar = texts(&seen["similarTickets"]);
        assert!(similar.len() == 4 && similar.iter().all(|title| title.starts_with("Invoice wrong ") && !title.contains("open")), "{similar:?}");
        assert_eq!((&seen["category"]["category"]["key"], &seen["priority"]["priority"]["key"]), (&json!("billing"), &json!("high")));
        let confidence = seen["category"]["confidence"].as_f64().unwrap();
        assert!(confidence > 0.5 && confidence < 1.0, "{confidence}");

        let seen = suggest(&eva, "My invoice is wrong").await;
        assert!(texts(&seen["similarTickets"]).iter().all(|title| title.starts_with("Router")), "{seen:#}");
        assert_eq!(seen["category"]["category"]["key"], "technical");

        let seen = suggest(&ada, "My invoice is wrong").await;
        assert!(texts(&seen["articles"]).contains(&"Invoices for the bookkeeping"));
        assert!(!texts(&seen["articles"]).contains(&"Invoices draft"));
        assert_eq!(texts(&seen["templates"]), ["Wrong invoice"]);
        assert_eq!(texts(&seen["similarTickets"]).len(), 5);
        assert_eq!(seen["category"]["category"]["key"], "billing");

        let seen = suggest(&desk.stranger(), "My invoice is wrong").await;
        assert_eq!(texts(&seen["articles"]), ["Invoices with wrong amounts"]);
        assert_eq!((&seen["similarTickets"], &seen["templates"], &seen["category"]), (&json!([]), &json!([]), &Value::Null));
        // Nothing written yet, nothing suggested.
        let nothing = ada.run("{ suggest(draft: {}) { articles { id } similarTickets { id } category { confidence } } }", json!({})).await;
        assert_eq!(nothing["suggest"], json!({"articles": [], "similarTickets": [], "category": null}));
        let answer = ada.answer("{ suggest(draft: {title: \"x\"}, first: 21) { articles { id } } }", json!({})).await;
        assert_eq!(errors(&answer), ["BAD_USER_INPUT"]);
    }
}

desk_test! {
    // S1-69, S1-73: an agent sees the tickets of others, a team or a customer does not, whatever the index remembers.
    async fn what_is_suggested_is_checked_against_the_database(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let gone = solved(&ada, &ann, "Keyboard without letters", "technical", "low").await;
        indexed(desk).await;
        assert_eq!(texts(&suggest(&ada, "Keyboard letters").await["similarTickets"]), ["Keyboard without letters"]);
        ada.do_it("ticketDelete", json!({"ticketId": gone}), "ticket { id }").await;
        let seen = suggest(&ada, "Keyboard letters").await;
        assert_eq!((&seen["similarTickets"], &seen["category"]), (&json!([]), &Value::Null));
    }
}

desk_test! {
    // S1-43
    async fn similar_tickets_are_those_that_the_viewer_may_see(desk: &Desk) {
        let (ada, ann, eva) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Eva").await);
        let here = ticket(&ann, "Printer on fire", "technical", "low").await;
        ticket(&ann, "Printer smokes like fire", "technical", "low").await;
        let other = ticket(&eva, "Fire in the printer room", "technical", "low").await;
        let noted = ticket(&eva, "Holiday", "billing", "low").await;
        ada.do_it("commentAdd", json!({"ticketId": noted["id"], "body": "Printer on fire, printer on fire.", "internal": true}), "comment { id }").await;
        indexed(desk).await;
        let similar = async |person: &Person| {
            let data = person.run("query($id: ID!) { ticket(id: $id) { similar { title } } }", json!({"id": here["id"]})).await;
            let mut titles: Vec<String> = texts(&data["ticket"]["similar"]).into_iter().map(str::to_owned).collect();
            titles.retain(|title| title.contains("rinter") || title == "Holiday");
            titles.sort_unstable();
            titles
        };
        assert_eq!(similar(&ann).await, ["Printer smokes like fire"]);
        let seen = similar(&ada).await;
        assert!(seen.contains(&"Fire in the printer room".to_owned()) && seen.contains(&"Printer smokes like fire".to_owned()), "{seen:?}");
        ada.do_it("ticketDelete", json!({"ticketId": other["id"]}), "ticket { id }").await;
        assert!(!similar(&ada).await.contains(&"Fire in the printer room".to_owned()));
        assert_eq!(errors(&ann.answer("query($id: ID!) { ticket(id: $id) { similar(first: -1) { id } } }", json!({"id": here["id"]})).await), ["BAD_USER_INPUT"]);
    }
}

desk_test! {
    // S1-69, S3-41, S4-11
    async fn a_search_box_completes_words_and_titles_that_one_may_see(desk: &Desk) {
        let (ada, ann, eva) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Eva").await);
        article(&ada, "Reset your password", "PUBLIC").await;
        article(&ada, "Passphrase of the vault", "STAFF").await;
        let bankruptcy = ticket(&eva, "Bankruptcy of a supplier", "billing", "low").await;
        ticket(&ann, "Banner is torn", "technical", "low").await;
        ada.do_it("commentAdd", json!({"ticketId": bankruptcy["id"], "body": "bankrobber", "internal": true}), "comment { id }").await;
        indexed(desk).await;
        assert_eq!(complete(&desk.stranger(), "reset pas").await, ["reset password", "Reset your password."]);
        let staff = complete(&ada, "pass").await;
        assert!(staff.contains(&"passphrase".to_owned()) && staff.contains(&"Passphrase of the vault.".to_owned()), "{staff:?}");
        assert_eq!(complete(&ann, "ban").await, ["banner", "Banner is torn."]);
        assert_eq!(complete(&eva, "ban").await, ["bankruptcy", "Bankruptcy of a supplier."]);
        let all = complete(&ada, "ban").await;
        assert!(all.contains(&"banner".to_owned()) && all.contains(&"bankruptcy".to_owned()), "{all:?}");
        assert!(!format!("{all:?}").contains("bankrobber"), "the words of a note are not offered: {all:?}");
        assert!(complete(&desk.stranger(), "ban").await.is_empty());
        let by_number = complete(&eva, bankruptcy["number"].as_str().unwrap()).await;
        assert!(by_number.contains(&"Bankruptcy of a supplier.".to_owned()), "{by_number:?}");
        assert!(!complete(&ann, bankruptcy["number"].as_str().unwrap()).await.iter().any(|text| text.contains("Bankruptcy")));
        for nothing in ["", " ", "b", "?!"] {
            assert!(complete(&ann, nothing).await.is_empty(), "{nothing:?}");
        }
        let long = ann.answer("query($p: String!) { complete(prefix: $p) { text } }", json!({"p": "x".repeat(201)})).await;
        assert_eq!(errors(&long), ["BAD_USER_INPUT"]);
    }
}

desk_test! {
    // S3-91, S4-11, S1-69: what was found, counted by what it can be narrowed to.
    async fn a_search_counts_what_was_found_within_what_one_may_see(desk: &Desk) {
        let (ada, ann, eva) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Eva").await);
        article(&ada, "Printer manual", "PUBLIC").await;
        solved(&ada, &ann, "Printer one", "technical", "high").await;
        ticket(&ann, "Printer two", "billing", "high").await;
        for nth in 0..3 {
            ticket(&eva, &format!("Printer of Eva {nth}"), "general", "low").await;
        }
        indexed(desk).await;
        let facets = async |person: &Person, filter: Value| {
            let document = "query($filter: SearchFilter) { search(query: \"printer\", filter: $filter, first: 1) { totalCount facets { \
                kinds { kind count } statuses { status { stage } count } priorities { priority { key } count } categories { category { key } count } } } }";
            person.run(document, json!({"filter": filter})).await["search"].take()
        };
        let seen = facets(&ann, json!({})).await;
        assert_eq!(seen["totalCount"], 3);
        let counted = &seen["facets"];
        assert_eq!(counted["kinds"], json!([{"kind": "TICKET", "count": 2}, {"kind": "ARTICLE", "count": 1}]));
        assert_eq!(counted["priorities"], json!([{"priority": {"key": "high"}, "count": 2}]));
        let mut categories: Vec<&Value> = counted["categories"].as_array().unwrap().iter().map(|row| &row["category"]["key"]).collect();
        categories.sort_by_key(|key| key.to_string());
        assert_eq!(categories, ["billing", "technical"]);
        let statuses = counted["statuses"].as_array().unwrap();
        assert!(statuses.len() == 2 && statuses.iter().all(|row| row["count"] == 1), "{statuses:?}");
        let seen = facets(&ada, json!({"priority": ["low"]})).await;
        assert_eq!(seen["facets"]["kinds"], json!([{"kind": "TICKET", "count": 3}]));
        assert_eq!(seen["facets"]["categories"], json!([{"category": {"key": "general"}, "count": 3}]));
        let seen = facets(&desk.stranger(), json!({})).await;
        assert_eq!(seen["facets"], json!({"kinds": [{"kind": "ARTICLE", "count": 1}], "statuses": [], "priorities": [], "categories": []}));
    }
}

desk_test! {
    // S3-91: title, description, number and the requester's name.
    async fn a_search_of_staff_finds_a_ticket_by_each_of_its_words(desk: &Desk) {
        let (ada, zoe) = (desk.administrator().await, desk.customer("Zoe").await);
        let input = json!({"title": "Monitor flickers", "description": "The picture wobbles since the thunderstorm."});
        let made = zoe.do_it("ticketCreate", input, "ticket { id number }").await;
        zoe.open_ticket("Something else").await;
        for words in ["flickers", "thunderstorm", made["ticket"]["number"].as_str().unwrap()] {
            let document = "query($q: String!, $at: EventCursor) { search(query: $q, kinds: [TICKET], consistentWith: $at) { hits { node { ... on Ticket { id } } } } }";
            let found = ada.run(document, json!({"q": words, "at": made["eventCursor"]})).await;
            assert_eq!(found["search"]["hits"][0]["node"]["id"], made["ticket"]["id"], "{words}");
        }
        indexed(desk).await;
        let found = ada.run("{ search(query: \"zoe\", kinds: [TICKET]) { totalCount } }", json!({})).await;
        assert_eq!(found["search"]["totalCount"], 2);
    }
}
