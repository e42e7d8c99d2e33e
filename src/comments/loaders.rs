//! Batched look-ups of comments.

use std::collections::HashMap;

use sea_orm::sea_query::{SimpleExpr, UnionType};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect, QueryTrait, Statement,
};

use super::comment::{self, Column};
use crate::event_log::Audience;
use crate::ids::{CommentId, TicketId};
use crate::tickets::threads;

/// The comments with these ids.
pub async fn by_id(
    conn: &impl ConnectionTrait,
    ids: &[CommentId],
) -> Result<HashMap<CommentId, comment::Model>, DbErr> {
    let rows = comment::Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Those comments that are read at a ticket and that its reader may see, deleted ones among them.
pub fn of_ticket(ticket: TicketId, internal: bool) -> Condition {
    let ids = |condition: SimpleExpr| comment::Entity::find().select_only().column(Column::Id).filter(condition);
    let mut read = ids(Column::TicketId.in_subquery(threads::members(ticket))).into_query();
    // Two parts and not an OR, each found by its index.
    read.union(UnionType::Distinct, ids(Column::ViaTicketId.eq(ticket)).into_query());
    let public = (!internal).then(|| Column::Audience.eq(Audience::Public));
    Condition::all().add(Column::Id.in_subquery(read)).add_option(public)
}

/// SQL for the comments that are read at each of so many tickets: `id` and `thread_id`. See [`threads::read_at`].
pub(super) fn read_at(backend: DbBackend, count: usize) -> String {
    threads::read_at(backend, "comments", "SELECT id, via_ticket_id FROM comments WHERE via_ticket_id", count)
}

/// The first `limit` comments that are read at each of these tickets, deleted ones among them, oldest first, in one statement.
pub async fn first_of(
    conn: &impl ConnectionTrait,
    tickets: &[TicketId],
    internal: bool,
    limit: u64,
) -> Result<HashMap<TicketId, Vec<comment::Model>>, DbErr> {
    let backend = conn.get_database_backend();
    let public = if internal { String::new() } else { format!("WHERE audience = '{}'", Audience::Public.to_value()) };
    let sql = format!(
        "SELECT * FROM (SELECT c.*, r.thread_id, \
         ROW_NUMBER() OVER (PARTITION BY r.thread_id ORDER BY c.created_at, c.id) AS nth \
         FROM ({}) AS r JOIN comments c ON c.id = r.id {public}) AS numbered WHERE nth <= {limit} \
         ORDER BY created_at, id",
        read_at(backend, tickets.len())
    );
    let statement = Statement::from_sql_and_values(backend, sql, threads::read_at_values(tickets));
    let mut of: HashMap<TicketId, Vec<comment::Model>> = HashMap::new();
    for row in conn.query_all_raw(statement).await? {
        of.entry(row.try_get("", "thread_id")?).or_default().push(comment::Model::from_query_result(&row, "")?);
    }
    Ok(of)
}
