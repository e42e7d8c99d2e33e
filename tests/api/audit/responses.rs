//! S0-34: a response is logged and tracked, or it is not given.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::{detail, entries};
use crate::desk_test;
use crate::harness::{errors, mutation};

desk_test! {
    // S0-34
    async fn a_response_is_logged_and_tracked_or_it_is_not_given(desk: &Desk) {
        let (ada, grace, mia) = (desk.administrator().await, desk.agent("Grace").await, desk.customer("Mia").await);
        let ticket = mia.open_ticket("Printer").await;
        ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": grace.id}}), "ticket { id }").await;
        // It is tracked by the reply that it gives, and by the clock of the first response.
        let said = grace.do_it("commentAdd", json!({"ticketId": ticket, "body": "It hums."}), "comment { id }").await;
        let logged = entries(&ada, json!({"ticketId": ticket, "kind": ["comment.added"]})).await;
        assert_eq!(logged.len(), 1);
        assert_eq!((&logged[0]["subjectId"], &logged[0]["actor"]["id"]), (&said["comment"]["id"], &json!(grace.id)));
        assert_eq!(detail(&logged[0], "byStaff"), "true");
        let clocks = ada.run("query($id: ID!) { ticket(id: $id) { sla { clocks { target state } } } }", json!({"id": ticket})).await;
        let clocks = clocks["ticket"]["sla"]["clocks"].as_array().unwrap().clone();
        assert!(clocks.iter().any(|clock| clock["target"] == "FIRST_RESPONSE" && clock["state"] == "MET"), "{clocks:?}");

        // "Response not logged": while the log cannot take it, nothing is said at all.
        let db = &desk.app().desk.db;
        let sql = match db.kind {
            deskgraph::db::Kind::Sqlite => "CREATE TRIGGER no_log BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no'); END",
            deskgraph::db::Kind::Postgres => "ALTER TABLE events ADD CONSTRAINT no_log CHECK (seq < 0) NOT VALID",
        };
        let backend = db.writer().get_database_backend();
        db.writer().execute_raw(Statement::from_string(backend, sql)).await.unwrap();
        let input = json!({"input": {"ticketId": ticket, "body": "It still hums."}});
        let answer = grace.answer(&mutation("commentAdd", "comment { id }"), input).await;
        assert_eq!(errors(&answer), ["INTERNAL_ERROR"]);
        let seen = mia.run("query($id: ID!) { ticket(id: $id) { comments { totalCount } } }", json!({"id": ticket})).await;
        assert_eq!(seen["ticket"]["comments"]["totalCount"], 1);
        let sql = match db.kind {
            deskgraph::db::Kind::Sqlite => "DROP TRIGGER no_log",
            deskgraph::db::Kind::Postgres => "ALTER TABLE events DROP CONSTRAINT no_log",
        };
        db.writer().execute_raw(Statement::from_string(backend, sql)).await.unwrap();
    }
}
