//! The event log: every change of the desk, numbered without gaps in commit order, on both databases.
//!
//! One row, `event_head(epoch, seq)`, gives the numbers: the last thing a writing transaction does is raise it and insert its
//! events. Only [`append`] knows how numbers are made. The log knows no kind of event by name; each noun's `events.rs` does.

mod append;
mod cursor;
pub mod feed;
mod head;
mod kinds;
mod reader;
mod record;

pub use append::append;
pub use cursor::EventCursor;
pub use head::{Head, LogHead, ensure, read as head_now};
pub use reader::{LocalReader, follow};
pub use record::{Audience, Draft, Event, Record, Subject};

pub(crate) use kinds::kinds;
pub(crate) use record::event as table;
