//! Numbers about tickets: counts, spreads of times, volume, trends. Each number is a rule (a condition and the sentence that says it), so
//! that the tickets behind it can be listed by the very same condition.
//!
//! Everything is asked through one [`Scope`]: what the actor sees, as far as their permission to see reports goes, narrowed by a filter.

mod count;
mod dimension;
mod escalations;
pub mod history;
mod interval;
mod ratings;
mod rules;
mod scope;
mod spread;
mod trend;

pub use count::{Count, Rule};
pub use dimension::{Dimension, Part};
pub use interval::{Interval, Step};
pub use ratings::{Asked, Scores};
pub use rules::Outcome;
pub use scope::{MetricsPeriod, Scope};
pub use spread::{Measure, Spread};
pub use trend::Trend;
