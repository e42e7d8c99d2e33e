//! Folds SQLite's log of changes into its file beside the writers, so that no commit has to do it, and its client to wait for it.
//!
//! A passive checkpoint waits for nobody and holds nobody up. While writers go on it may never come to the end of the log, which then
//! grows: the writer's own, at [`AT_MOST`], is what bounds it, and finds most of the work done.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;

use super::Db;

/// How often it is done.
const EVERY: Duration = Duration::from_millis(500);
/// How long the log of changes may get, in pages of 4 KiB, until a commit folds it in.
pub(super) const AT_MOST: &str = "16000";

/// Folds until told to stop; on PostgreSQL there is nothing to fold.
pub async fn keep_folding(db: Db, stop: CancellationToken) {
    let Some(folder) = db.folder else { return };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = folder.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await {
            tracing::warn!(%error, "SQLite's log of changes could not be folded into its file");
        }
    }
}
