//! The GraphQL shell: the schema over the nouns, and the one door through which documents reach it.
pub mod api;
pub mod error;
pub mod gate;
