//! Who is looking at a ticket now, and who is writing. Nothing of it is stored or logged: it is true for seconds.
//!
//! Each node knows its own people and says so to the others (`bus`, PostgreSQL's NOTIFY), the whole of a ticket at once: after each
//! change, and every few seconds while there is anybody. What a node has not repeated for a while is forgotten, so that a lost message
//! mends itself and a node that died leaves nobody behind. On SQLite there is one node, and nothing is said.

mod bus;
mod rooms;

pub use bus::follow;
pub use rooms::{Looking, Presence, Present, Typing};
