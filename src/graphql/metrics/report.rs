//! The report: one object with a field for each kind of number. What is not asked for is not computed.

use async_graphql::{Context, Object, SimpleObject};

use super::agents::{self, AgentPerformance, AgentWorkload, TeamWorkload};
use super::escalations::EscalationMetrics;
use super::first_contact::{self, FirstContactMetrics};
use super::numbers::{MetricCount, MetricDuration, MetricShare};
use super::patterns::{self, ResolutionMetrics, choice};
use super::ratings::RatingMetrics;
use super::sla::{self, SlaCompliance};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::event_log::EventCursor;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::Choice;
use crate::metrics::{Asked, Interval, Measure, Scope};
use crate::say;

/// Numbers about tickets.
pub struct Metrics(pub Scope);

/// What happened in the period, at a glance.
#[derive(SimpleObject)]
pub struct PerformanceMetrics {
    /// Opened.
    received: MetricCount,
    /// Resolved.
    resolved: MetricCount,
    /// Closed.
    closed: MetricCount,
    /// First answered.
    answered: MetricCount,
    /// Resolved, but not at the first go.
    reopened: MetricShare,
    /// Resolved at the first contact.
    first_contact_resolution: MetricShare,
}

/// How the desk stands now, and what came and went in the period.
#[derive(SimpleObject)]
pub struct DashboardMetrics {
    /// Open now.
    open: MetricCount,
    /// Open, and given to nobody.
    unassigned: MetricCount,
    /// Open, and waiting for somebody outside the desk.
    waiting: MetricCount,
    /// Open, and late.
    overdue: MetricCount,
    /// Opened in the period.
    received: MetricCount,
    /// Resolved in the period.
    resolved: MetricCount,
}

/// How long things take.
#[derive(SimpleObject)]
pub struct ResponseTimeMetrics {
    /// Until staff first answer.
    first_response: MetricDuration,
    /// Until the ticket is resolved.
    resolution: MetricDuration,
}

/// Who has how much to do now.
#[derive(SimpleObject)]
pub struct WorkloadMetrics {
    /// The agents, those with the most open tickets first; also those without any.
    by_agent: Vec<AgentWorkload>,
    /// The teams that have open tickets, those with the most first.
    by_team: Vec<TeamWorkload>,
    /// Open, and given to nobody.
    unassigned: MetricCount,
}

/// What tickets are about, against the period before.
#[derive(SimpleObject)]
pub struct TrendingMetrics<'a> {
    /// Categories, those with the most tickets first.
    categories: Vec<CategoryTrend<'a>>,
    /// Tags, those with the most tickets first.
    tags: Vec<TagTrend>,
}

/// A category against the period before.
#[derive(SimpleObject)]
pub struct CategoryTrend<'a> {
    /// The category; null: tickets without one.
    category: Option<Choice<'a>>,
    /// In the period.
    count: MetricCount,
    /// In the period of the same length right before.
    before: MetricCount,
}

/// A tag against the period before.
#[derive(SimpleObject)]
pub struct TagTrend {
    /// The tag.
    tag: String,
    /// In the period.
    count: MetricCount,
    /// In the period of the same length right before.
    before: MetricCount,
}

/// A step of the period: an hour, a day, a week, a month.
#[derive(SimpleObject)]
pub struct VolumeStep {
    /// Its beginning.
    starts_at: Timestamp,
    /// Its end, which is not part of it.
    ends_at: Timestamp,
    /// Opened in it.
    received: MetricCount,
    /// Resolved in it.
    resolved: MetricCount,
}

/// How many rows of one kind are answered at most.
const MOST: i32 = 100;

/// A number of rows that was asked for.
pub(super) fn size(first: i32) -> Result<usize> {
    match usize::try_from(first) {
        Ok(size) if first <= MOST => Ok(size),
        _ => {
            let message = say!("`first` is from 0 to {max} here, not {first}.", max = MOST, first);
            Err(Error::with(crate::error::Code::BadUserInput, message).at("first"))
        }
    }
}

/// Numbers about tickets.
#[Object]
impl Metrics {
    /// Where the period begins.
    async fn starts_at(&self) -> Timestamp {
        self.0.from
    }

    /// Where the period ends, without that moment itself.
    async fn ends_at(&self) -> Timestamp {
        self.0.to
    }

    /// Where days begin.
    async fn time_zone(&self) -> String {
        self.0.zone.iana_name().unwrap_or("UTC").to_owned()
    }

    /// The numbers contain everything up to this position of the log.
    async fn as_of(&self) -> &EventCursor {
        &self.0.as_of
    }

    /// How the desk stands now, and what came and went in the period.
    async fn dashboard(&self, ctx: &Context<'_>) -> async_graphql::Result<DashboardMetrics> {
        let scope = &self.0;
        let load = async {
            let rules = [
                scope.open(),
                scope.unassigned(),
                scope.waiting(),
                scope.overdue(),
                scope.received(),
                scope.resolved(),
            ];
            let [open, unassigned, waiting, overdue, received, resolved] = scope.counts(rules).await?;
            let count = |count| MetricCount::new(scope, count);
            Ok::<_, Error>(DashboardMetrics {
                open: count(open)?,
                unassigned: count(unassigned)?,
                waiting: count(waiting)?,
                overdue: count(overdue)?,
                received: count(received)?,
                resolved: count(resolved)?,
            })
        };
        load.await.refuse(Request::of(ctx))
    }

    /// What happened in the period, at a glance.
    async fn performance(&self, ctx: &Context<'_>) -> async_graphql::Result<PerformanceMetrics> {
        performance(&self.0).await.refuse(Request::of(ctx))
    }

