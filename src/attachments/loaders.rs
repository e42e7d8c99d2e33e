//! Batched look-ups of the attachments that are read at tickets: their own, those of tickets that were merged into them, and what came
//! with a comment that was written on them and followed to another.

use std::collections::HashMap;

use sea_orm::sea_query::{SimpleExpr, UnionType};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect, QueryTrait, Statement,
};

use crate::comments::comment;
use crate::event_log::Audience;
use crate::files::attachment::{self, Column};
use crate::ids::TicketId;
use crate::tickets::threads;

/// Those attachments that are read at a ticket and that its reader may see.
pub fn of_ticket(ticket: TicketId, internal: bool) -> Condition {
    let ids = |condition: SimpleExpr| attachment::Entity::find().select_only().column(Column::Id).filter(condition);
    let followed = comment::Entity::find()
        .select_only()
        .column(comment::Column::Id)
        .filter(comment::Column::ViaTicketId.eq(ticket))
        .into_query();
    let mut read = ids(Column::TicketId.in_subquery(threads::members(ticket))).into_query();
    read.union(UnionType::Distinct, ids(Column::CommentId.in_subquery(followed)).into_query());
    let public = (!internal).then(|| Column::Audience.eq(Audience::Public));
    Condition::all().add(Column::Id.in_subquery(read)).add(Column::DeletedAt.is_null()).add_option(public)
}

fn read_at(backend: DbBackend, count: usize) -> String {
    let followed = "SELECT a.id, c.via_ticket_id FROM comments c JOIN attachments a ON a.comment_id = c.id \
        WHERE c.via_ticket_id";
    threads::read_at(backend, "attachments", followed, count)
}

fn seen(internal: bool) -> String {
    let public = if internal { String::new() } else { format!("AND a.audience = '{}'", Audience::Public.to_value()) };
    format!("a.deleted_at IS NULL {public}")
}

/// The first `limit` attachments that are read at each of these tickets, oldest first, in one statement.
pub async fn first_of(
    conn: &impl ConnectionTrait,
    tickets: &[TicketId],
    internal: bool,
    limit: u64,
) -> Result<HashMap<TicketId, Vec<attachment::Model>>, DbErr> {
    let backend = conn.get_database_backend();
    let sql = format!(
        "SELECT * FROM (SELECT a.*, r.thread_id, \
         ROW_NUMBER() OVER (PARTITION BY r.thread_id ORDER BY a.created_at, a.id) AS nth \
         FROM ({}) AS r JOIN attachments a ON a.id = r.id WHERE {}) AS numbered WHERE nth <= {limit} \
         ORDER BY created_at, id",
        read_at(backend, tickets.len()),
        seen(internal)
    );
    let statement = Statement::from_sql_and_values(backend, sql, threads::read_at_values(tickets));
    let mut of: HashMap<TicketId, Vec<attachment::Model>> = HashMap::new();
    for row in conn.query_all_raw(statement).await? {
        of.entry(row.try_get("", "thread_id")?).or_default().push(attachment::Model::from_query_result(&row, "")?);
    }
    Ok(of)
}

/// How many attachments are read at these tickets; tickets without any are missing.
pub async fn count_of(
    conn: &impl ConnectionTrait,
    tickets: &[TicketId],
    internal: bool,
) -> Result<HashMap<TicketId, i64>, DbErr> {
    let backend = conn.get_database_backend();
    let sql = format!(
        "SELECT r.thread_id, COUNT(*) AS files FROM ({}) AS r JOIN attachments a ON a.id = r.id WHERE {} \
         GROUP BY r.thread_id",
        read_at(backend, tickets.len()),
        seen(internal)
    );
    let statement = Statement::from_sql_and_values(backend, sql, threads::read_at_values(tickets));
    let rows = conn.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "thread_id")?, row.try_get("", "files")?))).collect()
}
