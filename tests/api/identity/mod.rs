//! Who asks: accounts, sessions, and how access ends.

mod accounts;
mod api_keys;
mod attempts;
mod devices;
mod history;
mod nodes;
mod passwords;
mod people;
mod sessions;
mod upserts;
