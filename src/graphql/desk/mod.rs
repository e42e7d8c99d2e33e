//! The desk itself: its workflow, as the profile sets it, and what its API allows.

mod rate_limit;
mod workflow;

pub use rate_limit::RateLimitQueries;
pub use workflow::{Choice, DeskQueries, TicketPriority, TicketStatus};
