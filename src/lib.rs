//! Deskgraph: a support desk as a graph.

pub mod config;
pub mod logging;
pub mod profile;
