//! What reports count tickets by: columns of a ticket's row that nothing else reads, and that are not in [`super::ticket::Model`]. Each
//! says again, in the row, what other tables say at length, so that a report reads one index.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Func};

use super::escalation::step;
use super::rating;
use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::Result;
use crate::ids::TicketId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tickets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TicketId,
    /// How the promise of a first reply stands, as [`Promise`] numbers it; none, if nothing was promised.
    pub response_promise: Option<i32>,
    pub response_deadline: Option<Timestamp>,
    /// How the promise of a resolution stands.
    pub resolution_promise: Option<i32>,
    pub resolution_deadline: Option<Timestamp>,
    /// Public replies by staff that are not deleted.
    pub staff_replies: i32,
    /// Of the last rating, whoever gave it: when, and what it said.
    pub rated_at: Option<Timestamp>,
    pub rating_score: Option<i32>,
    pub rating_effort: Option<i32>,
    /// Which closing it was about: how often the ticket had been opened again.
    pub rating_closure: Option<i32>,
    /// When it was escalated for the first time.
    pub escalated_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How a promise stands. Only one that still counts needs the time of day to say more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// What was promised happened in time.
    Kept = 1,
    /// Its clock stopped after the deadline.
    Broken = 2,
    /// Its clock counts: it is broken once its deadline has passed.
    Counting = 3,
    /// Its clock stands still, in time.
    Paused = 4,
}

/// Keeps what the newest rating of a ticket said.
pub(super) async fn rated(tx: &Tx, rating: &rating::Model) -> Result<()> {
    let change = Entity::update_many()
        .filter(Column::Id.eq(rating.ticket_id))
        .col_expr(Column::RatedAt, Expr::value(rating.created_at))
        .col_expr(Column::RatingScore, Expr::value(rating.score))
        .col_expr(Column::RatingEffort, Expr::value(rating.effort))
        .col_expr(Column::RatingClosure, Expr::value(rating.closure));
    change.exec(tx.conn()).await?;
    Ok(())
}

/// Keeps that a ticket was escalated.
pub(super) async fn escalated(tx: &Tx, step: step::Model) -> Result<()> {
    let first = Func::coalesce([Expr::col(Column::EscalatedAt), Expr::value(step.escalated_at)]);
    let change =
        Entity::update_many().filter(Column::Id.eq(step.ticket_id)).col_expr(Column::EscalatedAt, first.into());
    step::Entity::insert(step.into_active_model()).exec_without_returning(tx.conn()).await?;
    change.exec(tx.conn()).await?;
    Ok(())
}

/// Counts one public reply by staff more.
pub async fn replied(tx: &Tx, ticket: TicketId) -> Result<()> {
    let sum = Expr::col(Column::StaffReplies).add(1);
    Entity::update_many().filter(Column::Id.eq(ticket)).col_expr(Column::StaffReplies, sum).exec(tx.conn()).await?;
    Ok(())
}

/// Keeps how many public replies by staff are read at a ticket, which was merged or loses a comment.
pub async fn set_replies(tx: &Tx, ticket: TicketId, replies: i32) -> Result<()> {
    let change =
        Entity::update_many().filter(Column::Id.eq(ticket)).col_expr(Column::StaffReplies, Expr::value(replies));
    change.exec(tx.conn()).await?;
    Ok(())
}

/// Finds out the measures of imported tickets, whose clocks and comments were written as they came out.
pub async fn derive(tx: &Tx, tickets: &[TicketId]) -> Result<()> {
    let clock = |what: &str, target: &str| {
        Expr::cust(format!("(SELECT {what} FROM sla_clocks WHERE ticket_id = tickets.id AND target = '{target}')"))
    };
    let how = format!(
        "CASE WHEN COALESCE(met_at, paused_at, 0) > deadline THEN {} WHEN met_at IS NOT NULL THEN {} \
         WHEN paused_at IS NOT NULL THEN {} ELSE {} END",
        Promise::Broken as i32,
        Promise::Kept as i32,
        Promise::Paused as i32,
        Promise::Counting as i32
    );
    let replies = Expr::cust(
        "(SELECT COUNT(*) FROM comments WHERE comments.ticket_id = tickets.id AND sender_kind = 'STAFF' \
         AND audience = 'PUBLIC' AND comments.deleted_at IS NULL)",
    );
    let change = Entity::update_many()
        .filter(Column::Id.is_in(tickets.iter().copied()))
        .col_expr(Column::ResponsePromise, clock(&how, "FIRST_RESPONSE"))
        .col_expr(Column::ResponseDeadline, clock("deadline", "FIRST_RESPONSE"))
        .col_expr(Column::ResolutionPromise, clock(&how, "RESOLUTION"))
        .col_expr(Column::ResolutionDeadline, clock("deadline", "RESOLUTION"))
        .col_expr(Column::StaffReplies, replies);
    change.exec(tx.conn()).await?;
    Ok(())
}
