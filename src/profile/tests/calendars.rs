//! Counting in the hours of a calendar: over nights, weekends, holidays, and the days on which the clocks change.

use proptest::prelude::*;

use super::{Profile, Test, with};
use crate::clock::Timestamp;
use crate::profile::Calendar;

const HOUR: i64 = 3_600_000;

/// A calendar of Berlin: 7 hours on Mondays, 8 on the other weekdays, 2 on Saturdays, 4 on Sundays.
const OFFICE: &str = r#"
monday = ["09:00-12:00", "13:00-17:00"]
tuesday = ["09:00-17:00"]
wednesday = ["09:00-17:00"]
thursday = ["09:00-17:00"]
friday = ["09:00-17:00"]
saturday = ["22:00-24:00"]
sunday = ["00:00-04:00"]
"#;

fn written(hours: &str, holidays: &str) -> String {
    let calendar = format!(
        "[calendars.office]\nname = \"Office hours\"\ntime_zone = \"Europe/Berlin\"\nholidays = {holidays}\n\
         [calendars.office.hours]\n{hours}\n[sla]\ncalendar = \"office\""
    );
    with("[sla]\ncalendar = \"24x7\"", &calendar)
}

fn calendar(hours: &str) -> Result<Calendar, Box<dyn std::error::Error>> {
    Ok(Profile::parse("p", &written(hours, r#"["12-25", "2026-05-01"]"#))?.calendar().clone())
}

#[test]
fn time_counts_in_working_hours_only() -> Test {
    let office = calendar(OFFICE)?;
    // From when, so many hours, until when. Berlin is at +01:00 in winter, at +02:00 in summer.
    let cases = [
        ("2026-01-14T09:00:00+01:00", 2, "2026-01-14T11:00:00+01:00"), // Wednesday
        ("2026-01-14T07:00:00+01:00", 2, "2026-01-14T11:00:00+01:00"), // before it opens
        ("2026-01-14T16:00:00+01:00", 2, "2026-01-15T10:00:00+01:00"), // over night
        ("2026-01-14T15:00:00+01:00", 2, "2026-01-14T17:00:00+01:00"), // to the last moment of a day
        ("2026-01-12T11:00:00+01:00", 2, "2026-01-12T14:00:00+01:00"), // over Monday's break
        ("2026-01-16T16:00:00+01:00", 2, "2026-01-17T23:00:00+01:00"), // from Friday to Saturday night
        ("2026-01-17T23:00:00+01:00", 2, "2026-01-18T01:00:00+01:00"), // over midnight
        ("2026-01-18T05:00:00+01:00", 1, "2026-01-19T10:00:00+01:00"), // from after the night to Monday
        ("2026-12-24T16:00:00+01:00", 2, "2026-12-26T23:00:00+01:00"), // over Christmas, a Friday
        ("2027-12-24T16:00:00+01:00", 2, "2027-12-26T01:00:00+01:00"), // over Christmas, a Saturday
        ("2026-04-30T16:00:00+02:00", 2, "2026-05-02T23:00:00+02:00"), // over that one First of May
        ("2027-04-30T16:00:00+02:00", 2, "2027-05-01T23:00:00+02:00"), // but not over that of the next year
        ("2026-01-14T09:00:00+01:00", 41, "2026-01-20T13:00:00+01:00"), // 8 + 8 + 8 + 2 + 4 + 7 + 4
        ("2026-03-28T22:00:00+01:00", 5, "2026-03-29T04:00:00+02:00"), // a night of 2 + 3: the clocks go forward
        ("2026-03-28T22:00:00+01:00", 4, "2026-03-29T03:00:00+02:00"),
        ("2026-10-24T22:00:00+02:00", 7, "2026-10-25T04:00:00+01:00"), // a night of 2 + 5: the clocks go back
    ];
    for (from, hours, to) in cases {
        let (from_ms, to_ms) = (from.parse::<Timestamp>()?.0, to.parse::<Timestamp>()?.0);
        assert_eq!(Timestamp(office.add(from_ms, hours * HOUR)).to_string(), Timestamp(to_ms).to_string(), "{from}");
        assert_eq!(office.between(from_ms, to_ms), hours * HOUR, "{from} to {to}");
        assert_eq!(office.between(to_ms, from_ms), 0, "nothing counts backwards");
    }
    Ok(())
}

#[test]
fn hours_that_the_clocks_jump_over_do_not_count_and_none_counts_twice() -> Test {
    let night = calendar("sunday = [\"01:30-02:30\", \"02:30-03:30\"]")?;
    let day = |from: &str, to: &str| -> Result<i64, Box<dyn std::error::Error>> {
        Ok(night.between(from.parse::<Timestamp>()?.0, to.parse::<Timestamp>()?.0))
    };
    assert_eq!(day("2026-03-22T00:00:00+01:00", "2026-03-22T12:00:00+01:00")?, 2 * HOUR, "any Sunday");
    assert_eq!(day("2026-03-29T00:00:00+01:00", "2026-03-29T12:00:00+02:00")?, HOUR, "half an hour before and after");
    assert_eq!(day("2026-10-25T00:00:00+02:00", "2026-10-25T12:00:00+01:00")?, 3 * HOUR, "the hour that comes twice");
    let gone = calendar("sunday = [\"02:10-02:50\"]")?;
    let (from, to) =
        ("2026-03-29T00:00:00+01:00".parse::<Timestamp>()?, "2026-03-29T12:00:00+02:00".parse::<Timestamp>()?);
    assert_eq!(gone.between(from.0, to.0), 0);
    Ok(())
}

#[test]
fn always_counts_always_and_the_desks_zone_is_the_calendars() -> Test {
    assert_eq!(
        (Calendar::Always.add(5, 7), Calendar::Always.between(5, 12), Calendar::Always.between(12, 5)),
        (12, 7, 0)
    );
    assert_eq!(Calendar::Always.add(i64::MAX - 1, 7), i64::MAX);
    let text = written("monday = [\"00:00-01:00\"]", "[]").replacen("time_zone = \"Europe/Berlin\"\n", "", 1);
    let profile = Profile::parse("p", &text.replacen("time_zone = \"UTC\"", "time_zone = \"Asia/Kolkata\"", 1))?;
    let monday = "2026-01-12T00:00:00+05:30".parse::<Timestamp>()?.0;
    assert_eq!(profile.calendar().between(monday - 24 * HOUR, monday + 24 * HOUR), HOUR);
    assert_eq!(profile.calendar().add(monday - 1, 1), monday + 1);
    Ok(())
}

#[test]
fn a_calendar_that_no_time_counts_in_is_refused() {
    let cases = [
        ("monday = []", "[]", "calendars.office.hours: no day has hours"),
        ("monday = [\"9-17\"]", "[]", "hours cannot be \"9-17\""),
        ("monday = [\"17:00-09:00\"]", "[]", "hours cannot be \"17:00-09:00\""),
        ("monday = [\"09:00-25:00\"]", "[]", "hours cannot be \"09:00-25:00\""),
        ("monday = [\"09:00-12:00\", \"11:00-13:00\"]", "[]", "09:00-12:00 and 11:00-13:00 overlap"),
        ("monday = [\"09:00-24:00\", \"11:00-13:00\"]", "[]", "09:00-24:00 and 11:00-13:00 overlap"),
        ("someday = [\"09:00-12:00\"]", "[]", "unknown field `someday`"),
        ("monday = [\"09:00-12:00\"]", "[\"13-01\"]", "a holiday cannot be \"13-01\""),
        ("monday = [\"09:00-12:00\"]", "[\"02-30\"]", "a holiday cannot be \"02-30\""),
    ];
    for (hours, holidays, words) in cases {
        let message = Profile::parse("p", &written(hours, holidays)).err().map(|error| error.to_string());
        assert!(message.as_ref().is_some_and(|text| text.contains(words) && text.contains(", line ")), "{message:?}");
    }
    let text = written("monday = [\"09:00-12:00\"]", "[]").replacen("Europe/Berlin", "Europe/Bern", 1);
    let message = Profile::parse("p", &text).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains("time_zone cannot be \"Europe/Bern\""), "{message}");
}

proptest! {
    /// What is added is what lies between, in one step or in two; later never ends earlier.
    #[test]
    fn adding_and_measuring_agree(start in 1_700_000_000_000_i64..1_900_000_000_000, a in 0_i64..200 * HOUR, b in 0_i64..200 * HOUR) {
        let office = calendar(OFFICE).unwrap();
        let end = office.add(start, a);
        prop_assert_eq!(office.between(start, end), a);
        prop_assert_eq!(office.add(end, b), if a + b == 0 { start } else { office.add(start, a + b) });
        prop_assert!(office.add(start, a + b) >= end);
        prop_assert_eq!(office.between(start, end + b), a + office.between(end, end + b));
    }
}
