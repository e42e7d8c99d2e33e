//! Opening tickets: what is taken, what is refused, what is filled in.

use serde_json::{Value, json};

use crate::desk_test;

const FIELDS: &str = "{ id number title description status { key stage } priority { key } category { key } \
    channel { key } tags requester { id name } createdBy { id } version commentCount }";

fn valid() -> Value {
    json!({"title": "Cannot login to account", "description": "I am unable to login since yesterday. Tried password reset."})
}

fn with(field: &str, value: Value) -> Value {
    let mut input = valid();
    input[field] = value;
    input
}

desk_test! {
    // S4-2, S4-3, S4-32, S4-61, S1-17, S1-18, S1-28, S3-23, S3-101
    async fn a_customer_opens_a_ticket(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let mut input = valid();
        input["priority"] = json!("high");
        input["category"] = json!("technical");
        input["tags"] = json!(["Login", "urgent ", "login"]);
        let made = ann.do_it("ticketCreate", input, &format!("ticket {FIELDS}")).await;
        let ticket = &made["ticket"];
        let day = desk.clock.now().to_string()[..10].replace('-', "");
        assert_eq!(ticket["number"], format!("TICK-{day}-0001"));
        assert_eq!(ticket["status"], json!({"key": "open", "stage": "NEW"}));
        assert_eq!(ticket["priority"]["key"], "high");
        assert_eq!(ticket["category"]["key"], "technical");
        assert_eq!(ticket["tags"], json!(["login", "urgent"]));
        assert_eq!(ticket["requester"], json!({"id": ann.id, "name": "Ann"}));
        assert_eq!(ticket["version"], 1);
        // S4-33, S1-32: and reads it again, by id, by number, as a node.
        let document = format!(
            "query($id: ID!, $number: String!) {{ ticket(id: $id) {FIELDS} ticketByNumber(number: $number) {FIELDS} \
             node(id: $id) {{ id ... on Ticket {FIELDS} }} }}"
        );
        let read = ann.run(&document, json!({"id": ticket["id"], "number": ticket["number"]})).await;
        for way in ["ticket", "ticketByNumber", "node"] {
            assert_eq!(read[way], *ticket, "{way}");
        }
    }
}

desk_test! {
    // S4-3: numbers count up within a day and begin again on the next, in the desk's time zone.
    async fn numbers_count_by_day(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let mut numbers = Vec::new();
        for hours in [0.0, 0.0, 24.0] {
            desk.advance(hours);
            let made = ann.do_it("ticketCreate", valid(), "ticket { number }").await;
            numbers.push(made["ticket"]["number"].as_str().unwrap().to_owned());
        }
        assert!(numbers[0].ends_with("-0001") && numbers[1].ends_with("-0002") && numbers[2].ends_with("-0001"), "{numbers:?}");
        assert_ne!(numbers[0], numbers[2]);
    }
}

