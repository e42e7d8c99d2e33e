//! When API keys were used last: gathered in memory, for queries never write, and written all together every few seconds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use tokio_util::sync::CancellationToken;

use super::{Sessions, api_key};
use crate::clock::Timestamp;
use crate::ids::ApiKeyId;

/// How long uses are gathered.
const GATHERED: Duration = Duration::from_secs(10);

/// The uses that are not written yet.
#[derive(Default)]
pub(super) struct Uses(Mutex<HashMap<ApiKeyId, Timestamp>>);

impl Uses {
    /// Notes a use.
    pub(super) fn note(&self, key: ApiKeyId, now: Timestamp) {
        self.lock().insert(key, now);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ApiKeyId, Timestamp>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    /// When a key was used last, what is not written yet included.
    pub fn last_use(&self, key: &api_key::Model) -> Option<Timestamp> {
        Ord::max(key.last_used_at, self.0.uses.lock().get(&key.id).copied())
    }

    /// Writes down from time to time when keys were used, and once more at the end.
    pub async fn keep_uses(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(GATHERED) => self.write_uses().await,
                () = stop.cancelled() => return self.write_uses().await,
            }
        }
    }

    async fn write_uses(&self) {
        let uses = std::mem::take(&mut *self.0.uses.lock());
        for (key, used_at) in uses {
            // Another node may know of a later use.
            let earlier = Condition::any()
                .add(api_key::Column::LastUsedAt.is_null())
                .add(api_key::Column::LastUsedAt.lt(used_at));
            let written = api_key::Entity::update_many()
                .col_expr(api_key::Column::LastUsedAt, Expr::value(used_at.0))
                .filter(api_key::Column::Id.eq(key))
                .filter(earlier)
                .exec(self.0.desk.db.writer())
                .await;
            if let Err(error) = written {
                tracing::warn!(%error, %key, "when a key was used last could not be written");
            }
        }
    }
}
