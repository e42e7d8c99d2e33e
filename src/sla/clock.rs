//! The row of a clock, and how it counts.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use async_graphql::Enum;
use sea_orm::entity::prelude::*;

use super::segments::{Because, Kind};
use crate::clock::Timestamp;
use crate::ids::TicketId;
use crate::profile::{Calendar, Period, Status};
use crate::tickets::measures::Promise;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sla_clocks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_id: TicketId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub target: Target,
    pub goal_ms: i64,
    pub started_at: Timestamp,
    pub paused_ms: i64,
    pub paused_at: Option<Timestamp>,
    /// As far as the pauses are known: a running pause moves it when it ends.
    pub deadline: Timestamp,
    pub met_at: Option<Timestamp>,
    /// How it came to stand where it stands, as [`super::segments`] writes it.
    pub segments: String,
    /// The keys of the steps that it has said, each with a space after it.
    pub fired: String,
    /// When it has something to say next; [`Timestamp::NEVER`] while it stands still.
    pub fires_at: Timestamp,
    /// From when on it is at risk; [`Timestamp::NEVER`] while it stands still.
    pub risk_at: Timestamp,
}

/// What a clock waits for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Enum,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "SlaTarget")]
pub enum Target {
    /// The first public reply by staff.
    #[sea_orm(string_value = "FIRST_RESPONSE")]
    FirstResponse,
    /// The ticket to be resolved or closed.
    #[sea_orm(string_value = "RESOLUTION")]
    Resolution,
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SlaClockState")]
pub enum State {
    /// It counts, and there is time left.
    Running,
    /// It stands still.
    Paused,
    /// What it waits for happened in time.
    Met,
    /// The deadline passed, whatever happened since.
    Breached,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// A clock that starts at `started_at`.
    pub fn start(
        calendar: &Calendar,
        ticket_id: TicketId,
        target: Target,
        goal: Period,
        started_at: Timestamp,
        status: &Status,
    ) -> Self {
        let paused = status.pauses_sla;
        let paused_at = paused.then_some(started_at);
        let mut clock = Self {
            ticket_id,
            target,
            goal_ms: goal.ms(),
            started_at,
            paused_ms: 0,
            paused_at,
            deadline: started_at,
            met_at: None,
            segments: String::new(),
            fired: String::new(),
            fires_at: Timestamp::NEVER,
            risk_at: Timestamp::NEVER,
        };
        clock.enter(started_at, if paused { Kind::Paused } else { Kind::Counting }, Because::Opened(&status.key));
        clock.set_deadline(calendar);
        clock
    }

    /// Sets another goal: the time that has passed still counts.
    pub fn set_goal(&mut self, calendar: &Calendar, goal: Period) {
        self.goal_ms = goal.ms();
        self.set_deadline(calendar);
    }

    /// Stands still from `now` on.
    pub fn pause(&mut self, now: Timestamp, because: Because<'_>) {
        if self.is_counting() {
            self.paused_at = Some(now);
            self.enter(now, Kind::Paused, because);
        }
    }

    /// Counts again from `now` on.
    pub fn resume(&mut self, calendar: &Calendar, now: Timestamp, because: Because<'_>) {
        if let Some(since) = self.paused_at.take() {
            self.stood_still(calendar, since, now);
            self.enter(now, Kind::Counting, because);
        }
    }

    /// What it waits for happened.
    pub fn meet(&mut self, calendar: &Calendar, now: Timestamp, because: Because<'_>) {
        if self.met_at.is_none() {
            if let Some(since) = self.paused_at.take() {
                self.stood_still(calendar, since, now);
            }
            self.met_at = Some(now);
            self.enter(now, Kind::Stopped, because);
        }
    }

    /// What it waited for was undone: the time in between does not count.
    pub fn unmeet(&mut self, calendar: &Calendar, now: Timestamp, because: Because<'_>) {
        if let Some(since) = self.met_at.take() {
            self.stood_still(calendar, since, now);
            self.enter(now, Kind::Counting, because);
        }
    }

    /// Whether it counts now.
    pub fn is_counting(&self) -> bool {
        self.met_at.is_none() && self.paused_at.is_none()
    }

    fn stood_still(&mut self, calendar: &Calendar, since: Timestamp, now: Timestamp) {
        self.paused_ms += calendar.between(since.0, now.0);
        self.set_deadline(calendar);
    }

    fn set_deadline(&mut self, calendar: &Calendar) {
        let span = Ord::max(self.goal_ms.saturating_add(self.paused_ms), 0);
        self.deadline = Timestamp(calendar.add(self.started_at.0, span));
    }

    /// When it stopped counting, or `now`.
    fn read_at(&self, now: Timestamp) -> Timestamp {
        self.met_at.or(self.paused_at).unwrap_or(now)
    }

    /// How it stands at `now`.
    pub fn state(&self, now: Timestamp) -> State {
        if self.read_at(now) > self.deadline {
            State::Breached
        } else if self.met_at.is_some() {
            State::Met
        } else if self.paused_at.is_some() {
            State::Paused
        } else {
            State::Running
        }
    }

    /// The deadline that the ticket is due by, if it is still open and counting.
    pub fn due_at(&self) -> Timestamp {
        if self.is_counting() { self.deadline } else { Timestamp::NEVER }
    }

    /// Whether it stopped counting after its deadline: missed, whatever comes.
    pub fn is_missed(&self) -> bool {
        self.met_at.or(self.paused_at).is_some_and(|at| at > self.deadline)
    }

    /// How the promise stands, as long as nothing happens.
    pub fn promise(&self) -> Promise {
        match (self.met_at, self.paused_at) {
            _ if self.is_missed() => Promise::Broken,
            (Some(_), _) => Promise::Kept,
            (None, Some(_)) => Promise::Paused,
            (None, None) => Promise::Counting,
        }
    }

    /// Milliseconds of the calendar that have counted so far.
    pub fn counted_ms(&self, calendar: &Calendar, now: Timestamp) -> i64 {
        Ord::max(calendar.between(self.started_at.0, self.read_at(now).0) - self.paused_ms, 0)
    }
}
