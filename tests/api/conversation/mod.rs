//! What is said on a ticket: changing it, taking it back, reading it, and what it moves.

mod changing;
mod moving;
mod reading;
