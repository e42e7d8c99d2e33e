//! Batched look-ups of attachments.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::attachment::{self, Column};
use crate::ids::{AttachmentId, CommentId};

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
