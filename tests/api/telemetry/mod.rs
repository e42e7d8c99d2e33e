//! What the desk measures of itself, as Prometheus reads it.

use std::collections::BTreeMap;

use deskgraph::config::Mode;
use serde_json::json;

use crate::desk_test;
use crate::harness::{Desk, eventually};

/// What `/metrics` at `url` says: each series and its value.
async fn read(url: &str) -> BTreeMap<String, f64> {
    let response = reqwest::get(format!("{url}/metrics")).await.unwrap();
    let content = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(content.starts_with("application/openmetrics-text"), "{content}");
    let text = response.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    let lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit_once(' ').unwrap());
    lines.map(|(series, value)| (series.to_owned(), value.parse().unwrap())).collect()
}

/// The value of a series; 0 if it is not there.
fn of(measures: &BTreeMap<String, f64>, series: &str) -> f64 {
    measures.get(&format!("deskgraph_{series}")).copied().unwrap_or_default()
}

desk_test! {
    async fn what_the_desk_does_is_counted(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let before = read(&desk.url).await;
        let ticket = ann.open_ticket("The printer hums").await;
        ann.refused("ticketClose", json!({"ticketId": "tkt_01arz3ndektsv4rrffq69g5fav"})).await;
        ann.run("{ tickets { totalCount } }", json!({})).await;
        ann.answer("{ noSuchField }", json!({})).await;
        ann.answer("{ tickets(first: 1000) { nodes { id } } }", json!({})).await;
        let after = read(&desk.url).await;
        let grown = |series: &str| of(&after, series) - of(&before, series);
        assert_eq!(grown("requests_total{kind=\"mutation\",field=\"ticketCreate\",code=\"ok\"}"), 1.0, "{after:#?}");
        assert_eq!(grown("requests_total{kind=\"query\",field=\"tickets\",code=\"ok\"}"), 1.0);
        // Words that are not the schema's make no series.
        assert_eq!(grown("requests_total{kind=\"query\",field=\"-\",code=\"GRAPHQL_VALIDATION_FAILED\"}"), 1.0);
        assert!(!after.keys().any(|series| series.contains("noSuchField")));
        assert_eq!(grown("operations_total{operation=\"ticket.create\",outcome=\"ok\"}"), 1.0);
        assert_eq!(grown("operations_total{operation=\"ticket.close\",outcome=\"NOT_FOUND\"}"), 1.0);
        assert_eq!(grown("operation_seconds_count{operation=\"ticket.create\"}"), 1.0);
        assert!(grown("request_seconds_count{kind=\"query\"}") >= 2.0);
        assert!(grown("sql_statements_total") >= 4.0 && grown("price_total") >= 3.0);
        assert!(grown("writer_wait_seconds_count") >= 2.0);
        assert!(grown("log_head") >= 1.0);

        // Who is behind is seen, and then that nobody is.
        eventually("readers have caught up", async || {
            let measures = read(&desk.url).await;
            let lags: Vec<f64> =
                measures.iter().filter(|(series, _)| series.contains("reader_lag_events")).map(|(_, lag)| *lag).collect();
            lags.len() >= 4 && lags.iter().all(|lag| *lag == 0.0)
        })
        .await;
        assert_eq!(of(&after, "component_ready{component=\"ticket index\"}"), 1.0, "{after:#?}");
        assert_eq!(of(&after, "deliveries{channel=\"EMAIL\",status=\"FAILED\"}"), 0.0);

        let mut socket = ann.socket().await;
        socket.subscribe("a", "subscription { ticketEvents { eventCursor } }", json!({})).await;
        ann.do_it("commentAdd", json!({"ticketId": ticket, "body": "It still does."}), "comment { id }").await;
        socket.next().await;
        let open = read(&desk.url).await;
        assert_eq!((of(&open, "websockets"), of(&open, "subscriptions")), (1.0, 1.0));
        assert!(of(&open, "connections") >= 1.0);
        drop(socket);
        eventually("the socket is gone", async || {
            let measures = read(&desk.url).await;
            (of(&measures, "websockets"), of(&measures, "subscriptions")) == (0.0, 0.0)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_production_it_is_told_only_where_the_operator_says() {
    let desk = Desk::with(|config| {
        config.mode = Some(Mode::Production);
        config.metrics_listen = vec!["127.0.0.1:0".parse().unwrap()];
    })
    .await;
    assert_eq!(reqwest::get(format!("{}/metrics", desk.url)).await.unwrap().status(), 404);
    let watched = format!("http://{}", desk.app().metrics_addresses[0]);
    assert!(read(&watched).await.contains_key("deskgraph_log_head"));
    eventually("it is ready", async || reqwest::get(format!("{watched}/ready")).await.unwrap().status() == 200).await;
    for (path, status) in [("/health", 200), ("/graphql", 404)] {
        assert_eq!(reqwest::get(format!("{watched}{path}")).await.unwrap().status(), status, "{path}");
    }
    desk.stop().await;
}
