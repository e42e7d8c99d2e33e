//! The post office of one node: claims deliveries, sends them, and writes down what came of it.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::future::join_all;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use super::delivery::{Column, Entity, Model, Status};
use super::send::{Failure, Senders};
use crate::clock::Timestamp;
use crate::db::Db;
use crate::desk::Desk;
use crate::ids::DeliveryId;

/// For how long whoever claims a delivery has it to themselves. Longer than the longest time that sending may take, so that nobody else
/// sends it meanwhile; whoever dies holding it delays it by so much.
const CLAIMED: Duration = Duration::from_secs(120);

/// The longest time between two attempts.
const LONGEST: Duration = Duration::from_secs(3600);

/// Sends what it is given. Cheap to clone.
#[derive(Clone)]
pub struct Post {
    desk: Desk,
    senders: Arc<Senders>,
    /// What is under way is waited for when the process stops.
    tasks: TaskTracker,
}

impl Post {
    /// The post office of this node.
    pub fn new(desk: Desk, senders: Senders, tasks: TaskTracker) -> Self {
        Self { desk, senders: Arc::new(senders), tasks }
    }

    /// Sends those of `ids` that are due and that nobody else is sending; answers how many those are, without waiting for them. `each`
    /// is called when one is over, whatever came of it.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn send_due(
        &self,
        ids: &[DeliveryId],
        each: impl Fn() + Clone + Send + 'static,
    ) -> Result<usize, DbErr> {
        let now = self.desk.clock.real();
        let due = Column::Id.is_in(ids.iter().copied()).and(Column::NextAt.lte(now));
        Ok(self.send(due, now, each).await?.len())
    }

    /// Sends what was put in for `cause` with [`super::enqueue_held`] and nobody has tried yet, and waits until that is over, but not
    /// longer than `limit`: what takes longer goes on by itself.
    ///
    /// # Errors
    /// The database's.
    pub async fn send_now(&self, cause: &str, limit: Duration) -> Result<(), DbErr> {
        let untried = Column::Cause.eq(cause).and(Column::Attempts.eq(0));
        let under_way = self.send(untried, self.desk.clock.real(), || {}).await?;
        // The tasks go on whether or not anybody waits.
        let _ = tokio::time::timeout(limit, join_all(under_way)).await;
        Ok(())
    }

    async fn send(
        &self,
        which: Expr,
        now: Timestamp,
        each: impl Fn() + Clone + Send + 'static,
    ) -> Result<Vec<JoinHandle<()>>, DbErr> {
        let begin = |delivery| {
            let (post, each) = (self.clone(), each.clone());
            self.tasks.spawn(async move {
                post.attempt(delivery).await;
                each();
            })
        };
        Ok(claim(&self.desk.db, which, now).await?.into_iter().map(begin).collect())
    }

    async fn attempt(&self, delivery: Model) {
        let sent = self.senders.send(&delivery).await;
        let now = self.desk.clock.real();
        let attempt = delivery.attempts;
        let outcome = match sent {
            Ok(()) => Outcome { status: Status::Sent, at: now, error: None },
            Err(Failure::Final(reason)) => Outcome { status: Status::Failed, at: now, error: Some(reason) },
            Err(Failure::Now(reason)) => match now.after(pause(attempt)) {
                // The next attempt would come too late.
                next if next >= delivery.ends_at => Outcome { status: Status::Failed, at: now, error: Some(reason) },
                next => Outcome { status: Status::Queued, at: next, error: Some(reason) },
            },
        };
        match (&outcome.error, outcome.status) {
            (None, _) => tracing::info!(delivery = %delivery.id, purpose = delivery.purpose, attempt, "sent"),
            (Some(reason), Status::Failed) => {
                tracing::warn!(delivery = %delivery.id, purpose = delivery.purpose, attempt, reason, "given up")
            }
            (Some(reason), _) => {
                tracing::warn!(delivery = %delivery.id, purpose = delivery.purpose, attempt, reason, "tried again later")
            }
        }
        if let Err(error) = outcome.keep(&self.desk.db, delivery.id).await {
            tracing::error!(delivery = %delivery.id, %error, "what came of a delivery could not be kept: it will be tried again");
        }
    }
}

/// What came of an attempt.
struct Outcome {
    status: Status,
    /// When it is tried again, or when it was over.
    at: Timestamp,
    error: Option<String>,
}

impl Outcome {
    async fn keep(self, db: &Db, id: DeliveryId) -> Result<(), DbErr> {
        let mut update = Entity::update_many()
            .col_expr(Column::Status, Expr::value(self.status))
            .col_expr(Column::NextAt, Expr::value(self.at))
            .col_expr(Column::LastError, Expr::value(self.error));
        if self.status != Status::Queued {
            update = emptied(update);
        }
        if self.status == Status::Sent {
            update = update.col_expr(Column::SentAt, Expr::value(self.at));
        }
        update.filter(Column::Id.eq(id)).filter(Column::Status.eq(Status::Queued)).exec(db.writer()).await?;
        Ok(())
    }
}

/// Empties the texts of what nobody will send any more.
pub(super) fn emptied(update: sea_orm::UpdateMany<Entity>) -> sea_orm::UpdateMany<Entity> {
    update.col_expr(Column::Body, Expr::value("")).col_expr(Column::Html, Expr::value(None::<String>))
}

/// Takes those that nobody has taken: one statement, so that of several who try one gets each.
async fn claim(db: &Db, which: Expr, now: Timestamp) -> Result<Vec<Model>, DbErr> {
    Entity::update_many()
        .col_expr(Column::NextAt, Expr::value(now.after(CLAIMED)))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(which)
        .filter(Column::Status.eq(Status::Queued))
        .exec_with_returning(db.writer())
        .await
}

/// How long to wait after the attempt of this number: from five seconds on, three times as long each time, up to an hour.
fn pause(attempt: i32) -> Duration {
    let attempt = usize::try_from(attempt).unwrap_or_default().saturating_sub(1);
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(5))
        .with_factor(3.0)
        .with_max_delay(LONGEST)
        .without_max_times()
        .with_jitter()
        .build()
        .nth(attempt)
        .unwrap_or(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_ever_later_but_at_least_every_two_hours() {
        assert!((5..=10).contains(&pause(1).as_secs()), "{:?}", pause(1));
        assert!((45..=90).contains(&pause(3).as_secs()), "{:?}", pause(3));
        for attempt in [9, 80] {
            assert!((LONGEST..=2 * LONGEST).contains(&pause(attempt)), "{:?}", pause(attempt));
        }
    }
}
