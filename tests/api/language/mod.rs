//! The same refusal in the language that whoever is refused reads.

mod catalogue;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Person, Socket, errors, mutation};

/// The user error of a mutation, asked for in a language.
async fn refused(person: &Person, languages: &str, name: &str, input: Value) -> Value {
    let variables = json!({"input": input});
    let answer = person.exchange(&[("accept-language", languages)], &mutation(name, "__typename"), variables).await;
    assert!(answer.headers()["vary"].to_str().unwrap().contains("Accept-Language"));
    let language = answer.headers()["content-language"].to_str().unwrap().to_owned();
    let answer: Value = answer.json().await.unwrap();
    let mut error = answer["data"][name]["userErrors"][0].clone();
    error["language"] = json!(language);
    error
}

desk_test! {
    // S2-69
    async fn the_same_refusal_is_told_in_the_language_that_is_asked_for(desk: &Desk) {
        let mia = desk.customer("Mia").await;
        let input = json!({"title": "x", "description": "It hums."});
        let english = refused(&mia, "en", "ticketCreate", input.clone()).await;
        let german = refused(&mia, "de-AT,de;q=0.9,en;q=0.5", "ticketCreate", input.clone()).await;
        assert_eq!((&english["message"], &german["message"]), (&json!("This has 1 characters."), &json!("Das hat 1 Zeichen.")));
        assert!(german["hint"].as_str().unwrap().starts_with("Senden Sie "), "{german:#}");
        assert_eq!((&english["language"], &german["language"]), (&json!("en"), &json!("de")));
        // What programs read is the same.
        for key in ["code", "field", "__typename"] {
            assert_eq!(english[key], german[key]);
        }
        // A noun in the sentence is translated too; what somebody sent is not.
        let gone = json!({"ticketId": "tkt_01j00000000000000000000000"});
        let gone = refused(&mia, "de", "ticketClose", gone).await;
        assert_eq!(gone["message"], "Das gibt es nicht, oder Sie dürfen es nicht sehen: Ticket.");
        let odd = json!({"title": "Printer", "description": "It hums all day long.", "category": "send it again."});
        let odd = refused(&mia, "de", "ticketCreate", odd).await;
        assert!(odd["message"].as_str().unwrap().starts_with("„send it again.“ ist keines von: "), "{odd:#}");

        // By what is liked best; English for whoever asks for nothing that there is, or for nothing that can be read.
        let table = [
            ("de;q=0.4, en;q=0.8", "en"), ("en;q=0.4, de;q=0.8", "de"), ("fr, de;q=0.1", "de"), ("fr", "en"), ("*", "en"),
            ("de;q=0", "en"), ("", "en"), (";;q=,,de;q=x", "en"), ("DE", "de"),
        ];
        for (languages, expected) in table {
            let error = refused(&mia, languages, "ticketCreate", input.clone()).await;
            assert_eq!(error["language"], expected, "{languages}");
            let message = if expected == "de" { "Das hat 1 Zeichen." } else { "This has 1 characters." };
            assert_eq!(error["message"], message, "{languages}");
        }
    }
}

