//! Lists of tickets: filters, orders, pages, counts.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person, ids};

/// Twelve tickets of two customers, some assigned, over twelve hours. Answers the ids, oldest first.
async fn a_dozen(desk: &Desk, ada: &Person, ann: &Person, bob: &Person, ben: &Person) -> Vec<String> {
    let mut made = Vec::new();
    for nth in 0..12 {
        let person = if nth % 3 == 0 { bob } else { ann };
        let priority = ["low", "medium", "high", "urgent"][nth % 4];
        let category = ["technical", "billing"][nth % 2];
        let input = json!({"title": format!("Ticket number {nth}"), "description": "One of a dozen.", "priority": priority,
            "category": category, "channel": "web", "tags": [format!("tag{}", nth % 5)]});
        let id =
            person.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].as_str().unwrap().to_owned();
        if nth % 4 == 1 {
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        }
        if nth >= 10 {
            ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
        }
        made.push(id);
        desk.advance(1.0);
    }
    made
}

async fn list(person: &Person, filter: Value, order: Value) -> Vec<String> {
    let document = "query($filter: TicketFilter, $order: TicketOrder) { tickets(filter: $filter, orderBy: $order, first: 100) { nodes { id } totalCount } }";
    let answer = person.run(document, json!({"filter": filter, "order": order})).await;
    let ids = ids(&answer["tickets"]["nodes"]);
    assert_eq!(answer["tickets"]["totalCount"], ids.len(), "the count is the list's");
    ids
}

desk_test! {
    // S1-3, S1-4, S1-5, S1-6, S1-7, S1-8, S1-9, S1-10, S1-14, S1-16, S1-118, S4-11, S4-31, S3-90, S3-112
    async fn filters_find_exactly_what_they_say(desk: &Desk) {
        let (ada, ann, bob, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await, desk.agent("Ben").await);
        let began = desk.clock.now();
        let all = a_dozen(desk, &ada, &ann, &bob, &ben).await;
        let pick = |want: fn(usize) -> bool| -> Vec<String> { all.iter().enumerate().filter(|(nth, _)| want(*nth)).map(|(_, id)| id.clone()).collect() };
        let oldest_first = json!({"field": "CREATED_AT", "direction": "ASC"});
        let at = |hours: i64| deskgraph::clock::Timestamp(began.0 + hours * 3_600_000 - 60_000).to_string();
        let cases: Vec<(Value, Vec<String>)> = vec![
            (json!({}), pick(|_| true)),
            (json!({"status": ["closed"]}), pick(|n| n >= 10)),
            (json!({"status": ["open", "assigned"]}), pick(|n| n < 10)),
            (json!({"stage": ["CLOSED"]}), pick(|n| n >= 10)),
            (json!({"priority": ["urgent", "low"]}), pick(|n| n % 4 == 0 || n % 4 == 3)),
            (json!({"category": ["billing"]}), pick(|n| n % 2 == 1)),
            (json!({"assigneeId": [ben.id]}), pick(|n| n % 4 == 1)),
            (json!({"assigned": false}), pick(|n| n % 4 != 1)),
            (json!({"assigned": true}), pick(|n| n % 4 == 1)),
            (json!({"requesterId": [bob.id]}), pick(|n| n % 3 == 0)),
            (json!({"tag": ["tag2", "TAG3"]}), pick(|n| n % 5 == 2 || n % 5 == 3)),
            (json!({"createdFrom": at(3), "createdTo": at(6)}), pick(|n| (3..6).contains(&n))),
            (json!({"category": ["billing"], "requesterId": [bob.id]}), pick(|n| n % 2 == 1 && n % 3 == 0)),
            (json!({"not": {"category": ["billing"]}}), pick(|n| n % 2 == 0)),
            (json!({"or": [{"status": ["closed"]}, {"assigneeId": [ben.id]}]}), pick(|n| n >= 10 || n % 4 == 1)),
            (json!({"and": [{"category": ["technical"]}, {"not": {"priority": ["low"]}}]}), pick(|n| n % 2 == 0 && n % 4 != 0)),
            (json!({"or": []}), vec![]),
            (json!({"status": []}), vec![]),
        ];
        for (filter, expected) in cases {
            assert_eq!(list(&ada, filter.clone(), oldest_first.clone()).await, expected, "{filter}");
        }
        // S4-31, S4-62, S4-63: each sees their own part of it.
        assert_eq!(list(&ann, json!({}), oldest_first.clone()).await, pick(|n| n % 3 != 0));
        assert_eq!(list(&bob, json!({}), oldest_first.clone()).await, pick(|n| n % 3 == 0));
        assert_eq!(list(&ben, json!({}), oldest_first.clone()).await, pick(|n| n % 4 == 1));
        assert_eq!(list(&ann, json!({"requesterId": [bob.id]}), oldest_first).await, Vec::<String>::new());
        let summary = ben.run("{ ticketSummary { total } }", json!({})).await;
        assert_eq!(summary["ticketSummary"]["total"], 3);
    }
}

