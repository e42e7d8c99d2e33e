//! Sending it again is safe. Promise 3: one effect per key.

use serde_json::json;

use crate::desk_test;

desk_test! {
    async fn the_same_key_has_one_effect_and_answers_the_first_outcome(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let input = json!({"title": "A ticket sent twice", "description": "The first answer was lost.", "idempotencyKey": "key-1"});
        let first = ann.do_it("ticketCreate", input.clone(), "ticket { id number title }").await;
        assert_eq!(first["replayed"], false);
        ann.do_it("ticketUpdate", json!({"ticketId": first["ticket"]["id"], "title": "A better title"}), "ticket { id }").await;
        let second = ann.do_it("ticketCreate", input.clone(), "ticket { id number title }").await;
        assert_eq!(second["replayed"], true);
        assert_eq!((&second["ticket"]["id"], &second["ticket"]["title"]), (&first["ticket"]["id"], &json!("A better title")));
        assert_eq!(ann.run("{ tickets { totalCount } }", json!({})).await["tickets"]["totalCount"], 1);
        // Other input under the same key is a mistake, and is told so.
        let mut other = input.clone();
        other["title"] = json!("Another ticket altogether");
        let error = ann.refused("ticketCreate", other).await;
        assert_eq!((error["code"].as_str(), &error["field"]), (Some("IDEMPOTENCY_MISMATCH"), &json!(["idempotencyKey"])));
        // The key is one's own, and the operation's own.
        let bob = desk.customer("Bob").await;
        assert_eq!(bob.do_it("ticketCreate", input, "ticket { id }").await["replayed"], false);
        ann.do_it("ticketUpdate", json!({"ticketId": first["ticket"]["id"], "title": "The best title", "idempotencyKey": "key-1"}), "ticket { id }").await;
    }
}

desk_test! {
    async fn a_refusal_is_not_kept(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let mut input = json!({"title": "Hey", "description": "The title is too short.", "idempotencyKey": "key-2"});
        ann.refused("ticketCreate", input.clone()).await;
        input["title"] = json!("Long enough now");
        assert_eq!(ann.do_it("ticketCreate", input, "ticket { id }").await["replayed"], false);
        for key in ["", "nul \u{0}", "x".repeat(201).as_str()] {
            let error = ann.refused("ticketCreate", json!({"title": "Long enough", "description": "And described.", "idempotencyKey": key})).await;
            assert_eq!(error["field"], json!(["idempotencyKey"]));
        }
    }
}

desk_test! {
    async fn many_at_once_with_one_key_make_one_ticket(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let input = json!({"title": "A ticket sent often", "description": "By an impatient client.", "idempotencyKey": "key-3"});
        let sent: Vec<_> = (0..8).map(|_| {
            let (ann, input) = (ann.clone(), input.clone());
            tokio::spawn(async move { ann.do_it("ticketCreate", input, "ticket { id }").await })
        }).collect();
        let mut ids = Vec::new();
        let mut fresh = 0;
        for one in sent {
            let answer = one.await.unwrap();
            fresh += i32::from(answer["replayed"] == false);
            ids.push(answer["ticket"]["id"].clone());
        }
        assert_eq!(fresh, 1);
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(ann.run("{ tickets { totalCount } }", json!({})).await["tickets"]["totalCount"], 1);
    }
}

desk_test! {
    async fn a_key_is_good_for_72_hours(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let input = json!({"title": "A ticket sent again", "description": "Much later than before.", "idempotencyKey": "key-4"});
        ann.do_it("ticketCreate", input.clone(), "ticket { id }").await;
        desk.clock.advance_real(std::time::Duration::from_secs(73 * 3600));
        let ann = desk.sign_in("ann@desk.test", crate::harness::PASSWORD).await;
        assert_eq!(ann.do_it("ticketCreate", input.clone(), "ticket { id }").await["replayed"], false);
        assert_eq!(ann.do_it("ticketCreate", input, "ticket { id }").await["replayed"], true);
    }
}

desk_test! {
    async fn a_deletion_can_be_sent_again(desk: &Desk) {
        let ada = desk.administrator().await;
        let id = ada.open_ticket("A ticket to be deleted twice").await;
        let input = json!({"ticketId": id, "idempotencyKey": "gone"});
        ada.do_it("ticketDelete", input.clone(), "ticket { id }").await;
        let again = ada.do_it("ticketDelete", input, "ticket { id }").await;
        assert_eq!(again["replayed"], true);
    }
}
