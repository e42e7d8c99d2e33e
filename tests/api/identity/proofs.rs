//! Proving that one reads an address: to verify a contact, and to choose a password.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, FIRST_PASSWORD, PASSWORD, Person, SIGN_IN, errors, post};

const NEW: &str = "a new and good password";

/// A mutation whose payload says `accepted`.
async fn accepts(who: &Person, name: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!(
        "mutation($input: {kind}!) {{ {name}(input: $input) {{ accepted userErrors {{ code field message hint }} }} }}"
    );
    who.run(&document, json!({"input": input})).await[name].take()
}

async fn ask(who: &Person, name: &str, address: Value) {
    let answer = accepts(who, name, json!({"address": address})).await;
    assert_eq!(answer, json!({"accepted": true, "userErrors": []}));
}

async fn verify(who: &Person, proof: Value) -> Value {
    who.attempt("contactVerify", json!({"proof": proof}), "person { email emailVerified phone phoneVerified }").await
}

async fn reset(who: &Person, proof: Value, password: &str) -> Value {
    accepts(who, "passwordReset", json!({"proof": proof, "newPassword": password})).await
}

fn code(address: Value, code: &str) -> Value {
    json!({"code": {"address": address, "code": code}})
}

fn token(token: &str) -> Value {
    json!({"token": token})
}

async fn signs_in(desk: &Desk, email: &str, password: &str) -> bool {
    let answer = desk.stranger().run(SIGN_IN, json!({"input": {"email": email, "password": password}})).await;
    answer["signIn"]["userErrors"] == json!([])
}

