//! Who asks: accounts, sessions, and how access ends.

mod accounts;
mod attempts;
mod devices;
mod nodes;
mod passwords;
mod people;
mod sessions;
