//! Watching a job.

use async_graphql::{Context, Subscription};
use futures_util::Stream;

use super::{Job, by_ids};
use crate::error::{Code, Error, Result};
use crate::graphql::context::{Refuse, Request};
use crate::ids::JobId;

/// The root fields that watch jobs.
#[derive(Default)]
pub struct JobSubscriptions;

#[Subscription]
impl JobSubscriptions {
    /// A job: at once, and whenever it is further. Ends after it has finished. Whoever comes back subscribes again: a job tells how it
    /// stands, so that nothing is missed.
    async fn job_progress<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "The job's id.")] id: JobId,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<Job>> + use<'a>> {
        let request: &'a Request = Request::of(ctx);
        request.signed_in().refuse(request)?;
        // Before it is looked at: what happens in between is not missed.
        let mut seq = request.desk.head.seq();
        let mut job = sight(request, id).await.refuse(request)?;
        job.as_ref().ok_or_else(|| Error::not_found("job")).refuse(request)?;
        Ok(async_stream::stream! {
            while let Some(shown) = job.take() {
                let goes_on = shown.row.is_open();
                yield Ok(shown);
                if !goes_on {
                    return;
                }
                let next = async {
                    seq = moved(request, id, seq).await?;
                    sight(request, id).await
                };
                match next.await {
                    Ok(next) => job = next,
                    Err(error) => {
                        yield Err(error).refuse(request);
                        return;
                    }
                }
            }
        })
    }
}

/// The job, if whoever watches still sees it with the rights they have now.
async fn sight(request: &Request, id: JobId) -> Result<Option<Job>> {
    match request.renew().await {
        Ok(()) => {}
        Err(error) if error.code() == Code::Unauthenticated => return Ok(None),
        Err(error) => return Err(error),
    }
    Ok(by_ids(request, &[id]).await?.pop())
}

/// Waits until something happens to the job, and answers how far the log is then.
async fn moved(request: &Request, id: JobId, mut seq: i64) -> Result<i64> {
    loop {
        request.live.wait(seq).await;
        let mut has_moved = false;
        for seen in request.live.after(seq).await? {
            seq = seen.record.seq;
            has_moved |= seen.record.subject_id == id.0;
        }
        if has_moved {
            return Ok(seq);
        }
    }
}
