//! How far people have read: a mark for each step forward, so that it is known of each comment when it was read first. Marks are no
//! events: they change nothing of the ticket.
//!
//! A comment is unread for everybody but its author until they mark it or a later one. What was imported counts as read.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{Condition, ConnectionTrait, DbBackend, ExprTrait, PaginatorTrait, QuerySelect, QueryTrait, Statement};

use super::comment;
use crate::access::{Actor, Permission, Scoped};
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::event_log::Audience;
use crate::ids::{CommentId, PersonId, TicketId};
use crate::profile::Stage;
use crate::tickets::ticket::participant;
use crate::tickets::{Tickets, find, ticket};

/// Somebody has read a ticket as far as a comment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_reads")]
pub struct Model {
    /// The ticket.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_id: TicketId,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// The last comment that they have read.
    #[sea_orm(primary_key, auto_increment = false)]
    pub comment_id: CommentId,
    /// When that comment was written.
    pub through_at: Timestamp,
    /// When they read it.
    pub read_at: Timestamp,
}

/// No relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The comments that `person` has not read.
fn unread(person: PersonId) -> Condition {
    use comment::Column as C;
    let comment = |column: C| Expr::col((comment::Entity, column));
    let mark = |column: Column| Expr::col((Entity, column));
    let later = mark(Column::ThroughAt).gt(comment(C::CreatedAt));
    let same = mark(Column::ThroughAt).eq(comment(C::CreatedAt)).and(mark(Column::CommentId).gte(comment(C::Id)));
    let marked = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(mark(Column::TicketId).eq(comment(C::TicketId)))
        .and_where(mark(Column::PersonId).eq(person.0))
        .and_where(later.or(same))
        .to_owned();
    Condition::all()
        .add(C::DeletedAt.is_null())
        .add(C::Source.is_null())
        .add(Condition::any().add(C::AuthorId.is_null()).add(C::AuthorId.ne(person)))
        .add(Expr::exists(marked).not())
}

/// The marks at `comment` or after it.
pub fn as_far_as(comment: &comment::Model) -> Condition {
    let same = Column::ThroughAt.eq(comment.created_at).and(Column::CommentId.gte(comment.id));
    Condition::any().add(Column::ThroughAt.gt(comment.created_at)).add(same)
}

/// How many comments on each of these tickets `person` has not read. Tickets without any are missing.
pub async fn unread_of(
    conn: &impl ConnectionTrait,
    person: PersonId,
    tickets: &[TicketId],
    internal: bool,
) -> Result<HashMap<TicketId, i64>, DbErr> {
    use comment::Column as C;
    let mut select = comment::Entity::find()
        .select_only()
        .column(C::TicketId)
        .column_as(C::Id.count(), "unread")
        .filter(C::TicketId.is_in(tickets.iter().copied()))
        .filter(unread(person));
    if !internal {
        select = select.filter(C::Audience.eq(Audience::Public));
    }
    let rows: Vec<(TicketId, i64)> = select.group_by(C::TicketId).into_tuple().all(conn).await?;
    Ok(rows.into_iter().collect())
}

/// How many comments the actor has not read on the tickets that are theirs: that they asked for, opened, take part in, or work on and
/// that are not closed.
pub async fn unread_in_all(desk: &Desk, actor: &Actor, person: PersonId) -> Result<u64, DbErr> {
    use comment::Column as C;
    use ticket::Column as T;
    let takes_part = Query::select()
        .column(participant::Column::TicketId)
        .from(participant::Entity)
        .and_where(participant::Column::PersonId.eq(person))
        .to_owned();
    let works = Condition::all().add(T::AssigneeId.eq(person)).add(T::Stage.ne(Stage::Closed as i32));
    let mine = Condition::any()
        .add(T::RequesterId.eq(person))
        .add(T::CreatedById.eq(person))
        .add(T::Id.in_subquery(takes_part))
        .add(works);
    let ids = |condition: Condition| ticket::Entity::find().select_only().column(T::Id).filter(condition).into_query();
    let seen = ids(find::visible(desk, actor).add(mine));
    let internal = ids(Tickets::condition(actor, desk.policy.grants(actor, Permission::CommentViewInternal)));
    comment::Entity::find()
        .filter(C::TicketId.in_subquery(seen))
        .filter(Condition::any().add(C::Audience.eq(Audience::Public)).add(C::TicketId.in_subquery(internal)))
        .filter(unread(person))
        .count(&desk.db.read)
        .await
}

/// Who has read each of these comments, and when first, earliest first. Its author is not among them.
pub async fn readers(
    conn: &impl ConnectionTrait,
    comments: &[CommentId],
) -> Result<HashMap<CommentId, Vec<(PersonId, Timestamp)>>, DbErr> {
    let backend = conn.get_database_backend();
    let mark = |at: usize| if backend == DbBackend::Postgres { format!("${at}") } else { "?".to_owned() };
    let marks: Vec<String> = (1..=comments.len()).map(mark).collect();
    let sql = format!(
        "SELECT c.id AS comment_id, r.person_id AS person_id, MIN(r.read_at) AS read_at FROM comments c \
         JOIN ticket_reads r ON r.ticket_id = c.ticket_id \
         AND (r.through_at > c.created_at OR (r.through_at = c.created_at AND r.comment_id >= c.id)) \
         WHERE c.id IN ({}) AND (c.author_id IS NULL OR c.author_id <> r.person_id) \
         GROUP BY c.id, r.person_id ORDER BY MIN(r.read_at), r.person_id",
        marks.join(", ")
    );
    let values = comments.iter().map(|comment| sea_orm::Value::from(comment.0));
    let rows = conn.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let mut of: HashMap<CommentId, Vec<(PersonId, Timestamp)>> = HashMap::new();
    for row in rows {
        let reader = (row.try_get("", "person_id")?, row.try_get("", "read_at")?);
        of.entry(row.try_get("", "comment_id")?).or_default().push(reader);
    }
    Ok(of)
}
