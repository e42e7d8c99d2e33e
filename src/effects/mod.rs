//! What must commit together with an event but belongs to another room. This list is the order in which they are applied.

mod inbox;
mod rewards;
mod routing;
mod sla;
mod threads;

use crate::desk::Effect;

/// Every effect, in order.
pub fn all() -> Vec<Box<dyn Effect>> {
    vec![
        Box::new(sla::Sla),
        Box::new(routing::Routing),
        Box::new(rewards::Rewards),
        Box::new(threads::Threads),
        Box::new(inbox::Inbox),
    ]
}
