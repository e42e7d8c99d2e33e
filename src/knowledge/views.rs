//! How often articles and FAQs are read.
//!
//! A query never writes: views are gathered in memory on every node and written in batches, every second and when the node stops. A
//! node that dies loses what it gathered since. What counts as a view is the caller's to say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{article, faq};
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::ids::{ArticleId, FaqId};

/// How often what was gathered is written.
const EVERY: Duration = Duration::from_secs(1);

/// How many entries one transaction writes: their rows are locked meanwhile.
const AT_ONCE: usize = 200;

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// The days on which articles were read.
pub mod day {
    #![allow(missing_docs, reason = "an article, a day, a number")]
    use sea_orm::entity::prelude::*;

    use crate::ids::ArticleId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "article_views")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub article_id: ArticleId,
        /// Days since 1970-01-01, UTC.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        pub views: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The day of a moment, as [`day::Model`] counts them.
pub fn day_of(time: Timestamp) -> i32 {
    i32::try_from(time.0.div_euclid(DAY)).unwrap_or(i32::MAX)
}

/// Something that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Read {
    /// An article, on a day.
    Article(Uuid, i32),
    /// An FAQ.
    Faq(Uuid),
}

/// The views that this node has not written yet. Cheap to clone.
#[derive(Clone, Default)]
pub struct Views(Arc<Mutex<BTreeMap<Read, i32>>>);

impl Views {
    /// Counts a view of an article, at the desk's time.
    pub fn article(&self, id: ArticleId, now: Timestamp) {
        self.add(Read::Article(id.0, day_of(now)), 1);
    }

    /// Counts a view of an FAQ.
    pub fn faq(&self, id: FaqId) {
        self.add(Read::Faq(id.0), 1);
    }

    /// The views of an entry that are not in its row yet.
    pub fn waiting(&self, id: Uuid) -> i32 {
        let gathered = self.gathered();
        let articles = gathered.range(Read::Article(id, i32::MIN)..=Read::Article(id, i32::MAX));
        articles.map(|(_, count)| count).chain(gathered.get(&Read::Faq(id))).sum()
    }

    /// Writes what was gathered. What cannot be written now is gathered again.
    ///
    /// # Errors
    /// The database's.
    pub async fn flush(&self, desk: &Desk) -> Result<(), DbErr> {
        let gathered: Vec<(Read, i32)> = std::mem::take(&mut *self.gathered()).into_iter().collect();
        let mut batches = gathered.chunks(AT_ONCE);
        while let Some(batch) = batches.next() {
            if let Err(error) = write(desk, batch).await {
                batch.iter().chain(batches.flatten()).for_each(|(read, count)| self.add(*read, *count));
                return Err(error);
            }
        }
        Ok(())
    }

    /// Writes what was gathered every now and then, and a last time at the end.
    pub async fn keep(self, desk: Desk, stop: CancellationToken) {
        loop {
            let last = tokio::select! {
                () = stop.cancelled() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            if let Err(error) = self.flush(&desk).await {
                tracing::warn!(%error, "views could not be written; they are kept for the next time");
            }
            if last {
                return;
            }
        }
    }

    fn add(&self, read: Read, count: i32) {
        let mut gathered = self.gathered();
        let sum = gathered.entry(read).or_default();
        *sum = sum.saturating_add(count);
    }

    fn gathered(&self) -> std::sync::MutexGuard<'_, BTreeMap<Read, i32>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// In the order of the ids, so that two nodes cannot lock each other out.
async fn write(desk: &Desk, batch: &[(Read, i32)]) -> Result<(), DbErr> {
    let tx = desk.db.begin().await?;
    let result = async {
        for (read, count) in batch {
            match *read {
                Read::Article(id, day) => {
                    let more = Expr::col(article::Column::ViewCount).add(*count);
                    let row = article::Entity::update_many().col_expr(article::Column::ViewCount, more);
                    // Gone meanwhile: nothing to count.
                    if row.filter(article::Column::Id.eq(id)).exec(&tx).await?.rows_affected > 0 {
                        let row = day::Model { article_id: ArticleId(id), day, views: *count };
                        let known = [day::Column::ArticleId, day::Column::Day];
                        let more = Expr::col((day::Entity, day::Column::Views)).add(*count);
                        let add = OnConflict::columns(known).value(day::Column::Views, more).to_owned();
                        day::Entity::insert(row.into_active_model())
                            .on_conflict(add)
                            .exec_without_returning(&tx)
                            .await?;
                    }
                }
                Read::Faq(id) => {
                    let more = Expr::col(faq::Column::ViewCount).add(*count);
                    let row = faq::Entity::update_many().col_expr(faq::Column::ViewCount, more);
                    row.filter(faq::Column::Id.eq(id)).exec(&tx).await?;
                }
            }
        }
        Ok(())
    }
    .await;
    match result {
        Ok(()) => tx.commit().await,
        Err(error) => {
            // Said out loud: a dropped transaction would roll back later, when its connection is used again.
            if let Err(rollback) = tx.rollback().await {
                tracing::warn!(%rollback, "a rollback failed; the database ends the transaction itself");
            }
            Err(error)
        }
    }
}
