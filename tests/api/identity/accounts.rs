//! Registering and signing in.

use serde_json::json;

use crate::desk_test;
use crate::harness::{PASSWORD, Person, SIGN_IN, errors};

const REGISTER: &str = "mutation($input: RegisterInput!) { register(input: $input) \
    { accepted userErrors { code message field hint } } }";
const VIEWER: &str = "{ viewer { person { id name role email organization { id } createdAt } role permissions \
    session { id createdAt } mustChangePassword } }";

async fn sign_in(who: &Person, email: &str, password: &str) -> serde_json::Value {
    who.run(SIGN_IN, json!({"input": {"email": email, "password": password}})).await["signIn"].take()
}

desk_test! {
    /// S4-27, S4-28, S4-30, S4-13, S0-45
    async fn somebody_registers_signs_in_and_is_who_they_said(desk: &Desk) {
        let input = json!({"name": "Cleo", "email": "Cleo@Example.com", "password": "SecurePass123!"});
        let answer = desk.stranger().run(REGISTER, json!({"input": input})).await;
        assert_eq!(answer["register"], json!({"accepted": true, "userErrors": []}));
        let cleo = desk.sign_in("cleo@example.com", "SecurePass123!").await;
        let viewer = cleo.run(VIEWER, json!({})).await["viewer"].take();
        assert_eq!(viewer["person"]["id"], cleo.id);
        assert_eq!((&viewer["person"]["name"], &viewer["person"]["email"]), (&json!("Cleo"), &json!("Cleo@Example.com")));
        assert_eq!((&viewer["role"], &viewer["mustChangePassword"]), (&json!("CUSTOMER"), &json!(false)));
        let permissions = viewer["permissions"].as_array().unwrap();
        assert!(permissions.contains(&json!("TICKET_CREATE")) && !permissions.contains(&json!("PERSON_MANAGE")));
        assert!(viewer["session"]["id"].as_str().unwrap().starts_with("ses_"));
        assert_eq!(desk.stranger().run("{ viewer { role } }", json!({})).await["viewer"], json!(null));
    }
}

desk_test! {
    /// No oracle: whoever asks learns nothing about addresses.
    async fn a_known_address_is_answered_as_an_unknown_one(desk: &Desk) {
        desk.customer("Ben").await;
        let register = async |email: &str| {
            let input = json!({"name": "Mallory", "email": email, "password": "another good password"});
            desk.stranger().run(REGISTER, json!({"input": input})).await
        };
        assert_eq!(register("ben@desk.test").await, register("new@desk.test").await);
        // Nothing happened to Ben.
        desk.sign_in("ben@desk.test", PASSWORD).await;
        let known = sign_in(&desk.stranger(), "ben@desk.test", "another good password").await;
        let unknown = sign_in(&desk.stranger(), "nobody@desk.test", "another good password").await;
        assert_eq!(known, unknown);
        assert_eq!(known["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        assert_eq!(known["accessToken"], json!(null));
    }
}

desk_test! {
    async fn an_address_that_an_agent_wrote_down_is_not_taken_over_by_registering(desk: &Desk) {
        let agent = desk.agent("Bob").await;
        let input = json!({"title": "She called about the printer", "description": "It prints upside down, she says.",
            "requesterEmail": "dora@example.com"});
        let ticket = agent.do_it("ticketCreate", input, "ticket { id requester { id } }").await;
        let input = json!({"name": "Dora?", "email": "dora@example.com", "password": "another good password"});
        let answer = desk.stranger().run(REGISTER, json!({"input": input})).await;
        assert_eq!(answer["register"]["accepted"], true);
        let refused = sign_in(&desk.stranger(), "dora@example.com", "another good password").await;
        assert_eq!(refused["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        // An administrator, who knows her, gives her a password.
        let dora = ticket["ticket"]["requester"]["id"].clone();
        let ada = desk.administrator().await;
        ada.do_it("passwordSet", json!({"personId": dora, "password": "given by telephone"}), "person { id }").await;
        let dora = desk.sign_in("dora@example.com", "given by telephone").await;
        assert_eq!(dora.run("{ viewer { mustChangePassword } }", json!({})).await["viewer"]["mustChangePassword"], true);
        let own = json!({"oldPassword": "given by telephone", "newPassword": "her own, and nobody else's"});
        dora.do_it("passwordChange", own, "person { id }").await;
        let viewer = dora.run("{ viewer { mustChangePassword } tickets { nodes { title } } }", json!({})).await;
        assert_eq!(viewer["viewer"]["mustChangePassword"], false);
        assert_eq!(viewer["tickets"]["nodes"][0]["title"], "She called about the printer");
    }
}

desk_test! {
    /// S4-81, S4-71, S4-72: what is wrong is said at its field, with the way out.
    async fn a_registration_is_refused_field_by_field(desk: &Desk) {
        let good = json!({"name": "Cleo", "email": "cleo@example.com", "password": "SecurePass123!"});
        for (field, bad) in [
            ("name", ""), ("name", "two\nlines"), ("email", "cleo"), ("email", "cleo@"), ("password", "short"),
            ("password", "cleo@example.com"), ("password", "aaaaaaaaaaaaaaaa"),
        ] {
            let mut input = good.clone();
            input[field] = json!(bad);
            let answer = desk.stranger().run(REGISTER, json!({"input": input})).await["register"].take();
            assert_eq!(answer["accepted"], false);
            let error = &answer["userErrors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!("INVALID_VALUE"), &json!([field])), "{answer}");
        }
        let mut input = good;
        input["password"] = json!("x y ".repeat(60));
        let answer = desk.stranger().run(REGISTER, json!({"input": input})).await;
        assert_eq!(answer["register"]["userErrors"][0]["field"], json!(["password"]));
    }
}

desk_test! {
    /// S4-73
    async fn a_bad_token_is_refused_whatever_is_asked(desk: &Desk) {
        let mut mallory = desk.customer("Mallory").await;
        let token = mallory.token.clone().unwrap();
        let (message, _) = token.rsplit_once('.').unwrap();
        for bad in ["x", "a.b.c", message, &format!("{message}.AAAA")] {
            mallory.token = Some(bad.to_owned());
            assert_eq!(errors(&mallory.answer("{ viewer { role } }", json!({})).await), ["UNAUTHENTICATED"], "{bad}");
        }
        let strangers = desk.stranger().answer("{ tickets { totalCount } }", json!({})).await;
        assert_eq!(errors(&strangers), ["UNAUTHENTICATED"]);
    }
}
