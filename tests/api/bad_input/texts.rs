//! Texts and times that cannot be.

use serde_json::{Value, json};

use super::{answers, refused};
use crate::desk_test;
use crate::harness::errors;

/// What is made of texts: the mutation, an input that is right, and the fields that hold text with how long each may be.
type Written = (&'static str, Value, Vec<(&'static str, usize)>);

/// Everything that texts are written into.
fn written(ticket: &str) -> Vec<Written> {
    let title = ("title", 200);
    vec![
        (
            "ticketCreate",
            json!({"title": "A good title", "description": "A good description"}),
            vec![title, ("description", 50_000)],
        ),
        ("ticketUpdate", json!({"ticketId": ticket}), vec![title, ("description", 50_000)]),
        ("commentAdd", json!({"ticketId": ticket, "body": "A good comment"}), vec![("body", 50_000)]),
        ("personCreate", json!({"name": "A good name", "role": "CUSTOMER"}), vec![("name", 200)]),
        ("teamCreate", json!({"name": "A good team"}), vec![("name", 200)]),
        ("organizationCreate", json!({"name": "A good house"}), vec![("name", 200)]),
        ("articleCreate", json!({"title": "A good article", "body": "A good body"}), vec![title, ("body", 200_000)]),
        (
            "faqCreate",
            json!({"question": "A good question?", "answer": "A good answer"}),
            vec![("question", 500), ("answer", 200_000)],
        ),
        ("knowledgeCategoryCreate", json!({"name": "A good category"}), vec![("name", 200)]),
    ]
}

desk_test! {
    async fn empty_oversize_and_unprintable_texts_are_refused_with_their_field(desk: &Desk) {
        let ada = desk.administrator().await;
        let ticket = ada.open_ticket("Something to write on").await;
        let before = desk.log().await.events.len();
        for (mutation, input, fields) in written(&ticket) {
            for (field, most) in fields {
                let empty = ["", "   ", "\t\n", "\u{200b}"];
                let bad = empty.map(str::to_owned).into_iter().chain(["null \u{0} byte".to_owned(), "x".repeat(most * 3)]);
                for text in bad {
                    let mut input = input.clone();
                    input[field] = json!(text);
                    let payload = ada.attempt(mutation, input, "__typename").await;
                    let error = &payload["userErrors"][0];
                    let shown: String = text.chars().take(20).collect();
                    assert_eq!(error["code"], "INVALID_VALUE", "{mutation} {field} {shown:?}: {payload:#}");
                    assert_eq!(error["field"][0], field, "{mutation} {field} {shown:?}: {payload:#}");
                }
            }
        }
        assert_eq!(desk.log().await.events.len(), before, "something was written");
        answers(desk).await;
    }
}

desk_test! {
    async fn null_bytes_find_nothing_and_break_nothing(desk: &Desk) {
        let ada = desk.administrator().await;
        let text = json!({"text": "a\u{0}b"});
        let questions = [
            "query($text: String!) { ticketByNumber(number: $text) { id } }",
            "query($text: String!) { articleBySlug(slug: $text) { id } }",
            "query($text: String!) { search(query: $text) { totalCount } }",
            "query($text: String!) { tickets(filter: {tag: [$text]}) { totalCount } }",
            "query($text: String!) { tickets(filter: {status: [$text]}) { totalCount } }",
            "query($text: String!) { people(filter: {email: $text}) { totalCount } }",
            "query($text: String!) { articles(filter: {tag: [$text]}) { totalCount } }",
            "query($text: String!) { search(query: \"x\", filter: {tag: [$text]}) { totalCount } }",
            "mutation($text: String!) { signIn(input: {email: $text, password: $text}) { userErrors { code } } }",
            "mutation($text: String!) { tokenRefresh(input: {refreshToken: $text}) { userErrors { code } } }",
            "mutation($text: String!) { register(input: {email: $text, name: $text, password: $text}) { userErrors { code } } }",
        ];
        for question in questions {
            let answer = ada.answer(question, text.clone()).await;
            let codes = errors(&answer);
            assert!(codes.is_empty() || codes == ["BAD_USER_INPUT"], "{question}: {answer:#}");
        }
        let key = ada.attempt("ticketCreate", json!({"title": "With a key", "description": "Some words of it", "idempotencyKey": "a\u{0}b"}), "__typename").await;
        assert_eq!(key["userErrors"][0]["code"], "INVALID_VALUE", "{key}");
        let key = ada.attempt("ticketCreate", json!({"title": "With a key", "description": "Some words of it", "idempotencyKey": "k".repeat(201)}), "__typename").await;
        assert_eq!(key["userErrors"][0]["code"], "INVALID_VALUE", "{key}");
        answers(desk).await;
    }
}

