//! The same done to many tickets: jobs, what comes of each ticket, and what becomes of jobs when something comes in between.

mod ending;
mod enduring;
mod limits;
mod preview;
mod results;

use serde_json::{Value, json};

use crate::harness::{Desk, Person, eventually};

/// What is asked of a job.
const JOB: &str = "id operation state code progress { total done skipped failed remaining } startedAt finishedAt";

/// Each ticket with what came of it.
const RESULTS: &str =
    "results(first: 100) { totalCount nodes { ticketId ticket { id status { key } } outcome code message field } }";

/// Tickets of Ann's.
async fn tickets(ann: &Person, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for nth in 0..count {
        ids.push(ann.open_ticket(&format!("Printer {nth} hums")).await);
    }
    ids.sort_unstable();
    ids
}

/// So many real tickets have the jobs that something comes in between.
const MANY: usize = 30;
/// So many that there are not come after them: jobs of more than a hundred do not end with their request.
const ABSENT: usize = 100;

/// These tickets, and after them some that there are not.
fn and_absent(ids: &[String]) -> Vec<String> {
    ids.iter().cloned().chain((0..ABSENT).map(|_| deskgraph::ids::TicketId::new().to_string())).collect()
}

/// Starts a job and answers it.
async fn bulk(person: &Person, selection: Value, action: Value) -> Value {
    let selected = format!("job {{ {JOB} {RESULTS} }}");
    person.do_it("ticketBulk", json!({"selection": selection, "action": action}), &selected).await["job"].take()
}

/// A job as it is now.
async fn job(person: &Person, id: &Value) -> Value {
    let document = format!("query($id: ID!) {{ job(id: $id) {{ {JOB} {RESULTS} }} }}");
    person.run(&document, json!({"id": id})).await["job"].take()
}

/// Waits until a job has come to `state`.
async fn comes_to(person: &Person, id: &Value, state: &str) -> Value {
    eventually(state, async || job(person, id).await["state"] == state).await;
    job(person, id).await
}

/// Waits until a job is in the middle: some tickets are done, and some are not.
async fn begins(person: &Person, id: &Value) {
    eventually("the middle", async || job(person, id).await["progress"]["done"].as_i64() >= Some(3)).await;
    assert_eq!(job(person, id).await["state"], "RUNNING", "it is done before anything could come in between");
}

/// How often each ticket was moved to another status, as the log has it.
async fn moves(desk: &Desk) -> Vec<usize> {
    let mut of = std::collections::HashMap::new();
    for (_, _, ticket) in desk.log().await.events.iter().filter(|(_, kind, _)| kind == "ticket.status_changed") {
        *of.entry(*ticket).or_insert(0) += 1;
    }
    of.into_values().collect()
}

/// A test on both databases whose jobs do one ticket a step, so that they take a while.
macro_rules! slow_test {
    ($(#[$meta:meta])* async fn $name:ident($desk:ident: &mut Desk) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn on($desk: &mut Desk) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let mut desk = Desk::with(|config| config.bulk.step_ms = 1).await;
                on(&mut desk).await;
                desk.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(mut desk) = Desk::postgres_with(|config| config.bulk.step_ms = 1).await {
                    on(&mut desk).await;
                    desk.stop().await;
                }
            }
        }
    };
}
use slow_test;
