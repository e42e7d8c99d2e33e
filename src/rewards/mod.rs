//! What customers get for what they do: points and credit, as the profile says, once for each ticket, action and closing.
//!
//! The ledger is written in the transaction of the action, but in a savepoint: a reward that cannot be given never fails the action. It
//! is told as a notice of the same answer, kept, and given later by [`retry`].

pub mod entry;
pub mod events;
pub mod give;
pub mod retry;
