//! How the promises of the service level went.

use async_graphql::{Context, Object, SimpleObject};

use super::group::{MetricGroup, dressed};
use super::numbers::{MetricCount, MetricShare};
use super::report::size;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::graphql::context::{Refuse, Request};
use crate::metrics::{Dimension, Interval, Outcome, Rule, Scope};
use crate::sla::clock::Target;
use crate::tickets::ticket::Column;

/// How the promises of one kind went.
pub struct SlaCompliance {
    scope: Scope,
    target: Target,
    values: [i64; 3],
}

/// Promises that were kept, broken, and are open.
#[derive(SimpleObject)]
pub struct SlaNumbers {
    /// Kept, of those that are decided.
    compliance: MetricShare,
    /// Not kept.
    breached: MetricCount,
    /// Still open, and in time.
    pending: MetricCount,
}

/// How the promises to one part of the tickets went.
#[derive(SimpleObject)]
pub struct SlaGroup {
    /// Which part.
    group: MetricGroup,
    #[graphql(flatten)]
    numbers: SlaNumbers,
}

/// How the promises to the tickets opened in one step of the period went.
#[derive(SimpleObject)]
pub struct SlaStep {
    /// Its beginning.
    starts_at: Timestamp,
    /// Its end, which is not part of it.
    ends_at: Timestamp,
    #[graphql(flatten)]
    numbers: SlaNumbers,
}

fn rules(scope: &Scope, target: Target) -> [Rule; 3] {
    [Outcome::Met, Outcome::Breached, Outcome::Pending].map(|outcome| scope.promised(target, outcome))
}

/// How the promises of each kind went, counted in one statement.
pub async fn load(scope: &Scope) -> Result<Vec<SlaCompliance>> {
    let [a, b, c] = rules(scope, Target::FirstResponse);
    let [d, e, f] = rules(scope, Target::Resolution);
    let [a, b, c, d, e, f] = scope.counts([a, b, c, d, e, f]).await?.map(|count| count.value);
    let of = |target, values| SlaCompliance { scope: scope.clone(), target, values };
    Ok(vec![of(Target::FirstResponse, [a, b, c]), of(Target::Resolution, [d, e, f])])
}

impl SlaCompliance {
    /// Dresses three counts; `narrow` says of which of the tickets.
    fn numbers(&self, [met, breached, pending]: [i64; 3], narrow: impl Fn(Rule) -> Rule) -> Result<SlaNumbers> {
        let count = |rule: Rule, value| MetricCount::new(&self.scope, self.scope.counted(narrow(rule), value));
        let [kept, broken, open] = rules(&self.scope, self.target);
        let whole = count(self.scope.decided(self.target), met + breached)?;
        let said = "Promises that were kept, of those that are decided: kept, or their deadline passed.";
        Ok(SlaNumbers {
            compliance: MetricShare::new(said, count(kept, met)?, whole),
            breached: count(broken, breached)?,
            pending: count(open, pending)?,
        })
    }
}

/// How the promises of one kind went.
#[Object]
impl SlaCompliance {
    /// What was promised.
    async fn target(&self) -> Target {
        self.target
    }

    #[graphql(flatten)]
    async fn flat(&self, ctx: &Context<'_>) -> async_graphql::Result<SlaNumbers> {
        self.numbers(self.values, |rule| rule).refuse(Request::of(ctx))
    }

    /// The same for each part of the tickets, those with the most kept promises first.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the tickets are told apart by.")] by: Dimension,
        #[graphql(desc = "So many rows at most. At most 100.", default = 25)] first: i32,
    ) -> async_graphql::Result<Vec<SlaGroup>> {
        let request = Request::of(ctx);
        let load = async {
            let rows = self.scope.parts(by, size(first)?, &rules(&self.scope, self.target)).await?;
            let dress = |group, part: &_, values| {
                Ok(SlaGroup { group, numbers: self.numbers(values, |rule| by.narrow(rule, part))? })
            };
            dressed(request, Some(by), rows, dress).await
        };
        load.await.refuse(request)
    }

    /// The same for the tickets opened in each step of the period. At most 400 steps.
    async fn steps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How long the steps are.", default_with = "Interval::Day")] interval: Interval,
    ) -> async_graphql::Result<Vec<SlaStep>> {
        let load = async {
            let steps = self.scope.steps(interval)?;
            let column = Column::CreatedAt;
            let counts = self.scope.counts_in(&steps, column, &rules(&self.scope, self.target)).await?;
            let dress = |(step, values): (crate::metrics::Step, [i64; 3])| {
                let numbers = self.numbers(values, |rule| step.narrow(rule, column))?;
                Ok(SlaStep { starts_at: step.from, ends_at: step.to, numbers })
            };
            steps.into_iter().zip(counts).map(dress).collect::<Result<Vec<_>>>()
        };
        load.await.refuse(Request::of(ctx))
    }
}
