//! Points and credit, of the app's profile.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

use crate::escalation::asked;
use crate::harness::{Person, eventually};
use crate::profiles::wanted_by;
use crate::sla::with_profile;

const MINE: &str = "{ viewer { rewards { points credit { currency creditMinor } entries { totalCount nodes { action name points creditMinor \
    currency ticket { id } } } } } }";

async fn mine(person: &Person) -> Value {
    person.run(MINE, json!({})).await["viewer"]["rewards"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S2-23, S2-32, S2-40, S2-48, S2-49, S2-50, X-15
async fn customers_of_the_app_get_points_and_credit_once_for_what_they_do() {
    with_profile("superapp", async |desk| {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        assert_eq!(mine(&ann).await, json!({"points": 0, "credit": [], "entries": {"totalCount": 0, "nodes": []}}));
        let id = asked(&ann).await;
        let seen = mine(&ann).await;
        assert_eq!((&seen["points"], &seen["credit"]), (&json!(10), &json!([{"currency": "USD", "creditMinor": 20}])));
        assert_eq!(seen["entries"]["nodes"], json!([{"action": "create", "name": "support_interaction", "points": 10, "creditMinor": 20, "currency": "USD", "ticket": {"id": id}}]));
        ann.do_it("ticketEscalate", json!({"ticketId": id, "idempotencyKey": "up"}), "ticket { id }").await;
        // Sent again, following the ticket, or writing on it gives nothing.
        ann.do_it("ticketEscalate", json!({"ticketId": id, "idempotencyKey": "up"}), "ticket { id }").await;
        ann.run("query($id: ID!) { ticket(id: $id) { status { key } } }", json!({"id": id})).await;
        ann.do_it("commentAdd", json!({"ticketId": id, "body": "Any news?"}), "comment { id }").await;
        assert_eq!(mine(&ann).await["points"], 20);
        // Staff bring it down, and it goes up again: that was rewarded.
        ada.do_it("ticketDeescalate", json!({"ticketId": id}), "ticket { id }").await;
        ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": "IN_PROGRESS"}), "ticket { id }").await;
        ann.do_it("ticketEscalate", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(mine(&ann).await["points"], 20);
        // Closing gives points and no money; and what staff close gives nothing.
        ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": "RESOLVED"}), "ticket { id }").await;
        let closed = ann.do_it("ticketClose", json!({"ticketId": id}), "ticket { status { key } } notices { code }").await;
        assert_eq!(closed["notices"], json!([]));
        let other = asked(&ann).await;
        ada.do_it("ticketClose", json!({"ticketId": other}), "ticket { id }").await;
        let seen = mine(&ann).await;
        assert_eq!((&seen["points"], &seen["credit"]), (&json!(35), &json!([{"currency": "USD", "creditMinor": 60}])));
        assert_eq!(seen["entries"]["totalCount"], 4);
        assert_eq!(mine(&ada).await["points"], 0);
        assert_eq!(desk.log().await.events.iter().filter(|(_, kind, _)| kind == "reward.granted").count(), 4);
    })
    .await;
}

/// Lets nobody write into the ledger, or lets them again.
async fn ledger(db: &DatabaseConnection, broken: bool) {
    let statements: &[&str] = match (db.get_database_backend(), broken) {
        (DbBackend::Postgres, true) => &[
            "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the ledger is closed'; END $$ LANGUAGE plpgsql",
            "CREATE TRIGGER refuse BEFORE INSERT ON reward_entries FOR EACH ROW EXECUTE FUNCTION refuse()",
        ],
        (DbBackend::Postgres, false) => &["DROP TRIGGER refuse ON reward_entries", "DROP FUNCTION refuse"],
        (_, true) => &[
            "CREATE TRIGGER refuse BEFORE INSERT ON reward_entries BEGIN SELECT RAISE(ABORT, 'the ledger is closed'); END",
        ],
        (_, false) => &["DROP TRIGGER refuse"],
    };
    for statement in statements {
        db.execute_raw(Statement::from_string(db.get_database_backend(), *statement)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S2-51, S2-36, X-15
async fn a_reward_that_cannot_be_given_fails_nothing_and_is_given_later() {
    with_profile("superapp", async |desk| {
        let ann = desk.customer("Ann").await;
        let db = desk.app().desk.db.writer().clone();
        ledger(&db, true).await;
        let mut input = wanted_by(&ann, "superapp").await;
        input["idempotencyKey"] = json!("mine");
        let made =
            ann.do_it("ticketCreate", input.clone(), "ticket { id status { key } } notices { code message }").await;
        assert_eq!(
            (&made["ticket"]["status"]["key"], &made["notices"][0]["code"]),
            (&json!("OPEN"), &json!("gamificationError"))
        );
        // The same request again has the same answer, with the notice.
        let again = ann.do_it("ticketCreate", input, "notices { code }").await;
        assert_eq!((&again["replayed"], &again["notices"][0]["code"]), (&json!(true), &json!("gamificationError")));
        let escalated = ann
            .do_it(
                "ticketEscalate",
                json!({"ticketId": made["ticket"]["id"]}),
                "ticket { status { key } } notices { code }",
            )
            .await;
        assert_eq!(
            (&escalated["ticket"]["status"]["key"], &escalated["notices"][0]["code"]),
            (&json!("ESCALATED"), &json!("gamificationError"))
        );
        assert_eq!(mine(&ann).await["points"], 0);
        // The ticket works, and the log has no gap and no reward.
        assert!(!desk.log().await.events.iter().any(|(_, kind, _)| kind == "reward.granted"));
        ledger(&db, false).await;
        eventually("the rewards are given", async || {
            desk.clock.advance_real(std::time::Duration::from_secs(1));
            mine(&ann).await["points"] == 20
        })
        .await;
        assert_eq!(mine(&ann).await["credit"], json!([{"currency": "USD", "creditMinor": 40}]));
        assert_eq!(desk.log().await.events.iter().filter(|(_, kind, _)| kind == "reward.granted").count(), 2);
    })
    .await;
}
