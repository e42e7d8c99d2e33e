//! Which tickets the numbers are about, and of which time.

use async_graphql::InputObject;
use jiff::tz::TimeZone;
use sea_orm::{ColumnTrait, Condition, DatabaseConnection};

use crate::access::{Actor, Permission};
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::event_log::EventCursor;
use crate::profile::Grant;
use crate::tickets::filter::TicketFilter;
use crate::tickets::{find, ticket};

/// The time that numbers are about: from `from`, up to and without `to`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, InputObject)]
#[graphql(name = "MetricsPeriod")]
pub struct MetricsPeriod {
    /// Its beginning. Absent: 30 days before its end.
    pub from: Option<Timestamp>,
    /// Its end. Absent: now.
    pub to: Option<Timestamp>,
}

/// 30 days.
const USUAL: i64 = 30 * 24 * 3_600_000;

/// Which tickets the numbers are about, and of which time.
#[derive(Clone)]
pub struct Scope {
    pub(super) desk: Desk,
    /// The tickets: visible, within the permission, and as the filter says.
    pub(super) condition: Condition,
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, which is not part of it.
    pub to: Timestamp,
    /// The moment that "open" and "late" are about.
    pub now: Timestamp,
    /// Where days begin.
    pub zone: TimeZone,
    /// The numbers contain the log up to here.
    pub as_of: EventCursor,
}

impl Scope {
    /// What the actor may have numbers about.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `FORBIDDEN`; `INVALID_VALUE` for a period that ends before it begins, a zone that is none, a filter that is
    /// refused.
    pub fn new(
        desk: &Desk,
        actor: &Actor,
        period: MetricsPeriod,
        filter: &TicketFilter,
        zone: Option<&str>,
    ) -> Result<Self> {
        // Read before any row: whatever is counted later contains it.
        let as_of = desk.head.cursor();
        let grants = desk.policy.grants(actor, Permission::ReportView);
        let mine = match actor.person {
            _ if grants.has(Grant::All) => None,
            Some(me) if grants.has(Grant::Own) => Some(ticket::Column::AssigneeId.eq(me)),
            _ => return Err(Permission::ReportView.missing(actor)),
        };
        let now = desk.clock.now();
        let to = period.to.unwrap_or(Timestamp(now.0 + 1));
        let from = period.from.unwrap_or(Timestamp(to.0.saturating_sub(USUAL)));
        if from >= to {
            return Err(Error::invalid("from", "The period ends before it begins.")
                .hint("Send a `from` that is before `to`.")
                .at("period"));
        }
        let zone = match zone {
            None => desk.profile.time_zone.clone(),
            Some(name) => TimeZone::get(name).map_err(|_| {
                Error::invalid("timeZone", "There is no such time zone.")
                    .hint("Send a name of the IANA database, such as UTC, Europe/Berlin or Asia/Kolkata.")
            })?,
        };
        let condition = Condition::all()
            .add(find::visible(desk, actor))
            // What is read as one counts once: where it goes on.
            .add(ticket::Column::MergedIntoId.is_null())
            .add_option(mine)
            .add(filter.condition(desk, actor).map_err(|error| error.at("filter"))?);
        Ok(Self { desk: desk.clone(), condition, from, to, now, zone, as_of })
    }

    /// The same about what one person works on.
    pub fn of_assignee(mut self, person: crate::ids::PersonId) -> Self {
        self.condition = Condition::all().add(self.condition).add(ticket::Column::AssigneeId.eq(person));
        self
    }

    pub(super) fn db(&self) -> &DatabaseConnection {
        &self.desk.db.read
    }
}
