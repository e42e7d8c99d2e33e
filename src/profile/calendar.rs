//! When time counts: always, or in the hours of a calendar, and how far a length of counted time reaches.
//!
//! Hours are those that clocks on the wall show in the calendar's time zone: on the day the clocks change, 01:00-04:00 is two hours or
//! four. Absent: hours over midnight. A shift from 22:00 to 06:00 is two entries, "22:00-24:00" and "00:00-06:00" of the next day.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer};

/// When time counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Calendar {
    /// Always: `24x7`.
    #[default]
    Always,
    /// In certain hours.
    Hours(WorkingHours),
}

/// A calendar with hours, as a profile writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    /// Shown.
    pub name: String,
    /// Where the hours are read from the clock; absent: in the desk's time zone.
    #[serde(default, deserialize_with = "optional_time_zone")]
    pub time_zone: Option<TimeZone>,
    /// By weekday.
    pub hours: Week,
    /// Days on which no time counts: `2025-12-24`, or `12-25` for that day of every year.
    #[serde(default)]
    pub holidays: BTreeSet<Holiday>,
}

/// The hours of each weekday. A day that is not listed has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Week {
    pub monday: Vec<Span>,
    pub tuesday: Vec<Span>,
    pub wednesday: Vec<Span>,
    pub thursday: Vec<Span>,
    pub friday: Vec<Span>,
    pub saturday: Vec<Span>,
    pub sunday: Vec<Span>,
}

/// Some hours of a day: `09:00-17:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Span {
    /// The first moment.
    pub from: Time,
    /// The first moment after it; none: midnight.
    pub to: Option<Time>,
}

/// A day without hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Holiday {
    /// One day.
    Once(Date),
    /// That day of every year: month and day.
    Yearly(i8, i8),
}

/// How many days are looked through before a calendar is taken to have no hours any more: twenty years.
const HORIZON: usize = 7_305;

impl Calendar {
    /// When `working_ms` milliseconds have counted, beginning at `start_ms` (milliseconds since 1970, UTC). A time at which nothing
    /// counts belongs to the next hours that do.
    pub fn add(&self, start_ms: i64, working_ms: i64) -> i64 {
        let Self::Hours(hours) = self else { return start_ms.saturating_add(working_ms) };
        if working_ms <= 0 {
            return start_ms;
        }
        let mut left = working_ms;
        for (from, to) in hours.spans_from(start_ms) {
            let from = from.max(start_ms);
            if to - from >= left {
                return from + left;
            }
            left -= to - from;
        }
        i64::MAX
    }

    /// How many milliseconds count from `a_ms` to `b_ms`; none, if that is not later.
    pub fn between(&self, a_ms: i64, b_ms: i64) -> i64 {
        let Self::Hours(hours) = self else { return b_ms.saturating_sub(a_ms).max(0) };
        let spans = hours.spans_from(a_ms).take_while(|(from, _)| *from < b_ms);
        spans.map(|(from, to)| to.min(b_ms) - from.max(a_ms)).sum()
    }
}

impl WorkingHours {
    /// The hours that end after `start_ms`, in order, in milliseconds.
    fn spans_from(&self, start_ms: i64) -> impl Iterator<Item = (i64, i64)> {
        let zone = self.time_zone.clone().unwrap_or(TimeZone::UTC);
        let edge = if start_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let start = Timestamp::from_millisecond(start_ms).unwrap_or(edge);
        let first = zone.to_datetime(start).date();
        let days = std::iter::successors(Some(first), |day| day.checked_add(1.day()).ok()).take(HORIZON);
        days.filter(|day| !self.is_holiday(*day))
            .flat_map(move |day| {
                let zone = zone.clone();
                self.hours.of(day.weekday()).iter().filter_map(move |span| span.on(day, &zone))
            })
            .filter(move |(_, to)| *to > start_ms)
    }

    fn is_holiday(&self, day: Date) -> bool {
        !self.holidays.is_empty()
            && (self.holidays.contains(&Holiday::Once(day))
                || self.holidays.contains(&Holiday::Yearly(day.month(), day.day())))
    }
}

impl Week {
    /// The hours of a weekday.
    pub fn of(&self, day: Weekday) -> &[Span] {
        match day {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }

    /// The weekdays by the names they have in a profile, Monday first.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[Span])> {
        let name = |day: Weekday| match day {
            Weekday::Monday => "monday",
            Weekday::Tuesday => "tuesday",
            Weekday::Wednesday => "wednesday",
            Weekday::Thursday => "thursday",
            Weekday::Friday => "friday",
            Weekday::Saturday => "saturday",
            Weekday::Sunday => "sunday",
        };
        Weekday::Monday.cycle_forward().take(7).map(move |day| (name(day), self.of(day)))
    }
}

impl Span {
    /// From when to when it is on a day, in milliseconds; nothing, if the clocks jump over it.
    fn on(self, day: Date, zone: &TimeZone) -> Option<(i64, i64)> {
        let end = match self.to {
            Some(to) => day.to_datetime(to),
            None => day.tomorrow().ok()?.to_datetime(Time::midnight()),
        };
        // Times that the clocks jump over count as the moment of the jump, those that come twice as the first of the two.
        let at = |time: DateTime| {
            let ambiguous = zone.to_ambiguous_timestamp(time);
            let moment = match ambiguous.offset() {
                AmbiguousOffset::Gap { .. } => zone.following(ambiguous.earlier().ok()?).next()?.timestamp(),
                _ => ambiguous.compatible().ok()?,
            };
            Some(moment.as_millisecond())
        };
        let (from, to) = (at(day.to_datetime(self.from))?, at(end)?);
        (from < to).then_some((from, to))
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        write!(f, "{}-{}", clock(self.from), self.to.map_or_else(|| "24:00".to_owned(), clock))
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let refused = || {
            format!(
                "hours cannot be {text:?}; allowed: from and to on one day, such as \"09:00-17:30\" or \"18:00-24:00\""
            )
        };
        let (from, to) = text.split_once('-').ok_or_else(refused)?;
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).map_err(|_| refused());
        let from = time(from)?;
        let to = if to.trim() == "24:00" { None } else { Some(time(to)?) };
        if to.is_some_and(|to| to <= from) {
            return Err(refused());
        }
        Ok(Self { from, to })
    }
}

impl TryFrom<String> for Holiday {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let refused = || format!("a holiday cannot be {text:?}; allowed: \"2025-12-24\", or \"12-25\" for every year");
        if let Ok(date) = text.parse() {
            return Ok(Self::Once(date));
        }
        // A leap year, so that 02-29 is a day.
        let date = Date::strptime("%Y-%m-%d", format!("2024-{text}")).map_err(|_| refused())?;
        Ok(Self::Yearly(date.month(), date.day()))
    }
}

fn optional_time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TimeZone>, D::Error> {
    super::time_zone(deserializer).map(Some)
}
