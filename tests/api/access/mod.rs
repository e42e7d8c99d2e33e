//! Who sees and does what: one decision, the same on every path.

pub mod permissions;
mod three_views;
mod walk;
