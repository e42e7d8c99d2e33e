//! Black-box tests of the engine, by subject.

mod harness;
mod search;
