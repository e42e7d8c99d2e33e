//! Tickets that were resolved at the first contact.

use async_graphql::{Context, Object, SimpleObject};

use super::group::{MetricGroup, dressed};
use super::numbers::{MetricCount, MetricShare};
use super::report::size;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::graphql::context::{Refuse, Request};
use crate::metrics::{Dimension, Interval, Rule, Scope, Step};
use crate::tickets::ticket::Column;

/// Which tickets were resolved at the first contact.
pub struct FirstContactMetrics(pub Scope);

/// How many tickets of one part were resolved at the first contact.
#[derive(SimpleObject)]
pub struct FirstContactGroup {
    /// Which part.
    group: MetricGroup,
    /// Resolved at the first contact, of those resolved in the period.
    resolution: MetricShare,
}

/// How many tickets were resolved at the first contact in one step of the period.
#[derive(SimpleObject)]
pub struct FirstContactStep {
    /// Its beginning.
    starts_at: Timestamp,
    /// Its end, which is not part of it.
    ends_at: Timestamp,
    /// Resolved at the first contact, of those resolved in the step.
    resolution: MetricShare,
}

/// The share, of the tickets that `narrow` says.
pub fn share(scope: &Scope, [once, resolved]: [i64; 2], narrow: impl Fn(Rule) -> Rule) -> Result<MetricShare> {
    let count = |rule: Rule, value| MetricCount::new(scope, scope.counted(narrow(rule), value));
    let said = "Tickets resolved in the period with at most one public reply by staff and never opened again, of all that were resolved in it.";
    Ok(MetricShare::new(said, count(scope.first_contact(), once)?, count(scope.resolved(), resolved)?))
}

/// Which tickets were resolved at the first contact.
#[Object]
impl FirstContactMetrics {
    /// Resolved at the first contact, of those resolved in the period.
    async fn resolution(&self, ctx: &Context<'_>) -> async_graphql::Result<MetricShare> {
        let scope = &self.0;
        let load = async {
            let counts = scope.counts([scope.first_contact(), scope.resolved()]).await?;
            share(scope, counts.map(|count| count.value), |rule| rule)
        };
        load.await.refuse(Request::of(ctx))
    }

    /// The same for each part of the tickets, those with the most resolved at the first contact first.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the tickets are told apart by.")] by: Dimension,
        #[graphql(desc = "So many rows at most. At most 100.", default = 25)] first: i32,
    ) -> async_graphql::Result<Vec<FirstContactGroup>> {
        let (request, scope) = (Request::of(ctx), &self.0);
        let load = async {
            let rows = scope.parts(by, size(first)?, &[scope.first_contact(), scope.resolved()]).await?;
            let dress = |group, part: &_, values| {
                Ok(FirstContactGroup { group, resolution: share(scope, values, |rule| by.narrow(rule, part))? })
            };
            dressed(request, Some(by), rows, dress).await
        };
        load.await.refuse(request)
    }

    /// The same for the tickets resolved in each step of the period. At most 400 steps.
    async fn steps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How long the steps are.", default_with = "Interval::Day")] interval: Interval,
    ) -> async_graphql::Result<Vec<FirstContactStep>> {
        let scope = &self.0;
        let load = async {
            let steps = scope.steps(interval)?;
            let column = Column::ResolvedAt;
            let counts = scope.counts_in(&steps, column, &[scope.first_contact(), scope.resolved()]).await?;
            let dress = |(step, values): (Step, [i64; 2])| {
                let resolution = share(scope, values, |rule| step.narrow(rule, column))?;
                Ok(FirstContactStep { starts_at: step.from, ends_at: step.to, resolution })
            };
            steps.into_iter().zip(counts).map(dress).collect::<Result<Vec<_>>>()
        };
        load.await.refuse(Request::of(ctx))
    }
}
