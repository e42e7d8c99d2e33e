//! Who asks: accounts, sessions, and how access ends.

mod accounts;
mod attempts;
mod nodes;
mod people;
mod sessions;
