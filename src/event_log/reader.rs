//! Readers that run on every node and keep their own position: the search index, the live feed, the revocation set.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{LogHead, Record, feed};
use crate::db::Db;
use crate::error::Result;
use crate::telemetry::Telemetry;

/// Follows the log on this node. Its effect is local (memory, an index), so that it needs no lease; it must be idempotent.
pub trait LocalReader: Send + 'static {
    /// The name in logs and metrics.
    const NAME: &'static str;

    /// The number of the last event that its state contains.
    fn position(&self) -> i64;

    /// Takes the next records, all of them in order.
    fn read(&mut self, batch: &[Record]) -> impl Future<Output = Result<()>> + Send;

    /// Called when it has come to the end of the log, before it waits for more.
    fn idle(&mut self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Completes when there is something to do although the log has nothing new: then `idle` is called again.
    fn due(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }

    /// Called once, when the process stops in good order.
    fn stop(&mut self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// How long a reader waits after a failure before it tries the same batch again.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs `reader` until `stop`. A batch that fails is tried again, for the log cannot be stepped over; the failure is logged. What is
/// under way when told to stop is dropped, however long it would still take: a reader's next life does it again.
pub async fn follow<R: LocalReader>(
    db: Db,
    head: LogHead,
    telemetry: Telemetry,
    mut reader: R,
    stop: CancellationToken,
) {
    let mut news = head.watch();
    loop {
        let step = async {
            telemetry.reader(R::NAME, reader.position());
            let batch = feed::after(&db.read, reader.position()).await?;
            if batch.is_empty() {
                reader.idle().await?;
                return Ok::<_, crate::error::Error>(false);
            }
            reader.read(&batch).await?;
            Ok(true)
        };
        let outcome = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            outcome = step => outcome,
        };
        match outcome {
            Ok(true) => {}
            Ok(false) => {
                let position = reader.position();
                tokio::select! {
                    () = stop.cancelled() => break,
                    _ = news.wait_for(|seq| *seq > position) => {}
                    () = reader.due() => {}
                }
            }
            Err(error) => {
                tracing::error!(reader = R::NAME, position = reader.position(), %error, "a reader could not go on");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(PATIENCE) => {}
                }
            }
        }
    }
    if let Err(error) = reader.stop().await {
        tracing::warn!(reader = R::NAME, %error, "a reader did not stop in good order");
    }
}
