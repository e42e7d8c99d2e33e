//! How long something took: mean, median and 90th percentile, in one statement. Percentiles are of the nearest rank, which is always a
//! time that really was, and the same on both databases. The database lists the times and Rust ranks them: window
//! functions would sort and keep whole rows.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait, TryGetable,
};

use super::{Rule, Scope};
use crate::db::apart;
use crate::error::{Error, Result};
use crate::tickets::ticket;

/// What is measured, from the opening of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// To the first public reply by staff.
    FirstResponse,
    /// To being resolved or closed.
    Resolution,
    /// To the first escalation.
    Escalation,
}

/// How long it took, in milliseconds; all 0 where nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many were measured.
    pub count: i64,
    /// All times together.
    pub sum: i64,
    /// Half of them took no longer.
    pub median: i64,
    /// Nine of ten took no longer.
    pub p90: i64,
}

impl Measure {
    /// The column of a ticket at which it ends.
    fn ends(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_responded_at",
            Self::Resolution => "resolved_at",
            Self::Escalation => "escalated_at",
        }
    }

    /// Which tickets are measured.
    pub fn rule(self, scope: &Scope) -> Rule {
        match self {
            Self::FirstResponse => scope.answered(),
            Self::Resolution => scope.resolved(),
            Self::Escalation => scope.first_escalated(),
        }
    }

    /// What is measured, as the end of a sentence.
    pub fn said(self) -> &'static str {
        match self {
            Self::FirstResponse => {
                "hours of the clock from the opening of a ticket to its first public reply by staff, of tickets first answered in the period"
            }
            Self::Resolution => {
                "hours of the clock from the opening of a ticket to its resolution, of tickets resolved in the period and not opened again since"
            }
            Self::Escalation => {
                "hours of the clock from the opening of a ticket to its first escalation, of tickets first escalated in the period"
            }
        }
    }
}

impl Scope {
    /// How long it took over all tickets.
    ///
    /// # Errors
    /// The database's.
    pub async fn spread(&self, measure: Measure) -> Result<Spread> {
        Ok(self.spreads::<i32>(measure, None).await?.pop().map_or_else(Spread::default, |(_, spread)| spread))
    }

    /// How long it took for each value of a column.
    ///
    /// # Errors
    /// The database's.
    pub async fn spread_by<K: TryGetable>(&self, measure: Measure, by: ticket::Column) -> Result<Vec<(K, Spread)>> {
        self.spreads(measure, Some(by)).await
    }

    async fn spreads<K: TryGetable>(&self, measure: Measure, by: Option<ticket::Column>) -> Result<Vec<(K, Spread)>> {
        let list = match self.db().get_database_backend() {
            DbBackend::Postgres => "json_agg",
            _ => "json_group_array",
        };
        let took = format!("\"tickets\".\"{}\" - \"tickets\".\"created_at\"", measure.ends());
        let measured = ticket::Entity::find().filter(self.condition.clone()).filter(measure.rule(self).condition());
        let mut select = measured
            .select_only()
            .expr_as(by.map_or_else(|| Expr::cust("1"), |by| apart(by.into_simple_expr())), "grouped")
            .expr_as(Expr::cust(format!("CAST({list}({took}) AS TEXT)")), "times")
            .into_query();
        if by.is_some() {
            select.add_group_by([Expr::col("grouped")]);
        }
        let mut spreads = Vec::new();
        for row in self.db().query_all(&select).await? {
            // Over no rows at all, the one database has no list and the other an empty one.
            let Some(times) = row.try_get::<Option<String>>("", "times")? else { continue };
            let times: Vec<i64> = serde_json::from_str(&times).map_err(Error::internal)?;
            spreads.push((row.try_get("", "grouped")?, Spread::of(times)));
        }
        Ok(spreads)
    }
}

impl Spread {
    fn of(mut times: Vec<i64>) -> Self {
        let count = times.len();
        let mut ranked = |rank: usize| match rank.checked_sub(1) {
            Some(nth) if nth < count => *times.select_nth_unstable(nth).1,
            _ => 0,
        };
        let (median, p90) = (ranked(count.div_ceil(2)), ranked((9 * count).div_ceil(10)));
        Self { count: i64::try_from(count).unwrap_or(i64::MAX), sum: times.iter().sum(), median, p90 }
    }
}
