//! Tickets that are read as one: a ticket with all that were merged into it, and into those.
//!
//! A merge is a pointer, and moves nothing: what was said stays on its ticket. So that one statement finds all that is read at a ticket,
//! however long the chain, each merged ticket has a *path* to every ticket above it. The ticket at the top of a chain, its *root*, is
//! where the conversation goes on. Whoever changes paths holds the locks of both ends; whoever holds the lock of a ticket may thus rely
//! on what is below it. What is above is found before it is locked, for locks are taken in the order of ids, and compared afterwards.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, DbBackend, JoinType, QuerySelect, QueryTrait};

use super::ticket;
use crate::clock::Timestamp;
use crate::ids::{PersonId, TicketId};

/// How many tickets are read as one at most.
pub const MOST: usize = 500;

/// The way from a merged ticket to one above it.
pub mod path {
    #![allow(missing_docs, reason = "two ids")]
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_merge_paths")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub into_id: TicketId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: TicketId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// That a ticket was merged, and how it stood before: what undoing it brings back.
pub mod merged {
    #![allow(missing_docs, reason = "columns of the ticket, as they were")]
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_merges")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: TicketId,
        pub into_id: TicketId,
        pub status: String,
        pub status_changed_at: Timestamp,
        pub closed_at: Option<Timestamp>,
        pub close_reason: Option<String>,
        pub merged_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who takes part in a ticket because another, that was theirs, was merged into it.
pub mod newcomer {
    #![allow(missing_docs, reason = "three ids")]
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_merge_people")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub into_id: TicketId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: TicketId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The tickets above each of these; those that were not merged are missing.
pub async fn above(conn: &impl ConnectionTrait, ids: &[TicketId]) -> Result<HashMap<TicketId, Vec<TicketId>>, DbErr> {
    let paths = paths(conn, path::Column::TicketId, ids).await?;
    Ok(grouped(paths.into_iter().map(|path| (path.ticket_id, path.into_id))))
}

/// The tickets below each of these; those that nothing was merged into are missing.
pub async fn below(conn: &impl ConnectionTrait, ids: &[TicketId]) -> Result<HashMap<TicketId, Vec<TicketId>>, DbErr> {
    let paths = paths(conn, path::Column::IntoId, ids).await?;
    Ok(grouped(paths.into_iter().map(|path| (path.into_id, path.ticket_id))))
}

async fn paths(conn: &impl ConnectionTrait, end: path::Column, ids: &[TicketId]) -> Result<Vec<path::Model>, DbErr> {
    path::Entity::find().filter(end.is_in(ids.iter().copied())).all(conn).await
}

fn grouped(pairs: impl Iterator<Item = (TicketId, TicketId)>) -> HashMap<TicketId, Vec<TicketId>> {
    let mut of: HashMap<TicketId, Vec<TicketId>> = HashMap::new();
    for (key, value) in pairs {
        of.entry(key).or_default().push(value);
    }
    // In an order, so that two readings can be compared.
    of.values_mut().for_each(|ids| ids.sort_unstable());
    of
}

/// Where the conversation of each of these tickets goes on; those that were not merged are missing.
pub async fn roots(conn: &impl ConnectionTrait, ids: &[TicketId]) -> Result<HashMap<TicketId, TicketId>, DbErr> {
    let (this, root) = (path::Column::TicketId, path::Column::IntoId);
    let to_root = path::Entity::belongs_to(ticket::Entity).from(root).to(ticket::Column::Id).into();
    let rows: Vec<(TicketId, TicketId)> = path::Entity::find()
        .select_only()
        .columns([this, root])
        .join(JoinType::InnerJoin, to_root)
        .filter(this.is_in(ids.iter().copied()))
        .filter(ticket::Column::MergedIntoId.is_null())
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// How these tickets were merged; those that were not are missing.
pub async fn merges(conn: &impl ConnectionTrait, ids: &[TicketId]) -> Result<HashMap<TicketId, merged::Model>, DbErr> {
    let rows = merged::Entity::find().filter(merged::Column::TicketId.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.ticket_id, row)).collect())
}

/// The tickets below each of these that meet `condition`, in the order in which they were opened.
pub async fn tickets_below(
    conn: &impl ConnectionTrait,
    ids: &[TicketId],
    condition: sea_orm::Condition,
) -> Result<HashMap<TicketId, Vec<ticket::Model>>, DbErr> {
    let paths = paths(conn, path::Column::IntoId, ids).await?;
    let below = paths.iter().map(|path| path.ticket_id);
    let rows = ticket::Entity::find().filter(ticket::Column::Id.is_in(below)).filter(condition).all(conn).await?;
    let rows: HashMap<TicketId, ticket::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut of: HashMap<TicketId, Vec<ticket::Model>> = HashMap::new();
    for path in paths {
        if let Some(row) = rows.get(&path.ticket_id) {
            of.entry(path.into_id).or_default().push(row.clone());
        }
    }
    of.values_mut().for_each(|rows| rows.sort_by_key(|row| (row.created_at, row.id)));
    Ok(of)
}

/// The ids of a ticket and of all below it, for a condition. One list and not an OR, which PostgreSQL would not find by an index.
pub fn members(ticket: TicketId) -> SelectStatement {
    let below =
        path::Entity::find().select_only().column(path::Column::TicketId).filter(path::Column::IntoId.eq(ticket));
    Query::select().expr(Expr::val(ticket.0)).union(UnionType::All, below.into_query()).to_owned()
}

/// SQL for the rows of `table` that are read at each of `count` tickets: `id` and `thread_id`, each pair once. `via` is a third part that
/// ends before its list. The ids of the tickets are its parameters, once for each part.
pub fn read_at(backend: DbBackend, table: &str, via: &str, count: usize) -> String {
    let mut at = 0;
    let mut marks = || {
        let mark = |_| {
            at += 1;
            if backend == DbBackend::Postgres { format!("${at}") } else { "?".to_owned() }
        };
        (0..count).map(mark).collect::<Vec<_>>().join(", ")
    };
    format!(
        "SELECT id, ticket_id AS thread_id FROM {table} WHERE ticket_id IN ({}) \
         UNION SELECT t.id, p.into_id FROM ticket_merge_paths p JOIN {table} t ON t.ticket_id = p.ticket_id \
         WHERE p.into_id IN ({}) UNION {via} IN ({})",
        marks(),
        marks(),
        marks()
    )
}

/// The parameters of [`read_at`].
pub fn read_at_values(tickets: &[TicketId]) -> Vec<sea_orm::Value> {
    std::iter::repeat_n(tickets, 3).flatten().map(|ticket| sea_orm::Value::from(ticket.0)).collect()
}
