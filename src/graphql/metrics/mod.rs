//! Reports: `metrics` and what stands in it.

mod agents;
mod escalations;
mod first_contact;
mod group;
mod numbers;
mod patterns;
mod ratings;
mod report;
mod sla;

use async_graphql::{Context, Object};

use super::context::{Refuse, Request};
use crate::metrics::{MetricsPeriod, Scope};
use crate::tickets::filter::TicketFilter;

pub use agents::{Agent, AgentQueries};
pub use report::Metrics;

/// The root field about numbers.
#[derive(Default)]
pub struct MetricsQueries;

#[Object]
impl MetricsQueries {
    /// Numbers about the tickets that you can see, for whoever may see reports: the desk's, or one's own, that is, those of the tickets that
    /// one works on. Each number says its rule, and lists its tickets. What was merged counts once: where it goes on.
    async fn metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which time. Absent: the last 30 days.")] period: Option<MetricsPeriod>,
        #[graphql(desc = "Which tickets.")] filter: Option<TicketFilter>,
        #[graphql(
            desc = "Where days begin: a name of the IANA database, such as Europe/Berlin. Absent: the desk's zone."
        )]
        time_zone: Option<String>,
    ) -> async_graphql::Result<Metrics> {
        let request = Request::of(ctx);
        let (period, filter) = (period.unwrap_or_default(), filter.unwrap_or_default());
        Scope::new(&request.desk, &request.actor(), period, &filter, time_zone.as_deref()).map(Metrics).refuse(request)
    }
}
