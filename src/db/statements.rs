//! Counts the SQL statements that one request executes, so that a test can hold the number constant however many rows there are.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

tokio::task_local! {
    static COUNTED: Arc<AtomicU32>;
}

/// Runs `work` and counts into `counter` every statement that it executes.
pub async fn counted<F: Future>(counter: Arc<AtomicU32>, work: F) -> F::Output {
    COUNTED.scope(counter, work).await
}

/// The counter of the present request, to be carried into a task it starts.
pub fn current() -> Arc<AtomicU32> {
    COUNTED.try_with(Arc::clone).unwrap_or_default()
}

pub(super) fn one_more() {
    // Statements outside any request (readers, start-up) are nobody's.
    let _ = COUNTED.try_with(|counter| counter.fetch_add(1, Ordering::Relaxed));
}