desk_test! {
    async fn keys_that_the_desk_does_not_know_are_refused_with_those_it_knows(desk: &Desk) {
        let ada = desk.administrator().await;
        for (field, known) in [("status", "open"), ("priority", "low"), ("category", "technical"), ("channel", "web")] {
            let answer = ada.answer(&format!("{{ tickets(filter: {{{field}: [\"nonsense\"]}}) {{ totalCount }} }}"), json!({})).await;
            assert_eq!(crate::harness::errors(&answer), ["BAD_USER_INPUT"], "{answer}");
            let allowed = answer["errors"][0]["extensions"]["allowed"].as_array().unwrap();
            assert!(allowed.contains(&json!(known)), "{answer}");
        }
    }
}

desk_test! {
    // S1-12, S1-13, S1-16, S3-84, S3-111, X-11
    async fn every_order_is_paged_without_gaps_by_cursor_and_by_offset(desk: &Desk) {
        let (ada, ann, bob, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await, desk.agent("Ben").await);
        a_dozen(desk, &ada, &ann, &bob, &ben).await;
        let document = "query($order: TicketOrder, $first: Int, $after: String, $last: Int, $before: String, $offset: Int) { \
            tickets(orderBy: $order, first: $first, after: $after, last: $last, before: $before, offset: $offset) { \
            nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
        for field in ["CREATED_AT", "UPDATED_AT", "DUE_AT", "PRIORITY"] {
            for direction in ["ASC", "DESC"] {
                let order = json!({"field": field, "direction": direction});
                let whole = list(&ada, json!({}), order.clone()).await;
                let (mut forward, mut after) = (Vec::new(), json!(null));
                loop {
                    let page = ada.run(document, json!({"order": order, "first": 5, "after": after})).await["tickets"].take();
                    forward.extend(ids(&page["nodes"]));
                    after = page["pageInfo"]["endCursor"].clone();
                    if page["pageInfo"]["hasNextPage"] == false { break; }
                }
                assert_eq!(forward, whole, "{field} {direction}");
                let (mut backward, mut before) = (Vec::new(), json!(null));
                loop {
                    let page = ada.run(document, json!({"order": order, "last": 5, "before": before})).await["tickets"].take();
                    backward.splice(0..0, ids(&page["nodes"]));
                    before = page["pageInfo"]["startCursor"].clone();
                    if page["pageInfo"]["hasPreviousPage"] == false { break; }
                }
                assert_eq!(backward, whole, "{field} {direction} backward");
                let mut by_offset = Vec::new();
                for offset in [0, 5, 10] {
                    let page = ada.run(document, json!({"order": order, "first": 5, "offset": offset})).await;
                    by_offset.extend(ids(&page["tickets"]["nodes"]));
                }
                assert_eq!(by_offset, whole, "{field} {direction} by offset");
            }
        }
        // A cursor is good for its own list only.
        let page = ada.run(document, json!({"order": {"field": "CREATED_AT"}, "first": 1})).await;
        let foreign = json!({"order": {"field": "DUE_AT"}, "after": page["tickets"]["pageInfo"]["endCursor"]});
        assert_eq!(crate::harness::errors(&ada.answer(document, foreign).await), ["BAD_USER_INPUT"]);
    }
}

desk_test! {
    // S1-12: staff may have up to 1000 rows, customers 100.
    async fn page_sizes_have_a_limit(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        for (person, most) in [(&ada, 1000), (&ann, 100)] {
            let document = |first: i32| format!("{{ tickets(first: {first}) {{ totalCount }} }}");
            person.run(&document(most), json!({})).await;
            for bad in [most + 1, -1] {
                let answer = person.answer(&document(bad), json!({})).await;
                assert_eq!(crate::harness::errors(&answer), ["BAD_USER_INPUT"], "{answer}");
            }
        }
        let both = ann.answer("{ tickets(first: 1, last: 1) { totalCount } }", json!({})).await;
        assert_eq!(crate::harness::errors(&both), ["BAD_USER_INPUT"]);
    }
}

desk_test! {
    // S4-73
    async fn strangers_see_no_tickets(desk: &Desk) {
        let stranger = desk.stranger();
        for document in ["{ tickets { totalCount } }", "{ ticketSummary { total } }", "{ ticketByNumber(number: \"TICK-20260101-0001\") { id } }",
            "{ search(query: \"x\", kinds: [TICKET]) { totalCount } }"] {
            assert_eq!(crate::harness::errors(&stranger.answer(document, json!({})).await), ["UNAUTHENTICATED"], "{document}");
        }
        let answer = stranger.answer("mutation { ticketCreate(input: {title: \"Let me in\", description: \"I am a stranger here.\"}) { ticket { id } userErrors { code } } }", json!({})).await;
        assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"]);
    }
}
