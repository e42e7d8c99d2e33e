//! How fast the same is done to many tickets, and what becomes of somebody who writes meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use deskgraph::clock::Timestamp;
use serde_json::{Value, json};

use super::client::{self, Connection};
use super::place::Place;
use super::process::Server;
use super::profiles;

const WRITE: &str =
    "mutation($input: CommentAddInput!) { commentAdd(input: $input) { comment { id } userErrors { message } } }";
const START: &str =
    "mutation($input: TicketBulkInput!) { ticketBulk(input: $input) { job { id } userErrors { message } } }";
const JOB: &str = "query($id: ID!) { job(id: $id) { state startedAt finishedAt progress { total done failed } } }";

/// Measures jobs on the database of `place`, which is another one afterwards.
pub async fn measure(place: &Place, alone: Duration) -> anyhow::Result<()> {
    std::fs::write(profiles::of(&place.folder), profiles::helpdesk()?)?;
    // The first start builds the indexes.
    Server::start("desk", &place.folder, place.url.as_deref()).await?.stop().await;
    let server = Server::start("desk", &place.folder, place.url.as_deref()).await?;
    let token = client::sign_in(server.address).await?;
    let ask = async |query: &str, variables: Value| {
        let body = json!({"query": query, "variables": variables});
        let answer = client::ask(server.address, "/graphql", &token, &body).await?;
        ensure!(answer.get("errors").is_none(), "{answer:#}");
        anyhow::Ok(answer["data"].clone())
    };
    let found = ask(
        "{ agents(first: 1) { nodes { id } } tickets(first: 1, filter: {status: [\"waiting\"]}) { nodes { id } } }",
        json!({}),
    )
    .await?;
    let (agent, ticket) = (&found["agents"]["nodes"][0]["id"], &found["tickets"]["nodes"][0]["id"]);
    let comment =
        json!({"query": WRITE, "variables": {"input": {"ticketId": ticket, "body": "Meanwhile, somebody writes."}}});
    println!("\n{:?}: the same done to many tickets, while somebody else writes", place.kind);
    println!("action     tickets   failed  tickets/s  CPU µs   others: p50 ms   p99 ms   alone: p50 ms   p99 ms");
    let movable = json!(["open", "assigned", "in_progress", "resolved"]);
    for (name, action) in [
        ("assign", json!({"assign": {"to": {"agentId": agent}}})),
        ("priority", json!({"priority": "urgent"})),
        ("close", json!({"close": {}})),
    ] {
        let before = Writer::start(server.address, &token, &comment);
        tokio::time::sleep(alone).await;
        let before = before.stop().await?;
        let cpu = server.cpu_us();
        let meanwhile = Writer::start(server.address, &token, &comment);
        let input = json!({"selection": {"filter": {"status": movable}}, "action": action});
        let started = ask(START, json!({"input": input})).await?;
        let id = &started["ticketBulk"]["job"]["id"];
        ensure!(id.is_string(), "{started}");
        let job = loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let job = ask(JOB, json!({"id": id})).await?["job"].clone();
            if job["finishedAt"].is_string() {
                break job;
            }
        };
        let meanwhile = meanwhile.stop().await?;
        ensure!(job["state"] == "DONE", "{job}");
        let at = |field: &str| -> anyhow::Result<i64> {
            let text = job[field].as_str().context("no time")?;
            Ok(text.parse::<Timestamp>().map_err(anyhow::Error::msg)?.0)
        };
        let seconds = (at("finishedAt")? - at("startedAt")?).max(1) as f64 / 1_000.0;
        let total = job["progress"]["total"].as_f64().unwrap_or_default();
        println!(
            "{name:9} {total:8} {:8}  {:9.0}  {:6.0}  {:15.1}  {:7.1}  {:14.1}  {:7.1}",
            job["progress"]["failed"].as_i64().unwrap_or_default(),
            total / seconds,
            (server.cpu_us() - cpu) / total,
            quantile(&meanwhile, 0.5),
            quantile(&meanwhile, 0.99),
            quantile(&before, 0.5),
            quantile(&before, 0.99),
        );
    }
    server.stop().await;
    Ok(())
}

/// Somebody who writes one comment after the other, with a moment in between.
struct Writer {
    stop: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<anyhow::Result<Vec<Duration>>>,
}

impl Writer {
    fn start(address: SocketAddr, token: &str, body: &Value) -> Self {
        let (stop, request) = (Arc::new(AtomicBool::new(false)), client::request("/graphql", token, body));
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let sent = Instant::now();
                let answer = connection.send(&request).await?;
                times.push(sent.elapsed());
                ensure!(
                    answer.starts_with(b"{\"data\":{\"commentAdd\":{\"comment\":{"),
                    "{}",
                    String::from_utf8_lossy(answer)
                );
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(times)
        });
        Self { stop, task }
    }

    async fn stop(self) -> anyhow::Result<Vec<Duration>> {
        self.stop.store(true, Ordering::Relaxed);
        let mut times = self.task.await??;
        times.sort_unstable();
        Ok(times)
    }
}

/// In milliseconds, of times in order.
fn quantile(times: &[Duration], quantile: f64) -> f64 {
    let nth = (times.len() as f64 * quantile) as usize;
    times.get(nth).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
