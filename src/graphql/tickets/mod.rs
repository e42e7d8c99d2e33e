//! The types of tickets.

mod actions;
mod ahead;
mod field;
mod mutations;
mod queries;
mod sla;
mod ticket;

pub use ahead::Ahead;
pub use mutations::TicketMutations;
pub use queries::{OrderDirection, StatusCount, TicketOrder, TicketQueries, counted, history, list, list_of};
pub use ticket::{Ticket, TicketConnection, TicketEdge};
