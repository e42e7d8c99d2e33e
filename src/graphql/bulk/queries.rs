//! Asking for jobs.

use async_graphql::{Context, Object};

use super::{Job, JobConnection, by_ids, head};
use crate::bulk::find::{self, JobFilter};
use crate::error::Error;
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::ids::JobId;

/// The root fields about jobs.
#[derive(Default)]
pub struct BulkQueries;

#[Object]
impl BulkQueries {
    /// The job with this id. Null if there is none, or if it is not yours to see.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The job's id.")] id: JobId,
    ) -> Option<async_graphql::Result<Job>> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            Ok::<_, Error>(by_ids(request, &[id]).await?.pop())
        };
        load.await.refuse(request).transpose()
    }

    /// Your jobs, newest first; everybody's if your `ticket.bulk` reaches all.
    #[allow(clippy::too_many_arguments)]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which jobs.")] filter: Option<JobFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<JobConnection> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            let (filter, args) = (filter.unwrap_or_default(), args(first, after, last, before));
            let total = wants_total(ctx);
            let (page, total) = find::jobs(&request.desk, &request.actor(), &filter, &args, total).await?;
            request.loaders().people.load_ahead(page.rows.iter().map(|(_, job)| job.created_by_id)).await?;
            let seq = head(request).await?;
            Ok::<_, Error>(JobConnection::new(page, int(total)?, |row| Job::new(row, seq)))
        };
        load.await.refuse(request)
    }
}
