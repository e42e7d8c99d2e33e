//! What was locked and read at once for many operations of one transaction, which each would lock and read their own.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::Tx;

/// By the row's id: whatever is known of it.
type Kept = HashMap<Uuid, Vec<Box<dyn Any + Send>>>;

/// What was read ahead. Everything is there for one taker, who may change it.
#[derive(Default)]
pub(super) struct Ahead(Mutex<Kept>);

impl Ahead {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened to this row: what was read before is no longer how it is.
    pub(super) fn forget(&self, id: Uuid) {
        self.lock().remove(&id);
    }
}

impl Tx {
    /// Keeps what was read of the row `id` for the operation that is about it. The row must be locked: it stays as it was read.
    pub fn keep_ahead<T: Send + 'static>(&self, id: Uuid, what: T) {
        self.ahead.lock().entry(id).or_default().push(Box::new(what));
    }

    /// What was kept of the row `id`, once.
    pub fn take_ahead<T: Send + 'static>(&self, id: Uuid) -> Option<T> {
        let mut ahead = self.ahead.lock();
        let kept = ahead.get_mut(&id)?;
        let at = kept.iter().position(|what| what.is::<T>())?;
        kept.swap_remove(at).downcast().ok().map(|what| *what)
    }

    /// Forgets what was kept of the row `id`, which an effect or another operation has changed meanwhile.
    pub fn forget_ahead(&self, id: Uuid) {
        self.ahead.forget(id);
    }
}
