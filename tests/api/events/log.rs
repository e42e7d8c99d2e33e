//! Promise 5: numbers without gaps, in the order of the commits, on both databases.

use std::time::Duration;

use deskgraph::access::{Actor, Origin};
use deskgraph::desk::{Operation, Tx};
use deskgraph::error::Result;
use deskgraph::ids::TicketId;
use deskgraph::tickets::events::{Change, TicketEvent, Updated};
use deskgraph::tickets::ticket;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde::Serialize;
use serde_json::json;

use super::{Watcher, now};
use crate::desk_test;
use crate::harness::{Desk, seq};

/// Says so many times that a ticket changed, and holds its transaction open for a while before it takes the head of the log.
#[derive(Serialize)]
pub struct Say {
    pub ticket: TicketId,
    pub times: usize,
    pub hold_ms: u64,
    pub fails: bool,
}

impl Operation for Say {
    type Outcome = ();
    const NAME: &'static str = "test.say";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("it is a test");
        let ticket = ticket::Entity::find_by_id(self.ticket).one(tx.conn()).await?.unwrap();
        for _ in 0..self.times {
            let updated = Updated { fields: vec!["title".to_owned()], revisions: Vec::new() };
            tx.append(&TicketEvent::new(&ticket, Change::Updated(updated)))?;
        }
        // Not waiting for anything: transactions that take their time are what is tested.
        tokio::time::sleep(Duration::from_millis(self.hold_ms)).await;
        match self.fails {
            true => Err(deskgraph::error::Error::new(deskgraph::error::Code::Conflict)),
            false => Ok(()),
        }
    }
}

const WRITERS: u64 = 16;
const WRITES: u64 = 12;

/// 16 at once, holding their transactions open for different times, some failing: the log has no gap, a reader that follows misses
/// nothing and sees everything in order.
async fn many_writers(desk: &Desk) {
    let ada = desk.administrator().await;
    let id: TicketId = ada.open_ticket("A busy ticket").await.parse().unwrap();
    let start = now(&ada).await;
    let mut watcher = Watcher::new(&ada, json!({}), &start).await;
    let follower = {
        let ada = ada.clone();
        let (mut after, total) = (start.clone(), (WRITERS * (WRITES - 1)) as usize * 2);
        tokio::spawn(async move {
            let mut seen = Vec::new();
            while seen.len() < total {
                let document = "query($after: EventCursor!) { events(after: $after, first: 100) { edges { eventCursor } endCursor } }";
                let mut page = ada.run(document, json!({"after": after})).await["events"].take();
                seen.extend(page["edges"].as_array().unwrap().iter().map(|edge| seq(&edge["eventCursor"])));
                after = page["endCursor"].take();
            }
            seen
        })
    };
    let writing: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let desk = desk.app().desk.clone();
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for nth in 0..WRITES {
                    // One of them fails, after it has written and before it commits.
                    let fails = nth == writer % WRITES;
                    let hold_ms = (writer * 7 + nth * 13) % 23;
                    let said =
                        desk.perform(&Actor::system(Origin::Cli), Say { ticket: id, times: 2, hold_ms, fails }).await;
                    assert_eq!(said.is_err(), fails);
                    numbers.extend(said.ok().map(|done| done.cursor.seq));
                }
                numbers
            })
        })
        .collect();
    let mut numbers = Vec::new();
    for writer in writing {
        let mine = writer.await.unwrap();
        assert!(mine.is_sorted(), "one after the other: {mine:?}");
        numbers.extend(mine);
    }
    numbers.sort_unstable();
    let first = seq(&start);
    let expected: Vec<i64> = (1..=WRITERS as i64 * (WRITES as i64 - 1)).map(|nth| first + 2 * nth).collect();
    assert_eq!(numbers, expected, "each its own, without gaps");
    let all: Vec<i64> = (first + 1..=*expected.last().unwrap()).collect();
    assert_eq!(follower.await.unwrap(), all, "who polls");
    let watched = watcher.until(&super::at(&start, *all.last().unwrap())).await;
    assert_eq!(watched.into_iter().map(|(seq, ..)| seq).collect::<Vec<_>>(), all, "who watches");

    let db = &desk.app().desk.db.read;
    let rows =
        db.query_all_raw(Statement::from_string(db.get_database_backend(), "SELECT seq FROM events ORDER BY seq"));
    let log: Vec<i64> = rows.await.unwrap().iter().map(|row| row.try_get("", "seq").unwrap()).collect();
    assert_eq!(log, (1..=*all.last().unwrap()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_writers_leave_no_gap_and_no_reader_skips_on_sqlite() {
    let desk = Desk::sqlite().await;
    many_writers(&desk).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_writers_leave_no_gap_and_no_reader_skips_on_postgres() {
    // Enough connections that all transactions are open at once.
    let Some(desk) = Desk::postgres_with(|config| config.database.pool = 20).await else { return };
    many_writers(&desk).await;
    desk.stop().await;
}

desk_test! {
    async fn who_writes_reads_their_own_event_at_once(desk: &Desk) {
        let ada = desk.administrator().await;
        for nth in 0..50 {
            let before = now(&ada).await;
            let made = ada.do_it("ticketCreate", json!({"title": format!("Ticket {nth}"), "description": "In some words."}), "ticket { id }").await;
            let document = "query($after: EventCursor!) { events(after: $after) { edges { eventCursor node { ticketId } } } }";
            let read = ada.run(document, json!({"after": before})).await;
            let edges = read["events"]["edges"].as_array().unwrap();
            assert!(edges.iter().any(|edge| edge["node"]["ticketId"] == made["ticket"]["id"]), "{nth}");
        }
    }
}
