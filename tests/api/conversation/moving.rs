//! What replies move, on the desk of the astrologers: S3-101 … S3-105.

use serde_json::{Value, json};

use crate::harness::{Desk, Person};

async fn read(person: &Person, id: &str) -> Value {
    let document = "query($id: ID!) { ticket(id: $id) { status { key } firstRespondedAt closedAt resolvedAt createdAt messageCounts { customer staff } } }";
    person.run(document, json!({"id": id})).await["ticket"].take()
}

fn ms(time: &Value) -> i64 {
    time.as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0
}

async fn a_conversation_moves_its_ticket(desk: &Desk) {
    let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
    let categories = ann.run("{ workflow { categories { key } } }", json!({})).await["workflow"]["categories"].take();
    let input = json!({"title": "My chart is upside down", "description": "It shows the southern sky.", "category": categories[0]["key"]});
    let made = ann.do_it("ticketCreate", input, "ticket { id status { key } }").await;
    let id = made["ticket"]["id"].as_str().unwrap().to_owned();
    // S3-101
    assert_eq!(made["ticket"]["status"]["key"], "open");
    let say = async |person: &Person, internal: bool| {
        person
            .do_it("commentAdd", json!({"ticketId": id, "body": "Some words.", "internal": internal}), "comment { id }")
            .await;
        read(person, &id).await
    };
    // S3-102
    ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
    assert_eq!(read(&ann, &id).await["status"]["key"], "in_progress");
    // S3-10, S3-93: a note moves nothing and answers nothing.
    desk.advance(1.0);
    let seen = say(&ben, true).await;
    assert_eq!((&seen["status"]["key"], &seen["firstRespondedAt"]), (&json!("in_progress"), &json!(null)));
    // S3-103, S3-78, S3-119: the reply moves it, and the first one is recorded when it happens.
    desk.advance(1.0);
    let seen = say(&ben, false).await;
    assert_eq!(seen["status"]["key"], "waiting_for_user");
    let first = ms(&seen["firstRespondedAt"]);
    assert!((first - ms(&seen["createdAt"]) - 2 * 3_600_000).abs() < 600_000, "{seen}");
    // S3-104
    desk.advance(1.0);
    assert_eq!(say(&ann, false).await["status"]["key"], "in_progress");
    // Recorded once.
    let seen = say(&ben, false).await;
    assert_eq!((&seen["status"]["key"], ms(&seen["firstRespondedAt"])), (&json!("waiting_for_user"), first));
    // S3-80, S3-105, S3-119
    assert_eq!(seen["messageCounts"], json!({"customer": 1, "staff": 3}));
    desk.advance(1.0);
    ann.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
    let seen = read(&ann, &id).await;
    assert_eq!(seen["status"]["key"], "closed");
    assert!(
        ms(&seen["closedAt"]) - first >= 2 * 3_600_000 && ms(&seen["resolvedAt"]) == ms(&seen["closedAt"]),
        "{seen}"
    );
    assert_eq!(ms(&seen["firstRespondedAt"]), first);
}

// S3-9, S3-10, S3-78, S3-80, S3-86, S3-101, S3-102, S3-103, S3-104, S3-105, S3-119
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_moves_its_ticket_on_sqlite() {
    let desk = Desk::with(|config| config.profile = "astrology".to_owned()).await;
    a_conversation_moves_its_ticket(&desk).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_moves_its_ticket_on_postgres() {
    let Some(desk) = Desk::postgres_with(|config| config.profile = "astrology".to_owned()).await else { return };
    a_conversation_moves_its_ticket(&desk).await;
    desk.stop().await;
}
