//! Notices what other processes committed: other nodes, an import beside the server. The head of the log moves without this one's doing.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::db::Db;
use crate::event_log::{LogHead, head_now};

/// How often the head is looked at. One statement by primary key.
const EVERY: Duration = Duration::from_millis(100);

/// Raises what this node knows of the head, until `stop`.
pub async fn watch_head(db: Db, head: LogHead, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match head_now(&db.read).await {
            Ok(now) => head.raise(now.seq),
            Err(error) => tracing::warn!(%error, "the head of the log could not be read"),
        }
    }
}
