//! Says that one has read what one was told. Marks are no events.

use async_graphql::InputObject;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::find;
use super::notification::{Column, Entity};
use crate::desk::{Operation, Outcome, Tx};
use crate::error::{Error, Result};
use crate::ids::NotificationId;
use crate::say;

/// How many can be marked at once.
const MANY: usize = 100;

/// Says that you have read some of what you were told.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "NotificationMarkReadInput")]
pub struct NotificationMarkRead {
    /// Which, at most 100. What is read already stays so; what is not yours is left alone.
    pub notification_ids: Vec<NotificationId>,
}

/// Says that you have read all that you were told until now.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "NotificationMarkAllReadInput")]
pub struct NotificationMarkAllRead {
    /// The newest that you have seen. Absent: everything until now.
    pub through_id: Option<NotificationId>,
}

/// How many somebody has not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread(pub u64);

impl Outcome for Unread {
    fn key(&self) -> Uuid {
        Uuid::nil()
    }

    async fn reload(tx: &Tx, _: Uuid) -> Result<Option<Self>> {
        Ok(Some(Self(find::unread(tx.conn(), &tx.desk, &tx.actor).await?)))
    }
}

impl Operation for NotificationMarkRead {
    type Outcome = Unread;
    const NAME: &'static str = "notification.mark_read";

    async fn run(&self, tx: &mut Tx) -> Result<Unread> {
        if self.notification_ids.len() > MANY {
            return Err(Error::invalid("notificationIds", say!("Mark at most {max} at once.", max = MANY)));
        }
        mark(tx, Column::Id.is_in(self.notification_ids.iter().copied())).await
    }
}

impl Operation for NotificationMarkAllRead {
    type Outcome = Unread;
    const NAME: &'static str = "notification.mark_all_read";

    async fn run(&self, tx: &mut Tx) -> Result<Unread> {
        match self.through_id {
            // Ids are in the order in which they were made.
            Some(id) => mark(tx, Column::Id.lte(id)).await,
            None => mark(tx, Column::CreatedAt.lte(tx.now)).await,
        }
    }
}

async fn mark(tx: &mut Tx, which: impl sea_orm::sea_query::IntoCondition) -> Result<Unread> {
    let me = tx.actor.require_person()?;
    tx.allow_because("everybody says for themselves what they have read");
    tx.nothing_changed();
    Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(tx.now))
        .filter(which)
        .filter(Column::PersonId.eq(me))
        .filter(Column::Inbox.eq(true))
        .filter(Column::ReadAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(Unread(find::unread(tx.conn(), &tx.desk, &tx.actor).await?))
}
