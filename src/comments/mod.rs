//! Comments on tickets: public replies and internal notes.

pub mod comment;
pub mod counts;
pub mod events;
pub mod find;
pub mod loaders;
pub mod read;
pub mod thread;

pub mod add;
pub mod delete;
pub mod edit;
pub mod mark_read;
