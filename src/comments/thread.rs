//! Where a comment is read, and what a ticket's row says of the comments that are read at it.
//!
//! A comment is read at its ticket, at all that this was merged into, and at the merged ticket that it was written on, if its writer named
//! that one. Rows hold the counts, so that a list of tickets need not ask for each.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::comment::{self, Column, SenderKind};
use super::loaders::of_ticket;
use crate::desk::Tx;
use crate::error::Result;
use crate::event_log::Audience;
use crate::ids::{CommentId, TicketId};
use crate::tickets::{measures, threads, ticket};

/// The tickets at which a comment is read, its own first.
pub async fn read_at(tx: &Tx, comment: &comment::Model) -> Result<Vec<TicketId>> {
    let mut above = threads::above(tx.conn(), &[comment.ticket_id]).await?;
    let mut ids = vec![comment.ticket_id];
    ids.extend(above.remove(&comment.ticket_id).unwrap_or_default());
    ids.extend(comment.via_ticket_id.filter(|via| !ids.contains(via)));
    Ok(ids)
}

/// Counts anew what is read at a ticket, which is locked.
pub async fn recount(tx: &mut Tx, id: TicketId) -> Result<()> {
    let read = |internal| {
        comment::Entity::find().filter(of_ticket(id, internal)).filter(Column::DeletedAt.is_null()).select_only()
    };
    let public = CaseStatement::new().case(Column::Audience.eq(Audience::Public), 1).finally(0);
    let by_staff = Column::Audience.eq(Audience::Public).and(Column::SenderKind.eq(SenderKind::Staff));
    let by_staff = CaseStatement::new().case(by_staff, 1).finally(0);
    let (all, public, by_staff): (i64, Option<i64>, Option<i64>) = read(true)
        .column_as(Column::Id.count(), "all_of_them")
        .column_as(Expr::expr(public).sum(), "public")
        .column_as(Expr::expr(by_staff).sum(), "by_staff")
        .into_tuple()
        .one(tx.conn())
        .await?
        .unwrap_or_default();
    let count = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
    let (all, public) = (count(all), count(public.unwrap_or_default()));
    let last = newest(tx, read(true)).await?;
    let last_public = newest(tx, read(false)).await?;
    ticket::Entity::update_many()
        .filter(ticket::Column::Id.eq(id))
        .col_expr(ticket::Column::CommentCount, Expr::value(all))
        .col_expr(ticket::Column::PublicCommentCount, Expr::value(public))
        .col_expr(ticket::Column::LastCommentId, Expr::value(last.map(|id| id.0)))
        .col_expr(ticket::Column::LastPublicCommentId, Expr::value(last_public.map(|id| id.0)))
        .exec(tx.conn())
        .await?;
    measures::set_replies(tx, id, count(by_staff.unwrap_or_default())).await?;
    tx.forget_ahead(id.0);
    tx.row_changed(id.0, move |ticket: &mut ticket::Model| {
        (ticket.comment_count, ticket.public_comment_count) = (all, public);
        (ticket.last_comment_id, ticket.last_public_comment_id) = (last, last_public);
    });
    Ok(())
}

async fn newest(tx: &Tx, read: Select<comment::Entity>) -> Result<Option<CommentId>> {
    let newest = read.column(Column::Id).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    Ok(newest.into_tuple().one(tx.conn()).await?)
}
