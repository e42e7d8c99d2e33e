//! Effects: what must commit with a change but belongs to another room.

use futures_util::future::BoxFuture;

use super::Tx;
use crate::error::Result;
use crate::event_log::Draft;

/// Applied to every appended event before the head is taken, in the order of the list in `effects/mod.rs`. Its failure fails the
/// operation.
pub trait Effect: Send + Sync {
    /// The name in logs.
    fn name(&self) -> &'static str;

    /// Does what belongs to `event`, in its transaction. May append further events.
    fn apply<'a>(&'a self, tx: &'a mut Tx, event: &'a Draft) -> BoxFuture<'a, Result<()>>;
}
