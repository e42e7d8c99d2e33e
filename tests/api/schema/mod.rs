//! The schema as a document: current, described, regular; and what clients really send to it.

mod answers;
mod conventions;
mod files;
mod operations;
mod readme;
mod requirements;
