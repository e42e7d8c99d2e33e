//! Batched look-ups: however many rows ask, one statement answers.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::article::tag;
use super::category;
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
