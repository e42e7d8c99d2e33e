//! Tickets and comments, as their users meet them.

mod assignment;
mod comments;
mod creation;
mod idempotency;
mod lists;
mod out_of_sight;
mod transitions;
mod updates;
