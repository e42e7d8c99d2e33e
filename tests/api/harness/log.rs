//! The event log as it stands in the database.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::Desk;

/// What a test checks of the log.
pub struct Log {
    /// The number and the kind of each event, and the ticket that it is about, in order.
    pub events: Vec<(i64, String, Option<uuid::Uuid>)>,
}

impl Desk {
    /// The log, after checking that its numbers have no gap and end where the head is.
    pub async fn log(&self) -> Log {
        let db = &self.app().desk.db;
        let backend = match db.kind {
            deskgraph::db::Kind::Sqlite => DbBackend::Sqlite,
            deskgraph::db::Kind::Postgres => DbBackend::Postgres,
        };
        let sql = "SELECT seq, kind, ticket_id FROM events ORDER BY seq";
        let rows = db.read.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        let read = |row: &sea_orm::QueryResult| {
            (row.try_get("", "seq").unwrap(), row.try_get("", "kind").unwrap(), row.try_get("", "ticket_id").unwrap())
        };
        let events: Vec<(i64, String, Option<uuid::Uuid>)> = rows.iter().map(read).collect();
        let numbers: Vec<i64> = events.iter().map(|(seq, ..)| *seq).collect();
        assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<_>>(), "the log has a gap");
        let sql = "SELECT seq FROM event_head";
        let head = db.read.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
        assert!(head.try_get::<i64>("", "seq").unwrap() >= events.len() as i64, "the head is behind the log");
        Log { events }
    }
}
