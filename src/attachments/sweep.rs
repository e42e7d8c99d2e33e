//! Removes what nobody needs: uploads that were not used within a day, and the bytes of what was deleted. Every node runs it; doing
//! it twice does no harm.

use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::files::Folder;
use crate::files::attachment::{self, Column};
use crate::ids::AttachmentId;

/// How often it is done, by the desk's clock.
const EVERY: Duration = Duration::from_secs(60);
/// How often it is looked whether it is time: a test moves the clock, and nothing tells.
const LOOK: Duration = Duration::from_millis(500);
/// How many are removed at once.
const BATCH: u64 = 500;

/// Sweeps until `stop`.
pub async fn sweeping(desk: Desk, folder: Folder, stop: CancellationToken) {
    let mut next = desk.clock.real();
    loop {
        // Read before the sweep: what becomes due meanwhile waits no longer for it.
        let now = desk.clock.real();
        if now >= next {
            match sweep(&desk, &folder).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "files that nobody needs were removed"),
                Err(error) => tracing::warn!(%error, "files could not be swept; it is tried again"),
            }
            next = now.after(EVERY);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Removes what nobody needs now; answers how many files that were.
///
/// # Errors
/// The database's, and the file system's.
pub async fn sweep(desk: &Desk, folder: &Folder) -> Result<usize> {
    let writer = desk.db.writer();
    // Claimed first: from here on nobody can use them.
    attachment::Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(desk.clock.now().0))
        .filter(Column::TicketId.is_null())
        .filter(Column::ExpiresAt.lte(desk.clock.real().0))
        .filter(Column::DeletedAt.is_null())
        .exec(writer)
        .await?;
    let mut removed = 0;
    loop {
        let gone: Vec<AttachmentId> = attachment::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::DeletedAt.is_not_null())
            .limit(BATCH)
            .into_tuple()
            .all(&desk.db.read)
            .await?;
        if gone.is_empty() {
            return Ok(removed);
        }
        for id in &gone {
            folder.remove(*id).await.map_err(Error::internal)?;
        }
        // The row goes last: it is what the bytes are found by.
        attachment::Entity::delete_many().filter(Column::Id.is_in(gone.iter().copied())).exec(writer).await?;
        removed += gone.len();
    }
}
