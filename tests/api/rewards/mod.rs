//! What customers say of how they were served, and what they get for what they do.

mod given;
mod ratings;
