//! Who did what, and what was refused to whom.
//!
//! The event log is the history of what was done. What is refused rolls back, so it cannot be an event: refusals are counted in a
//! table of their own, in groups (`refusals`). [`entries`] reads both as one list, newest first. Deliberately absent: what the refused
//! had sent, and addresses of the network, of which only a keyed hash is kept.

mod entries;
pub mod refusals;

pub use entries::{AuditFilter, Entry, Outcome, entries};
