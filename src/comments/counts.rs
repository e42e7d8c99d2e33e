//! How many comments there are on a ticket, by the side they were written on.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::comment::{self, Column, SenderKind};
use crate::event_log::Audience;
use crate::ids::TicketId;

/// Counts over the comments of one ticket.
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
    let mut select = comment::Entity::find()
        .select_only()
        .column(Column::TicketId)
        .column(Column::SenderKind)
        .column_as(Column::Id.count(), "all_of_them")
        .column_as(Column::DeletedAt.count(), "deleted")
        .filter(Column::TicketId.is_in(tickets.iter().copied()));
    if !internal {
        select = select.filter(Column::Audience.eq(Audience::Public));
    }
    let select = select.group_by(Column::TicketId).group_by(Column::SenderKind);
    let rows: Vec<(TicketId, SenderKind, i64, i64)> = select.into_tuple().all(conn).await?;
    let mut of: HashMap<TicketId, Counts> = HashMap::new();
    for (ticket, kind, all, deleted) in rows {
        let counts = of.entry(ticket).or_default();
        match kind {
            SenderKind::Customer => counts.customer += all - deleted,
            SenderKind::Staff => counts.staff += all - deleted,
            SenderKind::System => counts.system += all - deleted,
        }
        counts.deleted += deleted;
    }
    Ok(of)
}
