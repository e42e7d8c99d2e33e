//! Finds somebody for a new ticket, where the profile says so.

use futures_util::future::BoxFuture;

use crate::access::Origin;
use crate::desk::{Effect, Tx};
use crate::error::Result;
use crate::event_log::Draft;
use crate::tickets::events::kind;
use crate::tickets::route;

/// The effect.
pub struct Routing;

impl Effect for Routing {
    fn name(&self) -> &'static str {
        "routing"
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx, event: &'a Draft) -> BoxFuture<'a, Result<()>> {
        // Imported tickets have, or had, whom they were given to.
        match event.subject.ticket {
            Some(ticket)
                if event.kind == kind::CREATED
                    && tx.profile().routing.on_create
                    && tx.actor.origin != Origin::Import =>
            {
                Box::pin(route::new_ticket(tx, ticket))
            }
            _ => Box::pin(std::future::ready(Ok(()))),
        }
    }
}
