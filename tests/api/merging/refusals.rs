//! What is not merged, and what is not done with what was merged.

use serde_json::{Value, json};

use super::{merge, thread, unmerge};
use crate::desk_test;
use crate::harness::Person;

/// Code, field and hint of a refusal.
async fn refused(person: &Person, mutation: &str, input: Value) -> (String, Value, String) {
    let error = person.refused(mutation, input).await;
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (text("code"), error["field"].clone(), text("hint"))
}

async fn number(person: &Person, ticket: &str) -> String {
    thread(person, ticket).await["number"].as_str().unwrap().to_owned()
}

desk_test! {
    // S1-57
    async fn what_cannot_be_merged_is_refused_with_the_way_out(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let open = async |title: &str| ann.open_ticket(title).await;
        let (one, two, three) = (open("Printer one").await, open("Printer two").await, open("Printer three").await);
        let wish = |ticket: &str, into: &str| json!({"ticketId": ticket, "intoId": into});
        let refuse = async |input: Value| {
            let (code, field, hint) = refused(&ada, "ticketMerge", input).await;
            (code, field[0].as_str().unwrap().to_owned(), hint)
        };
        let (code, field, _) = refuse(wish(&one, &one)).await;
        assert_eq!((code.as_str(), field.as_str()), ("INVALID_VALUE", "intoId"));
        // Never a cycle, however long the way round.
        merge(&ada, &one, &two).await;
        merge(&ada, &two, &three).await;
        for into in [&one, &two] {
            let (code, field, hint) = refuse(wish(&three, into)).await;
            assert_eq!((code.as_str(), field.as_str()), ("INVALID_VALUE", "intoId"));
            assert!(hint.contains("undo"), "{hint}");
        }
        // Once merged, it is merged; the way out names where it goes on.
        let four = open("Printer four").await;
        let (code, field, hint) = refuse(wish(&one, &four)).await;
        assert_eq!((code.as_str(), field.as_str()), ("MERGED", "ticketId"));
        assert!(hint.contains(&number(&ada, &three).await) && hint.contains("ticketUnmerge"), "{hint}");
        ada.do_it("ticketClose", json!({"ticketId": four}), "ticket { id }").await;
        let (code, field, hint) = refuse(wish(&three, &four)).await;
        assert_eq!((code.as_str(), field.as_str()), ("INVALID_TRANSITION", "intoId"));
        assert!(hint.contains("Reopen"), "{hint}");
        // A closed one can be merged into an open one: it only points there.
        merge(&ada, &four, &three).await;
        let gone = open("Printer five").await;
        ada.do_it("ticketDelete", json!({"ticketId": gone}), "ticket { id }").await;
        let (code, field, _) = refuse(wish(&three, &gone)).await;
        assert_eq!((code.as_str(), field.as_str()), ("NOT_FOUND", "intoId"));
        let six = open("Printer six").await;
        let (code, field, _) = refuse(json!({"ticketId": six, "intoId": three, "reason": "because"})).await;
        assert_eq!((code.as_str(), field.as_str()), ("INVALID_VALUE", "reason"));
        let stale = json!({"ticketId": six, "intoId": three, "expectedVersion": 9});
        assert_eq!(refuse(stale).await.0, "CONFLICT");
        assert_eq!(refused(&ada, "ticketUnmerge", json!({"ticketId": six})).await.0, "INVALID_TRANSITION");
        assert_eq!(thread(&ada, &six).await["version"], 1, "nothing of all that has touched it");
    }
}

desk_test! {
    // S1-57, promise 7
    async fn nobody_merges_what_is_another_organizations(desk: &Desk) {
        let ada = desk.administrator().await;
        let mut people = Vec::new();
        for (name, house) in [("Ann", Some("House 7")), ("Bob", Some("House 8")), ("Eve", None)] {
            let organization = match house {
                Some(house) => ada.do_it("organizationCreate", json!({"name": house}), "organization { id }").await["organization"]["id"].take(),
                None => json!(null),
            };
            let person = desk.customer(name).await;
            ada.do_it("personUpdate", json!({"personId": person.id, "organizationId": organization}), "person { id }").await;
            people.push(person);
        }
        let mut tickets = Vec::new();
        for person in &people {
            let input = json!({"requesterId": person.id, "title": "The printer", "description": "It is broken, they say."});
            tickets.push(ada.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].take());
        }
        for (one, other) in [(0, 1), (1, 0), (0, 2), (2, 0)] {
            let (code, field, _) = refused(&ada, "ticketMerge", json!({"ticketId": tickets[one], "intoId": tickets[other]})).await;
            assert_eq!((code.as_str(), field), ("INVALID_VALUE", json!(["intoId"])));
        }
    }
}

