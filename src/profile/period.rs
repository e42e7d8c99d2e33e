//! Lengths of time as people write them: `2h`, `5d`, `1h 30m`.
//!
//! A day is 24 hours, because the desk's clocks count time, not dates. Absent for the same reason: months and years.

use std::fmt;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::Deserialize;

/// A length of time, more than nothing, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Period(i64);

impl Period {
    /// So many minutes.
    pub(super) const fn minutes(minutes: u32) -> Self {
        Self(minutes as i64 * 60_000)
    }

    /// Milliseconds.
    pub fn ms(self) -> i64 {
        self.0
    }
}

impl TryFrom<String> for Period {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let refused = || {
            format!(
                "a length of time cannot be {text:?}; allowed: more than nothing, in w, d, h, m, s: \"2h\", \"5d\", \"1h 30m\""
            )
        };
        let span: Span = text.parse().map_err(|_| refused())?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| refused())?;
        match i64::try_from(length.as_millis()) {
            Ok(ms) if ms > 0 => Ok(Self(ms)),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for Period {
    /// In hours and less, such as `120h`: a profile's own words are in its file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", SignedDuration::from_millis(self.0))
    }
}
