//! Service levels: for each ticket, a clock for the first response and one for the resolution.
//!
//! A clock counts from the ticket's creation and stands still while the ticket's status pauses it. Its deadline is its start, the
//! goal that the profile sets for the priority, and the time it stood still, all counted in the hours of the profile's calendar. The ticket's row keeps the nearest open deadline
//! (`due_at`) and whether one was missed (`breached`), so that lists filter, order and count by them.

pub mod clock;
pub mod follow;
pub mod loaders;