desk_test! {
    async fn every_script_comes_back_as_it_was_sent(desk: &Desk) {
        let ada = desk.administrator().await;
        let texts = [
            "العربية من اليمين إلى اليسار", "עברית מימין לשמאל", "\u{202e}turned around\u{202c} and back", "👩‍👩‍👧‍👦🏳️‍🌈 🦀 flags 🇪🇺",
            "e\u{301} is not é", "ﬁne ligatures, ½, ① and ™", "汉字 漢字 かな 한글", "Zalgo t\u{336}\u{321}ext\u{315}", "quote \" and \\ and </script>",
            "%s %d {} ${x} `id` ' OR 1=1 --", "a\u{feff}b\u{ad}c", "\u{10ffff} the last of all",
        ];
        for text in texts {
            let input = json!({"title": text, "description": format!("{text}\n\n{text}"), "tags": ["ünïcode"]});
            let made = ada.do_it("ticketCreate", input, "ticket { id title description }").await;
            let comment = json!({"ticketId": made["ticket"]["id"], "body": text, "format": "PLAIN"});
            ada.do_it("commentAdd", comment, "comment { id }").await;
            let read = ada.run("query($id: ID!) { ticket(id: $id) { title description comments { nodes { body } } } }", json!({"id": made["ticket"]["id"]})).await;
            assert_eq!(read["ticket"]["title"], text);
            assert_eq!(read["ticket"]["description"], format!("{text}\n\n{text}"));
            assert_eq!(read["ticket"]["comments"]["nodes"][0]["body"], text);
        }
    }
}

desk_test! {
    async fn times_that_cannot_be_are_refused(desk: &Desk) {
        let ada = desk.administrator().await;
        let document = "query($at: DateTime) { tickets(filter: {createdFrom: $at}) { totalCount } }";
        let absurd = [
            json!("0000-01-01T00:00:00Z"), json!("-0001-01-01T00:00:00Z"), json!("99999-01-01T00:00:00Z"), json!("+99999-01-01T00:00:00Z"),
            json!("2026-13-01T00:00:00Z"), json!("2026-02-30T00:00:00Z"), json!("2026-01-01T25:00:00Z"), json!("2026-01-01"), json!("yesterday"),
            json!(""), json!("2026-01-01T00:00:00"), json!(1_767_225_600), json!(true), json!("\u{0}"), json!("9".repeat(10_000)),
        ];
        for at in absurd {
            refused(&ada.answer(document, json!({"at": at})).await, "BAD_USER_INPUT");
        }
        refused(&ada.answer("{ tickets(filter: {createdFrom: \"2026-13-01T00:00:00Z\"}) { totalCount } }", json!({})).await, "BAD_USER_INPUT");
        for at in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01T00:00:00+14:00", "2026-01-01T00:00:00.123456789Z"] {
            ada.run(document, json!({"at": at})).await;
        }
        // From after to before: nothing, and no fault.
        let data = ada.run("{ tickets(filter: {createdFrom: \"9999-01-01T00:00:00Z\", createdTo: \"0001-01-01T00:00:00Z\"}) { totalCount } }", json!({})).await;
        assert_eq!(data["tickets"]["totalCount"], 0);
    }
}
