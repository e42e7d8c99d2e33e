//! How a clock came to stand where it stands: the stretches in which it counted and stood still, and why. With them a deadline can be
//! checked by hand: it is the start, the goal and every ended stretch in which the clock did not count, in hours of the calendar.
//!
//! Kept as one text in the clock's row, for they are only ever read together with it: `from kind cause status` for each, with `;` between
//! them.

use async_graphql::Enum;

use super::clock::Model;
use crate::clock::Timestamp;

/// What a clock does for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SlaSegmentKind")]
pub enum Kind {
    /// It counts.
    Counting,
    /// It stands still: the ticket's status pauses it, or the ticket is merged or deleted.
    Paused,
    /// It has stopped: what it waits for happened.
    Stopped,
}

/// Why a clock began to count or to stand still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SlaSegmentCause")]
pub enum Cause {
    /// The ticket was opened.
    Opened,
    /// Staff answered.
    Answered,
    /// The ticket came into a status.
    StatusChanged,
    /// The ticket was merged into another, or that was undone.
    Merged,
    /// The ticket was deleted, or brought back.
    Deleted,
}

/// Why, with the status that the ticket came into.
#[derive(Clone, Copy, Debug)]
pub enum Because<'a> {
    /// The ticket was opened in this status.
    Opened(&'a str),
    /// Staff answered.
    Answered,
    /// The ticket came into this status.
    Status(&'a str),
    /// The ticket was merged into another, or that was undone.
    Merged,
    /// The ticket was deleted, or brought back.
    Deleted,
}

/// A stretch of a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// When it began.
    pub from: Timestamp,
    /// When it ended, if it has.
    pub to: Option<Timestamp>,
    /// What the clock did.
    pub kind: Kind,
    /// Why it began.
    pub because: Cause,
    /// The status that the ticket came into, if that was why.
    pub status: Option<String>,
}

impl Model {
    /// Begins a stretch at `now`. One that has lasted no time at all makes place for it.
    pub(super) fn enter(&mut self, now: Timestamp, kind: Kind, because: Because<'_>) {
        let last = self.segments.rsplit(';').next().unwrap_or_default();
        if last.split(' ').next() == Some(now.0.to_string().as_str()) {
            let kept = self.segments.len() - last.len();
            self.segments.truncate(kept);
        } else if !self.segments.is_empty() {
            self.segments.push(';');
        }
        let kind = match kind {
            Kind::Counting => 'c',
            Kind::Paused => 'p',
            Kind::Stopped => 's',
        };
        let (cause, status) = match because {
            Because::Opened(status) => ('o', status),
            Because::Answered => ('a', ""),
            Because::Status(status) => ('s', status),
            Because::Merged => ('m', ""),
            Because::Deleted => ('d', ""),
        };
        self.segments.push_str(&format!("{} {kind} {cause} {status}", now.0));
    }

    /// The stretches, first to last. A clock of before they were kept has none.
    pub fn segments(&self) -> Vec<Segment> {
        let mut segments: Vec<Segment> = self.segments.split(';').filter_map(read).collect();
        for nth in 1..segments.len() {
            segments[nth - 1].to = Some(segments[nth].from);
        }
        segments
    }
}

fn read(text: &str) -> Option<Segment> {
    let mut words = text.split(' ');
    let from = Timestamp(words.next()?.parse().ok()?);
    let kind = match words.next()? {
        "c" => Kind::Counting,
        "p" => Kind::Paused,
        _ => Kind::Stopped,
    };
    let because = match words.next()? {
        "o" => Cause::Opened,
        "a" => Cause::Answered,
        "m" => Cause::Merged,
        "d" => Cause::Deleted,
        _ => Cause::StatusChanged,
    };
    let status = words.next().filter(|status| !status.is_empty()).map(str::to_owned);
    Some(Segment { from, to: None, kind, because, status })
}
