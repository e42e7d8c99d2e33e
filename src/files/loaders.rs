//! Batched look-ups of attachments.

use std::collections::HashMap;

use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement, Value,
};

use super::attachment::{self, Column};
use crate::event_log::Audience;
use crate::ids::{AttachmentId, CommentId, TicketId};

/// The attachments with these ids.
pub async fn by_id(
    conn: &impl ConnectionTrait,
    ids: &[AttachmentId],
) -> Result<HashMap<AttachmentId, attachment::Model>, DbErr> {
    let rows = attachment::Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What came with these comments.
pub async fn of_comments(
    conn: &impl ConnectionTrait,
    comments: &[CommentId],
) -> Result<HashMap<CommentId, Vec<attachment::Model>>, DbErr> {
    let rows = attachment::Entity::find()
        .filter(Column::CommentId.is_in(comments.iter().copied()))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    let mut of: HashMap<CommentId, Vec<attachment::Model>> = HashMap::new();
    for row in rows.all(conn).await? {
        if let Some(comment) = row.comment_id {
            of.entry(comment).or_default().push(row);
        }
    }
    Ok(of)
}

/// Those attachments of a ticket that its reader may see.
pub fn of_ticket(ticket: TicketId, internal: bool) -> Condition {
    let public = (!internal).then(|| Column::Audience.eq(Audience::Public));
    Condition::all().add(Column::TicketId.eq(ticket)).add(Column::DeletedAt.is_null()).add_option(public)
}

/// The first `limit` attachments of each of these tickets, oldest first, in one statement.
pub async fn first_of(
    conn: &impl ConnectionTrait,
    tickets: &[TicketId],
    internal: bool,
    limit: u64,
) -> Result<HashMap<TicketId, Vec<attachment::Model>>, DbErr> {
    let backend = conn.get_database_backend();
    let mark = |at: usize| if backend == DbBackend::Postgres { format!("${at}") } else { "?".to_owned() };
    let marks: Vec<String> = (1..=tickets.len()).map(mark).collect();
    let public = if internal { String::new() } else { format!("AND audience = '{}'", Audience::Public.to_value()) };
    let sql = format!(
        "SELECT * FROM (SELECT attachments.*, ROW_NUMBER() OVER (PARTITION BY ticket_id ORDER BY created_at, id) AS nth \
         FROM attachments WHERE ticket_id IN ({}) AND deleted_at IS NULL {public}) AS numbered WHERE nth <= {limit} \
         ORDER BY created_at, id",
        marks.join(", ")
    );
    let values = tickets.iter().map(|ticket| Value::from(ticket.0));
    let rows =
        attachment::Entity::find().from_raw_sql(Statement::from_sql_and_values(backend, sql, values)).all(conn).await?;
    let mut of: HashMap<TicketId, Vec<attachment::Model>> = HashMap::new();
    for row in rows {
        if let Some(ticket) = row.ticket_id {
            of.entry(ticket).or_default().push(row);
        }
    }
    Ok(of)
}

/// How many attachments these tickets have; tickets without any are missing.
pub async fn count_of(
    conn: &impl ConnectionTrait,
    tickets: &[TicketId],
    internal: bool,
) -> Result<HashMap<TicketId, i64>, DbErr> {
    let mut select = attachment::Entity::find()
        .select_only()
        .column(Column::TicketId)
        .column_as(Column::Id.count(), "files")
        .filter(Column::TicketId.is_in(tickets.iter().copied()))
        .filter(Column::DeletedAt.is_null());
    if !internal {
        select = select.filter(Column::Audience.eq(Audience::Public));
    }
    let rows: Vec<(TicketId, i64)> = select.group_by(Column::TicketId).into_tuple().all(conn).await?;
    Ok(rows.into_iter().collect())
}
