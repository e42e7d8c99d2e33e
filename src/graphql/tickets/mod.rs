//! The types of tickets.

mod actions;
mod ahead;
mod escalation;
mod field;
mod mutations;
mod queries;
mod rating;
mod routing;
mod sla;
mod sla_status;
mod ticket;
mod whose;

pub use ahead::Ahead;
pub use mutations::TicketMutations;
pub use queries::{OrderDirection, StatusCount, TicketOrder, TicketQueries, counted, history, list};
pub use sla_status::SlaQueries;
pub use ticket::{Ticket, TicketConnection, TicketEdge};
pub use whose::{CustomerHistory, WhoseLoaders, history_of, of};
