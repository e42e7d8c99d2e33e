//! Doing the same to many tickets: a job that outlives its request and its process.
//!
//! Accepting it fixes the list of tickets ([`start`]). A step ([`step`]) does the next of them, each as the single operation would, in a
//! savepoint of one transaction, and writes what came of each and how far the job is along with it: whatever is killed goes on where it
//! was, and no ticket is done twice. Steps of one job are serial by the lock of its row, whoever takes them; the lease of [`run`] only
//! keeps nodes from standing in each other's way. Between two steps everybody else comes to the writer, and the rights of whoever
//! started the job are looked up anew.

pub mod action;
pub mod events;
pub mod find;
pub mod job;
pub mod run;
pub mod selection;

pub mod cancel;
pub mod preview;
pub mod start;
mod step;
mod stop;

pub use run::{Bulk, Runner};
