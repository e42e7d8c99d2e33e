//! How often somebody may try.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, PASSWORD, SIGN_IN, errors};

/// Sign-ins as aliases of one document, each with another wrong password.
fn guesses(email: &str, count: usize) -> String {
    let guess = |at| {
        format!(
            "g{at}: signIn(input: {{email: \"{email}\", password: \"guess number {at}\"}}) {{ userErrors {{ code }} }} "
        )
    };
    format!("mutation {{ {} }}", (0..count).map(guess).collect::<String>())
}

fn limited(answer: &Value) -> usize {
    errors(answer).iter().filter(|code| *code == "RATE_LIMITED").count()
}

desk_test! {
    async fn guesses_are_limited_by_account_however_they_are_sent(desk: &Desk) {
        desk.customer("Ann").await;
        for email in ["ann@desk.test", "nobody@desk.test"] {
            let first = desk.stranger().answer(&guesses(email, 8), json!({})).await;
            assert_eq!(limited(&first), 0, "{first:#}");
            let second = desk.stranger().answer(&guesses(email, 8), json!({})).await;
            assert!(limited(&second) > 0, "{second:#}");
            let error = &second["errors"][0]["extensions"];
            let wait = error["retryAfterMs"].as_i64().unwrap();
            assert!((1..=900_000).contains(&wait), "{error}");
        }
        let right = json!({"input": {"email": "ANN@desk.test", "password": PASSWORD}});
        assert_eq!(errors(&desk.stranger().answer(SIGN_IN, right).await), ["RATE_LIMITED"]);
        desk.clock.advance_real(std::time::Duration::from_secs(901));
        desk.sign_in("ann@desk.test", PASSWORD).await;
    }
}

#[tokio::test]
async fn guesses_are_limited_by_where_they_come_from() {
    let desk = Desk::with(|config| config.limits.sign_in_per_address = 4).await;
    desk.customer("Ann").await;
    let mut refused = 0;
    for at in 0..6 {
        let input = json!({"input": {"email": format!("guess{at}@desk.test"), "password": "whatever it may be"}});
        refused += limited(&desk.stranger().answer(SIGN_IN, input).await);
    }
    assert_eq!(refused, 2);
    let right = json!({"input": {"email": "ann@desk.test", "password": PASSWORD}});
    assert_eq!(errors(&desk.stranger().answer(SIGN_IN, right).await), ["RATE_LIMITED"]);
    desk.stop().await;
}

#[tokio::test]
async fn registrations_are_limited_by_where_they_come_from() {
    let desk = Desk::with(|config| config.limits.sign_in_per_address = 2).await;
    let register = "mutation($input: RegisterInput!) { register(input: $input) { accepted } }";
    let mut codes = Vec::new();
    for at in 0..3 {
        let input = json!({"name": "Bot", "email": format!("bot{at}@desk.test"), "password": PASSWORD});
        codes.extend(errors(&desk.stranger().answer(register, json!({"input": input})).await));
    }
    assert_eq!(codes, ["RATE_LIMITED"]);
    desk.stop().await;
}