desk_test! {
    // S4-3, S1-100: many at once get different numbers without a hole.
    async fn numbers_are_given_once(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let many = (0..20).map(|_| {
            let ann = ann.clone();
            tokio::spawn(async move { ann.do_it("ticketCreate", valid(), "ticket { number }").await["ticket"]["number"].take() })
        });
        let mut numbers = Vec::new();
        for one in many.collect::<Vec<_>>() {
            numbers.push(one.await.unwrap().as_str().unwrap().rsplit('-').next().unwrap().parse::<u32>().unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    }
}

desk_test! {
    // S1-20, S1-21, S1-22, S1-23, S1-25, S1-30, S4-17, S4-72
    async fn what_does_not_fit_is_refused_with_field_and_way_out(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let cases = [
            ("title", json!("Hey"), "title"),
            ("title", json!("x".repeat(201)), "title"),
            ("title", json!("   \t  "), "title"),
            ("title", json!("two\nlines"), "title"),
            ("title", json!("null \u{0000} byte"), "title"),
            ("description", json!("short"), "description"),
            ("description", json!("x".repeat(50_001)), "description"),
            ("category", json!("gardening"), "category"),
            ("priority", json!("apocalyptic"), "priority"),
            ("channel", json!("telepathy"), "channel"),
            ("tags", json!(["x".repeat(51)]), "tags"),
            ("tags", json!((0..21).map(|n| n.to_string()).collect::<Vec<_>>()), "tags"),
            ("preferredContactTime", json!(""), "preferredContactTime"),
        ];
        for (field, value, at) in cases {
            let error = ann.refused("ticketCreate", with(field, value)).await;
            assert_eq!(error["code"], "INVALID_VALUE", "{field}: {error}");
            assert_eq!(error["field"], json!([at]), "{error}");
            assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{error}");
        }
        let error = ann.refused("ticketCreate", with("priority", json!("apocalyptic"))).await;
        assert_eq!(error["__typename"], "ValueError");
        assert_eq!(error["allowed"], json!(["low", "medium", "high", "urgent"]));
        // Nothing was written, not even a number was used up.
        let list = ann.run("{ tickets { totalCount } }", json!({})).await;
        assert_eq!(list["tickets"]["totalCount"], 0);
        let made = ann.do_it("ticketCreate", valid(), "ticket { number }").await;
        assert!(made["ticket"]["number"].as_str().unwrap().ends_with("-0001"));
    }
}

desk_test! {
    async fn text_of_any_script_comes_back_as_it_was(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        for title in ["مشكلة في تسجيل الدخول", "登录时出错了请帮忙", "👩‍👩‍👧‍👦 broken 🦀 emoji", "\u{202e}right to left", "naïve café ½"] {
            let made = ann.do_it("ticketCreate", with("title", json!(title)), "ticket { title }").await;
            assert_eq!(made["ticket"]["title"], title);
        }
    }
}

desk_test! {
    // S4-42, S4-61, S4-86, S1-19, S1-31
    async fn staff_open_tickets_for_others(desk: &Desk) {
        let (ben, ann) = (desk.agent("Ben").await, desk.customer("Ann").await);
        // For somebody who is known, by address in any case.
        let made = ben.do_it("ticketCreate", with("requesterEmail", json!("ANN@desk.test")), "ticket { id requester { id } createdBy { id } }").await;
        assert_eq!(made["ticket"]["requester"]["id"], ann.id.as_str());
        assert_eq!(made["ticket"]["createdBy"]["id"], ben.id.as_str());
        // S4-85: both see it.
        for person in [&ann, &ben] {
            let read = person.run("query($id: ID!) { ticket(id: $id) { id } }", json!({"id": made["ticket"]["id"]})).await;
            assert_eq!(read["ticket"]["id"], made["ticket"]["id"]);
        }
        // For somebody who is not known yet: once.
        let first = ben.do_it("ticketCreate", with("requesterEmail", json!("new@elsewhere.test")), "ticket { requester { id name role } }").await;
        let second = ben.do_it("ticketCreate", with("requesterEmail", json!("New@Elsewhere.test")), "ticket { requester { id name role } }").await;
        assert_eq!(first["ticket"]["requester"], second["ticket"]["requester"]);
        assert_eq!(first["ticket"]["requester"]["role"], "CUSTOMER");
        let error = ben.refused("ticketCreate", with("requesterEmail", json!("nobody"))).await;
        assert_eq!((error["code"].as_str(), &error["field"]), (Some("INVALID_VALUE"), &json!(["requesterEmail"])));
        let error = ben.refused("ticketCreate", with("requesterId", json!("per_01arz3ndektsv4rrffq69g5fav"))).await;
        assert_eq!((error["code"].as_str(), &error["field"]), (Some("NOT_FOUND"), &json!(["requesterId"])));
    }
}

desk_test! {
    // Customers open tickets for themselves only, and learn nothing about who else is known.
    async fn customers_cannot_open_tickets_for_others(desk: &Desk) {
        let (ann, bob) = (desk.customer("Ann").await, desk.customer("Bob").await);
        let known = ann.refused("ticketCreate", with("requesterEmail", json!("bob@desk.test"))).await;
        let unknown = ann.refused("ticketCreate", with("requesterEmail", json!("nobody@desk.test"))).await;
        assert_eq!(known, unknown);
        let by_id = ann.refused("ticketCreate", with("requesterId", json!(bob.id))).await;
        assert_eq!(by_id["code"], "NOT_FOUND");
        ann.do_it("ticketCreate", with("requesterEmail", json!("ann@desk.test")), "ticket { id }").await;
    }
}
