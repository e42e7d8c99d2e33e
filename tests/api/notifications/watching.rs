//! Being told as it happens, and coming back.

use serde_json::json;

use crate::desk_test;

const WATCH: &str = "subscription($after: EventCursor) { notifications(after: $after) { eventCursor node { id kind text ticket { id } } } }";

desk_test! {
    // S3-67: a room of one's own
    async fn everybody_has_a_room_of_their_own_and_comes_back_to_it(desk: &Desk) on "astrology" {
        let (ada, ann, eve) = (desk.administrator().await, desk.customer("Ann").await, desk.administrator().await);
        let beginning = ada.run("{ eventCursor }", json!({})).await["eventCursor"].take();
        let mut socket = ada.socket().await;
        socket.subscribe("1", WATCH, json!({"after": beginning})).await;
        let mut own = ann.socket().await;
        own.subscribe("1", WATCH, json!({"after": beginning})).await;
        let first = crate::profiles::open(&ann, "astrology").await;
        let told = socket.next().await["notifications"].take();
        assert_eq!((&told["node"]["kind"], &told["node"]["ticket"]["id"]), (&json!("ticket.created"), &first));
        let second = crate::profiles::open(&ann, "astrology").await;
        let next = socket.next().await["notifications"].take();
        assert_eq!(next["node"]["ticket"]["id"], second);
        // Whoever comes back is told what they missed, once.
        let mut again = eve.socket().await;
        again.subscribe("1", WATCH, json!({"after": told["eventCursor"]})).await;
        assert_eq!(again.next().await["notifications"], next);
        // Ann's room has what she is told, and nothing of the others'.
        let ben = desk.agent("Ben").await;
        ada.do_it("ticketAssign", json!({"ticketId": second, "to": {"agentId": ben.id}}), "ticket { id }").await;
        let mine = own.next().await["notifications"].take();
        assert_eq!((&mine["node"]["kind"], &mine["node"]["ticket"]["id"]), (&json!("ticket.assigned"), &second));
    }
}

desk_test! {
    async fn a_stranger_has_no_room(desk: &Desk) {
        let mut socket = desk.stranger().socket().await;
        socket.subscribe("1", WATCH, json!({})).await;
        let message = socket.receive().await;
        assert_eq!(message["type"], "error", "{message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
}
