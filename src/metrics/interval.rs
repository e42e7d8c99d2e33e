//! How many tickets came and went, day by day, week by week, month by month, as a time zone has them.

use async_graphql::Enum;
use jiff::civil::Date;
use jiff::{ToSpan, Zoned};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait};

use super::{Count, Rule, Scope};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::say;
use crate::tickets::ticket::{self, Column};

/// How long the steps of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "MetricsInterval")]
pub enum Interval {
    /// A day.
    Day,
    /// A week, from Monday on.
    Week,
    /// A month.
    Month,
}

/// How many steps a report may have.
pub const STEPS: usize = 400;

/// A step: its beginning, its end, which is not part of it, and how many tickets came and went.
pub struct Step {
    /// Its beginning; of the first step, the period's.
    pub from: Timestamp,
    /// Its end; of the last step, the period's.
    pub to: Timestamp,
    /// Opened in it.
    pub received: Count,
    /// Resolved in it.
    pub resolved: Count,
}

impl Scope {
    /// The steps of the period, in order, also those in which nothing happened.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a period with too many steps; the database's.
    pub async fn volume(&self, interval: Interval) -> Result<Vec<Step>> {
        let bounds = self.bounds(interval)?;
        let steps = bounds.len() - 1;
        let received = self.in_steps(Column::CreatedAt, &bounds).await?;
        let resolved = self.in_steps(Column::ResolvedAt, &bounds).await?;
        let step = |nth: usize| {
            let (from, to) = (bounds[nth], bounds[nth + 1]);
            let rule = |said: &str, column: Column| {
                let within = sea_orm::Condition::all().add(column.gte(from)).add(column.lt(to));
                Rule::new(format!("Tickets {said} from {from} up to and without {to}."), within)
            };
            Step {
                from,
                to,
                received: self.counted(rule("opened", Column::CreatedAt), received[nth]),
                resolved: self
                    .counted(rule("resolved, and not opened again since,", Column::ResolvedAt), resolved[nth]),
            }
        };
        Ok((0..steps).map(step).collect())
    }

    /// Where the steps begin, and where the last one ends.
    fn bounds(&self, interval: Interval) -> Result<Vec<Timestamp>> {
        let too_many = || {
            Error::invalid("interval", say!("This period has more than {max} steps.", max = STEPS))
                .hint("Ask for a shorter period, or for longer steps.")
        };
        let at = jiff::Timestamp::from_millisecond(self.from.0).map_err(|_| too_many())?;
        let day = Zoned::new(at, self.zone.clone()).date();
        let mut next = match interval {
            Interval::Day => day,
            Interval::Week => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day),
            Interval::Month => day.first_of_month(),
        };
        let after = |day: Date| match interval {
            Interval::Day => day.checked_add(1.day()),
            Interval::Week => day.checked_add(1.week()),
            Interval::Month => day.checked_add(1.month()),
        };
        let mut bounds = vec![self.from];
        loop {
            next = after(next).map_err(|_| too_many())?;
            let begins = next.to_zoned(self.zone.clone()).map_err(|_| too_many())?.timestamp().as_millisecond();
            if begins >= self.to.0 {
                bounds.push(self.to);
                return Ok(bounds);
            }
            bounds.push(Timestamp(begins));
            if bounds.len() > STEPS {
                return Err(too_many());
            }
        }
    }

    async fn in_steps(&self, column: Column, bounds: &[Timestamp]) -> Result<Vec<i64>> {
        let name = sea_orm::IdenStatic::as_str(&column).to_owned();
        let mut case = String::from("CASE");
        for (nth, to) in bounds.iter().skip(1).enumerate() {
            case.push_str(&format!(" WHEN \"tickets\".\"{name}\" < {} THEN {nth}", to.0));
        }
        case.push_str(" END");
        let select = Query::select()
            .expr_as(Expr::cust(case), "step")
            .expr_as(Expr::cust("COUNT(*)"), "many")
            .from(ticket::Entity)
            .cond_where(self.condition.clone())
            .and_where(column.gte(self.from))
            .and_where(column.lt(self.to))
            .add_group_by([Expr::col("step")])
            .to_owned();
        let mut counts = vec![0; bounds.len() - 1];
        for row in self.db().query_all(&select).await? {
            let step: i32 = row.try_get("", "step")?;
            if let Some(count) = usize::try_from(step).ok().and_then(|step| counts.get_mut(step)) {
                *count = row.try_get("", "many")?;
            }
        }
        Ok(counts)
    }
}
