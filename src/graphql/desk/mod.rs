//! The desk itself: its workflow, as the profile sets it.

mod workflow;

pub use workflow::{Choice, DeskQueries, TicketPriority, TicketStatus};
