//! The permission table of the help desk, in both directions: allowed exactly where it says, refused elsewhere without any effect.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person};

/// A mutation on a ticket with its permission by row of seed 004.
fn mutations(ticket: &str, ben: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("ticketUpdate", json!({"ticketId": ticket, "title": "Another title"})),
        ("ticketStatusChange", json!({"ticketId": ticket, "status": "assigned"})),
        ("ticketPriorityChange", json!({"ticketId": ticket, "priority": "urgent"})),
        ("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": ben}})),
        ("ticketUnassign", json!({"ticketId": ticket})),
        ("commentAdd", json!({"ticketId": ticket, "body": "A reply"})),
        ("commentAdd", json!({"ticketId": ticket, "body": "A note", "internal": true})),
        ("ticketClose", json!({"ticketId": ticket})),
        ("ticketDelete", json!({"ticketId": ticket})),
    ]
}

/// What each kind of person gets for each of [`mutations`]: done, forbidden, or nothing to be seen.
const TABLE: [(&str, [&str; 9]); 6] = [
    // S4-61 … S4-68, columns: update, status, priority, assign, unassign, comment, note, close, delete
    (
        "customer on their own",
        ["ok", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"],
    ),
    ("customer on another's", ["NOT_FOUND"; 9]),
    ("agent on their own", ["ok", "ok", "ok", "FORBIDDEN", "FORBIDDEN", "ok", "ok", "ok", "FORBIDDEN"]),
    ("agent on an assigned one", ["ok", "ok", "ok", "FORBIDDEN", "FORBIDDEN", "ok", "ok", "ok", "FORBIDDEN"]),
    ("agent on another's", ["NOT_FOUND"; 9]),
    ("administrator on another's", ["ok"; 9]),
];

async fn ticket_for(
    relation: &str,
    ada: &Person,
    ann: &Person,
    bob: &Person,
    ben: &Person,
    eve: &Person,
) -> (Person, String) {
    match relation {
        "customer on their own" => (ann.clone(), ann.open_ticket("A ticket of mine").await),
        "customer on another's" => (bob.clone(), ann.open_ticket("A ticket of Ann").await),
        "agent on their own" => (ben.clone(), ben.open_ticket("A ticket of mine").await),
        "agent on an assigned one" => {
            let id = ann.open_ticket("A ticket for Ben").await;
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
            // Back to where the other tickets are, so that every mutation has the same way ahead.
            (ben.clone(), id)
        }
        "agent on another's" => (eve.clone(), ann.open_ticket("A ticket of Ann").await),
        _ => (ada.clone(), ann.open_ticket("A ticket of Ann").await),
    }
}

desk_test! {
    // S4-9, S4-61, S4-62, S4-63, S4-64, S4-65, S4-66, S4-67, S4-68, S4-74, S4-85
    async fn everybody_does_exactly_what_the_table_says(desk: &Desk) {
        let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
        let (ben, eve) = (desk.agent("Ben").await, desk.agent("Eve").await);
        for (relation, expected) in TABLE {
            for (nth, outcome) in expected.iter().enumerate() {
                let (person, ticket) = ticket_for(relation, &ada, &ann, &bob, &ben, &eve).await;
                let (mutation, mut input) = mutations(&ticket, &eve.id).swap_remove(nth);
                if relation == "agent on an assigned one" && mutation == "ticketStatusChange" {
                    input["status"] = json!("in_progress");
                }
                let before = state(&ada, &ticket).await;
                let shown = allowed(&person, &ticket, mutation, &input).await;
                let answer = person.attempt(mutation, input, "__typename").await;
                let codes = crate::harness::user_errors(&answer);
                let got = codes.first().map_or("ok", String::as_str);
                assert_eq!(got, *outcome, "{relation}: {mutation} (column {nth}): {answer}");
                if got != "ok" {
                    assert_eq!(state(&ada, &ticket).await, before, "{relation}: {mutation} left something behind");
                }
                // What `actions` shows is what happens.
                if let Some(shown) = shown {
                    assert_eq!(shown, got == "ok", "{relation}: {mutation} is shown as {shown}");
                }
            }
        }
    }
}

async fn state(ada: &Person, ticket: &str) -> Value {
    ada.run(
        "query($id: ID!) { ticket(id: $id) { version title commentCount updatedAt } eventCursor }",
        json!({"id": ticket}),
    )
    .await
}

async fn allowed(person: &Person, ticket: &str, mutation: &str, input: &Value) -> Option<bool> {
    let answer =
        person.run("query($id: ID!) { ticket(id: $id) { actions { name allowed } } }", json!({"id": ticket})).await;
    let name = match mutation {
        "ticketUpdate" => "UPDATE",
        "ticketStatusChange" => "CHANGE_STATUS",
        "ticketPriorityChange" => "CHANGE_PRIORITY",
        "ticketAssign" | "ticketUnassign" => "ASSIGN",
        "commentAdd" if input["internal"] == true => "COMMENT_INTERNALLY",
        "commentAdd" => "COMMENT",
        "ticketClose" => "CLOSE",
        _ => "DELETE",
    };
    let actions = answer["ticket"]["actions"].as_array()?;
    actions.iter().find(|action| action["name"] == name)?["allowed"].as_bool()
}

desk_test! {
    // S4-9, S4-22: managing people is the administrators'.
    async fn only_administrators_manage_people(desk: &Desk) {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        for person in [&ann, &ben] {
            for (mutation, input) in [
                ("personCreate", json!({"name": "Eve", "email": "eve@desk.test", "role": "ADMINISTRATOR", "password": crate::harness::PASSWORD})),
                ("teamCreate", json!({"name": "Night"})),
            ] {
                assert_eq!(person.refused(mutation, input).await["code"], "FORBIDDEN", "{mutation}");
            }
        }
    }
}

/// Every hidden text carries a token; whatever somebody asks who may not see it, the token never comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hidden_texts_never_come_back() {
    let desk = Desk::sqlite().await;
    let (ada, ann, bob, ben) =
        (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await, desk.agent("Ben").await);
    let input = json!({"title": "Xylophone trouble zqtitle", "description": "My xylophone zqdescription is out of tune.", "tags": ["zqtag"]});
    let made = ann.do_it("ticketCreate", input, "ticket { id number }").await;
    let id = made["ticket"]["id"].as_str().unwrap();
    ann.do_it("commentAdd", json!({"ticketId": id, "body": "A public zqpublic word."}), "comment { id }").await;
    let note = ada
        .do_it(
            "commentAdd",
            json!({"ticketId": id, "body": "An internal zqnote word.", "internal": true}),
            "comment { id }",
        )
        .await;
    ada.do_it(
        "ticketAssign",
        json!({"ticketId": id, "to": {"agentId": ada.id}, "note": "Assigned with a zqhandover note."}),
        "ticket { id }",
    )
    .await;
    let everything = "query($id: ID!, $cid: ID!, $number: String!, $cursor: EventCursor!, $q: String!) { \
        ticket(id: $id) { ...T } ticketByNumber(number: $number) { ...T } node(id: $id) { ...T } nodes(ids: [$id]) { ...T } comment: node(id: $cid) { id } \
        tickets(filter: {tag: [\"zqtag\"]}) { totalCount nodes { ...T } } all: tickets { nodes { ...T } } ticketSummary { total } \
        search(query: $q, first: 5, consistentWith: $cursor) { totalCount didYouMean hits { node { ... on Ticket { ...T } } title { text } snippet { text } } } \
        events(after: $cursor) { edges { node { ticket { ...T } ... on TicketAssignedEvent { note } ... on CommentAddedEvent { comment { body } } } } } } \
        fragment T on Ticket { id title description tags commentCount lastComment { body ticket { title } } comments { totalCount nodes { body } } \
        history { nodes { kind ... on TicketAssignedEvent { note } ... on CommentAddedEvent { comment { body } } ... on TicketUpdatedEvent { changes { before after } } } } }";
    let start = format!("{}-0", made["eventCursor"].as_str().unwrap().split('-').next().unwrap());
    let cases = [
        (&ann, vec!["zqnote", "zqhandover"]),
        (&bob, vec!["zqtitle", "zqdescription", "zqpublic", "zqtag", "zqnote", "zqhandover"]),
        (&ben, vec!["zqtitle", "zqdescription", "zqpublic", "zqtag", "zqnote", "zqhandover"]),
    ];
    for (person, hidden) in cases {
        for word in ["xylophone", "zqtitle", "zqnote", "zqpublic", "zqhandover", "xylofone", "zqnot", "zqtitel"] {
            let variables = json!({"id": id, "cid": note["comment"]["id"], "number": made["ticket"]["number"], "cursor": start, "q": word});
            let answer = person.answer(everything, variables).await;
            let mut text = answer.clone();
            // What one typed oneself is not a leak.
            if text["data"]["search"]["didYouMean"] == word {
                text["data"]["search"]["didYouMean"] = Value::Null;
            }
            let text = text.to_string();
            assert!(answer.get("data").is_some_and(Value::is_object), "{answer}");
            for token in &hidden {
                assert!(!text.contains(token), "{token} came back when {word} was asked for: {answer:#}");
            }
        }
    }
    desk.stop().await;
}
