//! Reads the log in order: the one way in which anything downstream learns what happened.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::table::{Column, Entity};
use super::{EventCursor, LogHead, Record, head_now};
use crate::error::{Code, Detail, Error, Result};
use crate::ids::TicketId;

/// How many records are read at once.
pub const BATCH: u64 = 256;

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
        return Err(Error::new(Code::CursorExpired).detail(Detail::ResyncFrom(head.cursor().to_string())));
    }
    Ok(cursor.seq)
}
