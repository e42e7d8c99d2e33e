//! Gives customers what the profile promises them for what they do.

use futures_util::future::BoxFuture;

use crate::access::Origin;
use crate::desk::{Effect, Tx};
use crate::error::Result;
use crate::event_log::Draft;
use crate::rewards::give;

/// The effect.
pub struct Rewards;

impl Effect for Rewards {
    fn name(&self) -> &'static str {
        "rewards"
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx, event: &'a Draft) -> BoxFuture<'a, Result<()>> {
        // The past was rewarded where it happened.
        if tx.actor.origin == Origin::Import {
            return Box::pin(std::future::ready(Ok(())));
        }
        Box::pin(give::event(tx, event))
    }
}
