//! How many comments there are on a ticket, by the side they were written on.

use std::collections::HashMap;

use sea_orm::{ActiveEnum, ConnectionTrait, DbErr, Statement};

use super::comment::SenderKind;
use super::loaders::read_at;
use crate::event_log::Audience;
use crate::ids::TicketId;
use crate::tickets::threads;

/// Counts over the comments that are read at one ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Written by who asks.
    pub customer: i64,
    /// Written by who helps.
    pub staff: i64,
    /// Written by nobody: the desk itself.
    pub system: i64,
    /// Deleted since, of whatever kind; not in the others.
    pub deleted: i64,
}

impl Counts {
    /// All that are not deleted.
    pub fn total(&self) -> i64 {
        self.customer + self.staff + self.system
    }
}

/// The counts of these tickets; tickets without comments are missing.
pub async fn of(
    conn: &impl ConnectionTrait,
    tickets: &[TicketId],
    internal: bool,
) -> Result<HashMap<TicketId, Counts>, DbErr> {
    let backend = conn.get_database_backend();
    let public = if internal { String::new() } else { format!("WHERE audience = '{}'", Audience::Public.to_value()) };
    let sql = format!(
        "SELECT r.thread_id, c.sender_kind, COUNT(*) AS all_of_them, COUNT(c.deleted_at) AS deleted \
         FROM ({}) AS r JOIN comments c ON c.id = r.id {public} GROUP BY r.thread_id, c.sender_kind",
        read_at(backend, tickets.len())
    );
    let statement = Statement::from_sql_and_values(backend, sql, threads::read_at_values(tickets));
    let mut of: HashMap<TicketId, Counts> = HashMap::new();
    for row in conn.query_all_raw(statement).await? {
        let counts = of.entry(row.try_get("", "thread_id")?).or_default();
        let (all, deleted): (i64, i64) = (row.try_get("", "all_of_them")?, row.try_get("", "deleted")?);
        match row.try_get("", "sender_kind")? {
            SenderKind::Customer => counts.customer += all - deleted,
            SenderKind::Staff => counts.staff += all - deleted,
            SenderKind::System => counts.system += all - deleted,
        }
        counts.deleted += deleted;
    }
    Ok(of)
}