desk_test! {
    // S2-69
    async fn errors_of_requests_reasons_and_notices_are_told_in_it_too(desk: &Desk) {
        let (ada, mia) = (desk.administrator().await, desk.customer("Mia").await);
        let german = [("accept-language", "de")];
        let ask = async |person: &Person, document: &str, variables: Value| -> Value {
            person.exchange(&german, document, variables).await.json().await.unwrap()
        };
        // Refused by the transport, by the gate, by the library, by a resolver.
        let nothing = reqwest::Client::new().get(format!("{}/nowhere", desk.url)).header("accept-language", "de").send().await.unwrap();
        assert_eq!(nothing.headers()["content-language"], "de");
        let nothing: Value = nothing.json().await.unwrap();
        assert_eq!(nothing["errors"][0]["message"], "Unter dieser Adresse gibt es nichts.");
        let broken = ask(&mia, "{", json!({})).await;
        assert!(broken["errors"][0]["message"].as_str().unwrap().starts_with("Syntaxfehler"), "{broken:#}");
        let unknown = ask(&mia, "{ nothing }", json!({})).await;
        assert!(unknown["errors"][0]["message"].as_str().unwrap().starts_with("Das Dokument passt nicht zum Schema. ("), "{unknown:#}");
        assert_eq!(unknown["errors"][0]["extensions"]["hint"], "Vergleichen Sie es mit dem Schema.");
        let refused = ask(&desk.stranger(), "{ tickets { totalCount } }", json!({})).await;
        assert_eq!(errors(&refused), ["UNAUTHENTICATED"]);
        assert_eq!(refused["errors"][0]["message"], "Dafür muss man angemeldet sein.");
        // Why something cannot be done.
        let ticket = mia.open_ticket("Printer").await;
        let actions = "query($id: ID!) { ticket(id: $id) { actions { name reason } } }";
        let actions = ask(&mia, actions, json!({"id": ticket})).await;
        let actions = actions["data"]["ticket"]["actions"].as_array().unwrap().clone();
        let delete = actions.iter().find(|action| action["name"] == "DELETE").unwrap();
        assert_eq!(delete["reason"], "Sie brauchen die Berechtigung ticket.delete.");
        // A notice that was kept with an idempotency key is told in the language of whoever asks again.
        let route = "mutation($input: TicketRouteInput!) { ticketRoute(input: $input) { replayed notices { code message } userErrors { code } } }";
        let input = json!({"input": {"ticketId": ticket, "idempotencyKey": "route-1"}});
        let first = ada.answer(route, input.clone()).await["data"]["ticketRoute"].take();
        let again = ask(&ada, route, input).await["data"]["ticketRoute"].take();
        assert_eq!((&first["userErrors"], &again["replayed"]), (&json!([]), &json!(true)), "{first:#} {again:#}");
        assert_eq!(first["notices"][0]["message"], "Nobody is free: everybody is away, or has as many tickets as they take.");
        assert_eq!(again["notices"][0]["message"], "Niemand ist frei: Alle sind abwesend oder haben so viele Tickets, wie sie annehmen.");
    }
}

desk_test! {
    // S2-69
    async fn a_socket_speaks_the_language_of_its_first_message(desk: &Desk) {
        let mia = desk.customer("Mia").await;
        let document = mutation("ticketCreate", "__typename");
        let variables = json!({"input": {"title": "x", "description": "It hums."}});
        let (english, german) = ("This has 1 characters.", "Das hat 1 Zeichen.");
        for (languages, expected) in [(None, english), (Some("de-CH, en;q=0.5"), german), (Some("fr"), english)] {
            let mut socket = Socket::connect(&desk.url).await;
            let mut payload = json!({"Authorization": format!("Bearer {}", mia.token.as_ref().unwrap())});
            if let Some(languages) = languages {
                payload["Accept-Language"] = json!(languages);
            }
            socket.send(json!({"type": "connection_init", "payload": payload})).await;
            assert_eq!(socket.receive().await["type"], "connection_ack");
            socket.subscribe("1", &document, variables.clone()).await;
            let next = socket.receive().await;
            assert_eq!(next["payload"]["data"]["ticketCreate"]["userErrors"][0]["message"], expected, "{next:#}");
            assert_eq!(socket.receive().await["type"], "complete");
            // Refused before anything is executed, and by a subscription that cannot begin.
            for (id, document) in [("2", "{"), ("3", "subscription { ticketEvents(after: \"abcdefgh1234-1\") { eventCursor } }")] {
                socket.subscribe(id, document, json!({})).await;
                let error = socket.receive().await;
                assert_eq!(error["type"], "error", "{error:#}");
                let message = error["payload"][0]["message"].as_str().unwrap();
                let is_german = message.starts_with("Syntaxfehler") || message.starts_with("Von diesem Cursor");
                assert_eq!(is_german, expected == german, "{message}");
            }
        }
    }
}
