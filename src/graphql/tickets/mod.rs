//! The types of tickets.

mod actions;
mod ahead;
mod mutations;
mod queries;
mod sla;
mod ticket;

pub use ahead::Ahead;
pub use mutations::TicketMutations;
pub use queries::{OrderDirection, StatusCount, TicketQueries, history};
pub use ticket::{Ticket, TicketConnection, TicketEdge};
