//! Tokens, and how sessions end.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, PASSWORD, Person, errors};

const REFRESH: &str = "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) \
    { accessToken accessTokenExpiresAt refreshToken person { id } session { id } userErrors { code } } }";

async fn refresh(desk: &Desk, token: &Value) -> Value {
    desk.stranger().run(REFRESH, json!({"input": {"refreshToken": token}})).await["tokenRefresh"].take()
}

async fn lives(person: &Person) -> bool {
    let answer = person.answer("{ viewer { role } }", json!({})).await;
    match errors(&answer).as_slice() {
        [] => true,
        [code] if code == "UNAUTHENTICATED" => false,
        other => panic!("{other:?}"),
    }
}

desk_test! {
    /// S4-13, S4-29
    async fn a_session_is_renewed_with_a_refresh_token_that_is_good_once(desk: &Desk) {
        let mut ann = desk.customer("Ann").await;
        let first = json!(ann.refresh_token);
        let second = refresh(desk, &first).await;
        assert_eq!((&second["person"]["id"], &second["userErrors"]), (&json!(ann.id), &json!([])));
        assert_ne!(second["refreshToken"], first);
        ann.token = second["accessToken"].as_str().map(str::to_owned);
        assert!(lives(&ann).await);

        // Somebody has kept the first one.
        assert_eq!(refresh(desk, &first).await["userErrors"][0]["code"], "SESSION_EXPIRED");
        assert!(!lives(&ann).await, "using a token twice ends the session");
        assert_eq!(refresh(desk, &second["refreshToken"]).await["userErrors"][0]["code"], "SESSION_EXPIRED");
        assert_eq!(refresh(desk, &json!("made up")).await["userErrors"][0]["code"], "SESSION_EXPIRED");
    }
}

desk_test! {
    async fn an_access_token_expires_and_a_session_too(desk: &Desk) {
        let mut ann = desk.customer("Ann").await;
        desk.clock.advance_real(Duration::from_secs(9 * 60));
        assert!(lives(&ann).await);
        desk.clock.advance_real(Duration::from_secs(61));
        assert!(!lives(&ann).await);
        let renewed = refresh(desk, &json!(ann.refresh_token)).await;
        ann.token = renewed["accessToken"].as_str().map(str::to_owned);
        assert!(lives(&ann).await);
        desk.clock.advance_real(Duration::from_secs(31 * 86_400));
        assert_eq!(refresh(desk, &renewed["refreshToken"]).await["userErrors"][0]["code"], "SESSION_EXPIRED");
    }
}

desk_test! {
    async fn signing_out_ends_this_session_and_its_sockets(desk: &Desk) {
        let (here, there) = (desk.customer("Ann").await, desk.sign_in("ann@desk.test", PASSWORD).await);
        let (mut mine, mut other) = (here.socket().await, there.socket().await);
        let answer = here.run("mutation { signOut { session { id } eventCursor userErrors { code } } }", json!({})).await;
        assert_eq!(answer["signOut"]["userErrors"], json!([]));
        assert!(!lives(&here).await && lives(&there).await);
        assert_eq!(refresh(desk, &json!(here.refresh_token)).await["userErrors"][0]["code"], "SESSION_EXPIRED");
        let began = Instant::now();
        assert_eq!(mine.closed().await.0, 4403);
        assert!(began.elapsed() < Duration::from_secs(20));
        other.subscribe("1", "{ viewer { role } }", json!({})).await;
        assert_eq!(other.next().await["viewer"]["role"], "CUSTOMER");

        let answer = there.run("mutation { signOutEverywhere { person { id } userErrors { code } } }", json!({})).await;
        assert_eq!(answer["signOutEverywhere"]["person"]["id"], json!(there.id));
        assert!(!lives(&there).await);
        assert_eq!(other.closed().await.0, 4403);
        let again = desk.stranger().answer("mutation { signOut { eventCursor } }", json!({})).await;
        assert_eq!(errors(&again), ["UNAUTHENTICATED"]);
    }
}

desk_test! {
    async fn what_follows_a_sign_out_in_one_document_is_asked_by_a_stranger(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let ticket = "ticketCreate(input: {title: \"Still there?\", description: \"I should not be, any more.\"}) { ticket { id } }";
        let answer = ann.answer(&format!("mutation {{ signOut {{ eventCursor }} {ticket} }}"), json!({})).await;
        assert_eq!(errors(&answer), ["UNAUTHENTICATED"], "{answer}");
    }
}

desk_test! {
    async fn a_changed_password_ends_the_other_sessions(desk: &Desk) {
        let (here, there) = (desk.customer("Ann").await, desk.sign_in("ann@desk.test", PASSWORD).await);
        let change = async |old: &str, new: &str| {
            here.attempt("passwordChange", json!({"oldPassword": old, "newPassword": new}), "person { id }").await
        };
        let refused = change("wrong", "a better password").await;
        assert_eq!((&refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"]),
            (&json!("INVALID_CREDENTIALS"), &json!(["oldPassword"])));
        assert_eq!(change(PASSWORD, "short").await["userErrors"][0]["field"], json!(["newPassword"]));
        assert_eq!(change(PASSWORD, "a better password").await["userErrors"], json!([]));
        assert!(lives(&here).await && !lives(&there).await);
        desk.sign_in("ann@desk.test", "a better password").await;
    }
}

#[tokio::test]
async fn sessions_outlive_a_restart_and_so_does_their_end() {
    let mut desk = Desk::sqlite().await;
    let (stays, goes) = (desk.customer("Ann").await, desk.sign_in("ann@desk.test", PASSWORD).await);
    goes.run("mutation { signOut { eventCursor } }", json!({})).await;
    desk.restart().await;
    let at = |person: &Person| Person::new(reqwest::Client::new(), &desk.url, person.token.clone());
    assert!(lives(&at(&stays)).await && !lives(&at(&goes)).await);
    desk.stop().await;
}
