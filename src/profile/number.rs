//! Ticket numbers: `TICK-{date:%Y%m%d}-{seq:4}` and the like.
//!
//! A width is a minimum: the ten-thousandth ticket of a day gets five digits instead of an error. Absent: counting.
//! Who creates a ticket takes the next `seq` in the same transaction.

use std::fmt::Write;

use jiff::civil::{Date, date};
use jiff::fmt::strtime;
use serde::Deserialize;

/// How numbers look and when they begin again at 1.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct NumberFormat {
    /// As written in the profile.
    pub template: String,
    /// When counting begins again.
    pub resets: Resets,
    /// Formats that numbers had before, as written in the profile: tickets keep their numbers.
    pub earlier: Vec<String>,
    parts: Vec<Part>,
    before: Vec<Vec<Part>>,
}

/// When counting begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resets {
    /// With every day of the desk's time zone.
    Daily,
    /// Never.
    Never,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    template: String,
    resets: Resets,
    #[serde(default)]
    earlier: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Date(String),
    Seq(usize),
}

const ALLOWED: &str = "allowed: text with one {seq} or {seq:4} (at least 4 digits) and any {date:%Y%m%d}";

impl NumberFormat {
    /// The number of the `seq`-th ticket of a day, or of the desk where numbers never begin again.
    pub fn format(&self, day: Date, seq: u64) -> String {
        let mut number = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => number.push_str(text),
                // Checked while reading; a day that it cannot write (before year 0) still gets a unique number.
                Part::Date(format) => {
                    number.push_str(&strtime::format(format, day).unwrap_or_else(|_| day.to_string()));
                }
                Part::Seq(width) => drop(write!(number, "{seq:0width$}")),
            }
        }
        number
    }

    /// Whether a number looks as this format, or an earlier one, writes them.
    pub fn knows(&self, number: &str) -> bool {
        std::iter::once(&self.parts).chain(&self.before).any(|parts| fits(parts, number))
    }
}

/// Whether a number is made of these parts.
fn fits(parts: &[Part], number: &str) -> bool {
    let Some((part, rest)) = parts.split_first() else { return number.is_empty() };
    match part {
        Part::Text(text) => number.strip_prefix(text.as_str()).is_some_and(|number| fits(rest, number)),
        // How long a written day is depends on the format: the longest that can be read is taken, or a shorter one.
        Part::Date(format) => (1..=number.len()).rev().filter(|end| number.is_char_boundary(*end)).any(|end| {
            let (day, number) = number.split_at(end);
            strtime::parse(format, day).is_ok() && fits(rest, number)
        }),
        Part::Seq(width) => {
            let digits = number.bytes().take_while(u8::is_ascii_digit).count();
            (*width..=digits).rev().any(|end| fits(rest, &number[end..]))
        }
    }
}

impl TryFrom<Written> for NumberFormat {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { template, resets, earlier } = written;
        let refused = |why: &str| format!("template cannot be {template:?}: {why}; {ALLOWED}");
        let parts = parse(&template).map_err(|why| refused(&why))?;
        if parts.iter().filter(|part| matches!(part, Part::Seq(_))).count() != 1 {
            return Err(refused("it needs {seq} exactly once"));
        }
        let before = earlier.iter().map(|template| {
            parse(template).map_err(|why| format!("an earlier template cannot be {template:?}: {why}; {ALLOWED}"))
        });
        let before = before.collect::<Result<_, _>>()?;
        let format = Self { template: template.clone(), resets, earlier, parts, before };
        let days = [date(2024, 1, 1), date(2024, 1, 2), date(2024, 2, 1), date(2025, 1, 1)];
        let mut numbers: Vec<String> = days.iter().map(|day| format.format(*day, 1)).collect();
        numbers.sort();
        numbers.dedup();
        if resets == Resets::Daily && numbers.len() < days.len() {
            return Err(refused("counting begins again daily, so it needs a {date:…} with day, month and year"));
        }
        Ok(format)
    }
}

fn parse(template: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((text, tail)) = rest.split_once('{') {
        let (inside, after) = tail.split_once('}').ok_or("a { is not closed")?;
        parts.push(Part::Text(text.to_owned()));
        parts.push(match inside.split_once(':') {
            None if inside == "seq" => Part::Seq(1),
            Some(("seq", width)) => match width.parse() {
                Ok(width @ 1..=18) => Part::Seq(width),
                _ => return Err(format!("a width is 1 to 18, not {width:?}")),
            },
            Some(("date", format)) if strtime::format(format, date(2024, 1, 1)).is_ok() => {
                Part::Date(format.to_owned())
            }
            _ => return Err(format!("{{{inside}}} is not understood")),
        });
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    match parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains('}'))) {
        true => Err("a } has no {".to_owned()),
        false => Ok(parts),
    }
}
