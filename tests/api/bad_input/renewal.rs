//! A token that runs out on an open socket, and its renewal by a ping.

use std::time::Duration;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person, Socket};

const LIVE: &str = "subscription { ticketEvents { eventCursor node { kind ticketId } } }";

/// The subscription, begun, with what happened first.
async fn watching(ann: &Person) -> Socket {
    let mut socket = ann.socket().await;
    socket.subscribe("live", LIVE, json!({})).await;
    // Begun for certain when a later operation of the same socket was answered.
    socket.subscribe("then", "{ __typename }", json!({})).await;
    assert_eq!(socket.receive().await["id"], "then");
    assert_eq!(socket.receive().await["type"], "complete");
    socket
}

async fn hears_of(socket: &mut Socket, ticket: &str) {
    loop {
        let event = socket.next().await;
        if event["ticketEvents"]["node"]["ticketId"] == ticket {
            return;
        }
    }
}

async fn renewed(desk: &Desk, ann: &Person) -> Value {
    let document =
        "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) { accessToken userErrors { code } } }";
    let answer = desk.stranger().run(document, json!({"input": {"refreshToken": ann.refresh_token}})).await;
    answer["tokenRefresh"]["accessToken"].clone()
}

desk_test! {
    async fn a_renewed_socket_goes_on_with_what_it_watches(desk: &Desk) {
        let mut ann = desk.customer("Ann").await;
        let mut socket = watching(&ann).await;
        let first = ann.open_ticket("Before the renewal").await;
        hears_of(&mut socket, &first).await;
        desk.clock.advance_real(Duration::from_secs(9 * 60));
        let token = renewed(desk, &ann).await;
        socket.send(json!({"type": "ping", "payload": {"Authorization": format!("Bearer {}", token.as_str().unwrap())}})).await;
        assert_eq!(socket.receive().await["type"], "pong");
        // Past the first token's end and its grace; the second one lives.
        desk.clock.advance_real(Duration::from_secs(9 * 60));
        ann.token = token.as_str().map(str::to_owned);
        let second = ann.open_ticket("After the renewal").await;
        hears_of(&mut socket, &second).await;
        // And what begins now is asked by the same person.
        socket.subscribe("who", "{ viewer { person { name } } }", json!({})).await;
        assert_eq!(socket.receive().await["payload"]["data"]["viewer"]["person"]["name"], "Ann");
    }
}

desk_test! {
    async fn a_socket_that_is_not_renewed_is_closed(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let mut socket = watching(&ann).await;
        desk.clock.advance_real(Duration::from_secs(11 * 60 + 1));
        // Its own timer runs by the machine's clock; whatever it hears next is judged by the desk's.
        socket.send(json!({"type": "ping"})).await;
        assert_eq!(socket.closed().await.0, 4403);
    }
}

desk_test! {
    async fn nobody_renews_with_a_token_of_somebody_else(desk: &Desk) {
        let (ann, bob) = (desk.customer("Ann").await, desk.customer("Bob").await);
        for token in [bob.token.clone().unwrap(), "nonsense".to_owned()] {
            let mut socket = watching(&ann).await;
            socket.send(json!({"type": "ping", "payload": {"Authorization": format!("Bearer {token}")}})).await;
            assert_eq!(socket.closed().await.0, 4403);
        }
    }
}

desk_test! {
    async fn a_new_sign_in_renews_a_socket_too_and_its_end_ends_it(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let mut socket = watching(&ann).await;
        let again = desk.sign_in("ann@desk.test", crate::harness::PASSWORD).await;
        socket.send(json!({"type": "ping", "payload": {"Authorization": format!("Bearer {}", again.token.clone().unwrap())}})).await;
        assert_eq!(socket.receive().await["type"], "pong");
        // The session that the socket began with ends: it lives by the other one now, and so does what it watches.
        ann.run("mutation { signOut { userErrors { code } } }", json!({})).await;
        let ticket = again.open_ticket("In the second session").await;
        hears_of(&mut socket, &ticket).await;
        again.run("mutation { signOut { userErrors { code } } }", json!({})).await;
        assert_eq!(socket.closed().await.0, 4403);
    }
}
