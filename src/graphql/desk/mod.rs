//! The desk itself: its workflow, as the profile sets it, and what its API allows.

mod asked;
mod promised;
mod rate_limit;
mod workflow;

pub use promised::PermissionName;
pub use rate_limit::RateLimitQueries;
pub use workflow::{Choice, DeskQueries, TicketPriority, TicketStatus};
