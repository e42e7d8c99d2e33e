//! Does a piece of work on this node, as long as this node holds it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Fence;
use super::lease::{LASTS, give_back, take};
use crate::desk::Desk;
use crate::error::Result;

/// A piece of work that one node does for all.
pub trait Job: Send + 'static {
    /// The name of its lease.
    const NAME: &'static str;

    /// Does what is due, a batch at most. Everything is written under `fence`.
    fn turn(&mut self, desk: &Desk, fence: &Fence) -> impl Future<Output = Result<Next>> + Send;

    /// Completes when something has come to do, as far as this node knows: then it is looked at again at once.
    fn called(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// What comes after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// There is more to do: at once.
    Now,
    /// Nothing is due for so long, as far as it is known now. It is looked at again at least once a second.
    In(Duration),
}

/// How often is looked for new work, or whether another node has given the work up.
const LOOK: Duration = Duration::from_secs(1);

/// Runs `job` until `stop`. A turn that fails is tried again, for what is due stays due; the failure is logged.
pub async fn run<J: Job>(desk: Desk, mut job: J, stop: CancellationToken) {
    let holder = Uuid::new_v4();
    let mut moves = desk.clock.moves();
    let mut held: Option<(Fence, tokio::time::Instant)> = None;
    while !stop.is_cancelled() {
        moves.mark_unchanged();
        if held.as_ref().is_none_or(|(_, taken)| taken.elapsed() > LASTS / 3) {
            held = match take(&desk.db, J::NAME, holder, desk.clock.real()).await {
                Ok(fence) => fence.map(|fence| (fence, tokio::time::Instant::now())),
                Err(error) => {
                    tracing::warn!(job = J::NAME, %error, "whose work it is could not be found out");
                    None
                }
            };
        }
        let mut wait = LOOK;
        if let Some((fence, _)) = &held {
            match job.turn(&desk, fence).await {
                Ok(Next::Now) => continue,
                Ok(Next::In(span)) => wait = span.clamp(Duration::from_millis(10), LOOK),
                Err(error) => {
                    tracing::warn!(job = J::NAME, %error, "a turn failed and is tried again");
                    // It may be that the work is another node's by now.
                    held = None;
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
            () = job.called() => {}
            _ = moves.changed() => {}
        }
    }
    if let Some((fence, _)) = held
        && let Err(error) = give_back(&desk.db, &fence).await
    {
        tracing::warn!(job = J::NAME, %error, "the work could not be given back; another node takes it when the lease ends");
    }
}