    /// How long it takes until staff first answer, and until tickets are resolved.
    async fn response_times(&self, ctx: &Context<'_>) -> async_graphql::Result<ResponseTimeMetrics> {
        let scope = &self.0;
        let load = async {
            Ok::<_, Error>(ResponseTimeMetrics {
                first_response: duration(scope, Measure::FirstResponse).await?,
                resolution: duration(scope, Measure::Resolution).await?,
            })
        };
        load.await.refuse(Request::of(ctx))
    }

    /// Who has how much to do now, whatever the period.
    async fn workload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many agents and so many teams at most. At most 100.", default = 25)] first: i32,
    ) -> async_graphql::Result<WorkloadMetrics> {
        let (request, scope) = (Request::of(ctx), &self.0);
        let load = async {
            let first = size(first)?;
            let [unassigned] = scope.counts([scope.unassigned()]).await?;
            Ok::<_, Error>(WorkloadMetrics {
                by_agent: agents::workload(request, scope, first).await?,
                by_team: agents::team_workload(request, scope, first).await?,
                unassigned: MetricCount::new(scope, unassigned)?,
            })
        };
        load.await.refuse(request)
    }

    /// What each agent did in the period: those who resolved the most first.
    async fn agent_performance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many agents at most. At most 100.", default = 25)] first: i32,
    ) -> async_graphql::Result<Vec<AgentPerformance>> {
        let (request, scope) = (Request::of(ctx), &self.0);
        let load = async { agents::performance(request, scope, size(first)?).await };
        load.await.refuse(request)
    }

    /// What the tickets opened in the period are about, against the period of the same length right before.
    async fn trending<'a>(
        &'a self,
        ctx: &Context<'a>,
        #[graphql(desc = "So many categories and so many tags at most. At most 100.", default = 10)] first: i32,
    ) -> async_graphql::Result<TrendingMetrics<'a>> {
        let (request, scope): (&'a Request, _) = (Request::of(ctx), &self.0);
        let load = async {
            let first = size(first)?;
            let count = |count| MetricCount::new(scope, count);
            let mut categories = Vec::new();
            for trend in scope.category_trends(first).await? {
                let category = choice(request.profile().categories.iter(), &trend.key);
                categories.push(CategoryTrend { category, count: count(trend.count)?, before: count(trend.before)? });
            }
            let mut tags = Vec::new();
            for trend in scope.tag_trends(first as u64).await? {
                tags.push(TagTrend { tag: trend.key, count: count(trend.count)?, before: count(trend.before)? });
            }
            Ok::<_, Error>(TrendingMetrics { categories, tags })
        };
        load.await.refuse(request)
    }

    /// How the tickets resolved in the period were resolved.
    async fn resolution_patterns<'a>(&'a self, ctx: &Context<'a>) -> async_graphql::Result<ResolutionMetrics<'a>> {
        let request: &'a Request = Request::of(ctx);
        patterns::load(request, &self.0).await.refuse(request)
    }

    /// How many tickets came and went, step by step, also where nothing happened. At most 400 steps.
    async fn volume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How long the steps are.", default_with = "Interval::Day")] interval: Interval,
    ) -> async_graphql::Result<Vec<VolumeStep>> {
        let scope = &self.0;
        let load = async {
            let steps = scope.volume(interval).await?.into_iter().map(|(step, received, resolved)| {
                Ok(VolumeStep {
                    starts_at: step.from,
                    ends_at: step.to,
                    received: MetricCount::new(scope, received)?,
                    resolved: MetricCount::new(scope, resolved)?,
                })
            });
            steps.collect::<Result<Vec<_>>>()
        };
        load.await.refuse(Request::of(ctx))
    }

    /// How the promises went that were made to tickets opened in the period.
    async fn sla(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<SlaCompliance>> {
        sla::load(&self.0).await.refuse(Request::of(ctx))
    }

    /// How satisfied people are with how they were served. Null if this desk does not ask.
    async fn satisfaction(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<RatingMetrics>> {
        RatingMetrics::load(&self.0, Asked::Satisfaction).await.refuse(Request::of(ctx)).transpose()
    }

    /// How much effort it took people to be helped. Null if this desk does not ask.
    async fn effort(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<RatingMetrics>> {
        RatingMetrics::load(&self.0, Asked::Effort).await.refuse(Request::of(ctx)).transpose()
    }

    /// Which tickets were resolved at the first contact.
    async fn first_contact(&self) -> FirstContactMetrics {
        FirstContactMetrics(self.0.clone())
    }

    /// Which tickets were brought to a higher level of support.
    async fn escalations(&self) -> EscalationMetrics {
        EscalationMetrics(self.0.clone())
    }
}

async fn performance(scope: &Scope) -> Result<PerformanceMetrics> {
    let rules =
        [scope.received(), scope.resolved(), scope.closed(), scope.answered(), scope.reopened(), scope.first_contact()];
    let [received, resolved, closed, answered, reopened, once] = scope.counts(rules).await?;
    let first_contact_resolution = first_contact::share(scope, [once.value, resolved.value], |rule| rule)?;
    let count = |count| MetricCount::new(scope, count);
    let resolved = count(resolved)?;
    let again = "Tickets resolved in the period that had been opened again before, of all that were resolved in it.";
    Ok(PerformanceMetrics {
        received: count(received)?,
        closed: count(closed)?,
        answered: count(answered)?,
        reopened: MetricShare::new(again, count(reopened)?, resolved.clone()),
        first_contact_resolution,
        resolved,
    })
}

/// How long something took over all tickets.
pub(super) async fn duration(scope: &Scope, measure: Measure) -> Result<MetricDuration> {
    let spread = scope.spread(measure).await?;
    MetricDuration::new(scope, measure, spread, scope.counted(measure.rule(scope), spread.count))
}
