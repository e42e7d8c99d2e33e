//! POST and GET: media types, statuses, refusals, limits.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Toy, code, read};
use crate::config::Mode;

#[tokio::test]
async fn answers_are_written_as_the_client_accepts() {
    let toy = Toy::start().await;
    let table = [
        ("application/graphql-response+json", "{ hello }", 200, "application/graphql-response+json; charset=utf-8"),
        ("application/graphql-response+json", "{ nothing }", 400, "application/graphql-response+json; charset=utf-8"),
        ("application/graphql-response+json", "{ hello", 400, "application/graphql-response+json; charset=utf-8"),
        ("application/json", "{ nothing }", 200, "application/json; charset=utf-8"),
        ("*/*", "{ hello", 200, "application/json; charset=utf-8"),
        ("text/html", "{ hello }", 406, "application/json; charset=utf-8"),
    ];
    for (accept, query, status, content_type) in table {
        let response = toy
            .http
            .post(toy.url("/graphql"))
            .header("accept", accept)
            .header("content-type", "application/json")
            .body(json!({"query": query}).to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{accept} {query}");
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["vary"], "Accept, Authorization, Accept-Language, Origin");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        if query == "{ hello }" && status == 200 {
            assert_eq!(body["data"]["hello"], "hello world");
            assert_eq!(body["extensions"]["cost"]["price"], 1);
            assert_eq!(body["extensions"]["cost"]["sqlStatements"], 0);
        } else {
            assert!(body.get("data").is_none(), "{body}");
            assert_eq!(body["errors"][0]["extensions"]["requestId"], id.as_str());
        }
    }
}

