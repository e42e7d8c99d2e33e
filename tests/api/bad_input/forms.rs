//! Forms with more than one thing wrong in them.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person};

/// The codes and fields of what stands against an input.
async fn told(person: &Person, mutation: &str, input: Value) -> Vec<(String, String)> {
    let payload = person.attempt(mutation, input, "__typename").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let field = |error: &Value| error["field"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(".");
    let errors = payload["userErrors"].as_array().unwrap();
    assert!(errors.iter().all(|error| error["hint"].as_str().is_some_and(|hint| !hint.is_empty())), "{payload:#}");
    errors.iter().map(|error| (text(&error["code"]), field(error))).collect()
}

desk_test! {
    async fn everything_that_is_wrong_with_a_form_is_said_at_once(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ticket = ada.open_ticket("Something that works").await;
        let before = desk.log().await.events.len();
        let forms = [
            (
                &ann,
                "ticketCreate",
                json!({"title": "", "description": " ", "priority": "LOUD", "category": "WEATHER", "channel": "SMOKE", "tags": ["", "a"]}),
                &["title", "description", "category", "priority", "channel", "tags"][..],
            ),
            (
                &ada,
                "ticketUpdate",
                json!({"ticketId": ticket, "title": "New and right", "description": "", "category": "WEATHER", "tags": ["\u{0}"]}),
                &["description", "category", "tags"],
            ),
            (&ada, "personCreate", json!({"name": "", "email": "nobody", "phone": "12", "role": "CUSTOMER"}), &["name", "email", "phone"]),
            (&ada, "articleCreate", json!({"title": "", "body": "", "slug": "NO slug!", "tags": [" "]}), &["title", "body", "tags", "slug"]),
            (&ada, "faqCreate", json!({"question": "", "answer": ""}), &["question", "answer"]),
        ];
        for (person, mutation, input, fields) in forms {
            let expected: Vec<_> = fields.iter().map(|field| ("INVALID_VALUE".to_owned(), (*field).to_owned())).collect();
            assert_eq!(told(person, mutation, input).await, expected, "{mutation}");
        }
        assert_eq!(desk.log().await.events.len(), before, "something was written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_of_the_desks_own_that_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profile.toml");
    let fields = "\n[[fields]]\nkey = \"seat\"\nname = \"Seat\"\nkind = \"number\"\nmin = 1\nrequired = true\n\
        [[fields]]\nkey = \"row\"\nname = \"Row\"\nkind = \"number\"\nrequired = true\n";
    std::fs::write(&path, format!("{}{fields}", include_str!("../../../src/profile/builtin/helpdesk.toml"))).unwrap();
    let desk = Desk::with(|config| config.profile = path.display().to_string()).await;
    let ann = desk.customer("Ann").await;
    let input = json!({"title": "x", "description": "It hums a lot.",
        "fields": [{"key": "seat", "value": "none"}, {"key": "wing", "value": "left"}]});
    let told: Vec<_> = told(&ann, "ticketCreate", input).await.into_iter().map(|(_, field)| field).collect();
    assert_eq!(told, ["title", "fields.seat", "fields.key", "fields.row"]);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_registers_hears_of_every_field() {
    let desk = Desk::with(|_| {}).await;
    let document =
        "mutation($input: RegisterInput!) { register(input: $input) { accepted userErrors { code field } } }";
    let input = json!({"name": "", "email": "nobody", "password": "short"});
    let answer = desk.stranger().run(document, json!({"input": input})).await["register"].take();
    let fields: Vec<_> =
        answer["userErrors"].as_array().unwrap().iter().map(|error| error["field"][0].clone()).collect();
    assert_eq!((&answer["accepted"], fields), (&json!(false), vec![json!("name"), json!("email"), json!("password")]));
    desk.stop().await;
}
