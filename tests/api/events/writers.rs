//! Promise 4: several people at one ticket, and no lost update.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Person, user_errors};

/// Sends the same mutation with several inputs at once, and answers the payloads.
async fn at_once(person: &Person, name: &'static str, inputs: Vec<Value>) -> Vec<Value> {
    let sent: Vec<_> = inputs
        .into_iter()
        .map(|input| {
            let person = person.clone();
            tokio::spawn(async move { person.attempt(name, input, "ticket { version status { key } }").await })
        })
        .collect();
    let mut answers = Vec::new();
    for one in sent {
        answers.push(one.await.unwrap());
    }
    answers
}

desk_test! {
    async fn of_two_changes_of_status_at_once_one_wins_and_the_other_is_told_why(desk: &Desk) {
        let ada = desk.administrator().await;
        for _ in 0..8 {
            let id = ada.open_ticket("A ticket in two hands").await;
            for status in ["assigned", "in_progress"] {
                ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": status}), "ticket { id }").await;
            }
            // From neither of the two is there a way to the other.
            let to = |status: &str| json!({"ticketId": id, "status": status});
            let answers = at_once(&ada, "ticketStatusChange", vec![to("waiting"), to("resolved")]).await;
            let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer["userErrors"] == json!([]));
            assert_eq!((won.len(), user_errors(&lost[0])), (1, vec!["INVALID_TRANSITION".to_owned()]));
            let allowed = lost[0]["userErrors"][0]["transitions"].as_array().unwrap();
            assert!(!allowed.is_empty(), "{lost:?}");
            let now = ada.run("query($id: ID!) { ticket(id: $id) { status { key } history { totalCount } } }", json!({"id": id})).await;
            assert_eq!(now["ticket"]["status"], won[0]["ticket"]["status"]);
            assert_eq!(now["ticket"]["history"]["totalCount"], 4, "what was refused left no event");
        }
    }
}

desk_test! {
    async fn of_ten_with_the_same_expected_version_one_wins(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ada.open_ticket("A ticket in ten hands").await;
        let input = |nth: usize| json!({"ticketId": id, "title": format!("The title of writer {nth}"), "expectedVersion": 1});
        let answers = at_once(&ada, "ticketUpdate", (0..10).map(input).collect()).await;
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        for answer in &answers {
            *codes.entry(user_errors(answer).concat()).or_default() += 1;
            if let Some(error) = answer["userErrors"].get(0) {
                assert_eq!((&error["currentVersion"], &error["expectedVersion"]), (&json!(2), &json!(1)));
            }
        }
        assert_eq!(codes, BTreeMap::from([(String::new(), 1), ("CONFLICT".to_owned(), 9)]));
    }
}

desk_test! {
    // Ten who each count up a number in the description, reading it, writing it with the version they have read, and beginning again
    // when somebody was faster.
    async fn ten_who_count_together_lose_no_step(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ada.open_ticket("A ticket to count on").await;
        ada.do_it("ticketUpdate", json!({"ticketId": id, "description": "We have counted to 0"}), "ticket { id }").await;
        let counting: Vec<_> = (0..10).map(|_| {
            let (ada, id) = (ada.clone(), id.clone());
            tokio::spawn(async move {
                for _ in 0..4 {
                    loop {
                        let read = ada.run("query($id: ID!) { ticket(id: $id) { description version } }", json!({"id": id})).await;
                        let count: u32 = read["ticket"]["description"].as_str().unwrap().rsplit(' ').next().unwrap().parse().unwrap();
                        let input = json!({
                            "ticketId": id, "description": format!("We have counted to {}", count + 1), "expectedVersion": read["ticket"]["version"],
                        });
                        let answer = ada.attempt("ticketUpdate", input, "ticket { id }").await;
                        match user_errors(&answer).concat().as_str() {
                            "" => break,
                            code => assert_eq!(code, "CONFLICT"),
                        }
                    }
                }
            })
        }).collect();
        for one in counting {
            one.await.unwrap();
        }
        let read = ada.run("query($id: ID!) { ticket(id: $id) { description version history { totalCount } } }", json!({"id": id})).await;
        assert_eq!(read["ticket"], json!({"description": "We have counted to 40", "version": 42, "history": {"totalCount": 42}}));
    }
}
