//! How long something took: mean, median and 90th percentile, in one statement. Percentiles are of the nearest rank, which is always a
//! time that really was, and the same on both databases.

use sea_orm::sea_query::{Expr, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait, TryGetable};

use super::{Rule, Scope};
use crate::error::Result;
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
        let took = format!("\"tickets\".\"{}\" - \"tickets\".\"created_at\"", measure.ends());
        let part = by.map_or_else(String::new, |by| format!("PARTITION BY \"tickets\".\"{}\" ", column(by)));
        let measured =
            ticket::Entity::find().select_only().filter(self.condition.clone()).filter(measure.rule(self).condition());
        // A second window would keep all rows once more: where nothing is told apart, counting them again costs less.
        let of: SimpleExpr = match by {
            Some(_) => Expr::cust(format!("COUNT(*) OVER ({})", part.trim_end())),
            None => {
                let count = measured.clone().expr(Expr::cust("COUNT(*)")).into_query();
                SimpleExpr::SubQuery(None, Box::new(count.into()))
            }
        };
        let mut times = measured.into_query();
        times
            .expr_as(by.map_or_else(|| Expr::cust("1"), |by| by.into_simple_expr()), "grouped")
            .expr_as(Expr::cust(took.clone()), "took")
            .expr_as(Expr::cust(format!("ROW_NUMBER() OVER ({part}ORDER BY {took})")), "nth")
            .expr_as(of, "of");
        let select = Query::select()
            .column("grouped")
            .expr_as(Expr::cust("COUNT(*)"), "measured")
            .expr_as(Expr::cust("CAST(SUM(\"took\") AS BIGINT)"), "total")
            .expr_as(Expr::cust("MAX(CASE WHEN \"nth\" = (\"of\" + 1) / 2 THEN \"took\" END)"), "median")
            .expr_as(Expr::cust("MAX(CASE WHEN \"nth\" = (9 * \"of\" + 9) / 10 THEN \"took\" END)"), "p90")
            .from_subquery(times, "times")
            .group_by_col("grouped")
            .to_owned();
        let rows = self.db().query_all(&select).await?;
        let read = |row: sea_orm::QueryResult| {
            let spread = Spread {
                count: row.try_get("", "measured")?,
                sum: row.try_get("", "total")?,
                median: row.try_get("", "median")?,
                p90: row.try_get("", "p90")?,
            };
            Ok((row.try_get("", "grouped")?, spread))
        };
        rows.into_iter().map(read).collect()
    }
}

fn column(column: ticket::Column) -> String {
    sea_orm::IdenStatic::as_str(&column).to_owned()
}
