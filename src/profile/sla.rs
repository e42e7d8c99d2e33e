//! What is promised, and when its time counts.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::period::Period;

/// The calendar that counts always.
pub const ALWAYS: &str = "24x7";

/// What is promised, and when time counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sla {
    /// When time counts: `24x7`, or a key of `[calendars]`.
    pub calendar: String,
    /// By priority. A priority that is not listed is promised nothing.
    pub targets: BTreeMap<String, SlaTarget>,
    /// How far a clock has come, in percent of the promised time, when people are warned: a clock that comes there is at risk.
    pub warnings: Vec<u32>,
}

impl Default for Sla {
    fn default() -> Self {
        Self { calendar: ALWAYS.to_owned(), targets: BTreeMap::new(), warnings: Vec::new() }
    }
}

/// What one priority is promised, counted from the ticket's creation without the pauses. Absent: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaTarget {
    /// Until staff first answer.
    pub first_response: Option<Period>,
    /// Until the ticket is resolved, or closed.
    pub resolution: Option<Period>,
}
