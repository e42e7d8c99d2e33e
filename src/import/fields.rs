//! Reading the fields of one row: texts that may be numbers, times in several forms, keys by key or name.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Taken;
use crate::clock::Timestamp;

/// The longest external id.
const ID_MAX: usize = 200;
/// 1970-01-01: nothing of a support desk is older.
const EARLIEST: Timestamp = Timestamp(0);
/// How far ahead of the desk's clock a time may be: clocks differ, and time zones are mistaken.
const AHEAD: std::time::Duration = std::time::Duration::from_secs(86_400);

/// The fields of one row, under any of the names that systems give them.
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    now: Timestamp,
}

impl<'a> Fields<'a> {
    /// The fields of an object, read at `now`.
    pub fn new(map: &'a Map<String, Value>, now: Timestamp) -> Self {
        Self { map, now }
    }

    /// The first of `names` that holds anything.
    pub fn get(&self, names: &[&str]) -> Option<(&'a str, &'a Value)> {
        let held = |value: &&Value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty());
        names.iter().find_map(|name| {
            let (name, value) = self.map.get_key_value(*name).filter(|(_, value)| held(value))?;
            Some((name.as_str(), value))
        })
    }

    /// A text under any of `names`; numbers count as texts.
    pub fn text(&self, names: &[&str]) -> Taken<Option<String>> {
        self.get(names).map(|(name, value)| text(name, value)).transpose()
    }

    /// The id in the other system.
    pub fn id(&self) -> Taken<String> {
        match self.text(&["id", "external_id", "number", "key"])? {
            None => Err("id is missing: without it a second run would bring the row in again".to_owned()),
            Some(id) => Ok(short("id", id.trim(), ID_MAX)?),
        }
    }

    /// A list of texts: a list, or one text with commas or semicolons.
    pub fn list(&self, names: &[&str]) -> Taken<Vec<String>> {
        match self.get(names) {
            None => Ok(Vec::new()),
            Some((name, Value::Array(values))) => values.iter().map(|value| text(name, value)).collect(),
            Some((name, value)) => Ok(text(name, value)?
                .split([',', ';'])
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()),
        }
    }

    /// Yes or no.
    pub fn flag(&self, names: &[&str]) -> Taken<Option<bool>> {
        self.get(names)
            .map(|(name, value)| match value {
                Value::Bool(flag) => Ok(*flag),
                Value::String(text) if ["true", "yes", "1"].contains(&text.trim().to_lowercase().as_str()) => Ok(true),
                Value::String(text) if ["false", "no", "0"].contains(&text.trim().to_lowercase().as_str()) => Ok(false),
                _ => Err(format!("{name} is neither true nor false")),
            })
            .transpose()
    }

    /// A time under any of `names`: RFC 3339, a date with or without a time (UTC), or seconds or milliseconds since 1970.
    pub fn time(&self, names: &[&str]) -> Taken<Option<Timestamp>> {
        let Some((name, value)) = self.get(names) else { return Ok(None) };
        let time = read_time(value).ok_or_else(|| {
            format!("{name} is not a time: send 2026-01-31T09:30:00Z, 2026-01-31 09:30:00, 2026-01-31, or seconds since 1970")
        })?;
        if time < EARLIEST || time > self.now.after(AHEAD) {
            return Err(format!("{name} is {time}: times lie between 1970 and now"));
        }
        Ok(Some(time))
    }

    /// An object under any of `names`.
    pub fn object(&self, names: &[&str]) -> Option<Fields<'a>> {
        let (_, value) = self.get(names)?;
        value.as_object().map(|map| Fields { map, now: self.now })
    }
}

/// A text; numbers count as texts.
fn text(name: &str, value: &Value) -> Taken<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return Err(format!("{name} is not a text")),
    };
    if text.contains('\0') {
        return Err(format!("{name} holds a null byte"));
    }
    Ok(text)
}

