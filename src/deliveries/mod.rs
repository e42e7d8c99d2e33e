//! Mail and text messages: what leaves the desk.
//!
//! Whoever has something to say to somebody outside puts it into the same transaction as its reason ([`enqueue()`]): it is sent if that
//! commits, and not otherwise. Sending is done by one node ([`Sending`]), outside of any transaction: at least once, and once unless the
//! process is cut off between the receiver's yes and the row that says so. What could not be sent is tried again, ever later, for 72
//! hours of the world's time; what the receiver refuses for good is not. Texts are emptied from their rows as soon as nobody will send
//! them any more, for they may hold codes and links.
//!
//! Deliveries are no domain rows: they have no events, and attempts do not go through `perform`.

pub mod delivery;
mod enqueue;
mod find;
mod post;
mod send;
mod sending;

pub use enqueue::{Message, enqueue, enqueue_held};
pub use find::{of_cause, unsent};
pub use post::Post;
pub use send::Senders;
pub use sending::Sending;
