//! Finding deliveries by why they are sent. Who may see them is said above, by who knows tickets.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::delivery::{Column, Entity, Model};

/// Everything that is sent for this cause.
///
/// # Errors
/// The database's.
pub async fn of_cause(conn: &impl ConnectionTrait, cause: &str) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Cause.eq(cause)).order_by_asc(Column::Id).all(conn).await
}
