//! The systems around the desk: what their keys open, what not, and how they end.

use std::time::Duration;

use deskgraph::app::App;
use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, PASSWORD, Person, errors, eventually, ids};

/// A key with these scopes: the service that holds it, and the key's id.
async fn key(ada: &Person, account: &Value, input: Value) -> (String, Value) {
    let mut all = json!({"serviceAccountId": account, "name": "main"});
    all.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
    let made = ada.do_it("apiKeyCreate", all, "apiKey { id } secret").await;
    (made["secret"].as_str().unwrap().to_owned(), made["apiKey"]["id"].clone())
}

async fn account(ada: &Person, name: &str) -> Value {
    ada.do_it("serviceAccountCreate", json!({"name": name}), "serviceAccount { id }").await["serviceAccount"]["id"]
        .take()
}

const VIEWER: &str = "{ viewer { role permissions person { id name } session { id } } }";

desk_test! {
    // S1-85, S1-86
    async fn a_secret_is_shown_once_and_opens_the_door(desk: &Desk) {
        let ada = desk.administrator().await;
        let account = account(&ada, "Booking dashboard").await;
        let input = json!({"serviceAccountId": account, "name": "main", "scopes": ["TICKET_VIEW", "TICKET_CREATE", "TICKET_VIEW"],
            "idempotencyKey": "one"});
        let selection = "apiKey { id name prefix scopes active expiresAt revokedAt lastUsedAt serviceAccount { id role } createdBy { id } } secret";
        let made = ada.do_it("apiKeyCreate", input.clone(), selection).await;
        let secret = made["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("dgk_") && secret.len() > 40, "{secret}");
        assert_eq!(made["apiKey"]["prefix"], secret[..12]);
        assert_eq!(made["apiKey"]["scopes"], json!(["TICKET_CREATE", "TICKET_VIEW"]));
        assert_eq!(made["apiKey"]["serviceAccount"], json!({"id": account, "role": "SERVICE"}));
        assert_eq!(made["apiKey"]["lastUsedAt"], json!(null));
        // Sent again it is the same key, and the secret stays with whoever got it.
        let again = ada.do_it("apiKeyCreate", input, selection).await;
        assert_eq!((&again["apiKey"]["id"], &again["secret"], &again["replayed"]), (&made["apiKey"]["id"], &json!(null), &json!(true)));

        let mut service = desk.stranger();
        service.token = Some(secret.clone());
        let viewer = service.run(VIEWER, json!({})).await["viewer"].take();
        assert_eq!(viewer["role"], "SERVICE");
        assert_eq!(viewer["permissions"], json!(["TICKET_VIEW", "TICKET_CREATE"]));
        assert_eq!((&viewer["person"]["id"], &viewer["session"]), (&account, &json!(null)));
        // Over a socket as well.
        let mut socket = service.socket().await;
        socket.subscribe("1", VIEWER, json!({})).await;
        assert_eq!(socket.next().await["viewer"]["role"], "SERVICE");

        // Whoever manages keys sees it with its first letters, and when it was used; nowhere is the secret.
        let list = ada.run("{ apiKeys { totalCount nodes { id prefix active lastUsedAt } } serviceAccounts { nodes { id name } } }", json!({})).await;
        assert_eq!(list["apiKeys"]["totalCount"], 1);
        assert!(list["apiKeys"]["nodes"][0]["lastUsedAt"].is_string(), "{list}");
        assert_eq!(ids(&list["serviceAccounts"]["nodes"]), [account.as_str().unwrap()]);
        assert!(!list.to_string().contains(&secret[12..]));
        let node = ada.run("query($id: ID!) { node(id: $id) { id __typename } }", json!({"id": made["apiKey"]["id"]})).await;
        assert_eq!(node["node"]["__typename"], "ApiKey");
    }
}

desk_test! {
    async fn a_key_may_do_what_its_scopes_say_and_nothing_else(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ticket = ann.open_ticket("The printer hums").await;
        let reader = desk.service("Reader", &["TICKET_VIEW"]).await;
        let read = reader.run("query($id: ID!) { ticket(id: $id) { id requester { name email } } people { totalCount } teams { totalCount } }", json!({"id": ticket})).await;
        assert_eq!(read["ticket"]["id"], ticket.as_str());
        assert_eq!((&read["ticket"]["requester"]["email"], &read["teams"]["totalCount"]), (&json!(null), &json!(0)));
        for (mutation, input) in [
            ("ticketClose", json!({"ticketId": ticket})),
            ("commentAdd", json!({"ticketId": ticket, "body": "Said by a machine."})),
            ("ticketCreate", json!({"title": "The line is down", "description": "Since this morning, all of it."})),
            ("personCreate", json!({"name": "Eve", "role": "CUSTOMER"})),
        ] {
            assert_eq!(reader.refused(mutation, input).await["code"], "FORBIDDEN", "{mutation}");
        }
        // Without the scope to see tickets there are none.
        let blind = desk.service("Blind", &["SEARCH_USE"]).await;
        let read = blind.run("query($id: ID!) { ticket(id: $id) { id } tickets { totalCount } }", json!({"id": ticket})).await;
        assert_eq!((&read["ticket"], &read["tickets"]["totalCount"]), (&json!(null), &json!(0)));
        // S1-92: with it, a system opens tickets, for itself or on somebody's behalf; the log tells both.
        let opener = desk.service("Network monitor", &["TICKET_VIEW", "TICKET_CREATE"]).await;
        let input = json!({"title": "The line is down", "description": "Since this morning, all of it.", "requesterId": ann.id});
        let made = opener.do_it("ticketCreate", input, "ticket { id requester { id } createdBy { id name } }").await;
        assert_eq!(made["ticket"]["requester"]["id"], ann.id.as_str());
        assert_eq!(made["ticket"]["createdBy"], json!({"id": opener.id, "name": "Network monitor"}));
        let history = ada.run("query($id: ID!) { ticket(id: $id) { history { nodes { actorKind actor { id } onBehalfOf { id } } } } }", json!({"id": made["ticket"]["id"]})).await;
        let event = &history["ticket"]["history"]["nodes"][0];
        assert_eq!(event["actorKind"], "SERVICE");
        assert_eq!((&event["actor"]["id"], &event["onBehalfOf"]["id"]), (&json!(opener.id), &json!(ann.id)));
        let own = opener.open_ticket("Outage in the north").await;
        let history = ada.run("query($id: ID!) { ticket(id: $id) { requester { id } history { nodes { onBehalfOf { id } } } } }", json!({"id": own})).await;
        assert_eq!(history["ticket"]["requester"]["id"], opener.id.as_str());
        assert_eq!(history["ticket"]["history"]["nodes"][0]["onBehalfOf"], json!(null));
    }
}

desk_test! {
    async fn a_key_gives_nobody_more_rights(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let service = desk.service("Sync", &["PERSON_MANAGE", "PERSON_VIEW"]).await;
        let account = json!(service.id);
        for (mutation, input) in [
            ("serviceAccountCreate", json!({"name": "Another"})),
            ("apiKeyCreate", json!({"serviceAccountId": account, "name": "more", "scopes": ["TICKET_DELETE"]})),
            ("personCreate", json!({"name": "Eve", "email": "eve@desk.test", "role": "ADMINISTRATOR"})),
            ("personCreate", json!({"name": "Eve", "email": "eve@desk.test", "role": "CUSTOMER", "password": PASSWORD})),
            ("personUpdate", json!({"personId": ann.id, "role": "AGENT"})),
            ("personUpdate", json!({"personId": ada.id, "name": "Eve"})),
            ("personDeactivate", json!({"personId": ben.id})),
            ("passwordSet", json!({"personId": ada.id, "password": PASSWORD})),
            ("passwordSet", json!({"personId": ann.id, "password": PASSWORD})),
        ] {
            assert_eq!(service.refused(mutation, input.clone()).await["code"], "FORBIDDEN", "{mutation} {input}");
        }
        assert_eq!(errors(&service.answer("{ apiKeys { totalCount } }", json!({})).await), ["FORBIDDEN"]);
        service.do_it("personUpdate", json!({"personId": ann.id, "name": "Annabel"}), "person { id }").await;
        // People neither make keys nor see them unless they manage everybody.
        for person in [&ben, &ann] {
            assert_eq!(person.refused("apiKeyCreate", json!({"serviceAccountId": account, "name": "mine", "scopes": ["TICKET_VIEW"]})).await["code"], "FORBIDDEN");
            assert_eq!(errors(&person.answer("{ apiKeys { totalCount } }", json!({})).await), ["FORBIDDEN"]);
        }
        // A service account is nobody who works here: it gets no tickets, no password, no team, no other role.
        let ticket = ann.open_ticket("For whom is this?").await;
        let refused = ada.refused("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": account}})).await;
        assert_eq!(refused["code"], "NOT_FOUND");
        assert_eq!(ada.refused("passwordSet", json!({"personId": account, "password": PASSWORD})).await["code"], "INVALID_VALUE");
        assert_eq!(ada.refused("personUpdate", json!({"personId": account, "role": "ADMINISTRATOR"})).await["code"], "INVALID_VALUE");
        assert_eq!(ada.refused("personUpdate", json!({"personId": ann.id, "role": "SERVICE"})).await["code"], "INVALID_VALUE");
        let agents = ada.run("{ agents { nodes { id } } }", json!({})).await;
        assert!(!ids(&agents["agents"]["nodes"]).contains(&service.id));
    }
}

