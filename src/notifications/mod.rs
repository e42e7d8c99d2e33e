//! Telling people what happened: in the desk's own inbox, by mail, by text message. The profile says who is told of what, and how.
//!
//! Who is told is found in the transaction of the event, when it is known who may see what ([`tell()`]): a row for each, which is what
//! the inbox shows. What goes out by mail or text message is written a moment later, by one node ([`Posting`]), from the same rows: their
//! writer does not wait for texts to be put together, and nobody waits for their mistakes. Whether somebody still may see the ticket is
//! asked again before anything goes out, and whenever the inbox is shown.
//!
//! A row holds keys, not texts: a text is put together for whoever reads it, in their language, from the ticket as it is by then. Only
//! what somebody wrote themselves ([`send`]) is kept as it is.

pub mod deliveries;
pub mod events;
pub mod find;
pub mod mark_read;
pub mod notification;
pub mod posting;
pub mod preferences;
mod recipients;
pub mod send;
mod tell;
pub mod text;

pub use posting::Posting;
pub use tell::tell;