/// A text of one line within `max` characters.
pub fn short(name: &str, text: &str, max: usize) -> Taken<String> {
    let length = text.chars().count();
    if length > max {
        return Err(format!("{name} has {length} characters: at most {max} are taken"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("{name} holds line breaks or control characters"));
    }
    Ok(text.to_owned())
}

/// A text of 1 to `max` characters.
pub fn long(name: &str, text: &str, max: usize) -> Taken<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length > max {
        return Err(format!("{name} has {length} characters: at most {max} are taken"));
    }
    Ok(text.to_owned())
}

fn read_time(value: &Value) -> Option<Timestamp> {
    let text = match value {
        Value::Number(number) => return number.as_i64().map(since_1970),
        Value::String(text) => text.trim(),
        _ => return None,
    };
    if let Ok(number) = text.parse() {
        return Some(since_1970(number));
    }
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let utc = jiff::tz::TimeZone::UTC;
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    Some(Timestamp(civil.to_zoned(utc).ok()?.timestamp().as_millisecond()))
}

/// Seconds, or milliseconds if the number could not be seconds of this millennium.
fn since_1970(number: i64) -> Timestamp {
    Timestamp(if number.abs() < 100_000_000_000 { number.saturating_mul(1_000) } else { number })
}

/// A list of the profile: keys by key or name, however they are written.
pub struct Keys {
    by_name: HashMap<String, String>,
    allowed: String,
}

impl Keys {
    /// The list of these keys and names.
    pub fn new<'a>(list: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        let allowed = list.clone().map(|(key, _)| key).collect::<Vec<_>>().join(", ");
        let mut by_name: HashMap<String, String> =
            list.clone().map(|(key, name)| (fold(name), key.to_owned())).collect();
        by_name.extend(list.map(|(key, _)| (fold(key), key.to_owned())));
        Self { by_name, allowed }
    }

    /// The key that `text` means, if any.
    pub fn find(&self, text: &str) -> Option<&str> {
        self.by_name.get(&fold(text)).map(String::as_str)
    }

    /// The key that `text` means.
    pub fn key(&self, field: &str, text: &str) -> Taken<String> {
        self.find(text).map(str::to_owned).ok_or_else(|| {
            let text: String = text.chars().take(64).collect();
            format!("{field} \"{text}\" is not known: {} are", self.allowed)
        })
    }

    /// The keys that are known, for people.
    pub fn allowed(&self) -> &str {
        &self.allowed
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_read_in_the_forms_that_systems_write() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let read = |value: Value| {
            let map = json!({"created_at": value});
            Fields::new(map.as_object().unwrap(), now).time(&["created_at"]).map(|time| time.unwrap().to_string())
        };
        for (value, expected) in [
            (json!("2026-01-31T10:30:00+01:00"), "2026-01-31T09:30:00.000Z"),
            (json!("2026-01-31 09:30:00"), "2026-01-31T09:30:00.000Z"),
            (json!("2026-01-31T09:30:00"), "2026-01-31T09:30:00.000Z"),
            (json!("2026-01-31"), "2026-01-31T00:00:00.000Z"),
            (json!(1_769_851_800), "2026-01-31T09:30:00.000Z"),
            (json!("1769851800000"), "2026-01-31T09:30:00.000Z"),
        ] {
            assert_eq!(read(value).as_deref(), Ok(expected));
        }
        for absurd in [
            json!("0001-01-01"),
            json!("1969-12-31T23:59:59Z"),
            json!("2026-06-03"),
            json!("9999-01-01T00:00:00Z"),
            json!("31.01.2026"),
            json!("soon"),
            json!(i64::MAX),
            json!(true),
            json!({}),
        ] {
            assert!(read(absurd.clone()).is_err(), "{absurd}");
        }
    }

    #[test]
    fn keys_are_found_by_key_and_by_name() {
        let keys = Keys::new([("in_progress", "In Progress"), ("waiting", "On hold")].into_iter());
        for text in ["in_progress", "In Progress", "IN-PROGRESS", " in progress "] {
            assert_eq!(keys.find(text), Some("in_progress"), "{text}");
        }
        assert_eq!(keys.find("on hold"), Some("waiting"));
        assert_eq!(
            keys.key("status", "weird"),
            Err("status \"weird\" is not known: in_progress, waiting are".to_owned())
        );
    }
}