/// A number that one statement answers.
async fn count(desk: &Desk, sql: &str) -> i64 {
    let db = &desk.app().desk.db.read;
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

desk_test! {
    // S0-27, S0-30, S1-98
    async fn an_address_is_verified_by_its_code_or_by_its_link_and_once(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let address = json!({"email": "ann@desk.test"});
        ask(&ann, "contactVerifyRequest", address.clone()).await;
        let letter = desk.letter("ann@desk.test", 1).await;
        assert!(letter.text.contains("Subject: Please confirm your address") && letter.text.contains("24 hours"), "{}", letter.text);
        for wrong in [code(address.clone(), "aaaa-aaaa"), code(json!({"email": "bob@desk.test"}), &letter.code()), token("dgc_wrong"), token("")] {
            let refused = verify(&ann, wrong).await;
            assert_eq!((&refused["person"], &refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"]),
                (&json!(null), &json!("INVALID_CREDENTIALS"), &json!(["proof"])));
        }
        // What opens one door opens no other.
        assert_eq!(reset(&ann, token(&letter.token()), NEW).await["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        // As people type it.
        let typed = letter.code().to_uppercase().replace('-', " ");
        let done = verify(&ann, code(json!({"email": "ANN@desk.test"}), &typed)).await;
        assert_eq!((&done["person"]["emailVerified"], &done["userErrors"]), (&json!(true), &json!([])));
        for used in [code(address.clone(), &letter.code()), token(&letter.token())] {
            assert_eq!(verify(&ann, used).await["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        }
        // Nothing is left to ask, so nothing is sent.
        ask(&ann, "contactVerifyRequest", address).await;
        // What somebody made the desk send to others does nothing for them, whoever opens it.
        let bob = desk.customer("Bob").await;
        ask(&bob, "contactVerifyRequest", json!({"email": "zoe@home.test"})).await;
        let link = desk.letter("zoe@home.test", 1).await;
        for proof in [token(&link.token()), code(json!({"email": "zoe@home.test"}), &link.code())] {
            assert_eq!(verify(&ann, proof.clone()).await["userErrors"][0]["code"], "INVALID_CREDENTIALS");
            let document = crate::harness::mutation("contactVerify", "person { id }");
            assert_eq!(errors(&desk.stranger().answer(&document, json!({"input": {"proof": proof}})).await), ["UNAUTHENTICATED"]);
        }
        let done = verify(&bob, token(&link.token())).await;
        assert_eq!((&done["userErrors"], &done["person"]["email"]), (&json!([]), &json!("bob@desk.test")));
        assert_eq!(desk.sent("ann@desk.test").len(), 1);
        let stranger = desk.stranger().answer("mutation { contactVerifyRequest(input: {address: {email: \"ann@desk.test\"}}) { accepted } }", json!({})).await;
        assert_eq!(errors(&stranger), ["UNAUTHENTICATED"]);
        let odd = accepts(&ann, "contactVerifyRequest", json!({"address": {"email": "nowhere"}})).await;
        assert_eq!(odd["userErrors"][0]["field"], json!(["address", "email"]));
    }
}

desk_test! {
    // S0-27, S0-30
    async fn the_code_of_a_telephone_is_guessed_at_five_times_and_in_a_quarter_of_an_hour(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let phone = json!({"phone": "+49 (30) 123-456"});
        ask(&ann, "contactVerifyRequest", phone.clone()).await;
        let first = desk.letter("+4930123456", 1).await.code();
        let guess = if first == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            assert_eq!(verify(&ann, code(phone.clone(), guess)).await["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        }
        assert_eq!(verify(&ann, code(phone.clone(), &first)).await["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        ask(&ann, "contactVerifyRequest", phone.clone()).await;
        let second = desk.letter("+4930123456", 2).await.code();
        desk.clock.advance_real(Duration::from_secs(15 * 60 + 1));
        let ann = desk.sign_in("ann@desk.test", PASSWORD).await;
        assert_eq!(verify(&ann, code(phone.clone(), &second)).await["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        ask(&ann, "contactVerifyRequest", phone.clone()).await;
        let third = desk.letter("+4930123456", 3).await.code();
        let done = verify(&ann, code(phone, &third)).await;
        assert_eq!((&done["person"]["phone"], &done["person"]["phoneVerified"]), (&json!("+49 (30) 123-456"), &json!(true)));
    }
}

desk_test! {
    async fn an_address_becomes_ones_own_by_proof_and_is_never_taken_from_somebody(desk: &Desk) {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        ask(&ann, "contactVerifyRequest", json!({"email": "second@home.test"})).await;
        let contacts = "{ viewer { person { contacts { value verifiedAt } } } }";
        let before = ann.run(contacts, json!({})).await["viewer"]["person"]["contacts"].take();
        assert_eq!(before.as_array().unwrap().len(), 1, "asking adds nothing");
        let letter = desk.letter("second@home.test", 1).await;
        verify(&ann, token(&letter.token())).await;
        let after = ann.run(contacts, json!({})).await["viewer"]["person"]["contacts"].take();
        assert_eq!(after[1]["value"], "second@home.test");
        assert!(after[0]["verifiedAt"].is_null() && after[1]["verifiedAt"].is_string(), "{after}");
        assert!(signs_in(desk, "second@home.test", PASSWORD).await);
        // Whose it is, the request does not tell; whoever reads the address may know.
        ask(&ann, "contactVerifyRequest", json!({"email": "ben@desk.test"})).await;
        let letter = desk.letter("ben@desk.test", 1).await;
        let held = verify(&ann, token(&letter.token())).await;
        assert_eq!((&held["userErrors"][0]["code"], &held["userErrors"][0]["field"]), (&json!("CONFLICT"), &json!(["proof"])));
        assert_eq!(ben.run(contacts, json!({})).await["viewer"]["person"]["contacts"][0]["value"], "ben@desk.test");
    }
}

desk_test! {
    /// Whoever cannot sign in any more.
    async fn a_forgotten_password_is_chosen_anew(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let mut socket = ann.socket().await;
        // A few wrong attempts do not keep whoever reads the address out.
        for _ in 0..11 {
            desk.stranger().answer(SIGN_IN, json!({"input": {"email": "ann@desk.test", "password": "wrong wrong wrong"}})).await;
        }
        // What is compared as the same goes to the address that is known, not to the one that was typed.
        ask(&desk.stranger(), "passwordResetRequest", json!({"email": "\u{ff21}nn@desk.test"})).await;
        let letter = desk.letter("ann@desk.test", 1).await;
        assert!(letter.text.contains("60 minutes"), "{}", letter.text);
        for (bad, field) in [("short", "newPassword"), ("ann@desk.test", "newPassword")] {
            let refused = reset(&desk.stranger(), token(&letter.token()), bad).await;
            assert_eq!((&refused["accepted"], &refused["userErrors"][0]["field"]), (&json!(false), &json!([field])));
        }
        assert_eq!(reset(&desk.stranger(), token(&letter.token()), NEW).await, json!({"accepted": true, "userErrors": []}));
        // All that was open is closed: sessions, sockets, refresh tokens.
        assert_eq!(errors(&ann.answer("{ viewer { role } }", json!({})).await), ["UNAUTHENTICATED"]);
        assert_eq!(socket.closed().await.0, 4403);
        let refresh = "mutation($token: String!) { tokenRefresh(input: {refreshToken: $token}) { userErrors { code } } }";
        let refused = desk.stranger().run(refresh, json!({"token": ann.refresh_token})).await;
        assert_eq!(refused["tokenRefresh"]["userErrors"].as_array().unwrap().len(), 1);
        assert!(!signs_in(desk, "ann@desk.test", PASSWORD).await);
        let ann = desk.sign_in("ann@desk.test", NEW).await;
        let viewer = ann.run("{ viewer { mustChangePassword person { emailVerified } } }", json!({})).await["viewer"].take();
        assert_eq!(viewer, json!({"mustChangePassword": false, "person": {"emailVerified": true}}));
        // Once, and an hour long.
        for proof in [token(&letter.token()), code(json!({"email": "ann@desk.test"}), &letter.code())] {
            assert_eq!(reset(&desk.stranger(), proof, "yet another password").await["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        }
        ask(&desk.stranger(), "passwordResetRequest", json!({"email": "ann@desk.test"})).await;
        let late = desk.letter("ann@desk.test", 2).await;
        desk.clock.advance_real(Duration::from_secs(3_601));
        assert_eq!(reset(&desk.stranger(), token(&late.token()), "yet another password").await["accepted"], false);
        // By telephone, once that is verified.
        let ada = desk.administrator().await;
        let phone = json!({"phone": "+49 30 123456"});
        let made = ada.do_it("contactAdd", json!({"personId": ann.id, "address": phone}), "person { contacts { id } }").await;
        ask(&desk.stranger(), "passwordResetRequest", phone.clone()).await;
        ada.do_it("contactRemove", json!({"contactId": made["person"]["contacts"][1]["id"]}), "person { id }").await;
        ada.do_it("contactAdd", json!({"personId": ann.id, "address": phone, "verified": true}), "person { id }").await;
        ask(&desk.stranger(), "passwordResetRequest", phone.clone()).await;
        let text = desk.letter("+4930123456", 1).await;
        assert_eq!(reset(&desk.stranger(), code(phone, &text.code()), PASSWORD).await["accepted"], true);
        desk.sign_in("ann@desk.test", PASSWORD).await;
        assert_eq!(desk.sent("+4930123456").len(), 1);
        // A password of one's own ends what somebody else gave.
        ada.do_it("passwordSet", json!({"personId": ann.id, "password": FIRST_PASSWORD}), "person { id }").await;
        ask(&desk.stranger(), "passwordResetRequest", json!({"email": "ann@desk.test"})).await;
        let letter = desk.letter("ann@desk.test", 3).await;
        assert_eq!(reset(&desk.stranger(), code(json!({"email": "ann@desk.test"}), &letter.code()), NEW).await["accepted"], true);
        let ann = desk.sign_in("ann@desk.test", NEW).await;
        assert_eq!(ann.run("{ viewer { mustChangePassword } }", json!({})).await["viewer"]["mustChangePassword"], false);
    }
}

desk_test! {
    /// No oracle: neither the answer nor its time nor what is written tells who has an account.
    async fn nobody_learns_who_has_an_account(desk: &Desk) {
        let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
        ada.do_it("personDeactivate", json!({"personId": bob.id}), "person { id }").await;
        let codes = "SELECT COUNT(*) AS n FROM contact_codes";
        for email in ["ann@desk.test", "bob@desk.test", "nobody@desk.test"] {
            let (began, before) = (Instant::now(), count(desk, codes).await);
            ask(&desk.stranger(), "passwordResetRequest", json!({"email": email})).await;
            assert!(began.elapsed() >= Duration::from_millis(250), "{email} is answered on the beat");
            assert_eq!(count(desk, codes).await, before + 1, "{email}");
            // A code is asked for as if there were one, and guesses at it are counted as if it could be guessed.
            let refused = reset(&desk.stranger(), code(json!({"email": email}), "aaaa-aaaa"), NEW).await;
            assert_eq!(refused["userErrors"][0]["code"], "INVALID_CREDENTIALS", "{email}");
        }
        assert_eq!(count(desk, "SELECT COUNT(*) AS n FROM contact_codes WHERE attempts = 1").await, 3);
        // Only who can sign in was written to.
        desk.letter("ann@desk.test", 1).await;
        ask(&ann, "contactVerifyRequest", json!({"email": "ann@desk.test"})).await;
        desk.letter("ann@desk.test", 2).await;
        assert_eq!((desk.sent("bob@desk.test").len(), desk.sent("nobody@desk.test").len()), (0, 0));
        // Whoever asks too often is put off, whomever they ask for.
        for email in ["ann@desk.test", "nobody@desk.test"] {
            let mut answer = json!(null);
            for _ in 0..11 {
                let document = "mutation($email: String!) { passwordResetRequest(input: {address: {email: $email}}) { accepted } }";
                answer = desk.stranger().answer(document, json!({"email": email})).await;
            }
            assert_eq!(errors(&answer), ["RATE_LIMITED"], "{email}");
        }
    }
}

desk_test! {
    // S4-27, S4-86: an unverified address links nobody; a verified one does.
    async fn whoever_is_known_by_address_only_gets_in_by_what_is_sent_there(desk: &Desk) {
        let ben = desk.agent("Ben").await;
        let ada = desk.administrator().await;
        let input = json!({"title": "She called", "description": "The printer prints upside down.", "requesterEmail": "dora@home.test"});
        let ticket = ada.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].take();
        let register = async |email: &str| {
            accepts(&desk.stranger(), "register", json!({"name": "Dora", "email": email, "password": PASSWORD})).await
        };
        assert_eq!(register("dora@home.test").await, register("new@home.test").await);
        assert!(!signs_in(desk, "dora@home.test", PASSWORD).await, "registering leads into nobody's tickets");
        // She is also told of the ticket, before or after.
        let letter = desk.letter_saying("dora@home.test", "Subject: You are known here already").await;
        assert_eq!(reset(&desk.stranger(), token(&letter.token()), NEW).await["accepted"], true);
        let dora = desk.sign_in("dora@home.test", NEW).await;
        let read = dora.run("query($id: ID!) { ticket(id: $id) { title } viewer { person { emailVerified tickets { totalCount } } } }", json!({"id": ticket})).await;
        assert_eq!(read["ticket"]["title"], "She called");
        assert_eq!(read["viewer"]["person"], json!({"emailVerified": true, "tickets": {"totalCount": 1}}));
        // Whoever was new is in at once, and asked whether the address is theirs.
        let new = desk.sign_in("new@home.test", PASSWORD).await;
        let asked = desk.letter("new@home.test", 1).await;
        assert!(asked.text.contains("Subject: Please confirm your address"), "{}", asked.text);
        let done = verify(&new, code(json!({"email": "new@home.test"}), &asked.code())).await;
        assert_eq!(done["person"]["emailVerified"], true);
        // Whoever has a password keeps it.
        register("ben@desk.test").await;
        assert!(desk.letter("ben@desk.test", 1).await.text.contains("You are known here already"));
        assert!(signs_in(desk, "ben@desk.test", PASSWORD).await);
        assert_eq!(ben.run("{ viewer { role } }", json!({})).await["viewer"]["role"], "AGENT");
    }
}

desk_test! {
    async fn what_is_sent_is_kept_nowhere_and_written_in_the_language_of_who_asks(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let body = json!({"query": "mutation { passwordResetRequest(input: {address: {email: \"ann@desk.test\"}}) { accepted } }"});
        let headers = "content-type: application/json\r\naccept-language: fr;q=0.8, de-AT, en;q=0.5\r\n";
        let mut raw = desk.raw().await;
        raw.send(post(headers, body.to_string().as_bytes())).await;
        assert_eq!(raw.reply().await.status, 200);
        let letter = desk.letter("ann@desk.test", 1).await;
        assert!(letter.text.contains("ein neues Passwort w"), "{}", letter.text);
        let (code, token) = (letter.code(), letter.token());
        for (table, column) in [("contact_codes", "code_hash"), ("contact_codes", "token_hash"), ("events", "data")] {
            for secret in [&code, &token] {
                let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE CAST({column} AS TEXT) LIKE '%{secret}%'");
                assert_eq!(count(desk, &sql).await, 0, "{table}.{column}");
            }
        }
        crate::harness::eventually("its text is gone once it is sent", async || {
            count(desk, &format!("SELECT COUNT(*) AS n FROM deliveries WHERE body LIKE '%{token}%'")).await == 0
        }).await;
        // The log says that a contact was proved and a password chosen, by whom for whom, and no more.
        assert_eq!(reset(&desk.stranger(), json!({"token": token}), NEW).await["accepted"], true);
        let kinds: Vec<String> = desk.log().await.events.into_iter().map(|(_, kind, _)| kind).collect();
        let from = kinds.len() - 3;
        assert_eq!(kinds[from..], ["person.updated", "person.password_set", "person.sessions_revoked"]);
        assert_eq!(errors(&ann.answer("{ viewer { role } }", json!({})).await), ["UNAUTHENTICATED"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_have_the_links_and_the_words_of_the_desk() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[texts]\n\"account.verify.subject\" = \"Ahoy from {{ desk }}\"\n";
    let profile = crate::harness::profile(folder.path(), &[("[texts]\n", text)]);
    let desk = Desk::with(|config| {
        config.profile = profile;
        config.sessions.verify_link = Some("https://help.desk.test/verify#{token}".to_owned());
    })
    .await;
    let ann = desk.customer("Ann").await;
    ask(&ann, "contactVerifyRequest", json!({"email": "ann@desk.test"})).await;
    let letter = desk.letter("ann@desk.test", 1).await;
    assert!(letter.text.contains("Subject: Ahoy from "), "{}", letter.text);
    assert!(letter.text.contains(&format!("https://help.desk.test/verify#{}", letter.token())), "{}", letter.text);
    desk.stop().await;
}
