//! Which tickets were brought to a higher level of support.

use async_graphql::{Context, Object, SimpleObject};

use super::group::{MetricGroup, dressed};
use super::numbers::{MetricCount, MetricDuration, MetricShare};
use super::report::{duration, size};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::graphql::context::{Refuse, Request};
use crate::metrics::{Count, Dimension, Interval, Measure, Scope, Step};
use crate::tickets::escalation::step::Cause;

/// Which tickets were brought to a higher level of support. Each counts once in each number, however often it was.
pub struct EscalationMetrics(pub Scope);

/// How many tickets were escalated by whom.
#[derive(SimpleObject)]
pub struct EscalationCauseCount {
    /// By whom.
    cause: Cause,
    /// So many.
    count: MetricCount,
}

/// How many tickets were escalated for one reason.
#[derive(SimpleObject)]
pub struct EscalationReasonCount {
    /// The words that were given. Null: none.
    reason: Option<String>,
    /// So many.
    count: MetricCount,
}

/// How many tickets of one part were escalated, or went to one level, agent or team.
#[derive(SimpleObject)]
pub struct EscalationGroup {
    /// Which part; which level; to whom.
    group: MetricGroup,
    /// So many.
    count: MetricCount,
}

/// How many tickets were escalated in one step of the period.
#[derive(SimpleObject)]
pub struct EscalationStep {
    /// Its beginning.
    starts_at: Timestamp,
    /// Its end, which is not part of it.
    ends_at: Timestamp,
    /// So many.
    count: MetricCount,
}

impl EscalationMetrics {
    fn count(&self, count: Count) -> Result<MetricCount> {
        MetricCount::new(&self.0, count)
    }
}

/// Which tickets were brought to a higher level of support. Each counts once in each number, however often it was.
#[Object]
impl EscalationMetrics {
    /// Escalated in the period.
    async fn escalated(&self, ctx: &Context<'_>) -> async_graphql::Result<MetricCount> {
        let load = async {
            let [escalated] = self.0.counts([self.0.escalated()]).await?;
            self.count(escalated)
        };
        load.await.refuse(Request::of(ctx))
    }

    /// Escalated since, of the tickets opened in the period.
    async fn rate(&self, ctx: &Context<'_>) -> async_graphql::Result<MetricShare> {
        let load = async {
            let [part, whole] = self.0.counts([self.0.received_and_escalated(), self.0.received()]).await?;
            let said = "Tickets opened in the period that were brought to a higher level since, of all opened in it.";
            Ok::<_, crate::error::Error>(MetricShare::new(said, self.count(part)?, self.count(whole)?))
        };
        load.await.refuse(Request::of(ctx))
    }

    /// Escalated by a clock of the service level, of those escalated in the period. The others were escalated by hand only.
    async fn automatic(&self, ctx: &Context<'_>) -> async_graphql::Result<MetricShare> {
        let load = async {
            let [part, whole] = self.0.counts([self.0.escalated_by(Cause::Clock), self.0.escalated()]).await?;
            let said =
                "Tickets that a clock brought to a higher level in the period, of all that were brought to one in it.";
            Ok::<_, crate::error::Error>(MetricShare::new(said, self.count(part)?, self.count(whole)?))
        };
        load.await.refuse(Request::of(ctx))
    }

    /// How long it took until tickets were escalated for the first time.
    async fn time_to_escalation(&self, ctx: &Context<'_>) -> async_graphql::Result<MetricDuration> {
        duration(&self.0, Measure::Escalation).await.refuse(Request::of(ctx))
    }

    /// By the level they came to, lowest first.
    async fn by_level(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<EscalationGroup>> {
        let request = Request::of(ctx);
        let load = async {
            let level = |key: &str| request.profile().escalation.level(key);
            let mut rows = self.0.escalations_by_level().await?;
            rows.sort_by_key(|(key, _)| level(key).map_or(usize::MAX, |(place, _)| place));
            let dress = |(key, count): (String, Count)| {
                let name = level(&key).map_or_else(|| key.clone(), |(_, level)| level.name.clone());
                Ok(EscalationGroup { group: MetricGroup::named(key, name), count: self.count(count)? })
            };
            rows.into_iter().map(dress).collect::<Result<Vec<_>>>()
        };
        load.await.refuse(request)
    }

    /// By who escalated them: a clock, staff, or whoever asked.
    async fn by_cause(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<EscalationCauseCount>> {
        let load = async {
            let rows = self.0.escalations_by_cause().await?.into_iter();
            let dress = |(cause, count)| Ok(EscalationCauseCount { cause, count: self.count(count)? });
            rows.map(dress).collect::<Result<Vec<_>>>()
        };
        load.await.refuse(Request::of(ctx))
    }

    /// By the words that were given as the reason, the most frequent first.
    async fn by_reason(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many rows at most. At most 100.", default = 25)] first: i32,
    ) -> async_graphql::Result<Vec<EscalationReasonCount>> {
        let load = async {
            let rows = self.0.escalations_by_reason(size(first)? as u64).await?.into_iter();
            let dress = |(reason, count)| Ok(EscalationReasonCount { reason, count: self.count(count)? });
            rows.map(dress).collect::<Result<Vec<_>>>()
        };
        load.await.refuse(Request::of(ctx))
    }

    /// By who had them afterwards: an agent, else a team, else nobody; those with the most first.
    async fn by_target(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many rows at most. At most 100.", default = 25)] first: i32,
    ) -> async_graphql::Result<Vec<EscalationGroup>> {
        let request = Request::of(ctx);
        let load = async {
            let rows = self.0.escalations_by_target(size(first)? as u64).await?;
            let dress = |group, _: &_, count| Ok(EscalationGroup { group, count: self.count(count)? });
            dressed(request, None, rows, dress).await
        };
        load.await.refuse(request)
    }

    /// For each part of the tickets, as they are now; those with the most first.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the tickets are told apart by.")] by: Dimension,
        #[graphql(desc = "So many rows at most. At most 100.", default = 25)] first: i32,
    ) -> async_graphql::Result<Vec<EscalationGroup>> {
        let request = Request::of(ctx);
        let load = async {
            let rows = self.0.parts(by, size(first)?, &[self.0.escalated()]).await?;
            let dress = |group, part: &_, [value]: [i64; 1]| {
                let count = self.0.counted(by.narrow(self.0.escalated(), part), value);
                Ok(EscalationGroup { group, count: self.count(count)? })
            };
            dressed(request, Some(by), rows, dress).await
        };
        load.await.refuse(request)
    }

    /// In each step of the period. At most 400 steps.
    async fn steps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How long the steps are.", default_with = "Interval::Day")] interval: Interval,
    ) -> async_graphql::Result<Vec<EscalationStep>> {
        let load = async {
            let rows = self.0.escalations_in(&self.0.steps(interval)?).await?.into_iter();
            let dress = |(step, count): (Step, Count)| {
                Ok(EscalationStep { starts_at: step.from, ends_at: step.to, count: self.count(count)? })
            };
            rows.map(dress).collect::<Result<Vec<_>>>()
        };
        load.await.refuse(Request::of(ctx))
    }
}
