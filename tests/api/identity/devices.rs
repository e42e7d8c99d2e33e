//! One's own sessions, and ending one of them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{PASSWORD, Person, errors};

const SESSIONS: &str = "query($first: Int, $after: String) { viewer { sessions(first: $first, after: $after) \
    { totalCount nodes { id createdAt refreshedAt expiresAt current } pageInfo { hasNextPage endCursor } } session { id current } } }";

async fn sessions(person: &Person, first: i32, after: Value) -> Value {
    person.run(SESSIONS, json!({"first": first, "after": after})).await["viewer"]["sessions"].take()
}

async fn own_session(person: &Person) -> Value {
    let session = person.run(SESSIONS, json!({})).await["viewer"]["session"].take();
    assert_eq!(session["current"], true);
    session["id"].clone()
}

desk_test! {
    async fn one_sees_ones_sessions_and_ends_one_of_them(desk: &Desk) {
        let (ben, here) = (desk.agent("Ben").await, desk.customer("Ann").await);
        let sign_in = async || {
            // Another moment: the list is by time.
            desk.clock.advance_real(Duration::from_secs(1));
            desk.sign_in("ann@desk.test", PASSWORD).await
        };
        let (there, third) = (sign_in().await, sign_in().await);
        let ids = [own_session(&third).await, own_session(&there).await, own_session(&here).await];
        let list = sessions(&here, 10, json!(null)).await;
        let nodes = list["nodes"].as_array().unwrap();
        assert_eq!(nodes.iter().map(|node| node["id"].clone()).collect::<Vec<_>>(), ids, "newest first");
        assert_eq!(nodes.iter().map(|node| node["current"].as_bool().unwrap()).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(list["totalCount"], 3);
        assert!(nodes.iter().all(|node| node["refreshedAt"].as_str() >= node["createdAt"].as_str()));
        // Page by page.
        let (mut paged, mut after) = (Vec::new(), json!(null));
        loop {
            let page = sessions(&there, 1, after).await;
            paged.push(page["nodes"][0]["id"].clone());
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(paged, ids);

        // Nobody else's: not to see, not to end.
        let node = "query($id: ID!) { node(id: $id) { id ... on Session { current } } }";
        assert_eq!(here.run(node, json!({"id": ids[1]})).await["node"], json!({"id": ids[1], "current": false}));
        let ada = desk.administrator().await;
        for other in [&ben, &ada] {
            assert_eq!(other.run(node, json!({"id": ids[1]})).await["node"], json!(null));
            let refused = other.refused("sessionRevoke", json!({"sessionId": ids[1]})).await;
            assert_eq!((&refused["code"], &refused["field"]), (&json!("NOT_FOUND"), &json!(["sessionId"])));
        }
        assert_eq!(errors(&desk.stranger().answer(node, json!({"id": ids[1]})).await), Vec::<String>::new());
        let document = crate::harness::mutation("sessionRevoke", "session { id }");
        let stranger = desk.stranger().answer(&document, json!({"input": {"sessionId": ids[1]}})).await;
        assert_eq!(errors(&stranger), ["UNAUTHENTICATED"]);

        let mut socket = there.socket().await;
        let ended = here.do_it("sessionRevoke", json!({"sessionId": ids[1]}), "session { id current }").await;
        assert_eq!(ended["session"], json!({"id": ids[1], "current": false}));
        assert_eq!(socket.closed().await.0, 4403);
        assert_eq!(errors(&there.answer("{ viewer { role } }", json!({})).await), ["UNAUTHENTICATED"]);
        let refresh = "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) { userErrors { code } } }";
        let refused = desk.stranger().run(refresh, json!({"input": {"refreshToken": there.refresh_token}})).await;
        assert_eq!(refused["tokenRefresh"]["userErrors"][0]["code"], "SESSION_EXPIRED");
        assert_eq!(sessions(&third, 10, json!(null)).await["totalCount"], 2);
        assert_eq!(here.run(node, json!({"id": ids[1]})).await["node"], json!(null));
        // Again is the same.
        here.do_it("sessionRevoke", json!({"sessionId": ids[1]}), "session { id }").await;

        // Ending one's own session is signing out, also for what follows in the document.
        let both = "mutation($input: SessionRevokeInput!) { sessionRevoke(input: $input) { session { id } userErrors { code } } signOutEverywhere { eventCursor } }";
        let answer = third.answer(both, json!({"input": {"sessionId": ids[0]}})).await;
        assert_eq!(errors(&answer), ["UNAUTHENTICATED"], "{answer:#}");
        assert_eq!(errors(&third.answer("{ viewer { role } }", json!({})).await), ["UNAUTHENTICATED"]);
        assert_eq!(sessions(&here, 10, json!(null)).await["totalCount"], 1);
        // One that runs out is no session any more.
        desk.clock.advance_real(Duration::from_secs(31 * 86_400));
        let later = desk.sign_in("ann@desk.test", PASSWORD).await;
        assert_eq!(sessions(&later, 10, json!(null)).await["totalCount"], 1);
    }
}
