//! Batched look-ups of clocks.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::clock;
use crate::ids::TicketId;

/// The clocks of these tickets, first response first.
pub async fn clocks(
    conn: &impl ConnectionTrait,
    ids: &[TicketId],
) -> Result<HashMap<TicketId, Vec<clock::Model>>, DbErr> {
    let rows = clock::Entity::find().filter(clock::Column::TicketId.is_in(ids.iter().copied())).all(conn).await?;
    let mut of: HashMap<TicketId, Vec<clock::Model>> = HashMap::new();
    for row in rows {
        let clocks = of.entry(row.ticket_id).or_default();
        match row.target {
            clock::Target::FirstResponse => clocks.insert(0, row),
            clock::Target::Resolution => clocks.push(row),
        }
    }
    Ok(of)
}
