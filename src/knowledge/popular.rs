//! What is read most at present.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::access::{KnowledgeStatus, Reader};
use super::article;
use super::views::day::{self, Column};
use crate::ids::ArticleId;

/// How many articles are popular at once.
pub const MOST: u64 = 100;

/// The published articles that somebody reads and that were read since `day`, with how often, the most read first, equal ones with
/// the later id first; at most [`MOST`].
pub async fn since(conn: &impl ConnectionTrait, reader: Reader, day: i32) -> Result<Vec<(i64, article::Model)>, DbErr> {
    let readable = Query::select()
        .column(article::Column::Id)
        .from(article::Entity)
        .cond_where(reader.articles().add(article::Column::Status.eq(KnowledgeStatus::Published)))
        .to_owned();
    let sum = || Expr::col(Column::Views).sum();
    let views: Vec<(ArticleId, i64)> = day::Entity::find()
        .select_only()
        .column(Column::ArticleId)
        .column_as(sum(), "views")
        .filter(Column::Day.gte(day))
        .filter(Column::ArticleId.in_subquery(readable))
        .group_by(Column::ArticleId)
        .order_by_desc(sum())
        .order_by_desc(Column::ArticleId)
        .limit(MOST)
        .into_tuple()
        .all(conn)
        .await?;
    let ids = views.iter().map(|(id, _)| *id);
    let rows = article::Entity::find().filter(article::Column::Id.is_in(ids)).all(conn).await?;
    let mut rows: HashMap<ArticleId, article::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(views.into_iter().filter_map(|(id, views)| Some((views, rows.remove(&id)?))).collect())
}
