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
    // S1-57: a ticket that others were merged into costs no more than one that stands by itself.
    async fn the_page_of_an_inbox_costs_the_same_with_merged_tickets_in_it(desk: &Desk) {
        let (ada, tickets) = inbox(desk, 70).await;
        for nth in (0..68).step_by(3) {
            let input = json!({"ticketId": tickets[nth + 1], "otherId": tickets[nth + 2]});
            ada.do_it("ticketLink", input, "ticket { id }").await;
        }
        // Those of one person: one of each three into a later one.
        for nth in (0..64).step_by(3) {
            let input = json!({"ticketId": tickets[nth], "intoId": tickets[nth + 4]});
            ada.do_it("ticketMerge", input, "ticket { id }").await;
        }
        for rows in [10, 70] {
            let (count, data) = statements(&ada, PAGE, json!({"first": rows})).await;
            assert_eq!(data["tickets"]["nodes"].as_array().unwrap().len(), rows);
            assert_eq!(count, INBOX, "{rows} tickets");
        }
        for (filter, fields) in [
            ("{merged: false}", "commentCount comments(first: 3) { totalCount nodes { id body ticket { id } via { id } } }"),
            ("{merged: false}", "unreadCount messageCounts { total } attachments(first: 3) { totalCount }"),
            ("{merged: true}", "mergedAt mergedInto { id number requester { name } }"),
            ("{merged: false}", "mergedTickets(first: 3) { totalCount nodes { id requester { name } } }"),
            ("{merged: false}", "links(first: 3) { totalCount nodes { kind ticket { id number } createdBy { name } } }"),
        ] {
            let document = format!(
                "query($first: Int) {{ tickets(first: $first, filter: {filter}) {{ nodes {{ id {fields} }} totalCount }} }}"
            );
            costs_the_same(&ada, &document, "/tickets/nodes").await;
        }
    }
}

