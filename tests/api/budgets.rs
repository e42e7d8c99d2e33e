//! How many SQL statements a query executes: a number that does not grow with the rows.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person};

/// What the page of an inbox may cost: the list, its people, its last comments, its clocks, and what finding out who asks may add.
const INBOX: i64 = 4;

const PAGE: &str = "query($first: Int) { tickets(first: $first) { nodes { id number title status { key name stage } \
    priority { key name } requester { id name } assignee { id name } lastComment { id body createdAt author { name } } \
    sla { clocks { target state deadline } } dueAt breached updatedAt } pageInfo { hasNextPage endCursor } } }";

/// The statements of a query, and its data.
async fn statements(person: &Person, document: &str, variables: Value) -> (i64, Value) {
    // Sessions are remembered: the first request of a token reads who it stands for.
    person.run("{ __typename }", json!({})).await;
    let mut answer = person.answer(document, variables).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    (answer["extensions"]["cost"]["sqlStatements"].as_i64().unwrap(), answer["data"].take())
}

/// Asserts that a list costs the same for five rows and for twenty. (One row may cost less: who wrote last can be who asked.)
async fn costs_the_same(person: &Person, document: &str, list: &str) {
    let (five, data) = statements(person, document, json!({"first": 5})).await;
    assert_eq!(data.pointer(list).unwrap().as_array().unwrap().len(), 5, "{document}\n{data:#}");
    let (twenty, data) = statements(person, document, json!({"first": 20})).await;
    assert_eq!(data.pointer(list).unwrap().as_array().unwrap().len(), 20, "{document}\n{data:#}");
    assert_eq!(five, twenty, "{document}");
    assert!(twenty <= 8, "{twenty} statements: {document}");
}

/// Tickets of several people, each with something said by somebody else.
async fn inbox(desk: &Desk, count: usize) -> (Person, Vec<String>) {
    let (ada, grace) = (desk.administrator().await, desk.agent("Grace").await);
    let mut askers = Vec::new();
    for name in ["Mia", "Noah", "Ben", "Eva"] {
        askers.push(desk.customer(name).await);
    }
    let mut tickets = Vec::new();
    for nth in 0..count {
        let asker = &askers[nth % askers.len()];
        let ticket = asker.open_ticket(&format!("Printer {nth}")).await;
        let mut writer = asker;
        if nth % 3 == 0 {
            ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": grace.id}}), "ticket { id }").await;
            writer = &grace;
        }
        writer.do_it("commentAdd", json!({"ticketId": ticket, "body": "It hums."}), "comment { id }").await;
        tickets.push(ticket);
    }
    (ada, tickets)
}

desk_test! {
    async fn the_page_of_an_inbox_costs_four_statements_for_ten_tickets_and_for_a_hundred(desk: &Desk) {
        let (ada, _) = inbox(desk, 100).await;
        for rows in [10, 100] {
            let (count, data) = statements(&ada, PAGE, json!({"first": rows})).await;
            assert_eq!(data["tickets"]["nodes"].as_array().unwrap().len(), rows, "{data:#}");
            assert_eq!(count, INBOX, "{rows} tickets");
        }
        let mia = desk.sign_in("mia@desk.test", crate::harness::PASSWORD).await;
        let (few, _) = statements(&mia, PAGE, json!({"first": 2})).await;
        let (many, data) = statements(&mia, PAGE, json!({"first": 25})).await;
        assert_eq!(data["tickets"]["nodes"].as_array().unwrap().len(), 25);
        assert_eq!((few, many), (INBOX, INBOX));
    }
}

desk_test! {
    async fn other_lists_of_tickets_cost_the_same_for_five_rows_and_for_twenty(desk: &Desk) {
        let (ada, _) = inbox(desk, 20).await;
        for fields in [
            "comments(first: 3) { nodes { id body author { name } } pageInfo { hasNextPage } }",
            "team { name members { name } } organization { name } tags commentCount createdBy { name }",
            "allowedStatuses { key } actions { name allowed }",
            "unreadCount messageCounts { total customer staff } attachments(first: 3) { totalCount nodes { id fileName } }",
            "comments(first: 3) { totalCount nodes { readBy { person { name } readAt } revisions { before } attachments { fileName } } }",
        ] {
            let document = format!("query($first: Int) {{ tickets(first: $first) {{ nodes {{ id {fields} }} totalCount }} }}");
            costs_the_same(&ada, &document, "/tickets/nodes").await;
        }
    }
}

desk_test! {
    async fn comments_and_history_of_a_ticket_cost_the_same_for_five_rows_and_for_twenty(desk: &Desk) {
        let (ada, tickets) = inbox(desk, 1).await;
        for nth in 0..20 {
            let internal = nth % 2 == 0;
            let input = json!({"ticketId": tickets[0], "body": format!("Said {nth}"), "internal": internal});
            ada.do_it("commentAdd", input, "comment { id }").await;
        }
        for (list, fields) in [("comments", "id body author { name role }"), ("history", "__typename occurredAt actor { name }")] {
            let document =
                format!("query($first: Int) {{ ticket(id: \"{}\") {{ {list}(first: $first) {{ nodes {{ {fields} }} }} }} }}", tickets[0]);
            costs_the_same(&ada, &document, &format!("/ticket/{list}/nodes")).await;
        }
    }
}

desk_test! {
    async fn search_costs_the_same_for_five_hits_and_for_twenty(desk: &Desk) {
        let (ada, tickets) = inbox(desk, 20).await;
        let made = ada.do_it("ticketUpdate", json!({"ticketId": tickets[0], "title": "Printer zero"}), "ticket { id }").await;
        let document = format!(
            "query($first: Int) {{ search(query: \"printer\", kinds: [TICKET], first: $first, consistentWith: {}) \
             {{ hits {{ node {{ ... on Ticket {{ id requester {{ name }} lastComment {{ author {{ name }} }} }} }} \
             title {{ text matched }} }} }} }}",
            made["eventCursor"]
        );
        costs_the_same(&ada, &document, "/search/hits").await;
    }
}

desk_test! {
    async fn people_cost_the_same_for_five_rows_and_for_twenty(desk: &Desk) {
        let ada = desk.administrator().await;
        for nth in 0..20 {
            let input = json!({"name": format!("Person {nth}"), "email": format!("p{nth}@desk.test"), "role": "CUSTOMER"});
            ada.do_it("personCreate", input, "person { id }").await;
        }
        let document = "query($first: Int) { people(first: $first) { nodes { id name role email organization { name } teams { name } } } }";
        costs_the_same(&ada, document, "/people/nodes").await;
    }
}