desk_test! {
    // S4-71, S4-72: what cannot be taken, with the way out.
    async fn keys_are_made_with_care(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let account = account(&ada, "Shop").await;
        let past = (desk.clock.real().before(Duration::from_secs(60))).to_string();
        for (input, field) in [
            (json!({"serviceAccountId": account, "name": "x", "scopes": []}), "scopes"),
            (json!({"serviceAccountId": account, "name": "  ", "scopes": ["TICKET_VIEW"]}), "name"),
            (json!({"serviceAccountId": ann.id, "name": "x", "scopes": ["TICKET_VIEW"]}), "serviceAccountId"),
            (json!({"serviceAccountId": account, "name": "x", "scopes": ["TICKET_VIEW"], "expiresAt": past}), "expiresAt"),
        ] {
            let refused = ada.refused("apiKeyCreate", input).await;
            assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID_VALUE"), &json!([field])), "{refused}");
        }
        assert_eq!(ada.refused("apiKeyRevoke", json!({"apiKeyId": "key_01arz3ndektsv4rrffq69g5fav"})).await["code"], "NOT_FOUND");
    }
}

desk_test! {
    /// Promise 8: access ends when it ends.
    async fn a_revoked_key_is_refused_at_once_and_its_sockets_are_closed(desk: &Desk) {
        let ada = desk.administrator().await;
        let account = account(&ada, "Shop").await;
        let (first, id) = key(&ada, &account, json!({"scopes": ["TICKET_VIEW"]})).await;
        let (second, _) = key(&ada, &account, json!({"scopes": ["TICKET_VIEW"]})).await;
        let mut one = desk.stranger();
        one.token = Some(first);
        let mut two = desk.stranger();
        two.token = Some(second);
        let mut socket = one.socket().await;
        let watching = two.socket().await;
        let revoked = ada.do_it("apiKeyRevoke", json!({"apiKeyId": id}), "apiKey { active revokedAt }").await;
        assert_eq!(revoked["apiKey"]["active"], false);
        assert_eq!(errors(&one.answer(VIEWER, json!({})).await), ["UNAUTHENTICATED"]);
        assert_eq!(socket.closed().await.0, 4403);
        ada.do_it("apiKeyRevoke", json!({"apiKeyId": id}), "apiKey { active }").await;
        // The other key goes on, until its account is closed.
        two.run(VIEWER, json!({})).await;
        let mut watching = watching;
        watching.subscribe("1", VIEWER, json!({})).await;
        assert_eq!(watching.next().await["viewer"]["role"], "SERVICE");
        ada.do_it("personDeactivate", json!({"personId": account}), "person { active }").await;
        assert_eq!(errors(&two.answer(VIEWER, json!({})).await), ["UNAUTHENTICATED"]);
        loop {
            match watching.try_event().await {
                Some(Ok(_)) => {}
                Some(Err((code, _))) => {
                    assert_eq!(code, 4403);
                    break;
                }
                None => panic!("no close frame"),
            }
        }
        let kinds: Vec<String> = desk.log().await.events.into_iter().map(|(_, kind, _)| kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "api_key.revoked").count(), 1, "{kinds:?}");
    }
}

