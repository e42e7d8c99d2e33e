//! Tickets and comments, as their users meet them.

mod assignment;
mod comments;
mod creation;
mod idempotency;
mod lists;
mod transitions;
mod updates;
