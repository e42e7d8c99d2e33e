//! Starting and stopping jobs.

use async_graphql::{Context, Object, SimpleObject};

use super::Job;
use super::results::TicketBulkPreview;
use crate::bulk::cancel::JobCancel;
use crate::bulk::start::TicketBulk;
use crate::desk::Notice;
use crate::event_log::EventCursor;
use crate::graphql::context::Request;
use crate::graphql::payload::{UserError, perform, settle};
use crate::payload;

/// What `ticketBulk` answers.
#[derive(Default, SimpleObject)]
pub struct TicketBulkPayload {
    /// The job; finished already if it has at most 100 tickets and took no more than a second. Null if nothing was written.
    job: Option<Job>,
    /// With `dryRun`: what would happen.
    preview: Option<TicketBulkPreview>,
    /// What stands against it as a whole. Not empty: nothing was written. What stands against single tickets is in the results.
    user_errors: Vec<UserError>,
    /// What you should know although it succeeded.
    notices: Vec<Notice>,
    /// The log position that contains what the job has done so far: send it as `consistentWith`, or as `after` of a subscription.
    event_cursor: Option<EventCursor>,
    /// Whether this answers an earlier request with the same idempotency key.
    replayed: bool,
}

payload! {
    /// What `jobCancel` answers.
    JobCancelPayload {
        /// The job as it is now. Null if nothing was written.
        job: Job
    }
}

/// The root fields that start and stop jobs.
#[derive(Default)]
pub struct BulkMutations;

#[Object]
impl BulkMutations {
    /// Does the same to many tickets: to each exactly what the single mutation does, with its permissions, service level, history and
    /// events. One that is refused keeps no other from being done; what came of each is in the results of the job, which goes on after
    /// this request. Needs `ticket.bulk`, and what the action needs.
    async fn ticket_bulk(&self, ctx: &Context<'_>, input: TicketBulk) -> async_graphql::Result<TicketBulkPayload> {
        let request = Request::of(ctx);
        if input.dry_run {
            let preview = settle(ctx, request.bulk.preview(&request.actor(), &input).await)?;
            return Ok(match preview {
                Ok(preview) => {
                    TicketBulkPayload { preview: Some(TicketBulkPreview(preview)), ..TicketBulkPayload::default() }
                }
                Err(user_errors) => TicketBulkPayload { user_errors, ..TicketBulkPayload::default() },
            });
        }
        let started = settle(ctx, request.bulk.start(&request.actor(), input).await)?;
        // Tickets that an earlier root field showed are others by now.
        request.begin_delivery();
        Ok(match started {
            Ok(done) => TicketBulkPayload {
                job: Some(Job::new(done.outcome, done.cursor.seq)),
                notices: done.notices,
                event_cursor: Some(done.cursor),
                replayed: done.replayed,
                ..TicketBulkPayload::default()
            },
            Err(user_errors) => TicketBulkPayload { user_errors, ..TicketBulkPayload::default() },
        })
    }

    /// Stops a job of yours; whoever sees everybody's stops any. What is done stays done.
    async fn job_cancel(&self, ctx: &Context<'_>, input: JobCancel) -> async_graphql::Result<JobCancelPayload> {
        let done = perform(ctx, input).await?;
        let seq = done.as_ref().map_or(0, |done| done.cursor.seq);
        Ok(JobCancelPayload::answer(done, |row| Job::new(row, seq)))
    }
}