desk_test! {
    async fn a_key_expires_when_it_says(desk: &Desk) {
        let ada = desk.administrator().await;
        let account = account(&ada, "Shop").await;
        let expires = desk.clock.real().after(Duration::from_secs(3_600)).to_string();
        let (secret, id) = key(&ada, &account, json!({"scopes": ["TICKET_VIEW"], "expiresAt": expires})).await;
        let mut service = desk.stranger();
        service.token = Some(secret);
        service.run(VIEWER, json!({})).await;
        let mut socket = service.socket().await;
        desk.clock.advance_real(Duration::from_secs(3_601));
        assert_eq!(errors(&service.answer(VIEWER, json!({})).await), ["UNAUTHENTICATED"]);
        assert_eq!(socket.closed().await.0, 4403);
        let ada = desk.administrator().await;
        let list = ada.run("{ active: apiKeys(filter: {active: true}) { totalCount } all: apiKeys(filter: {active: false}) { nodes { id active } } }", json!({})).await;
        assert_eq!(list["active"]["totalCount"], 0);
        assert_eq!(list["all"]["nodes"], json!([{"id": id, "active": false}]));
    }
}

/// On every node, within seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_on_one_node_is_refused_on_the_other() {
    let Some(desk) = Desk::postgres().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut config = desk.config.clone();
    config.data = folder.path().to_owned();
    let other = App::start(config, desk.clock.clone()).await.unwrap();
    let url = format!("http://{}", other.addresses[0]);
    let ada = desk.administrator().await;
    let account = account(&ada, "Shop").await;
    let (secret, id) = key(&ada, &account, json!({"scopes": ["TICKET_VIEW"]})).await;
    let mut service = desk.stranger();
    service.token = Some(secret);
    let there = service.at(&url);
    there.run(VIEWER, json!({})).await;
    let mut socket = there.socket().await;
    let began = std::time::Instant::now();
    ada.do_it("apiKeyRevoke", json!({"apiKeyId": id}), "apiKey { id }").await;
    assert_eq!(socket.closed().await.0, 4403);
    assert_eq!(errors(&there.answer(VIEWER, json!({})).await), ["UNAUTHENTICATED"]);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    other.stop();
    other.stopped().await.unwrap();
    desk.stop().await;
}

