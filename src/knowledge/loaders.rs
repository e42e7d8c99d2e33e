//! Batched look-ups: however many rows ask, one statement answers.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, WindowStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::access::Reader;
use super::article::{self, tag};
use super::{category, faq};
use crate::ids::{ArticleId, KnowledgeCategoryId};

/// The categories with these ids.
pub async fn categories(
    conn: &impl ConnectionTrait,
    ids: &[KnowledgeCategoryId],
) -> Result<HashMap<KnowledgeCategoryId, category::Model>, DbErr> {
    let rows = category::Entity::find().filter(category::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The tags of these articles, in alphabetical order.
pub async fn tags(conn: &impl ConnectionTrait, ids: &[ArticleId]) -> Result<HashMap<ArticleId, Vec<String>>, DbErr> {
    let rows = tag::Entity::find()
        .filter(tag::Column::ArticleId.is_in(ids.iter().copied()))
        .order_by_asc(tag::Column::Tag)
        .all(conn)
        .await?;
    let mut of: HashMap<ArticleId, Vec<String>> = HashMap::new();
    for row in rows {
        of.entry(row.article_id).or_default().push(row.tag);
    }
    Ok(of)
}

/// The rows whose number within their category is at most `limit`: the ids, as a sub-select.
fn numbered<E: EntityTrait>(
    entity: E,
    (id, category): (E::Column, E::Column),
    order: [(E::Column, Order); 2],
    wanted: Condition,
    limit: u64,
) -> SelectStatement {
    let mut window = WindowStatement::partition_by(category);
    for (column, direction) in order {
        window.order_by(column, direction);
    }
    let (nth, within) = (Alias::new("nth"), Alias::new("numbered"));
    let inner = Query::select()
        .column(id)
        .expr_window_as(Expr::cust("ROW_NUMBER()"), window, nth.clone())
        .from(entity)
        .cond_where(wanted)
        .to_owned();
    Query::select().column(id).from_subquery(inner, within).and_where(Expr::col(nth).lte(limit)).to_owned()
}

/// The articles of a category that somebody reads: the last changed ones first.
pub async fn first_articles(
    conn: &impl ConnectionTrait,
    categories: &[KnowledgeCategoryId],
    reader: Reader,
    limit: u64,
) -> Result<HashMap<KnowledgeCategoryId, Vec<article::Model>>, DbErr> {
    use article::Column as A;
    let wanted = reader.articles().add(A::CategoryId.is_in(categories.iter().copied()));
    let order = [(A::UpdatedAt, Order::Desc), (A::Id, Order::Desc)];
    let ids = numbered(article::Entity, (A::Id, A::CategoryId), order, wanted, limit);
    let rows = article::Entity::find()
        .filter(A::Id.in_subquery(ids))
        .order_by_desc(A::UpdatedAt)
        .order_by_desc(A::Id)
        .all(conn)
        .await?;
    Ok(grouped(rows, |row| row.category_id))
}

/// The FAQs of a category that somebody reads, in their order.
pub async fn first_faqs(
    conn: &impl ConnectionTrait,
    categories: &[KnowledgeCategoryId],
    reader: Reader,
    limit: u64,
) -> Result<HashMap<KnowledgeCategoryId, Vec<faq::Model>>, DbErr> {
    use faq::Column as F;
    let wanted = reader.faqs().add(F::CategoryId.is_in(categories.iter().copied()));
    let order = [(F::Rank, Order::Asc), (F::Id, Order::Asc)];
    let ids = numbered(faq::Entity, (F::Id, F::CategoryId), order, wanted, limit);
    let rows =
        faq::Entity::find().filter(F::Id.in_subquery(ids)).order_by_asc(F::Rank).order_by_asc(F::Id).all(conn).await?;
    Ok(grouped(rows, |row| row.category_id))
}

fn grouped<M>(
    rows: Vec<M>,
    category: impl Fn(&M) -> Option<KnowledgeCategoryId>,
) -> HashMap<KnowledgeCategoryId, Vec<M>> {
    let mut of: HashMap<KnowledgeCategoryId, Vec<M>> = HashMap::new();
    for row in rows {
        if let Some(category) = category(&row) {
            of.entry(category).or_default().push(row);
        }
    }
    of
}

#[derive(FromQueryResult)]
struct Count {
    category_id: KnowledgeCategoryId,
    count: i64,
}

/// How many articles and FAQs of these categories somebody reads; empty categories are missing.
pub async fn counts(
    conn: &impl ConnectionTrait,
    categories: &[KnowledgeCategoryId],
    reader: Reader,
) -> Result<HashMap<KnowledgeCategoryId, (i64, i64)>, DbErr> {
    let articles = article::Entity::find()
        .select_only()
        .column(article::Column::CategoryId)
        .column_as(Expr::col(article::Column::Id).count(), "count")
        .filter(reader.articles().add(article::Column::CategoryId.is_in(categories.iter().copied())))
        .group_by(article::Column::CategoryId)
        .into_model::<Count>()
        .all(conn)
        .await?;
    let faqs = faq::Entity::find()
        .select_only()
        .column(faq::Column::CategoryId)
        .column_as(Expr::col(faq::Column::Id).count(), "count")
        .filter(reader.faqs().add(faq::Column::CategoryId.is_in(categories.iter().copied())))
        .group_by(faq::Column::CategoryId)
        .into_model::<Count>()
        .all(conn)
        .await?;
    let mut of: HashMap<KnowledgeCategoryId, (i64, i64)> = HashMap::new();
    for row in articles {
        of.entry(row.category_id).or_default().0 = row.count;
    }
    for row in faqs {
        of.entry(row.category_id).or_default().1 = row.count;
    }
    Ok(of)
}