desk_test! {
    // S1-57, S4-9, S4-62: customers merge nothing; staff what they see, both of them.
    async fn who_merges_sees_both_and_may(desk: &Desk) {
        let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
        let ben = desk.agent("Ben").await;
        let (one, two, other) = (ann.open_ticket("Printer one").await, ann.open_ticket("Printer two").await, bob.open_ticket("Printer of Bob").await);
        let wish = |ticket: &str, into: &str| json!({"ticketId": ticket, "intoId": into});
        let code = async |person: &Person, mutation: &str, input: Value| refused(person, mutation, input).await.0;
        assert_eq!(code(&ann, "ticketMerge", wish(&one, &two)).await, "FORBIDDEN");
        assert_eq!(code(&ann, "ticketMerge", wish(&one, &other)).await, "NOT_FOUND");
        assert_eq!(code(&ann, "ticketMerge", wish(&other, &one)).await, "NOT_FOUND");
        // Agents of this desk see what is theirs.
        assert_eq!(code(&ben, "ticketMerge", wish(&one, &two)).await, "NOT_FOUND");
        ada.do_it("ticketAssign", json!({"ticketId": one, "to": {"agentId": ben.id}}), "ticket { id }").await;
        assert_eq!(code(&ben, "ticketMerge", wish(&one, &two)).await, "NOT_FOUND");
        assert_eq!(code(&ben, "ticketMerge", wish(&two, &one)).await, "NOT_FOUND");
        ada.do_it("ticketAssign", json!({"ticketId": two, "to": {"agentId": ben.id}}), "ticket { id }").await;
        merge(&ben, &one, &two).await;
        assert_eq!(code(&ann, "ticketUnmerge", json!({"ticketId": one})).await, "FORBIDDEN");
        assert_eq!(code(&ann, "ticketLink", json!({"ticketId": two, "otherId": other})).await, "FORBIDDEN");
        unmerge(&ben, &one).await;
    }
}

desk_test! {
    // S1-57, S1-101
    async fn nothing_else_is_done_with_a_merged_ticket_and_its_actions_say_so(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let (one, two, three) = (ann.open_ticket("Printer one").await, ann.open_ticket("Printer two").await, ann.open_ticket("Printer three").await);
        merge(&ada, &one, &two).await;
        let goes_on = number(&ada, &two).await;
        let before = thread(&ada, &one).await;
        for (mutation, more) in [
            ("ticketUpdate", json!({"title": "Another title"})),
            ("ticketStatusChange", json!({"status": "reopened"})),
            ("ticketPriorityChange", json!({"priority": "urgent"})),
            ("ticketAssign", json!({"to": {"agentId": ben.id}})),
            ("ticketUnassign", json!({})),
            ("ticketRoute", json!({})),
            ("ticketEscalate", json!({})),
            ("ticketDeescalate", json!({})),
            ("ticketClose", json!({})),
            ("ticketReopen", json!({})),
            ("ticketRate", json!({"score": 5})),
            ("ticketMerge", json!({"intoId": three})),
            ("ticketLink", json!({"otherId": three})),
            ("ticketUnlink", json!({"otherId": three})),
            ("ticketDelete", json!({})),
        ] {
            let mut input = more;
            input["ticketId"] = json!(one);
            let (code, _, hint) = refused(&ada, mutation, input).await;
            assert_eq!(code, "MERGED", "{mutation}");
            assert!(hint.contains(&goes_on), "{mutation}: {hint}");
        }
        assert_eq!(thread(&ada, &one).await, before);
        let document = "query($id: ID!) { ticket(id: $id) { actions { name allowed reason } } }";
        let actions = ada.run(document, json!({"id": one})).await["ticket"]["actions"].take();
        for action in actions.as_array().unwrap() {
            let follows = ["COMMENT", "COMMENT_INTERNALLY", "UNMERGE"].map(|name| json!(name)).contains(&action["name"]);
            assert_eq!(action["allowed"], follows, "{action}");
            assert_eq!(action["reason"].is_null(), follows, "{action}");
        }
        let actions = ada.run(document, json!({"id": two})).await["ticket"]["actions"].take();
        let of = |name: &str| actions.as_array().unwrap().iter().find(|action| action["name"] == name).unwrap()["allowed"].clone();
        assert_eq!([of("MERGE"), of("UNMERGE"), of("LINK"), of("DELETE"), of("RESTORE")], [true, false, true, true, false].map(Value::from));
    }
}
