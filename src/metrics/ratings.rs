//! What customers say of how they were served. Each ticket counts once, with its last rating.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, IntoSimpleExpr, QueryResult};

use super::dimension::largest;
use super::interval::which;
use super::{Dimension, Part, Rule, Scope, Step};
use crate::db::apart;
use crate::error::Result;
use crate::profile::{RatedAfter, Scale};
use crate::tickets::measures::Column as M;
use crate::tickets::ticket::{self, Column as T};

/// What customers are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// How satisfied they are.
    Satisfaction,
    /// How much effort it took.
    Effort,
}

/// How many tickets have which score.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores(pub BTreeMap<i32, i64>);

impl Scores {
    /// How many are rated.
    pub fn count(&self) -> i64 {
        self.0.values().sum()
    }

    /// The mean.
    pub fn average(&self) -> Option<f64> {
        let sum: i64 = self.0.iter().map(|(score, count)| i64::from(*score) * count).sum();
        (self.count() > 0).then(|| sum as f64 / self.count() as f64)
    }

    /// How many have a score that counts as good.
    pub fn good(&self, asked: Asked, scale: Scale) -> i64 {
        let good = self.0.iter().filter(|(score, _)| match asked {
            Asked::Satisfaction => **score >= scale.good,
            Asked::Effort => **score <= scale.good,
        });
        good.map(|(_, count)| count).sum()
    }
}

impl Asked {
    fn column(self) -> M {
        match self {
            Self::Satisfaction => M::RatingScore,
            Self::Effort => M::RatingEffort,
        }
    }

    /// What is asked, in a sentence.
    pub fn said(self) -> &'static str {
        match self {
            Self::Satisfaction => "how satisfied people are",
            Self::Effort => "how much effort it took people",
        }
    }
}

impl Scope {
    /// The scale of what is asked, if this desk asks.
    pub fn scale(&self, asked: Asked) -> Option<Scale> {
        let satisfaction = self.desk.profile.satisfaction.as_ref()?;
        match asked {
            Asked::Satisfaction => Some(satisfaction.scale),
            Asked::Effort => satisfaction.effort,
        }
    }

    /// Rated in the period.
    pub fn rated(&self, asked: Asked) -> Rule {
        let within = Condition::all()
            .add(M::RatedAt.gte(self.from))
            .add(M::RatedAt.lt(self.to))
            .add(asked.column().is_not_null());
        Rule::new(format!("Tickets whose last rating was given in the period, and says {}.", asked.said()), within)
    }

    /// Rated in the period with this score.
    pub fn scored(&self, asked: Asked, score: i32) -> Rule {
        self.rated(asked).and(&format!("with {score}"), asked.column().eq(score))
    }

    /// Rated in the period with a score that counts as good.
    pub fn rated_good(&self, asked: Asked, scale: Scale) -> Rule {
        let rule = self.rated(asked);
        match asked {
            Asked::Satisfaction => rule.and(&format!("with {} or more", scale.good), M::RatingScore.gte(scale.good)),
            Asked::Effort => rule.and(&format!("with {} or less", scale.good), M::RatingEffort.lte(scale.good)),
        }
    }

    /// Asked for a rating in the period.
    pub fn asked(&self) -> Rule {
        match self.desk.profile.satisfaction.as_ref().map(|satisfaction| satisfaction.after) {
            Some(RatedAfter::Closed) => self.closed(),
            _ => self.resolved(),
        }
    }

    /// Asked for a rating in the period, and rated since.
    pub fn answered_that(&self, asked: Asked) -> Rule {
        let since = Condition::all()
            .add(M::RatingClosure.into_simple_expr().eq(T::ReopenCount.into_simple_expr()))
            .add(asked.column().is_not_null());
        self.asked().and(&format!("and whose last rating came after that and says {}", asked.said()), since)
    }

    /// The scores of all tickets together.
    ///
    /// # Errors
    /// The database's.
    pub async fn scores(&self, asked: Asked) -> Result<Scores> {
        let found = self.scores_of(asked, Expr::value(0), |_| Ok(())).await?;
        Ok(found.into_iter().next().map(|(_, scores)| scores).unwrap_or_default())
    }

    /// The scores of each part, the part with the most ratings first.
    ///
    /// # Errors
    /// The database's.
    pub async fn scores_by(&self, asked: Asked, by: Dimension, first: usize) -> Result<Vec<(Part, Scores)>> {
        let parts = self.scores_of(asked, apart(by.column().into_simple_expr()), |row| by.read(row)).await?;
        let mut parts: Vec<(Part, Scores)> = parts.into_iter().collect();
        largest(&mut parts, first, Scores::count);
        Ok(parts)
    }

    /// The scores given in each step.
    ///
    /// # Errors
    /// The database's.
    pub async fn scores_in(&self, asked: Asked, steps: &[Step]) -> Result<Vec<Scores>> {
        let step = |row: &QueryResult| Ok(row.try_get::<Option<i32>>("", "grouped")?);
        let mut found = self.scores_of(asked, which(steps, M::RatedAt), step).await?;
        let nth = |nth: usize| found.remove(&i32::try_from(nth).ok()).unwrap_or_default();
        Ok((0..steps.len()).map(nth).collect())
    }

    async fn scores_of<K: Eq + std::hash::Hash>(
        &self,
        asked: Asked,
        by: SimpleExpr,
        read: impl Fn(&QueryResult) -> Result<K>,
    ) -> Result<HashMap<K, Scores>> {
        let select = Query::select()
            .expr_as(by, "grouped")
            .expr_as(asked.column().into_simple_expr(), "score")
            .expr_as(Expr::cust("COUNT(*)"), "many")
            .from(ticket::Entity)
            .cond_where(self.condition.clone())
            .cond_where(self.rated(asked).condition())
            .add_group_by([Expr::col("grouped"), Expr::col("score")])
            .to_owned();
        let mut found: HashMap<K, Scores> = HashMap::new();
        for row in self.db().query_all(&select).await? {
            let scores = found.entry(read(&row)?).or_default();
            scores.0.insert(row.try_get("", "score")?, row.try_get("", "many")?);
        }
        Ok(found)
    }
}