desk_test! {
    async fn other_lists_of_tickets_cost_the_same_for_five_rows_and_for_twenty(desk: &Desk) {
        let (ada, _) = inbox(desk, 20).await;
        for fields in [
            "comments(first: 3) { nodes { id body author { name } } pageInfo { hasNextPage } }",
            "team { name members { name } } organization { name } tags commentCount createdBy { name }",
            "allowedStatuses { key } actions { name allowed }",
            "sla { breachRisk nextEscalationAt clocks { segments { kind } } } escalation { level { key } target { ... on Person { name } } }",
            "routing { agent { name } candidates { person { name } load } } rating { score person { name } } assignee { agent { load capacity skills { key } } }",
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

desk_test! {
    async fn the_audit_costs_the_same_for_five_rows_and_for_twenty(desk: &Desk) {
        let (ada, tickets) = inbox(desk, 10).await;
        let mia = desk.sign_in("mia@desk.test", crate::harness::PASSWORD).await;
        mia.refused("ticketDelete", json!({"ticketId": tickets[0]})).await;
        desk.app().desk.refusals.flush(&desk.app().desk.db).await.unwrap();
        let document = "query($first: Int) { auditLog(first: $first) { totalCount nodes { kind code actor { name } onBehalfOf { name } \
            ticket { number } details { name } } } }";
        costs_the_same(&ada, document, "/auditLog/nodes").await;
    }
}

desk_test! {
    async fn the_tickets_of_people_cost_the_same_for_five_people_and_for_twenty(desk: &Desk) {
        let ada = desk.administrator().await;
        for nth in 0..20 {
            let acme = ada.do_it("organizationCreate", json!({"name": format!("House {nth}")}), "organization { id }").await;
            let input = json!({"name": format!("Person {nth}"), "email": format!("p{nth}@desk.test"), "role": "CUSTOMER",
                "organizationId": acme["organization"]["id"]});
            let person = ada.do_it("personCreate", input, "person { id }").await["person"]["id"].take();
            for title in ["First", "Second", "Third"] {
                let input = json!({"title": format!("{title} of {nth}"), "description": "What happened, in words.", "requesterId": person});
                ada.do_it("ticketCreate", input, "ticket { id }").await;
            }
        }
        let fields = "tickets(first: 2) { totalCount nodes { id requester { name } status { key } tags } pageInfo { hasNextPage } } \
            history { total lastContactAt stages { count } }";
        let people = format!("query($first: Int) {{ people(first: $first, filter: {{role: [CUSTOMER]}}) {{ nodes {{ id {fields} organization {{ {fields} }} }} }} }}");
        // The list, and of each kind a page, its count and the history; organizations, tags.
        let (few, _) = statements(&ada, &people, json!({"first": 5})).await;
        let (many, data) = statements(&ada, &people, json!({"first": 20})).await;
        for person in data["people"]["nodes"].as_array().unwrap() {
            for whose in [person, &person["organization"]] {
                assert_eq!((&whose["tickets"]["totalCount"], &whose["history"]["total"]), (&json!(3), &json!(3)), "{person:#}");
                assert_eq!(whose["tickets"]["nodes"].as_array().unwrap().len(), 2);
                assert_eq!(whose["tickets"]["pageInfo"]["hasNextPage"], true);
            }
        }
        assert_eq!(few, many);
        assert!(many <= 12, "{many} statements");
    }
}

desk_test! {
    async fn notifications_and_deliveries_cost_the_same_for_five_rows_and_for_twenty(desk: &Desk) {
        let (ada, tickets) = inbox(desk, 60).await;
        for ticket in &tickets {
            ada.do_it("commentAdd", json!({"ticketId": ticket, "body": "We look."}), "comment { id }").await;
        }
        let mia = desk.sign_in("mia@desk.test", crate::harness::PASSWORD).await;
        let grace = desk.sign_in("grace@desk.test", crate::harness::PASSWORD).await;
        for fields in ["id kind text readAt", "id text actor { name } ticket { title assignee { name } } comment { body author { name } }"] {
            let document = format!("query($first: Int) {{ notifications(first: $first) {{ nodes {{ {fields} }} totalCount }} }}");
            for person in [&mia, &grace] {
                costs_the_same(person, &document, "/notifications/nodes").await;
            }
        }
        let document = "query($first: Int) { deliveries(first: $first) { totalCount nodes { id status address person { name } ticket { title } } } }";
        crate::harness::eventually("the mails are written", async || {
            ada.run("{ deliveries { totalCount } }", json!({})).await["deliveries"]["totalCount"].as_i64().unwrap() >= 20
        })
        .await;
        costs_the_same(&ada, document, "/deliveries/nodes").await;
    }
}

desk_test! {
    // However many are told, it costs what it costs to tell one.
    async fn telling_a_team_of_twenty_costs_what_telling_one_costs(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let assign = "mutation($input: TicketAssignInput!) { ticketAssign(input: $input) { ticket { id } userErrors { code } } }";
        let mut counts = Vec::new();
        for members in [1, 20] {
            let team = ada.do_it("teamCreate", json!({"name": format!("Team {members}")}), "team { id }").await["team"]["id"].take();
            for nth in 0..members {
                let input = json!({"name": "Somebody", "email": format!("a{members}-{nth}@desk.test"), "role": "AGENT"});
                let agent = ada.do_it("personCreate", input, "person { id }").await["person"]["id"].take();
                ada.do_it("teamMemberAdd", json!({"teamId": team, "personId": agent}), "team { id }").await;
            }
            let ticket = ann.open_ticket("The printer hums").await;
            let input = json!({"input": {"ticketId": ticket, "to": {"teamId": team}}});
            counts.push(statements(&ada, assign, input).await.0);
        }
        assert_eq!(counts[0], counts[1]);
    }
}

desk_test! {
    async fn the_knowledge_base_costs_the_same_for_five_rows_and_for_twenty(desk: &Desk) {
        let ada = desk.administrator().await;
        for nth in 0..20 {
            let input = json!({"title": format!("Printer {nth}"), "body": "It hums.", "tags": [format!("tag{nth}")]});
            let id = ada.do_it("articleCreate", input, "article { id }").await["article"]["id"].clone();
            ada.do_it("articlePublish", json!({"articleId": id}), "article { id }").await;
            ada.do_it("articleFeedback", json!({"articleId": id, "helpful": nth % 2 == 0}), "article { id }").await;
            ada.run("query($id: ID!) { article(id: $id) { id } }", json!({"id": id})).await;
        }
        desk.app().views.flush(&desk.app().desk).await.unwrap();
        let fields = "id tags author { name } viewCount helpfulCount viewerFeedback related(first: 3) { id title }";
        for list in ["articles(first: $first)", "popularArticles(first: $first)"] {
            let document = format!("query($first: Int) {{ {list} {{ nodes {{ {fields} }} }} }}");
            costs_the_same(&ada, &document, &format!("/{}/nodes", list.split('(').next().unwrap())).await;
        }
    }
}

desk_test! {
    async fn similar_tickets_cost_the_same_for_five_rows_and_for_twenty(desk: &Desk) {
        let (ada, _) = inbox(desk, 20).await;
        let document = "query($first: Int) { tickets(first: $first) { nodes { id similar(first: 3) { id number } } } }";
        costs_the_same(&ada, document, "/tickets/nodes").await;
    }
}

desk_test! {
    async fn suggestions_and_completions_cost_the_same_for_five_things_and_for_twenty(desk: &Desk) {
        let (ada, tickets) = inbox(desk, 20).await;
        for ticket in tickets {
            ada.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        }
        let at = ada.run("{ eventCursor }", json!({})).await["eventCursor"].clone();
        ada.run("query($at: EventCursor) { search(query: \"x\", consistentWith: $at) { tookMs } }", json!({"at": at})).await;
        let document = "query($first: Int!) { suggest(draft: {title: \"Printer\"}, first: $first) { articles { id } similarTickets { id requester { name } } \
            category { confidence } } }";
        costs_the_same(&ada, document, "/suggest/similarTickets").await;
        let document = "query($first: Int!) { complete(prefix: \"prin\", first: $first) { text node { __typename } } }";
        let (few, _) = statements(&ada, document, json!({"first": 5})).await;
        let (many, _) = statements(&ada, document, json!({"first": 20})).await;
        assert_eq!((few, many), (1, 1));
    }
}

/// A hundred categories, each with two articles and an FAQ, published, by several writers.
async fn library(desk: &Desk) -> Vec<Person> {
    let writers = [desk.administrator().await, desk.agent("Grace").await, desk.agent("Ivo").await];
    let write = async |nth: usize| {
        let writer = &writers[nth % writers.len()];
        let made = writer
            .do_it("knowledgeCategoryCreate", json!({"name": format!("Category {nth}")}), "category { id }")
            .await;
        let category = &made["category"]["id"];
        for about in ["Printers", "Networks"] {
            let input = json!({"title": format!("{about} {nth}"), "body": "Turn it *off* and on.", "categoryId": category,
                "tags": ["hardware", format!("tag{nth}")]});
            let made = writer.do_it("articleCreate", input, "article { id }").await;
            writer.do_it("articlePublish", json!({"articleId": made["article"]["id"]}), "article { id }").await;
        }
        let input = json!({"question": format!("Why {nth}?"), "answer": "Because.", "categoryId": category});
        let made = writer.do_it("faqCreate", input, "faq { id }").await;
        writer.do_it("faqPublish", json!({"faqId": made["faq"]["id"]}), "faq { id }").await;
    };
    for nth in 0..100 {
        write(nth).await;
    }
    let [ada, grace, _] = writers;
    vec![ada, grace, desk.customer("Mia").await, desk.stranger()]
}

desk_test! {
    async fn lists_of_the_knowledge_base_cost_the_same_for_ten_rows_and_for_a_hundred(desk: &Desk) {
        let readers = library(desk).await;
        for (list, fields, budget) in [
            ("articles", "id slug title body bodyHtml status tags author { name role } category { name slug }", 4),
            ("articles", "id author { name teams { name } organization { name } } category { articles(first: 2) { nodes { id tags } } }", 8),
            ("faqs", "id question answerHtml position category { name position }", 2),
            ("faqs", "id category { faqs(first: 3) { totalCount nodes { question } } articles(first: 2) { totalCount } }", 6),
            ("knowledgeCategories", "id name slug position", 1),
            ("knowledgeCategories", "id articles(first: 2) { totalCount nodes { title tags author { name } category { name } } pageInfo { hasNextPage } } \
                faqs(first: 2) { totalCount nodes { question category { name } } }", 8),
        ] {
            let document = format!("query($first: Int) {{ {list}(first: $first) {{ totalCount nodes {{ {fields} }} pageInfo {{ endCursor }} }} }}");
            for reader in &readers {
                let mut counts = Vec::new();
                for rows in [10, 100] {
                    let (count, data) = statements(reader, &document, json!({"first": rows})).await;
                    assert_eq!(data[list]["nodes"].as_array().unwrap().len(), rows, "{document}");
                    counts.push(count);
                }
                assert_eq!(counts[0], counts[1], "{document}");
                // One more for `totalCount`.
                assert!(counts[0] <= budget + 1, "{counts:?}, not {}: {document}", budget + 1);
            }
        }
    }
}
