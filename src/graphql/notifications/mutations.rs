//! Reading what one was told, saying what one wants to be told, and telling somebody something.

use std::time::Duration;

use async_graphql::{Context, Object, SimpleObject};

use super::Notification;
use crate::desk::{Done, Notice};
use crate::event_log::EventCursor;
use crate::graphql::connection::int;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::payload::{UserError, perform, settle};
use crate::notifications::mark_read::{NotificationMarkAllRead, NotificationMarkRead};
use crate::notifications::notification::Model;
use crate::notifications::preferences::{self, NotificationPreferencesSet, Preference};
use crate::notifications::send::{self, NotificationSend, Sent};
use crate::say;
use crate::{deliveries, payload};

/// How long the answer waits for the mail server and the gateway. What takes longer is answered as queued, and goes on.
const WAITS: Duration = Duration::from_secs(5);

/// What somebody has not read of what they were told.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct NotificationInbox {
    /// How many.
    unread_count: i32,
}

payload! {
    /// What the mutation answers.
    NotificationMarkReadPayload {
        /// Your inbox afterwards. Null if nothing was written.
        inbox: NotificationInbox
    }
}

payload! {
    /// What the mutation answers.
    NotificationMarkAllReadPayload {
        /// Your inbox afterwards. Null if nothing was written.
        inbox: NotificationInbox
    }
}

payload! {
    /// What the mutation answers.
    NotificationPreferencesSetPayload {
        /// All your preferences. Null if nothing was written.
        preferences: Vec<Preference>
    }
}

/// What the mutation answers.
#[derive(SimpleObject)]
pub struct NotificationSendPayload {
    /// What came of it. Null if nothing was written.
    pub notification_status: Option<Sent>,
    /// The message. Null if nothing was written.
    pub notification: Option<Notification>,
    /// What stands against it. `NOTIFICATION_FAILED`: it reached nobody, and `deliveries` says why.
    pub user_errors: Vec<UserError>,
    /// What you should know although it succeeded: a channel by which it could not be delivered.
    pub notices: Vec<Notice>,
    /// The log position that contains the write: send it as `consistentWith`, or as `after` of a subscription.
    pub event_cursor: Option<EventCursor>,
    /// Whether this answers an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// The root fields about what people are told.
#[derive(Default)]
pub struct NotificationMutations;

#[Object]
impl NotificationMutations {
    /// Says that you have read some of what you were told.
    async fn notification_mark_read(
        &self,
        ctx: &Context<'_>,
        input: NotificationMarkRead,
    ) -> async_graphql::Result<NotificationMarkReadPayload> {
        let done = perform(ctx, input).await?;
        let unread = int(done.as_ref().map_or(0, |done| done.outcome.0)).refuse(Request::of(ctx))?;
        Ok(NotificationMarkReadPayload::answer(done, |_| NotificationInbox { unread_count: unread }))
    }

    /// Says that you have read all that you were told until now.
    async fn notification_mark_all_read(
        &self,
        ctx: &Context<'_>,
        input: NotificationMarkAllRead,
    ) -> async_graphql::Result<NotificationMarkAllReadPayload> {
        let done = perform(ctx, input).await?;
        let unread = int(done.as_ref().map_or(0, |done| done.outcome.0)).refuse(Request::of(ctx))?;
        Ok(NotificationMarkAllReadPayload::answer(done, |_| NotificationInbox { unread_count: unread }))
    }

    /// Says what you want to be told, and how.
    async fn notification_preferences_set(
        &self,
        ctx: &Context<'_>,
        input: NotificationPreferencesSet,
    ) -> async_graphql::Result<NotificationPreferencesSetPayload> {
        let profile = Request::of(ctx).profile();
        let done = perform(ctx, input).await?;
        Ok(NotificationPreferencesSetPayload::answer(done, |person| preferences::of(profile, &person)))
    }

    /// Sends somebody a message: into their inbox, by mail, by text message. It is answered when the mail server and the gateway have
    /// been asked, after five seconds at the latest. Staff and other systems only.
    async fn notification_send(
        &self,
        ctx: &Context<'_>,
        input: NotificationSend,
    ) -> async_graphql::Result<NotificationSendPayload> {
        let request = Request::of(ctx);
        let done = match perform(ctx, input).await? {
            Ok(done) => delivered(request, done).await,
            Err(errors) => return Ok(NotificationSendPayload::refused(errors)),
        };
        Ok(match settle(ctx, done)? {
            Ok((status, done)) => NotificationSendPayload {
                notification_status: Some(status),
                notification: Some(Notification::from(done.outcome)),
                user_errors: Vec::new(),
                notices: done.notices,
                event_cursor: Some(done.cursor),
                replayed: done.replayed,
            },
            Err(errors) => NotificationSendPayload::refused(errors),
        })
    }
}

/// Sends what goes out, outside of the transaction that stored it, and finds out what came of it.
async fn delivered(request: &Request, mut done: Done<Model>) -> crate::error::Result<(Sent, Done<Model>)> {
    let cause = done.outcome.id.to_string();
    request.post.send_now(&cause, WAITS).await?;
    let found = deliveries::of_cause(&request.desk.db.read, &cause).await?;
    let (status, reasons) = send::outcome(&done.outcome, &found)?;
    let notice = |reason: String| Notice {
        code: "NOTIFICATION_PARTLY_FAILED".to_owned(),
        message: say!("Not everything was delivered: {reason}", reason),
    };
    done.notices.extend(reasons.into_iter().map(notice));
    Ok((status, done))
}

impl NotificationSendPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self {
            notification_status: None,
            notification: None,
            user_errors,
            notices: Vec::new(),
            event_cursor: None,
            replayed: false,
        }
    }
}
