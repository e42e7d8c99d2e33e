//! Satisfaction and effort.

use std::collections::HashMap;

use async_graphql::{Context, Object, SimpleObject};

use super::group::{MetricGroup, dressed};
use super::numbers::{MetricAverage, MetricCount, MetricShare};
use super::report::size;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::graphql::context::{Refuse, Request};
use crate::metrics::{Asked, Dimension, Interval, Part, Rule, Scope, Scores, Step};
use crate::profile::Scale;
use crate::tickets::measures::Column;

/// What people said when they were asked how they were served. Each ticket counts once, with its last rating.
pub struct RatingMetrics {
    scope: Scope,
    asked: Asked,
    scale: Scale,
    scores: Scores,
}

/// The scores of tickets.
#[derive(SimpleObject)]
pub struct RatingNumbers {
    /// The mean of the scores.
    average: MetricAverage,
    /// Scores that count as good by the desk's scale: satisfied, or little effort.
    good: MetricShare,
}

/// How many tickets have a score.
#[derive(SimpleObject)]
pub struct ScoreCount {
    /// The score.
    score: i32,
    /// So many.
    count: MetricCount,
}

/// What was said of one part of the tickets.
#[derive(SimpleObject)]
pub struct RatingGroup {
    /// Which part.
    group: MetricGroup,
    #[graphql(flatten)]
    numbers: RatingNumbers,
    /// Rated, of those that could be from some time in the period on.
    response_rate: MetricShare,
}

/// What was said in one step of the period.
#[derive(SimpleObject)]
pub struct RatingStep {
    /// Its beginning.
    starts_at: Timestamp,
    /// Its end, which is not part of it.
    ends_at: Timestamp,
    #[graphql(flatten)]
    numbers: RatingNumbers,
}

impl RatingMetrics {
    /// The scores of the period; none if the desk does not ask.
    pub async fn load(scope: &Scope, asked: Asked) -> Result<Option<Self>> {
        let Some(scale) = scope.scale(asked) else { return Ok(None) };
        Ok(Some(Self { scope: scope.clone(), asked, scale, scores: scope.scores(asked).await? }))
    }

    fn count(&self, rule: Rule, value: i64) -> Result<MetricCount> {
        MetricCount::new(&self.scope, self.scope.counted(rule, value))
    }

    /// Dresses scores; `narrow` says of which of the tickets.
    fn numbers(&self, scores: &Scores, narrow: impl Fn(Rule) -> Rule) -> Result<RatingNumbers> {
        let (scope, asked, scale) = (&self.scope, self.asked, self.scale);
        let rated = self.count(narrow(scope.rated(asked)), scores.count())?;
        let good = self.count(narrow(scope.rated_good(asked, scale)), scores.good(asked, scale))?;
        let average = format!(
            "The arithmetic mean, from {} to {}, of {} by the last rating of each ticket, if that was given in the period.",
            scale.min,
            scale.max,
            asked.said()
        );
        let share = match asked {
            Asked::Satisfaction => format!("Ratings of {} or more, of all ratings.", scale.good),
            Asked::Effort => format!("Ratings of {} or less, of all ratings.", scale.good),
        };
        Ok(RatingNumbers {
            average: MetricAverage::new(average, scores.average(), rated.clone()),
            good: MetricShare::new(&share, good, rated),
        })
    }

    fn responses(&self) -> [Rule; 2] {
        [self.scope.answered_that(self.asked), self.scope.asked()]
    }

    /// Dresses how many answered.
    fn rate(&self, [answered, asked]: [i64; 2], narrow: impl Fn(Rule) -> Rule) -> Result<MetricShare> {
        let [part, whole] = self.responses();
        let said = "Tickets that were rated, of those that could be from some time in the period on.";
        Ok(MetricShare::new(said, self.count(narrow(part), answered)?, self.count(narrow(whole), asked)?))
    }
}

/// What people said when they were asked how they were served. Each ticket counts once, with its last rating.
#[Object]
impl RatingMetrics {
    #[graphql(flatten)]
    async fn flat(&self, ctx: &Context<'_>) -> async_graphql::Result<RatingNumbers> {
        self.numbers(&self.scores, |rule| rule).refuse(Request::of(ctx))
    }

    /// Rated, of those that could be from some time in the period on: resolved, or closed, as the desk asks.
    async fn response_rate(&self, ctx: &Context<'_>) -> async_graphql::Result<MetricShare> {
        let load = async {
            let counts = self.scope.counts(self.responses()).await?;
            self.rate(counts.map(|count| count.value), |rule| rule)
        };
        load.await.refuse(Request::of(ctx))
    }

    /// How many tickets have each score of the desk's scale, and each that was given on another, lowest first.
    async fn by_score(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ScoreCount>> {
        let mut scores: Vec<i32> = (self.scale.min..=self.scale.max).chain(self.scores.0.keys().copied()).collect();
        scores.sort_unstable();
        scores.dedup();
        let dress = |score| {
            let value = self.scores.0.get(&score).copied().unwrap_or(0);
            Ok(ScoreCount { score, count: self.count(self.scope.scored(self.asked, score), value)? })
        };
        scores.into_iter().map(dress).collect::<Result<Vec<_>>>().refuse(Request::of(ctx))
    }

    /// The same for each part of the tickets, those with the most ratings first.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the tickets are told apart by.")] by: Dimension,
        #[graphql(desc = "So many rows at most. At most 100.", default = 25)] first: i32,
    ) -> async_graphql::Result<Vec<RatingGroup>> {
        let request = Request::of(ctx);
        let load = async {
            let first = size(first)?;
            let asked = self.scope.parts(by, usize::MAX, &self.responses()).await?;
            let mut rows = self.scope.scores_by(self.asked, by, first).await?;
            // Those that nobody rated come last.
            let unrated = asked.iter().filter(|(part, _)| !rows.iter().any(|(rated, _)| rated == part));
            let unrated: Vec<(Part, Scores)> = unrated.map(|(part, _)| (part.clone(), Scores::default())).collect();
            rows.extend(unrated);
            rows.truncate(first);
            let asked: HashMap<Part, [i64; 2]> = asked.into_iter().collect();
            let dress = |group, part: &Part, scores: Scores| {
                let narrow = |rule| by.narrow(rule, part);
                let response_rate = self.rate(asked.get(part).copied().unwrap_or_default(), narrow)?;
                Ok(RatingGroup { group, numbers: self.numbers(&scores, narrow)?, response_rate })
            };
            dressed(request, Some(by), rows, dress).await
        };
        load.await.refuse(request)
    }

    /// The trend: the ratings given in each step of the period. At most 400 steps.
    async fn steps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How long the steps are.", default_with = "Interval::Day")] interval: Interval,
    ) -> async_graphql::Result<Vec<RatingStep>> {
        let load = async {
            let steps = self.scope.steps(interval)?;
            let scores = self.scope.scores_in(self.asked, &steps).await?;
            let dress = |(step, scores): (Step, Scores)| {
                let numbers = self.numbers(&scores, |rule| step.narrow(rule, Column::RatedAt))?;
                Ok(RatingStep { starts_at: step.from, ends_at: step.to, numbers })
            };
            steps.into_iter().zip(scores).map(dress).collect::<Result<Vec<_>>>()
        };
        load.await.refuse(Request::of(ctx))
    }
}
