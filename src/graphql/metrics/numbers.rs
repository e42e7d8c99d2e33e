//! The numbers themselves: each says its rule, and lists the tickets that it counts.

use async_graphql::{Context, Object, SimpleObject};

use crate::db::page::{MAX_PAGE, PageArgs};
use crate::error::Result;
use crate::event_log::EventCursor;
use crate::graphql::connection::{int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::tickets::{Ahead, TicketConnection, counted};
use crate::metrics::{Count, Measure, Scope, Spread};

/// A number of tickets, with its rule, and the tickets.
#[derive(Clone)]
pub struct MetricCount {
    count: Count,
    value: i32,
    as_of: EventCursor,
}

impl MetricCount {
    /// Dresses a count.
    pub fn new(scope: &Scope, count: Count) -> Result<Self> {
        Ok(Self { value: int(count.value.unsigned_abs())?, as_of: scope.as_of.clone(), count })
    }
}

/// A number of tickets, with its rule, and the tickets.
#[Object]
impl MetricCount {
    /// How many.
    async fn value(&self) -> i32 {
        self.value
    }

    /// What is counted, exactly.
    async fn definition(&self) -> &str {
        &self.count.definition
    }

    /// The number contains everything up to this position of the log.
    async fn as_of(&self) -> &EventCursor {
        &self.as_of
    }

    /// The tickets that are counted, newest first.
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TicketConnection> {
        let request = Request::of(ctx);
        let args = PageArgs { first, after, last, before, offset: None };
        let (total, ahead) = (wants_total(ctx), Ahead::of_connection(ctx));
        counted(request, &self.count.condition, &self.count.definition, &args, MAX_PAGE, total, ahead)
            .await
            .refuse(request)
    }
}

/// A part of a whole.
#[derive(SimpleObject)]
pub struct MetricShare {
    /// From 0 to 1. Null if the whole is empty.
    value: Option<f64>,
    /// What is compared, exactly.
    definition: String,
    /// The number contains everything up to this position of the log.
    as_of: EventCursor,
    /// The part.
    part: MetricCount,
    /// The whole.
    whole: MetricCount,
}

impl MetricShare {
    /// The share of `part` in `whole`; `definition` says what of what.
    pub fn new(definition: &str, part: MetricCount, whole: MetricCount) -> Self {
        let value = (whole.value > 0).then(|| f64::from(part.value) / f64::from(whole.value));
        Self { value, definition: definition.to_owned(), as_of: part.as_of.clone(), part, whole }
    }
}

/// A mean.
#[derive(SimpleObject)]
pub struct MetricAverage {
    /// The arithmetic mean. Null if there is nothing to measure.
    value: Option<f64>,
    /// What is measured, exactly.
    definition: String,
    /// The number contains everything up to this position of the log.
    as_of: EventCursor,
    /// The tickets that are measured.
    measured: MetricCount,
}

impl MetricAverage {
    /// A mean over the tickets counted in `measured`.
    pub fn new(definition: String, value: Option<f64>, measured: MetricCount) -> Self {
        Self { value, definition, as_of: measured.as_of.clone(), measured }
    }
}

/// A number of hours.
#[derive(SimpleObject)]
pub struct MetricHours {
    /// Hours. Null if there is nothing to measure.
    value: Option<f64>,
    /// What is measured, exactly.
    definition: String,
    /// The number contains everything up to this position of the log.
    as_of: EventCursor,
}

/// How long something takes.
#[derive(SimpleObject)]
pub struct MetricDuration {
    /// Half of the tickets took no longer.
    median: MetricHours,
    /// Nine tickets of ten took no longer.
    p90: MetricHours,
    /// The average.
    mean: MetricHours,
    /// The tickets that are measured.
    measured: MetricCount,
}

impl MetricDuration {
    /// Dresses a spread of the tickets counted in `measured`.
    pub fn new(scope: &Scope, measure: Measure, spread: Spread, measured: Count) -> Result<Self> {
        let hours = |name: &str, ms: f64| MetricHours {
            value: (spread.count > 0).then_some(ms / 3_600_000.0),
            definition: format!("{name}: {}.", measure.said()),
            as_of: scope.as_of.clone(),
        };
        Ok(Self {
            median: hours("The median, by the nearest rank", spread.median as f64),
            p90: hours("The 90th percentile, by the nearest rank", spread.p90 as f64),
            mean: hours("The arithmetic mean", spread.sum as f64 / Ord::max(spread.count, 1) as f64),
            measured: MetricCount::new(scope, measured)?,
        })
    }
}
