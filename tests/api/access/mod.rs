//! Who sees and does what: one decision, the same on every path.

mod matrix;
mod three_views;
