//! Tickets: the row, who may see it, how its status moves, and one file for each thing somebody can do to it.

pub mod about;
pub mod access;
pub mod custom_fields;
pub mod escalation;
pub mod events;
pub mod facts;
pub mod filter;
pub mod find;
pub mod input;
pub mod loaders;
pub mod measures;
pub mod number;
pub mod profile_fit;
pub mod rating;
pub mod revision;
pub mod routing;
pub mod status;
pub mod summary;
pub mod ticket;
pub mod whose;

pub mod assign;
pub mod attach;
pub mod change_priority;
pub mod change_status;
pub mod close;
pub mod create;
pub mod deescalate;
pub mod delete;
pub mod escalate;
pub mod rate;
pub mod reopen;
pub mod route;
pub mod unassign;
pub mod update;

pub use access::Tickets;
pub use facts::TicketFacts;
