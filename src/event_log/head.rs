//! The head of the log: the one row that gives numbers, and what this node has seen of it.

use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::sync::watch;
use uuid::Uuid;

use super::EventCursor;
use crate::db::Db;

/// What the head row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The log's life.
    pub epoch: String,
    /// The number of the last event.
    pub seq: i64,
}

/// Makes the head row at first start, with a random epoch.
pub async fn ensure(db: &Db) -> Result<Head, DbErr> {
    let epoch: String = Uuid::new_v4().simple().to_string().chars().take(12).collect();
    let conn = db.writer();
    let backend = conn.get_database_backend();
    conn.execute_raw(Statement::from_sql_and_values(
        backend,
        "INSERT INTO event_head (id, epoch, seq) VALUES (1, $1, 0) ON CONFLICT (id) DO NOTHING",
        [epoch.into()],
    ))
    .await?;
    read(conn).await
}

/// Reads the head row.
pub async fn read(conn: &impl ConnectionTrait) -> Result<Head, DbErr> {
    let backend = conn.get_database_backend();
    let row = conn
        .query_one_raw(Statement::from_string(backend, "SELECT epoch, seq FROM event_head WHERE id = 1"))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("event_head".to_owned()))?;
    Ok(Head { epoch: row.try_get("", "epoch")?, seq: row.try_get("", "seq")? })
}

/// How far the log is, as this node knows; wakes those who wait for more. The channel only wakes: data is read from the log.
#[derive(Clone, Debug)]
pub struct LogHead {
    epoch: String,
    seen: watch::Sender<i64>,
}

impl LogHead {
    /// Starts at what the head row says.
    pub fn new(head: Head) -> Self {
        Self { epoch: head.epoch, seen: watch::Sender::new(head.seq) }
    }

    /// The log's life.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The number of the last event that this node knows to be committed.
    pub fn seq(&self) -> i64 {
        *self.seen.borrow()
    }

    /// The position now.
    pub fn cursor(&self) -> EventCursor {
        self.at(self.seq())
    }

    /// The position after event `seq`.
    pub fn at(&self, seq: i64) -> EventCursor {
        EventCursor { epoch: self.epoch.clone(), seq }
    }

    /// Says that the log has come to `seq`.
    pub fn raise(&self, seq: i64) {
        self.seen.send_if_modified(|seen| {
            let more = seq > *seen;
            *seen = Ord::max(*seen, seq);
            more
        });
    }

    /// Waits for the log to pass events, from wherever it is now.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.seen.subscribe()
    }
}
