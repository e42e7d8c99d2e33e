//! Work that one node does for all: whoever holds its lease. The SLA's timer, the second tries of rewards.
//!
//! A lease is a row with a holder, an end and a token that rises with each new holder. What the work writes, it writes in operations that
//! lock the row and compare the token first ([`Fence::hold`]): a node that was paused, and woke up after another one took over, is
//! refused by the database, whatever its own clock says.

mod lease;
mod run;

pub use lease::Fence;
pub use run::{Job, Next, run};
