//! Numbers hour by hour, day by day, week by week, month by month, as a time zone has them.

use async_graphql::Enum;
use jiff::civil::Date;
use jiff::{RoundMode, ToSpan, Unit, Zoned, ZonedRound};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};

use super::{Count, Rule, Scope};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::say;
use crate::tickets::ticket::Column;

/// How long the steps of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "MetricsInterval")]
pub enum Interval {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week, from Monday on.
    Week,
    /// A month.
    Month,
}

/// How many steps a report may have.
pub const STEPS: usize = 400;

/// A step: from its beginning up to and without its end. The first begins where the period does, the last ends where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, which is not part of it.
    pub to: Timestamp,
}

impl Step {
    /// Those of the rule whose `column` lies in the step.
    pub fn narrow(self, rule: Rule, column: impl ColumnTrait) -> Rule {
        let within = Condition::all().add(column.gte(self.from)).add(column.lt(self.to));
        rule.and(&format!("from {} up to and without {}", self.from, self.to), within)
    }
}

impl Scope {
    /// The steps of the period, in order.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a period with too many steps.
    pub fn steps(&self, interval: Interval) -> Result<Vec<Step>> {
        let too_many = || {
            Error::invalid("interval", say!("This period has more than {max} steps.", max = STEPS))
                .hint("Ask for a shorter period, or for longer steps.")
        };
        let at = jiff::Timestamp::from_millisecond(self.from.0).map_err(|_| too_many())?;
        let mut reached = Zoned::new(at, self.zone.clone());
        let (mut steps, mut from) = (Vec::new(), self.from);
        loop {
            reached = after(&reached, interval).ok_or_else(too_many)?;
            let to = Timestamp(Ord::min(reached.timestamp().as_millisecond(), self.to.0));
            if steps.len() == STEPS {
                return Err(too_many());
            }
            steps.push(Step { from, to });
            if to == self.to {
                return Ok(steps);
            }
            from = to;
        }
    }

    /// How many tickets meet each rule in each step in which `column` lies, in one statement.
    ///
    /// # Errors
    /// The database's.
    pub async fn counts_in<const N: usize>(
        &self,
        steps: &[Step],
        column: impl ColumnTrait,
        rules: &[Rule; N],
    ) -> Result<Vec<[i64; N]>> {
        let found = self.grouped(which(steps, column), rules, |row| Ok(row.try_get::<Option<i32>>("", "grouped")?));
        let mut counts = vec![[0; N]; steps.len()];
        for (step, values) in found.await? {
            if let Some(count) = step.and_then(|step| counts.get_mut(usize::try_from(step).ok()?)) {
                *count = values;
            }
        }
        Ok(counts)
    }

    /// How many tickets came and went in each step, also where nothing happened.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a period with too many steps; the database's.
    pub async fn volume(&self, interval: Interval) -> Result<Vec<(Step, Count, Count)>> {
        let steps = self.steps(interval)?;
        let received = self.counts_in(&steps, Column::CreatedAt, &[self.received()]).await?;
        let resolved = self.counts_in(&steps, Column::ResolvedAt, &[self.resolved()]).await?;
        let dress = |(step, ([received], [resolved])): (&Step, ([i64; 1], [i64; 1]))| {
            let of = |rule: Rule, column, value| self.counted(step.narrow(rule, column), value);
            let received = of(self.received(), Column::CreatedAt, received);
            (*step, received, of(self.resolved(), Column::ResolvedAt, resolved))
        };
        Ok(steps.iter().zip(received.into_iter().zip(resolved)).map(dress).collect())
    }
}

/// Where the step ends that a moment lies in.
fn after(at: &Zoned, interval: Interval) -> Option<Zoned> {
    let zone = at.time_zone();
    let day = at.date();
    let begins = |day: Date| day.to_zoned(zone.clone()).ok();
    match interval {
        Interval::Hour => {
            // An hour later by every clock; where clocks move by less than an hour, back to where theirs is full.
            let whole = ZonedRound::new().smallest(Unit::Hour).mode(RoundMode::Trunc);
            let next = at.checked_add(1.hour()).ok()?;
            next.round(whole).ok().filter(|full| full > at).or(Some(next))
        }
        Interval::Day => begins(day.checked_add(1.day()).ok()?),
        Interval::Week => {
            let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok()?;
            begins(monday.checked_add(1.week()).ok()?)
        }
        Interval::Month => begins(day.first_of_month().checked_add(1.month()).ok()?),
    }
}

/// The number of the step that a column lies in; none before the first, and after the last.
pub(super) fn which(steps: &[Step], column: impl ColumnTrait) -> SimpleExpr {
    let (table, name) = column.as_column_ref();
    let name = format!("\"{}\".\"{}\"", table.inner(), name.inner());
    let first = steps.first().map_or(0, |step| step.from.0);
    let mut case = format!("CASE WHEN {name} < {first} THEN NULL");
    for (nth, step) in steps.iter().enumerate() {
        case.push_str(&format!(" WHEN {name} < {} THEN {nth}", step.to.0));
    }
    case.push_str(" END");
    Expr::cust(case)
}
