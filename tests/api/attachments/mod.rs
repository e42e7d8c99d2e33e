//! Files on tickets and comments.

mod content;
mod crash;
mod sight;
mod sweeping;
mod using;
