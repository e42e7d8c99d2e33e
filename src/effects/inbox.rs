//! Tells people what happened, as the profile wants it.

use futures_util::future::BoxFuture;

use crate::access::Origin;
use crate::desk::{Effect, Tx};
use crate::error::Result;
use crate::event_log::Draft;
use crate::notifications::tell;

/// The effect.
pub struct Inbox;

impl Effect for Inbox {
    fn name(&self) -> &'static str {
        "inbox"
    }

    fn settle<'a>(&'a self, tx: &'a mut Tx, events: &'a [Draft]) -> BoxFuture<'a, Result<()>> {
        // What was imported happened elsewhere, and what is made up never did.
        if matches!(tx.actor.origin, Origin::Import | Origin::Demo) {
            return Box::pin(std::future::ready(Ok(())));
        }
        Box::pin(tell(tx, events))
    }
}
