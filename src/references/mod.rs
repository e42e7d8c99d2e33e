//! What tickets can be about outside the desk: bookings, services, rides. The systems around the desk tell of them by kind and id; the
//! profile says which kinds there are and whom they belong to.

pub mod access;
pub mod events;
pub mod fields;
pub mod find;
pub mod list;
pub mod reference;

pub mod delete;
pub mod upsert;

pub use access::{ReferenceFacts, References};
