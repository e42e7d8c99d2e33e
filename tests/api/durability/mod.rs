//! What was acknowledged is there, whatever happens to the process, to the index, to the other node.

mod freshness;
mod healing;
mod healing_live;
mod kill;
mod starting;
mod truncation;
