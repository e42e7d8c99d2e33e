//! What somebody's tickets come to: how many at each stage, and when they and the desk were first and last in touch.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef};
use uuid::Uuid;

use crate::access::Actor;
use crate::clock::Timestamp;
use crate::comments::comment;
use crate::desk::Desk;
use crate::error::Result;
use crate::tickets::find;
use crate::tickets::ticket::{self, Column};
use crate::tickets::whose::Whose;

/// What somebody's tickets come to, as far as the actor sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// How many there are at each stage, as [`crate::profile::Stage`] numbers it; empty ones are missing.
    pub stages: HashMap<i32, i64>,
    /// When the first was opened.
    pub first: Option<Timestamp>,
    /// When the last was opened, or something public was last said on any of them.
    pub last: Option<Timestamp>,
}

/// The histories of these; whoever has no tickets is missing. One statement for each kind.
///
/// # Errors
/// The database's.
pub async fn of(desk: &Desk, actor: &Actor, all: &[Whose]) -> Result<HashMap<Whose, History>> {
    let mut kinds: HashMap<_, Vec<Whose>> = HashMap::new();
    for whose in all {
        kinds.entry(std::mem::discriminant(whose)).or_default().push(*whose);
    }
    let mut found: HashMap<Whose, History> = HashMap::new();
    for lists in kinds.into_values() {
        let Some(column) = lists.first().map(|whose| whose.column()) else { continue };
        let said: RelationDef = ticket::Entity::belongs_to(comment::Entity)
            .from(Column::LastPublicCommentId)
            .to(comment::Column::Id)
            .into();
        let rows: Vec<(Uuid, i32, i64, Timestamp, Timestamp, Option<Timestamp>)> = ticket::Entity::find()
            .select_only()
            .column(column)
            .column(Column::Stage)
            .column_as(Column::Id.count(), "count")
            .column_as(Column::CreatedAt.min(), "first_opened")
            .column_as(Column::CreatedAt.max(), "last_opened")
            .column_as(comment::Column::CreatedAt.max(), "last_said")
            .join(JoinType::LeftJoin, said)
            .filter(column.is_in(lists.iter().map(|whose| whose.id())))
            .filter(find::visible(desk, actor))
            .group_by(column)
            .group_by(Column::Stage)
            .into_tuple()
            .all(&desk.db.read)
            .await?;
        let of: HashMap<Uuid, Whose> = lists.into_iter().map(|whose| (whose.id(), whose)).collect();
        for (id, stage, count, first, last, said) in rows {
            let Some(whose) = of.get(&id) else { continue };
            let history = found.entry(*whose).or_default();
            history.stages.insert(stage, count);
            history.first = Some(history.first.map_or(first, |before| before.min(first)));
            history.last = history.last.max(Some(last)).max(said);
        }
    }
    Ok(found)
}
