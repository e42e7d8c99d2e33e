//! Counts anew what is read at a ticket when another was merged into it, or when that was undone.

use futures_util::future::BoxFuture;

use crate::comments::thread;
use crate::desk::{Effect, Tx};
use crate::error::Result;
use crate::event_log::Draft;
use crate::tickets::events::kind;

/// The effect.
pub struct Threads;

impl Effect for Threads {
    fn name(&self) -> &'static str {
        "threads"
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx, event: &'a Draft) -> BoxFuture<'a, Result<()>> {
        match event.subject.ticket {
            Some(ticket) if [kind::MERGE_RECEIVED, kind::MERGE_RETURNED].contains(&event.kind) => {
                Box::pin(thread::recount(tx, ticket))
            }
            _ => Box::pin(std::future::ready(Ok(()))),
        }
    }
}
