//! What follows from an event after its transaction: one file each.

pub mod revocations;
