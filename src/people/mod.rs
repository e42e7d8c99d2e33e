//! People, the organizations and teams they belong to, and the addresses that reach them.
//!
//! A person is not a login: credentials and identities are the `sessions` room's. Somebody who only ever wrote a mail is a person too.

pub mod access;
pub mod contact;
pub mod events;
pub mod find;
pub mod loaders;
pub mod organization;
pub mod person;
pub mod team;
