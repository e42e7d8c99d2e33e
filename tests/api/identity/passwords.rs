//! Passwords that somebody else knows.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, FIRST_PASSWORD, PASSWORD, Person, SIGN_IN, errors, eventually};

/// Everything that a session may do before its password is changed.
const ANSWERED: [&str; 6] = ["passwordChange", "signOut", "signOutEverywhere", "tokenRefresh", "viewer", "workflow"];

/// Bob, whom Ada has just given a password.
async fn newcomer(desk: &Desk) -> Person {
    let ada = desk.administrator().await;
    let input = json!({"name": "Bob", "email": "bob@desk.test", "role": "AGENT", "password": FIRST_PASSWORD});
    ada.do_it("personCreate", input, "person { id }").await;
    desk.sign_in("bob@desk.test", FIRST_PASSWORD).await
}

/// Asserts that a document is refused as a whole, with the way out.
fn refused(answer: &Value) {
    assert_eq!(errors(answer), ["FORBIDDEN"], "{answer:#}");
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["allowed"], json!(ANSWERED));
    assert!(extensions["hint"].as_str().unwrap().contains("passwordChange"), "{extensions}");
    assert!(answer.get("data").is_none_or(Value::is_null), "{answer:#}");
}

desk_test! {
    // Nobody works under a password that somebody else knows.
    async fn a_given_password_is_for_changing_it_and_nothing_else(desk: &Desk) {
        let bob = newcomer(desk).await;
        let viewer = bob.run("{ viewer { mustChangePassword role session { id } } workflow { statuses { key } } __typename }", json!({})).await;
        assert_eq!(viewer["viewer"]["mustChangePassword"], true);
        for document in [
            "{ tickets { totalCount } }",
            "{ viewer { role } tickets { totalCount } }",
            "{ viewer: tickets { totalCount } }",
            "{ ... { people { totalCount } } }",
            "{ ... on Query { viewer { role } ...more } } fragment more on Query { ...evenMore } fragment evenMore on Query { eventCursor }",
            "{ node(id: \"per_01j00000000000000000000000\") { id } }",
            "{ search(query: \"printer\") { totalCount } }",
            "mutation { personUpdate(input: {personId: \"ME\", name: \"Robert\"}) { person { id } } }",
            "mutation { signOut { eventCursor } ticketCreate(input: {title: \"After the end\", description: \"Nothing happens.\"}) { ticket { id } } }",
        ] {
            refused(&bob.answer(&document.replace("ME", &bob.id), json!({})).await);
        }
        // Another operation of the document is nobody's business.
        let document = "query mine { viewer { role } } query theirs { tickets { totalCount } }";
        let mut socket = bob.socket().await;
        socket.send(json!({"type": "subscribe", "id": "0", "payload": {"query": document, "operationName": "mine"}})).await;
        assert_eq!(socket.next().await["viewer"]["role"], "AGENT");
        assert_eq!(socket.receive().await["type"], "complete");
        for document in ["subscription { ticketEvents { eventCursor } }", "{ tickets { totalCount } }"] {
            socket.subscribe("1", document, json!({})).await;
            let message = socket.receive().await;
            assert_eq!((&message["type"], &message["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("FORBIDDEN")), "{message}");
        }
        // A renewed token is for the same session.
        let refresh = "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) { accessToken mustChangePassword } }";
        let renewed = bob.run(refresh, json!({"input": {"refreshToken": bob.refresh_token}})).await["tokenRefresh"].take();
        assert_eq!(renewed["mustChangePassword"], true);
        let mut bob = bob;
        bob.token = renewed["accessToken"].as_str().map(str::to_owned);
        refused(&bob.answer("{ tickets { totalCount } }", json!({})).await);

        bob.make_password_own().await;
        bob.run("{ tickets { totalCount } }", json!({})).await;
        bob.open_ticket("At work").await;
        // The socket goes on with what its session may do now.
        socket.subscribe("2", "{ tickets { totalCount } viewer { mustChangePassword } }", json!({})).await;
        assert_eq!(socket.next().await, json!({"tickets": {"totalCount": 1}, "viewer": {"mustChangePassword": false}}));
        let again = desk.sign_in("bob@desk.test", PASSWORD).await;
        again.run("{ tickets { totalCount } }", json!({})).await;
    }
}

desk_test! {
    // Promise 8: what a socket may do follows its person's role, not the moment it was opened.
    async fn a_socket_asks_with_the_rights_of_now(desk: &Desk) {
        let (ada, ben) = (desk.administrator().await, desk.agent("Ben").await);
        ada.open_ticket("A ticket of Ada").await;
        let mut socket = ben.socket().await;
        let mut count = async |id: &str| {
            socket.subscribe(id, "{ tickets { totalCount } }", json!({})).await;
            let count = socket.next().await["tickets"]["totalCount"].take();
            assert_eq!(socket.receive().await["type"], "complete");
            count
        };
        assert_eq!(count("1").await, 0);
        ada.do_it("personUpdate", json!({"personId": ben.id, "role": "ADMINISTRATOR"}), "person { id }").await;
        assert_eq!(count("2").await, 1);
        ada.do_it("personUpdate", json!({"personId": ben.id, "role": "CUSTOMER"}), "person { id }").await;
        assert_eq!(count("3").await, 0);
    }
}

/// Runs a command of the binary beside the desk, on the same data.
async fn command(desk: &Desk, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskgraph"));
    command.env_clear().env("DESKGRAPH_DATA", desk.folder()).args(arguments);
    if let Some(url) = &desk.config.database_url {
        command.env("DESKGRAPH_DATABASE_URL", url.expose());
    }
    tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap()
}

desk_test! {
    // Whoever runs the machine is never locked out of the desk.
    async fn the_command_line_gives_a_one_time_password_beside_a_running_desk(desk: &Desk) {
        let ada = desk.administrator().await;
        let mut socket = ada.socket().await;
        let sign_in = async |password: &str| {
            let input = json!({"input": {"email": "ada@desk.test", "password": password}});
            desk.stranger().run(SIGN_IN, input).await["signIn"].take()
        };
        let output = command(desk, &["user", "password", " ADA@desk.test "]).await;
        let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{out}{err}");
        let password = out.lines().next().unwrap().rsplit_once(": ").unwrap().1;
        assert!(!err.contains(password), "it is printed once");
        let began = Instant::now();
        assert_eq!(socket.closed().await.0, 4403);
        assert!(began.elapsed() < Duration::from_secs(5));
        eventually("her sessions have ended", async || {
            errors(&ada.answer("{ viewer { role } }", json!({})).await) == ["UNAUTHENTICATED"]
        }).await;
        assert_eq!(sign_in(PASSWORD).await["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        let again = desk.sign_in("ada@desk.test", password).await;
        refused(&again.answer("{ tickets { totalCount } }", json!({})).await);
        let own = json!({"oldPassword": password, "newPassword": PASSWORD});
        again.do_it("passwordChange", own, "person { id }").await;
        again.run("{ tickets { totalCount } }", json!({})).await;
        assert_eq!(sign_in(password).await["userErrors"][0]["code"], "INVALID_CREDENTIALS", "it was good once");
        let kinds: Vec<_> = desk.log().await.events.into_iter().map(|(_, kind, _)| kind).collect();
        let last = ["person.password_set", "person.sessions_revoked", "session.started", "person.password_set"];
        assert!(kinds.ends_with(&last.map(str::to_owned)), "{kinds:?}");

        let bob = desk.customer("Bob").await;
        again.do_it("personDeactivate", json!({"personId": bob.id}), "person { id }").await;
        let before = desk.log().await.events.len();
        for (email, said) in [("nobody@desk.test", "Nobody here"), ("not an address", "e-mail address"), ("bob@desk.test", "closed")] {
            let output = command(desk, &["user", "password", email]).await;
            let err = String::from_utf8(output.stderr).unwrap();
            assert!(!output.status.success() && err.contains(said), "{err}");
            assert!(output.stdout.is_empty());
        }
        assert_eq!(desk.log().await.events.len(), before);
    }
}
