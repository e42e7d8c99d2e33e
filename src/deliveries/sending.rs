//! Finds what is due and has it sent. One node does it for all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Post;
use super::delivery::{Column, Entity, Status};
use super::post::emptied;
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::DeliveryId;
use crate::jobs::{Fence, Job, Next};

/// How many are under way at once. One that hangs takes one place until its time is up, and nobody else's.
const PLACES: usize = 32;

/// How often is looked for new ones.
const LOOK: Duration = Duration::from_millis(250);

/// How long what is over is kept.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// How often what was kept long enough is removed, and what ran out of time is given up.
const TIDIED: Duration = Duration::from_secs(60);

/// The job. It needs no fence: each delivery is claimed by one statement before it is sent, whoever holds the lease.
pub struct Sending {
    post: Post,
    busy: Arc<AtomicUsize>,
    tidied: Option<Timestamp>,
}

impl Sending {
    /// Sends through this post office.
    pub fn new(post: Post) -> Self {
        Self { post, busy: Arc::default(), tidied: None }
    }
}

impl Job for Sending {
    const NAME: &'static str = "deliveries";

    async fn turn(&mut self, desk: &Desk, _: &Fence) -> Result<Next> {
        let now = desk.clock.real();
        if self.tidied.is_none_or(|tidied| now >= tidied.after(TIDIED)) {
            tidy(desk, now).await?;
            self.tidied = Some(now);
        }
        let free = PLACES.saturating_sub(self.busy.load(Ordering::Relaxed));
        if free == 0 {
            return Ok(Next::In(Duration::from_millis(50)));
        }
        let due: Vec<DeliveryId> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Status.eq(Status::Queued))
            .filter(Column::NextAt.lte(now))
            .order_by_asc(Column::NextAt)
            .order_by_asc(Column::Id)
            .limit(free as u64)
            .into_tuple()
            .all(&desk.db.read)
            .await?;
        if due.is_empty() {
            return Ok(Next::In(LOOK));
        }
        // Taken before they are sent: each gives its place back when it is over.
        let busy = self.busy.clone();
        busy.fetch_add(due.len(), Ordering::Relaxed);
        let given_back = {
            let busy = busy.clone();
            move || {
                busy.fetch_sub(1, Ordering::Relaxed);
            }
        };
        let sent = self.post.send_due(&due, given_back).await;
        busy.fetch_sub(due.len() - sent.as_ref().copied().unwrap_or_default(), Ordering::Relaxed);
        sent?;
        Ok(Next::Now)
    }
}

/// Gives up what ran out of time, as may happen while nothing was sent at all, and removes what was kept long enough.
async fn tidy(desk: &Desk, now: Timestamp) -> Result<()> {
    emptied(Entity::update_many())
        .col_expr(Column::Status, Expr::value(Status::Failed))
        .col_expr(Column::LastError, Expr::cust("COALESCE(last_error, 'It could not be sent in time.')"))
        .filter(Column::Status.eq(Status::Queued))
        .filter(Column::NextAt.lte(now))
        .filter(Column::EndsAt.lte(now))
        .exec(desk.db.writer())
        .await?;
    Entity::delete_many()
        .filter(Column::Status.ne(Status::Queued))
        .filter(Column::NextAt.lt(now.before(KEPT)))
        .exec(desk.db.writer())
        .await?;
    Ok(())
}
