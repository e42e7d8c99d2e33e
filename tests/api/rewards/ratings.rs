//! Satisfaction and effort.

use serde_json::{Value, json};

use crate::desk_test;
use crate::sla::with_profile;

const RATING: &str = "query($id: ID!) { ticket(id: $id) { rating { score satisfied effort comment closure ratedAt person { id } } \
    ratings { score closure } actions { name allowed reason } } }";

fn rate_action(ticket: &Value) -> Value {
    ticket["actions"].as_array().unwrap().iter().find(|action| action["name"] == "RATE").unwrap().clone()
}

desk_test! {
    // S3-6, S3-82, S3-106, S1-76
    async fn the_requester_rates_each_closing_once(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let id = ann.open_ticket("How was I served?").await;
        let early = ann.refused("ticketRate", json!({"ticketId": id, "score": 5})).await;
        assert_eq!(early["code"], "INVALID_TRANSITION");
        assert_eq!(rate_action(&ann.run(RATING, json!({"id": id})).await["ticket"])["allowed"], false);
        ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(rate_action(&ann.run(RATING, json!({"id": id})).await["ticket"])["allowed"], true);
        for bad in [0, 6, -1] {
            let refused = ann.refused("ticketRate", json!({"ticketId": id, "score": bad})).await;
            assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID_VALUE"), &json!(["score"])));
        }
        // This desk does not ask for effort.
        let effort = ann.refused("ticketRate", json!({"ticketId": id, "score": 4, "effort": 2})).await;
        assert_eq!((&effort["code"], &effort["field"]), (&json!("INVALID_VALUE"), &json!(["effort"])));
        ada.do_it("ticketAssign", json!({"ticketId": ann.open_ticket("Another").await, "to": {"agentId": ben.id}}), "ticket { id }").await;
        assert_eq!(ada.refused("ticketRate", json!({"ticketId": id, "score": 5})).await["code"], "FORBIDDEN");
        assert_eq!(ben.refused("ticketRate", json!({"ticketId": id, "score": 5})).await["code"], "NOT_FOUND");
        let secret = "Grace saved my weekend, thank you";
        let rated = ann.do_it("ticketRate", json!({"ticketId": id, "score": 4, "comment": secret, "idempotencyKey": "once"}), "ticket { version rating { score } }").await;
        assert_eq!(rated["ticket"]["rating"]["score"], 4);
        assert_eq!(ann.do_it("ticketRate", json!({"ticketId": id, "score": 4, "comment": secret, "idempotencyKey": "once"}), "ticket { id }").await["replayed"], true);
        assert_eq!(ann.refused("ticketRate", json!({"ticketId": id, "score": 1})).await["code"], "ALREADY_EXISTS");
        let ticket = ada.run(RATING, json!({"id": id})).await["ticket"].take();
        assert_eq!((&ticket["rating"]["score"], &ticket["rating"]["satisfied"], &ticket["rating"]["comment"]), (&json!(4), &json!(true), &json!(secret)));
        assert_eq!(ticket["rating"]["person"]["id"], json!(ann.id));
        // Opened again and closed again: that is rated anew.
        ada.do_it("ticketReopen", json!({"ticketId": id}), "ticket { id }").await;
        for status in ["in_progress", "resolved"] {
            ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": status}), "ticket { id }").await;
        }
        ann.do_it("ticketRate", json!({"ticketId": id, "score": 1}), "ticket { id }").await;
        let ticket = ann.run(RATING, json!({"id": id})).await["ticket"].take();
        assert_eq!((&ticket["rating"]["score"], &ticket["rating"]["satisfied"]), (&json!(1), &json!(false)));
        assert_eq!(ticket["ratings"], json!([{"score": 1, "closure": 1}, {"score": 4, "closure": 0}]));
        // The log knows numbers, and no words.
        let history = ada.run("query($id: ID!) { ticket(id: $id) { history(first: 100) { nodes { kind ... on TicketRatedEvent { score } } } } }", json!({"id": id})).await;
        let rated: Vec<&Value> = history["ticket"]["history"]["nodes"].as_array().unwrap().iter().filter(|node| node["kind"] == "RATED").collect();
        assert_eq!(rated, [&json!({"kind": "RATED", "score": 4}), &json!({"kind": "RATED", "score": 1})]);
        use sea_orm::{ConnectionTrait, Statement};
        let db = &desk.app().desk.db.read;
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), "SELECT data FROM events")).await.unwrap();
        assert!(rows.iter().all(|row| !row.try_get::<String>("", "data").unwrap().contains("Grace")));
    }
}

desk_test! {
    // S3-82, S3-106
    async fn the_time_for_rating_passes(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = ann.open_ticket("How was I served?").await;
        ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
        desk.advance(30.0 * 24.0 + 0.1);
        let late = ann.refused("ticketRate", json!({"ticketId": id, "score": 5})).await;
        assert_eq!((&late["code"], &late["message"]), (&json!("INVALID_TRANSITION"), &json!("The time for rating it has passed.")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S1-76, S1-83
async fn the_provider_asks_for_effort_as_soon_as_a_ticket_is_resolved() {
    with_profile("isp", async |desk| {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let input = json!({"title": "Something is wrong with it", "category": "billing_inquiry", "description": "It stopped working yesterday in the evening.", "requesterEmail": "ann@desk.test"});
        let made = ada.do_it("ticketCreate", input, "ticket { id }").await;
        let id = made["ticket"]["id"].clone();
        for status in ["assigned", "resolved"] {
            ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": status}), "ticket { id }").await;
        }
        let off = ann.refused("ticketRate", json!({"ticketId": id, "score": 3, "effort": 8})).await;
        assert_eq!((&off["code"], &off["field"]), (&json!("INVALID_VALUE"), &json!(["effort"])));
        ann.do_it("ticketRate", json!({"ticketId": id, "score": 3, "effort": 7}), "ticket { id }").await;
        let ticket = ann.run(RATING, json!({"id": id})).await["ticket"].take();
        assert_eq!((&ticket["rating"]["score"], &ticket["rating"]["effort"], &ticket["rating"]["satisfied"]), (&json!(3), &json!(7), &json!(false)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S3-82, S3-106: after the closing, not before.
async fn the_astrologers_ask_when_a_ticket_is_closed() {
    with_profile("astrology", async |desk| {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let category = ada.run("{ workflow { categories { key } } }", json!({})).await["workflow"]["categories"][0]["key"].take();
        let made = ann.do_it("ticketCreate", json!({"title": "A question about my chart", "description": "It does not look right to me at all.", "category": category}), "ticket { id }").await;
        let id = made["ticket"]["id"].clone();
        assert_eq!(ann.refused("ticketRate", json!({"ticketId": id, "score": 5})).await["code"], "INVALID_TRANSITION");
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ada.id}}), "ticket { id }").await;
        ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
        ann.do_it("ticketRate", json!({"ticketId": id, "score": 5}), "ticket { rating { score } }").await;
    })
    .await;
}
