//! Batched look-ups of what belongs to tickets: however many tickets ask, one statement answers.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::ticket::{self, field, tag};
use crate::ids::TicketId;

/// The tags of these tickets, in alphabetical order.
pub async fn tags(conn: &impl ConnectionTrait, ids: &[TicketId]) -> Result<HashMap<TicketId, Vec<String>>, DbErr> {
    let rows = tag::Entity::find()
        .filter(tag::Column::TicketId.is_in(ids.iter().copied()))
        .order_by_asc(tag::Column::Tag)
        .all(conn)
        .await?;
    let mut of: HashMap<TicketId, Vec<String>> = HashMap::new();
    for row in rows {
        of.entry(row.ticket_id).or_default().push(row.tag);
    }
    Ok(of)
}

/// What these tickets say in the desk's own fields, by the fields' keys.
pub async fn fields(
    conn: &impl ConnectionTrait,
    ids: &[TicketId],
) -> Result<HashMap<TicketId, HashMap<String, String>>, DbErr> {
    let rows = field::Entity::find().filter(field::Column::TicketId.is_in(ids.iter().copied())).all(conn).await?;
    let mut of: HashMap<TicketId, HashMap<String, String>> = HashMap::new();
    for row in rows {
        of.entry(row.ticket_id).or_default().insert(row.field, row.value);
    }
    Ok(of)
}

/// The tickets with these ids, whoever may see them.
pub async fn by_id(conn: &impl ConnectionTrait, ids: &[TicketId]) -> Result<HashMap<TicketId, ticket::Model>, DbErr> {
    let rows = ticket::Entity::find().filter(ticket::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
