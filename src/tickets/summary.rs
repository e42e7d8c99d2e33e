//! Counts over a list of tickets: how many in each status, how many late.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select,
};

use super::ticket::{self, Column};
use crate::clock::Timestamp;

/// The tickets of one status, counted.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StatusCount {
    /// The status.
    pub status: String,
    /// How many are in it.
    pub count: i64,
    /// How many of them have a deadline that has passed.
    pub overdue: i64,
    /// How many of them missed a deadline.
    pub breached: i64,
}

/// The select behind [`by_status`].
pub fn counting(condition: Condition, now: Timestamp) -> Select<ticket::Entity> {
    let overdue = Expr::case(Column::DueAt.lt(now), 1).finally(0);
    let missed = Condition::any().add(Column::Breached.eq(true)).add(Column::DueAt.lt(now));
    let breached = Expr::case(missed, 1).finally(0);
    ticket::Entity::find()
        .select_only()
        .column(Column::Status)
        .column_as(Expr::col(Column::Id).count(), "count")
        .column_as(Expr::expr(overdue).sum(), "overdue")
        .column_as(Expr::expr(breached).sum(), "breached")
        .filter(condition)
        .group_by(Column::Status)
}

/// Counts the tickets that meet `condition`, by status; statuses without any are missing.
///
/// # Errors
/// The database's.
pub async fn by_status(
    conn: &impl ConnectionTrait,
    condition: Condition,
    now: Timestamp,
) -> Result<Vec<StatusCount>, DbErr> {
    counting(condition, now).into_model::<StatusCount>().all(conn).await
}
