//! The types of tickets.

mod actions;
mod mutations;
mod queries;
mod sla;
mod ticket;

pub use mutations::TicketMutations;
pub use queries::{OrderDirection, TicketQueries, history};
pub use ticket::{Ticket, TicketConnection, TicketEdge};
