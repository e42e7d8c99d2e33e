//! What follows the log. Each reader is one file; [`crate::app`] starts them.

pub mod head_watch;
pub mod indexer;
pub mod live_feed;
pub mod revocations;
