//! The event cursor: a position in the log of one epoch, as text for clients.

use std::fmt;
use std::str::FromStr;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// A position in the log: all events up to `seq` of `epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventCursor {
    /// The log's life: random, made at first start, renewed by a restore.
    pub epoch: String,
    /// The number of the last event before the position; 0 is the beginning.
    pub seq: i64,
}

impl fmt::Display for EventCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.seq)
    }
}

impl FromStr for EventCursor {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.split_once('-')
            .filter(|(epoch, _)| epoch.len() == 12 && epoch.bytes().all(|b| b.is_ascii_alphanumeric()))
            .and_then(|(epoch, seq)| {
                let digits = !seq.is_empty() && seq.bytes().all(|b| b.is_ascii_digit());
                let seq = digits.then(|| seq.parse().ok()).flatten()?;
                Some(Self { epoch: epoch.to_owned(), seq })
            })
            .ok_or_else(|| "this is not an event cursor: send an `eventCursor` that the desk gave you".to_owned())
    }
}

/// A position in the desk's event log. Mutations answer the position that contains their write; subscriptions resume from one;
/// `consistentWith` asks a search to have passed one. Opaque: keep it, send it back. For 30 days nothing is missed; from an older one
/// nothing is replayed: `CURSOR_EXPIRED` says with `resyncFrom` where to follow on after loading the state again.
#[Scalar(name = "EventCursor", specified_by_url = "https://deskgraph.example/scalars/event-cursor")]
impl ScalarType for EventCursor {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip_and_nothing_else_is_one() {
        let cursor = EventCursor { epoch: "abcdefgh1234".into(), seq: 42 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "42", "abcdefgh1234-", "abcdefgh1234--1", "abcdefgh1234-99999999999999999999", "é-1", "abc-1"]
        {
            assert!(bad.parse::<EventCursor>().is_err(), "{bad}");
        }
    }
}
