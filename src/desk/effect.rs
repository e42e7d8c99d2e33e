//! Effects: what must commit with a change but belongs to another room.

use futures_util::future::BoxFuture;

use super::Tx;
use crate::error::Result;
use crate::event_log::Draft;

/// Applied to every appended event before the head is taken, in the order of the list in `effects/mod.rs`; then, once, to all of them
/// together. Its failure fails the operation.
pub trait Effect: Send + Sync {
    /// The name in logs.
    fn name(&self) -> &'static str;

    /// Does what belongs to `event`, in its transaction. May append further events.
    fn apply<'a>(&'a self, _tx: &'a mut Tx, _event: &'a Draft) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Does what belongs to all events of the transaction together, when every effect was applied to each: for what costs the same
    /// however many there are. What it appends, effects are not applied to.
    fn settle<'a>(&'a self, _tx: &'a mut Tx, _events: &'a [Draft]) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
