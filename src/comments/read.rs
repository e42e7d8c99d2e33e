//! How far people have read: a mark for each step forward, so that it is known of each comment when it was read first. Marks are no
//! events: they change nothing of the ticket.
//!
//! A comment is unread for everybody but its author until they mark it or a later one. What was imported counts as read.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, Query, UnionType};
use sea_orm::{Condition, ConnectionTrait, DbBackend, ExprTrait, PaginatorTrait, QuerySelect, QueryTrait, Statement};

use super::comment;
use crate::access::{Actor, Permission, Scoped};
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::event_log::Audience;
use crate::ids::{CommentId, PersonId, TicketId};
use crate::profile::Stage;
use crate::tickets::threads::path;
use crate::tickets::ticket::participant;
use crate::tickets::{Tickets, find, threads, ticket};

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
    let far = later.or(same).and(mark(Column::PersonId).eq(person.0));
    let here = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(mark(Column::TicketId).eq(comment(C::TicketId)))
        .and_where(far.clone())
        .to_owned();
    // Or at a ticket with which it is read as one.
    let above = |column: path::Column| Expr::col((path::Entity, column));
    let there = Query::select()
        .expr(Expr::val(1))
        .from(path::Entity)
        .inner_join(Entity, mark(Column::TicketId).eq(above(path::Column::IntoId)))
        .and_where(above(path::Column::TicketId).eq(comment(C::TicketId)))
        .and_where(far)
        .to_owned();
    Condition::all()
        .add(C::DeletedAt.is_null())
        .add(C::Source.is_null())
        .add(Condition::any().add(C::AuthorId.is_null()).add(C::AuthorId.ne(person)))
        .add(Expr::exists(here).not())
        .add(Expr::exists(there).not())
}

/// The marks at `comment` or after it.
pub fn as_far_as(comment: &comment::Model) -> Condition {
    let same = Column::ThroughAt.eq(comment.created_at).and(Column::CommentId.gte(comment.id));
    Condition::any().add(Column::ThroughAt.gt(comment.created_at)).add(same)
}

/// How many comments on each of these tickets, and on those that were merged into it, `person` has not read. Tickets without any are
/// missing.
pub async fn unread_of(
    conn: &impl ConnectionTrait,
    person: PersonId,
    tickets: &[TicketId],
    internal: bool,
) -> Result<HashMap<TicketId, i64>, DbErr> {
    use comment::Column as C;
    let below = threads::below(conn, tickets).await?;
    let all = tickets.iter().chain(below.values().flatten()).copied();
    let mut select = comment::Entity::find()
        .select_only()
        .column(C::TicketId)
        .column_as(C::Id.count(), "unread")
        .filter(C::TicketId.is_in(all))
        .filter(unread(person));
    if !internal {
        select = select.filter(C::Audience.eq(Audience::Public));
    }
    let rows: Vec<(TicketId, i64)> = select.group_by(C::TicketId).into_tuple().all(conn).await?;
    let on: HashMap<TicketId, i64> = rows.into_iter().collect();
    let of =
        |ticket: &TicketId| below.get(ticket).into_iter().flatten().chain([ticket]).filter_map(|id| on.get(id)).sum();
    Ok(tickets.iter().map(|ticket| (*ticket, of(ticket))).filter(|(_, unread)| *unread > 0).collect())
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
    let ids = |condition: Condition| {
        let ids = ticket::Entity::find().select_only().column(T::Id).filter(condition).into_query();
        let below = path::Entity::find().select_only().column(path::Column::TicketId);
        let below = below.filter(path::Column::IntoId.in_subquery(ids.clone())).into_query();
        ids.to_owned().union(UnionType::Distinct, below).to_owned()
    };
    let seen = ids(find::visible(desk, actor).add(mine));
    let internal = ids(Tickets::condition(actor, desk.policy.grants(actor, Permission::CommentViewInternal)));
    comment::Entity::find()
        .filter(C::TicketId.in_subquery(seen))
        .filter(Condition::any().add(C::Audience.eq(Audience::Public)).add(C::TicketId.in_subquery(internal)))
        .filter(unread(person))
        .count(&desk.db.read)
        .await
}

/// Somebody has read a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Who.
    pub person: PersonId,
    /// When first.
    pub at: Timestamp,
    /// At which ticket: the comment's own, or one with which that is read as one.
    pub ticket: TicketId,
}

/// Who has read each of these comments at which ticket, and when first, earliest first. Its author is not among them.
pub async fn readers(
    conn: &impl ConnectionTrait,
    comments: &[CommentId],
) -> Result<HashMap<CommentId, Vec<Reading>>, DbErr> {
    let backend = conn.get_database_backend();
    let marks = |from: usize| {
        let mark = |at: usize| if backend == DbBackend::Postgres { format!("${at}") } else { "?".to_owned() };
        (from..from + comments.len()).map(mark).collect::<Vec<_>>().join(", ")
    };
    let sql = format!(
        "SELECT c.id AS comment_id, r.person_id, r.ticket_id, MIN(r.read_at) AS read_at FROM \
         (SELECT id, ticket_id AS place FROM comments WHERE id IN ({}) \
         UNION ALL SELECT c.id, p.into_id FROM comments c JOIN ticket_merge_paths p ON p.ticket_id = c.ticket_id \
         WHERE c.id IN ({})) AS places JOIN comments c ON c.id = places.id \
         JOIN ticket_reads r ON r.ticket_id = places.place \
         AND (r.through_at > c.created_at OR (r.through_at = c.created_at AND r.comment_id >= c.id)) \
         WHERE c.author_id IS NULL OR c.author_id <> r.person_id \
         GROUP BY c.id, r.person_id, r.ticket_id ORDER BY MIN(r.read_at), r.person_id",
        marks(1),
        marks(1 + comments.len())
    );
    let values = comments.iter().chain(comments).map(|comment| sea_orm::Value::from(comment.0));
    let rows = conn.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let mut of: HashMap<CommentId, Vec<Reading>> = HashMap::new();
    for row in rows {
        let (person, at) = (row.try_get("", "person_id")?, row.try_get("", "read_at")?);
        let reading = Reading { person, at, ticket: row.try_get("", "ticket_id")? };
        of.entry(row.try_get("", "comment_id")?).or_default().push(reading);
    }
    Ok(of)
}
