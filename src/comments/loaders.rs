//! Batched look-ups of comments.

use std::collections::HashMap;

use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement, Value,
};

use super::comment::{self, Column};
use crate::event_log::Audience;
use crate::ids::{CommentId, TicketId};

/// The comments with these ids.
pub async fn by_id(
    conn: &impl ConnectionTrait,
    ids: &[CommentId],
) -> Result<HashMap<CommentId, comment::Model>, DbErr> {
    let rows = comment::Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Those comments of a ticket that its reader may see, deleted ones among them.
pub fn of_ticket(ticket: TicketId, internal: bool) -> Condition {
    let public = (!internal).then(|| Column::Audience.eq(Audience::Public));
    Condition::all().add(Column::TicketId.eq(ticket)).add_option(public)
}

/// The first `limit` comments of each of these tickets, deleted ones among them, oldest first, in one statement.
pub async fn first_of(
    conn: &impl ConnectionTrait,
    tickets: &[TicketId],
    internal: bool,
    limit: u64,
) -> Result<HashMap<TicketId, Vec<comment::Model>>, DbErr> {
    let backend = conn.get_database_backend();
    let mark = |at: usize| if backend == DbBackend::Postgres { format!("${at}") } else { "?".to_owned() };
    let marks: Vec<String> = (1..=tickets.len()).map(mark).collect();
    let public = if internal { String::new() } else { format!("AND audience = '{}'", Audience::Public.to_value()) };
    let sql = format!(
        "SELECT * FROM (SELECT comments.*, ROW_NUMBER() OVER (PARTITION BY ticket_id ORDER BY created_at, id) AS nth \
         FROM comments WHERE ticket_id IN ({}) {public}) AS numbered WHERE nth <= {limit} \
         ORDER BY created_at, id",
        marks.join(", ")
    );
    let values = tickets.iter().map(|ticket| Value::from(ticket.0));
    let rows =
        comment::Entity::find().from_raw_sql(Statement::from_sql_and_values(backend, sql, values)).all(conn).await?;
    let mut of: HashMap<TicketId, Vec<comment::Model>> = HashMap::new();
    for row in rows {
        of.entry(row.ticket_id).or_default().push(row);
    }
    Ok(of)
}
