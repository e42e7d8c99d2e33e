//! Service levels: for each ticket, a clock for the first response and one for the resolution.
//!
//! A clock counts from the ticket's creation and stands still while the ticket's status pauses it. Its deadline is its start, the
//! goal that the profile sets for the priority, and the time it stood still, all counted in the hours of the profile's calendar. The ticket's row keeps the nearest open deadline
//! (`due_at`) and whether one was missed (`breached`), so that lists filter, order and count by them.

//! On its way a clock says things once: warnings, that its deadline passed, and escalations, all in percent of the promised time
//! ([`steps`]). One node ([`timer`]) says them when they are due, later if the desk stood still meanwhile. A clock that stops before the
//! timer came says what was due in the transaction that stops it.

pub mod clock;
pub mod events;
pub mod fire;
pub mod follow;
pub mod loaders;
pub mod segments;
pub mod set;
pub mod status;
pub mod steps;
pub mod timer;
