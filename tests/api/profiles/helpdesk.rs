//! The document of the help desk (S4): what other rooms do not test already (statuses, service level and rights are in `tickets` and
//! `access`).

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{open, opened};
use crate::desk_test;

desk_test! {
    // S4-3, S4-32, S4-42, X-1, X-4
    async fn the_example_of_the_document_opens_a_ticket(desk: &Desk) on "helpdesk" {
        let ann = desk.customer("Ann").await;
        let ticket = opened(&ann, "helpdesk", "number status { name } priority { name } category { name }").await;
        let day = desk.clock.now().to_string()[..10].replace('-', "");
        assert_eq!(ticket, json!({"number": format!("TICK-{day}-0001"), "status": {"name": "Open"}, "priority": {"name": "High"}, "category": {"name": "Technical"}}));
        let form = ann.run("{ workflow { form { title { name required min max } } routing { rule onCreate } } }", json!({})).await;
        assert_eq!(form["workflow"]["form"]["title"], json!({"name": "Subject", "required": true, "min": 5, "max": 200}));
        assert_eq!(form["workflow"]["routing"], json!({"rule": "LEAST_LOADED", "onCreate": false}));
    }
}

desk_test! {
    // S4-18, S4-71, S4-72, S4-73, S4-74, S4-75, S4-76
    async fn errors_have_the_names_of_the_document(desk: &Desk) on "helpdesk" {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ticket = open(&ann, "helpdesk").await;
        let cases = [
            (&ann, "ticketCreate", json!({"title": "Hey", "description": "A title that is too short."}), "VALIDATION_ERROR"),
            (&ada, "ticketStatusChange", json!({"ticketId": ticket, "status": "resolved"}), "VALIDATION_ERROR"),
            (&ann, "ticketClose", json!({"ticketId": ticket}), "FORBIDDEN"),
            (&ann, "ticketClose", json!({"ticketId": deskgraph::ids::TicketId::new().to_string()}), "NOT_FOUND"),
            (&ada, "personCreate", json!({"name": "Ann", "email": "ann@desk.test", "role": "CUSTOMER"}), "CONFLICT"),
        ];
        for (who, name, input, alias) in cases {
            let error = who.refused(name, input).await;
            assert_eq!(error["alias"], alias, "{error}");
        }
        let answer = desk.stranger().answer("{ viewer { person { id } } tickets { totalCount } }", json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["alias"], "UNAUTHORIZED", "{answer}");
        let answer = ann.answer("{ tickets(first: 5000) { totalCount } }", json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["alias"], "VALIDATION_ERROR", "{answer}");
    }
}

desk_test! {
    // S4-77: a fault of the desk's own is one code; what is behind it goes to the log, and out goes the request's id only.
    async fn a_fault_of_the_desk_is_an_internal_error(desk: &Desk) on "helpdesk" {
        let ada = desk.administrator().await;
        let writer = desk.app().desk.db.writer();
        writer.execute_unprepared("ALTER TABLE teams RENAME TO teams_that_are_gone").await.unwrap();
        let cases = ["{ teams { nodes { name } } }", "mutation { teamCreate(input: {name: \"Night\"}) { team { id } userErrors { code } } }"];
        for document in cases {
            let answer = ada.answer(document, json!({})).await;
            let error = &answer["errors"][0];
            assert_eq!((&error["extensions"]["code"], &error["extensions"]["alias"]), (&json!("INTERNAL_ERROR"), &json!("INTERNAL_ERROR")), "{answer}");
            assert!(error["extensions"]["requestId"].as_str().is_some_and(|id| !id.is_empty()), "{answer}");
            assert!(!answer.to_string().contains("teams_that") && !answer.to_string().to_lowercase().contains("no such") && !answer.to_string().contains("SELECT"), "{answer}");
        }
        writer.execute_unprepared("ALTER TABLE teams_that_are_gone RENAME TO teams").await.unwrap();
        ada.do_it("teamCreate", json!({"name": "Night"}), "team { id }").await;
    }
}
