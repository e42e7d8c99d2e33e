//! Black-box tests of the engine, by subject.

mod damage;
mod durability;
mod harness;
mod highlight;
mod model;
mod odd_input;
mod privacy;
mod rebuild;
mod search;
mod spelling;
