//! Finding deliveries by why they are sent. Who may see them is said above, by who knows tickets.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::delivery::{Channel, Column, Entity, Model, Status};

/// Everything that is sent for this cause.
///
/// # Errors
/// The database's.
pub async fn of_cause(conn: &impl ConnectionTrait, cause: &str) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Cause.eq(cause)).order_by_asc(Column::Id).all(conn).await
}

/// How many messages wait, and how many could not be sent, for each channel: also where there are none.
///
/// # Errors
/// The database's.
pub async fn unsent(conn: &impl ConnectionTrait) -> Result<Vec<(Channel, Status, i64)>, DbErr> {
    let found: Vec<(Channel, Status, i64)> = Entity::find()
        .select_only()
        .column(Column::Channel)
        .column(Column::Status)
        .column_as(Column::Id.count(), "count")
        .filter(Column::Status.is_in([Status::Queued, Status::Failed]))
        .group_by(Column::Channel)
        .group_by(Column::Status)
        .into_tuple()
        .all(conn)
        .await?;
    let all = [Channel::Email, Channel::Sms]
        .into_iter()
        .flat_map(|channel| [Status::Queued, Status::Failed].map(|status| (channel, status)));
    let counted = |(channel, status)| {
        let count = found.iter().find(|(of, at, _)| (*of, *at) == (channel, status)).map_or(0, |(_, _, count)| *count);
        (channel, status, count)
    };
    Ok(all.map(counted).collect())
}