#[tokio::test]
async fn keys_that_nobody_has_are_limited_by_where_they_come_from() {
    let desk = Desk::with(|config| config.limits.sign_in_per_address = 3).await;
    let service = desk.service("Shop", &["TICKET_VIEW"]).await;
    service.run(VIEWER, json!({})).await;
    let mut codes = Vec::new();
    for nth in 0..5 {
        let mut guess = desk.stranger();
        guess.token = Some(format!("dgk_{nth:0>43}"));
        codes.extend(errors(&guess.answer(VIEWER, json!({})).await));
    }
    assert_eq!(codes, ["UNAUTHENTICATED", "UNAUTHENTICATED", "UNAUTHENTICATED", "RATE_LIMITED", "RATE_LIMITED"]);
    // Whoever is known already goes on, and what cannot be a key costs nothing.
    service.run(VIEWER, json!({})).await;
    let mut odd = desk.stranger();
    odd.token = Some("dgk_short".to_owned());
    assert_eq!(errors(&odd.answer(VIEWER, json!({})).await), ["UNAUTHENTICATED"]);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_a_key_was_used_is_kept_over_a_restart() {
    let mut desk = Desk::sqlite().await;
    let service = desk.service("Shop", &["TICKET_VIEW"]).await;
    service.run(VIEWER, json!({})).await;
    desk.restart().await;
    let ada = desk.administrator().await;
    let list = ada.run("{ apiKeys { nodes { lastUsedAt } } }", json!({})).await;
    assert!(list["apiKeys"]["nodes"][0]["lastUsedAt"].is_string(), "{list}");
    eventually("the key works after the restart", async || {
        service.at(&desk.url).answer(VIEWER, json!({})).await["data"]["viewer"]["role"] == "SERVICE"
    })
    .await;
    desk.stop().await;
}
