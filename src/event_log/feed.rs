//! Reads the log in order: the one way in which anything downstream learns what happened.

use std::time::Duration;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::table::{Column, Entity};
use super::{EventCursor, LogHead, Record, head_now};
use crate::clock::Timestamp;
use crate::error::{Code, Detail, Error, Result};
use crate::ids::TicketId;

/// How many records are read at once.
pub const BATCH: u64 = 256;

/// For how long a client can resume from a cursor that was the newest one.
pub const RESUMABLE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The next records after number `seq`, at most [`BATCH`].
pub async fn after(conn: &impl ConnectionTrait, seq: i64) -> Result<Vec<Record>, DbErr> {
    Entity::find().filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq).limit(BATCH).all(conn).await
}

/// The newest records about a ticket, oldest first.
pub async fn newest_of(conn: &impl ConnectionTrait, ticket: TicketId, limit: u64) -> Result<Vec<Record>, DbErr> {
    let newest = Entity::find().filter(Column::TicketId.eq(ticket)).order_by_desc(Column::Seq).limit(limit);
    let mut records = newest.all(conn).await?;
    records.reverse();
    Ok(records)
}

/// Checks a client's cursor against the log and answers its number. What another node has just given out is looked up: this one may
/// not have heard of it yet.
///
/// # Errors
/// `CURSOR_EXPIRED` for a cursor of another epoch or beyond the head, with where to resync from; the database's.
pub async fn position(conn: &impl ConnectionTrait, head: &LogHead, cursor: &EventCursor) -> Result<i64> {
    if cursor.epoch == head.epoch() && cursor.seq > head.seq() {
        head.raise(head_now(conn).await?.seq);
    }
    if cursor.epoch != head.epoch() || cursor.seq > head.seq() {
        return Err(expired(head));
    }
    Ok(cursor.seq)
}

/// Checks a cursor that the log is to be replayed from, as [`position`] does, and its age at `real`.
///
/// A cursor is as old as the first event that it has not seen: until that one was recorded, it was the newest there was. So nobody who
/// was given a cursor in the last 30 days is refused, and on a desk where nothing happens the head never expires. The clock is that of
/// the world, by which events are recorded; the desk's own says when things happened, and may be moved.
///
/// # Errors
/// `CURSOR_EXPIRED` as [`position`], and for a cursor older than [`RESUMABLE`]; the database's.
pub async fn resume(conn: &impl ConnectionTrait, head: &LogHead, cursor: &EventCursor, real: Timestamp) -> Result<i64> {
    let seq = position(conn, head, cursor).await?;
    if seq == head.seq() {
        return Ok(seq);
    }
    let next = Entity::find().filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq);
    let recorded: Option<Timestamp> = next.select_only().column(Column::RecordedAt).into_tuple().one(conn).await?;
    match recorded {
        Some(recorded) if recorded < real.before(RESUMABLE) => Err(expired(head)),
        _ => Ok(seq),
    }
}

fn expired(head: &LogHead) -> Error {
    Error::new(Code::CursorExpired).detail(Detail::ResyncFrom(head.cursor().to_string()))
}
