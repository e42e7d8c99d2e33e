//! The two clocks, both passed in.
//!
//! `now()` is the desk's time (SLA, reopening, schedules) and may be moved in tests; `real()` is for tokens, sessions, limits
//! and timeouts. This is the only file that reads the system's clock.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. Both databases store it as an integer.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sea_orm::DeriveValueType,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Later than everything: the `due_at` of a ticket that owes nothing.
    pub const NEVER: Self = Self(i64::MAX);
    /// 0001-01-01T00:00:00Z, the earliest that is taken from outside.
    pub const EARLIEST: Self = Self(-62_135_596_800_000);
    /// The last moment that every offset can write within the year 9999; later ones of that year count as it.
    pub const LATEST: Self = Self(253_402_207_200_000);

    /// This time and `span` later; stops at the end of time.
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This time, `span` earlier.
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Milliseconds from `earlier` to this, negative if this is the earlier one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(time) => write!(f, "{time:.3}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if is_end_of_time(text) {
            return Ok(Self::LATEST);
        }
        let time: jiff::Timestamp = text.parse().map_err(|_| {
            format!("\"{}\" is not a time like 2026-01-31T09:30:00Z", text.chars().take(40).collect::<String>())
        })?;
        let time = Self(time.as_millisecond().min(Self::LATEST.0));
        if time < Self::EARLIEST {
            return Err("times lie between the years 1 and 9999".to_owned());
        }
        Ok(time)
    }
}

/// Whether it is a time on the last days of 9999, with which clients mean "for ever": jiff knows times only up to the hour at which
/// that year ends in the last of all offsets.
fn is_end_of_time(text: &str) -> bool {
    let Ok(pieces) = jiff::fmt::temporal::Pieces::parse(text) else { return false };
    let day = pieces.date();
    let last_days = (day.year(), day.month()) == (9999, 12) && day.day() >= 30;
    last_days && pieces.time().is_some() && pieces.offset().is_some()
}

/// A point in time as RFC 3339 text in UTC with milliseconds, such as `2026-01-31T09:30:00.000Z`. On input any offset is
/// taken, and years from 1 to 9999.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => text.parse().map_err(InputValueError::custom),
            other => Err(InputValueError::expected_type(other)),
        }
    }
    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// The clocks of one desk. Cheap to clone; clones share the time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Offsets>);

#[derive(Debug, Default)]
struct Offsets {
    desk: AtomicI64,
    real: AtomicI64,
    moved: watch::Sender<()>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// The desk's time: what SLA, reopening windows and schedules follow.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.real().0 + self.0.desk.load(Ordering::Relaxed))
    }

    /// The time of the world: what tokens, sessions and limits follow.
    pub fn real(&self) -> Timestamp {
        Timestamp(system_milliseconds() + self.0.real.load(Ordering::Relaxed))
    }

    /// Moves the desk's time forward. For tests and development.
    pub fn advance(&self, span: Duration) {
        self.0.desk.fetch_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
        self.0.moved.send_replace(());
    }

    /// Moves the time of the world forward, and the desk's with it. For tests.
    pub fn advance_real(&self, span: Duration) {
        self.0.real.fetch_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
        self.0.moved.send_replace(());
    }

    /// Changes whenever somebody moves a clock: who sleeps until a time must look at the time again.
    pub fn moves(&self) -> watch::Receiver<()> {
        self.0.moved.subscribe()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
fn system_milliseconds() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_any_offset_and_written_in_utc() {
        let time: Timestamp = "2026-01-31T10:30:00.5+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-01-31T09:30:00.500Z");
        for end in ["9999-12-31T23:59:59.999Z", "9999-12-30T22:00:01Z", "9999-12-31T23:59:59-12:00"] {
            assert_eq!(end.parse::<Timestamp>().unwrap(), Timestamp::LATEST);
            assert_eq!(Timestamp::LATEST.to_string(), "9999-12-30T22:00:00.000Z");
        }
        for bad in [
            "9999-12-31",
            "9999-13-31T00:00:00Z",
            "",
            "yesterday",
            "2026-01-31",
            "2026-13-01T00:00:00Z",
            "+12026-01-31T10:30:00Z",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
    }
}
