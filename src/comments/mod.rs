//! Comments on tickets: public replies and internal notes.

pub mod add;
pub mod comment;
pub mod events;
pub mod loaders;
