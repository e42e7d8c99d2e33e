//! What came of each ticket of a job, and what would come of it.

use async_graphql::{Context, SimpleObject};
use futures_util::future::try_join_all;

use super::code;
use crate::bulk::find::{self, Wanted};
use crate::bulk::job::{self, result};
use crate::bulk::preview::Preview;
use crate::connection;
use crate::db::page::{MAX_PAGE, Page};
use crate::error::{Code, Result};
use crate::graphql::connection::{args, int};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::tickets::Ticket;
use crate::ids::TicketId;

/// What came of a ticket of a job.
#[derive(Clone, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct JobResult {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// The ticket as it is now. Null if you do not see it, or no longer.
    pub ticket: Option<Ticket>,
    /// What came of it.
    pub outcome: result::What,
    /// Why it was refused: `NOT_FOUND` also if it is not to be seen.
    pub code: Option<Code>,
    /// Why it was refused, for people.
    pub message: Option<String>,
    /// The path of the input field of the single mutation at fault, outermost first.
    pub field: Option<Vec<String>>,
}

connection!(JobResultConnection, JobResultEdge, JobResult, "results");

/// What a job would do, as things stand now.
pub struct TicketBulkPreview(pub Preview);

/// What a job would do, as things stand now. Nothing was written.
#[async_graphql::Object(crate = "crate::graphql::fields")]
impl TicketBulkPreview {
    /// How many tickets are selected.
    async fn total(&self) -> async_graphql::Result<i32> {
        Ok(int(self.0.total as u64)?)
    }

    /// How many of them were tried: the first 1,000.
    async fn tried(&self) -> async_graphql::Result<i32> {
        Ok(int(self.0.tried.len() as u64)?)
    }

    /// How many of those would be done.
    async fn done(&self) -> async_graphql::Result<i32> {
        Ok(int(self.count(result::What::Done))?)
    }

    /// How many of those are so already.
    async fn skipped(&self) -> async_graphql::Result<i32> {
        Ok(int(self.count(result::What::Skipped))?)
    }

    /// How many of those would be refused.
    async fn failed(&self) -> async_graphql::Result<i32> {
        Ok(int(self.count(result::What::Failed))?)
    }

    /// What would come of those that were tried, in the order of their ids.
    #[allow(clippy::too_many_arguments)]
    async fn results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<JobResultConnection> {
        let request = Request::of(ctx);
        let args = args(first, after, last, before);
        let load = async {
            let page = args.check("position", false, &"preview", MAX_PAGE)?;
            dress(request, page.within(self.0.tried.clone(), find::key), self.0.tried.len() as u64, true).await
        };
        load.await.refuse(request)
    }
}

impl TicketBulkPreview {
    fn count(&self, outcome: result::What) -> u64 {
        self.0.tried.iter().filter(|one| one.outcome == outcome).count() as u64
    }
}

/// A page of what came of the tickets of a job.
pub(super) async fn of_job(request: &Request, job: &job::Model, wanted: Wanted) -> Result<JobResultConnection> {
    // Asked here, where a refusal can still say what is wrong.
    let (page, total) = (wanted.page(job.id)?, wanted.total(job));
    let rows = request.loaders().job_results.load((job.id, wanted)).await?;
    let rows = rows.map(|rows| (*rows).clone()).unwrap_or_default();
    let own = request.actor().person == Some(job.created_by_id);
    dress(request, page.dress(rows, find::key), total, own).await
}

/// The rows with their tickets, as far as they are seen. Why a ticket was refused may tell of it: others than whoever was told see it with
/// the ticket only.
async fn dress(request: &Request, page: Page<result::Model>, total: u64, own: bool) -> Result<JobResultConnection> {
    // All at once, also those of other jobs in the same list.
    let tickets = try_join_all(page.rows.iter().map(|(_, row)| request.visible_ticket(row.ticket_id))).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for ((cursor, row), ticket) in page.rows.into_iter().zip(tickets) {
        let ticket = ticket.map(Ticket);
        let told = own || ticket.is_some();
        let result = JobResult {
            ticket_id: row.ticket_id,
            ticket,
            outcome: row.outcome,
            code: code(row.code.as_deref()),
            message: row.message.filter(|_| told),
            field: row.field.map(|path| path.split('.').map(str::to_owned).collect()),
        };
        rows.push((cursor, result));
    }
    let page = Page { rows, has_next: page.has_next, has_previous: page.has_previous };
    Ok(JobResultConnection::new(page, int(total)?, |result| result))
}