#[tokio::test]
async fn what_is_not_a_graphql_request_is_refused_as_json() {
    let toy = Toy::start().await;
    let http = &toy.http;
    let url = toy.url("/graphql");
    let typed = |content_type: &str, body: &str| {
        http.post(&url).header("content-type", content_type.to_owned()).body(body.to_owned())
    };
    let fine = r#"{"query":"{ hello }","unknown":1}"#;
    let table = [
        (typed("application/json; charset=\"UTF-8\"", fine), 200, "none"),
        (typed("text/plain", fine), 415, "BAD_USER_INPUT"),
        (typed("multipart/form-data; boundary=x", fine), 415, "BAD_USER_INPUT"),
        (typed("application/json; charset=utf-16", fine), 415, "BAD_USER_INPUT"),
        (http.post(&url).body(fine), 415, "BAD_USER_INPUT"),
        (typed("application/json", "{"), 400, "BAD_USER_INPUT"),
        (typed("application/json", ""), 400, "BAD_USER_INPUT"),
        (typed("application/json", "[{\"query\":\"{ hello }\"}]"), 400, "BAD_USER_INPUT"),
        (typed("application/json", "\"x\""), 400, "BAD_USER_INPUT"),
        (typed("application/json", "{}"), 400, "BAD_USER_INPUT"),
        (typed("application/json", r#"{"query":1}"#), 400, "BAD_USER_INPUT"),
        (typed("application/json", r#"{"query":"{ hello }","variables":"{}"}"#), 400, "BAD_USER_INPUT"),
        (typed("application/json", r#"{"query":"{ hello }","operationName":[]}"#), 400, "BAD_USER_INPUT"),
        (typed("application/json", r#"{"query":"{ hello }","extensions":[]}"#), 400, "BAD_USER_INPUT"),
        (typed("application/json", r#"{"extensions":{"persistedQuery":{}}}"#), 200, "PERSISTED_QUERY_NOT_FOUND"),
        (typed("application/json", &" ".repeat(1_048_577)), 413, "PAYLOAD_TOO_LARGE"),
        (typed("application/json", &json!({"query": " ".repeat(102_401)}).to_string()), 413, "PAYLOAD_TOO_LARGE"),
        (http.put(&url), 405, "BAD_USER_INPUT"),
        (http.get(toy.url("/graphql?query=%7B%20hello%20%7D")), 200, "none"),
        (http.get(toy.url("/graphql?query=query%20A%7Bhello%7Dquery%20B%7Bwho%7D&operationName=B")), 200, "none"),
        (http.get(toy.url("/graphql?query=%7Bhello%7D&variables=%5B1%5D")), 400, "BAD_USER_INPUT"),
        (http.get(toy.url("/graphql?query=%7Bhello%7D&query=%7Bhello%7D")), 400, "BAD_USER_INPUT"),
        (http.get(toy.url("/graphql")), 400, "BAD_USER_INPUT"),
        (http.get(toy.url("/graphql?query=mutation%7Bwrite%7D")), 405, "BAD_USER_INPUT"),
        (http.get(toy.url("/nowhere")), 404, "NOT_FOUND"),
        (http.post(toy.url("/health")), 405, "BAD_USER_INPUT"),
    ];
    for (index, (request, status, expected)) in table.into_iter().enumerate() {
        let (got, body) = read(request).await;
        assert_eq!((got, code(&body)), (status, expected), "{index}: {body}");
    }
    assert_eq!(toy.shared.written.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn errors_have_a_code_and_say_nothing_of_the_inside() {
    let toy = Toy::start().await;
    let table = [
        ("{ nothing }", json!({}), 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello", json!({}), 400, "GRAPHQL_PARSE_FAILED"),
        ("query A { hello } query B { who }", json!({}), 400, "BAD_USER_INPUT"),
        ("{ number(of: \"x\") }", json!({}), 400, "BAD_USER_INPUT"),
        ("query($n: Int!) { number(of: $n) }", json!({}), 400, "BAD_USER_INPUT"),
        ("query($n: Int!) { number(of: $n) }", json!({"n": "x"}), 400, "BAD_USER_INPUT"),
        ("query($n: Int!) { number(of: $n) }", json!({"n": 1}), 200, "none"),
        ("query($s: Boolean!) { hello @skip(if: $s) }", json!({}), 400, "BAD_USER_INPUT"),
        ("subscription { count(to: 1) }", json!({}), 400, "BAD_USER_INPUT"),
        ("{ broken }", json!({}), 200, "INTERNAL_ERROR"),
        ("{ refused }", json!({}), 200, "BAD_USER_INPUT"),
        ("{ panics }", json!({}), 500, "INTERNAL_ERROR"),
        ("{ hello }", json!({}), 200, "none"),
    ];
    for (query, variables, status, expected) in table {
        let (got, body) = read(toy.post(json!({"query": query, "variables": variables}))).await;
        assert_eq!((got, code(&body)), (status, expected), "{query}: {body}");
        assert!(!body.to_string().contains("shadow") && !body.to_string().contains("a bug"), "{body}");
    }
    let (_, body) = read(toy.post(json!({"query": "{ refused }"}))).await;
    let error = &body["errors"][0];
    assert_eq!(error["extensions"]["allowed"], json!(["RED"]));
    assert_eq!(error["extensions"]["field"], json!(["colour"]));
    assert_eq!(error["message"], "No such colour.");
    let (_, body) = read(toy.post(json!({"query": "query($s: Boolean = true) { hello @skip(if: $s) who }"}))).await;
    assert_eq!(body["data"], json!({"who": "ANONYMOUS"}), "a default counts in a directive");
}

#[tokio::test]
async fn production_gives_nothing_away() {
    let open = Toy::start().await;
    let (_, body) = read(open.post(json!({"query": "{ helo }"}))).await;
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("Did you mean"), "{body}");
    assert_eq!(open.http.get(open.url("/")).send().await.unwrap().status(), 200);
    assert!(
        open.http.get(open.url("/schema.graphql")).send().await.unwrap().text().await.unwrap().contains("type Query")
    );

    let toy = Toy::with(|config| config.mode = Some(Mode::Production), |_| {}).await;
    let (status, body) = read(toy.post(json!({"query": "{ helo }"}))).await;
    assert_eq!((status, code(&body)), (400, "GRAPHQL_VALIDATION_FAILED"));
    assert!(!body.to_string().contains("hello"), "{body}");
    let (status, body) = read(toy.post(json!({"query": "{ __schema { types { name } } }"}))).await;
    assert_eq!((status, code(&body)), (400, "GRAPHQL_VALIDATION_FAILED"));
    assert!(body["errors"][0]["message"].as_str().unwrap().starts_with("Introspection is off"), "{body}");
    for path in ["/", "/schema.graphql"] {
        assert_eq!(read(toy.http.get(toy.url(path))).await.0, 404);
    }
    let (_, body) = read(toy.post(json!({"query": "{ hello __typename }"}))).await;
    assert!(body["extensions"]["cost"].get("sqlStatements").is_none(), "{body}");
}

#[tokio::test]
async fn a_token_is_taken_or_refused_but_never_ignored() {
    let toy = Toy::start().await;
    let query = json!({"query": "{ who }"});
    let token = toy.token("a", Duration::from_secs(60));
    let (_, body) = read(toy.post(query.clone()).header("authorization", token)).await;
    assert!(body["data"]["who"].as_str().unwrap().starts_with("per_"), "{body}");
    for bad in ["Bearer nobody", "Bearer ", "Basic dTpw", "a:1", "Bearer a b"] {
        let response = toy.post(query.clone()).header("authorization", bad).send().await.unwrap();
        assert_eq!(response.status(), 401, "{bad}");
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(code(&body), "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn a_spent_budget_is_429_and_says_when_to_come_back() {
    let toy = Toy::with(|config| config.limits.price_per_minute = 3, |_| {}).await;
    for remaining in [2, 1, 0] {
        let response = toy.post(json!({"query": "{ hello }"})).send().await.unwrap();
        assert_eq!(response.headers()["x-ratelimit-remaining"], remaining.to_string());
    }
    let response = toy.post(json!({"query": "{ hello }"})).send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert!(response.headers().contains_key("retry-after") && response.headers().contains_key("x-ratelimit-reset"));
    let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(code(&body), "RATE_LIMITED");
    assert!(body["errors"][0]["extensions"]["retryAfterMs"].as_i64().unwrap() > 0);
    let token = toy.token("a", Duration::from_secs(60));
    let (status, _) = read(toy.post(json!({"query": "{ hello }"})).header("authorization", token)).await;
    assert_eq!(status, 200, "another actor has a budget of their own");
    toy.clock.advance_real(Duration::from_secs(61));
    assert_eq!(read(toy.post(json!({"query": "{ hello }"}))).await.0, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let toy = Toy::with(|_| {}, |inner| inner.body_timeout = Duration::from_millis(50)).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    let head =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"que";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("TIMEOUT"), "{answer}");
}

#[tokio::test]
async fn a_timeout_and_a_client_that_hangs_up_leave_a_mutation_running() {
    let toy = Toy::with(|config| config.limits.request_timeout_seconds = 0, |_| {}).await;
    let (status, body) = read(toy.post(json!({"query": "mutation { slowWrite }"}))).await;
    assert_eq!((status, code(&body)), (504, "TIMEOUT"));
    toy.shared.begun.notified().await;
    toy.shared.go_on.notify_one();
    toy.shared.begun.notified().await;
    assert_eq!(toy.shared.written.load(Ordering::SeqCst), 1);

    let toy = Toy::start().await;
    let request = tokio::spawn(toy.post(json!({"query": "mutation { slowWrite }"})).send());
    toy.shared.begun.notified().await;
    request.abort();
    let _ = request.await;
    toy.shared.go_on.notify_one();
    toy.shared.begun.notified().await;
    assert_eq!(toy.shared.written.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn browsers_are_told_who_may_call() {
    let toy = Toy::start().await;
    let preflight = |origin: &'static str| {
        toy.http
            .request(reqwest::Method::OPTIONS, toy.url("/graphql"))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,authorization")
            .send()
    };
    let good = preflight("http://localhost:5173").await.unwrap();
    assert_eq!(good.headers()["access-control-allow-origin"], "http://localhost:5173");
    assert_eq!(good.headers()["access-control-max-age"], "7200");
    let bad = preflight("https://evil.test").await.unwrap();
    assert!(bad.headers().get("access-control-allow-origin").is_none());
    let answer = toy.post(json!({"query": "{ hello }"})).header("origin", "http://localhost:1").send().await.unwrap();
    let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap().to_lowercase();
    assert!(exposed.contains("x-request-id") && exposed.contains("x-ratelimit-remaining"), "{exposed}");
    assert_eq!(answer.headers().get_all("vary").iter().count(), 1);
}

#[tokio::test]
async fn the_clients_request_id_is_echoed() {
    let toy = Toy::start().await;
    let response = toy.post(json!({"query": "{ nothing }"})).header("x-request-id", "abc-1").send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "abc-1");
    assert!(response.text().await.unwrap().contains(r#""requestId":"abc-1""#));
}
