//! Being told, as it happens.

use async_graphql::{Context, SimpleObject, Subscription};
use futures_util::{Stream, StreamExt};

use super::Notification;
use crate::error::{Code, Error, Result};
use crate::event_log::EventCursor;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::events::stream::{self, View};
use crate::ids::NotificationId;
use crate::notifications::events::{CREATED, NotificationsCreated};
use crate::notifications::find;
use crate::readers::live_feed::Seen;

/// Something that you were told, with its place in the log.
#[derive(SimpleObject)]
pub struct NotificationStreamEdge {
    /// Where the stream is: send it as `after` when you come back.
    pub event_cursor: EventCursor,
    /// What you were told. Null if it was nothing, and the stream only says how far it is.
    pub node: Option<Notification>,
}

/// The root fields that watch one's inbox.
#[derive(Default)]
pub struct NotificationSubscriptions;

#[Subscription]
impl NotificationSubscriptions {
    /// What you are told in your inbox, in the order of the log: nothing skipped, nothing twice. With `after` it first sends what you were
    /// told since.
    async fn notifications<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "The last `eventCursor` that you have seen, for 30 days.")] after: Option<EventCursor>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<NotificationStreamEdge>> + use<'a>> {
        let request: &'a Request = Request::of(ctx);
        request.actor().require_person().refuse(request)?;
        let seq = stream::begin(request, after).await.refuse(request)?;
        let dress = |delivery: stream::Delivery<Notification>| NotificationStreamEdge {
            event_cursor: delivery.cursor,
            node: delivery.event,
        };
        Ok(stream::open(request, Mine, seq).map(move |delivery| delivery.map(dress).refuse(request)))
    }
}

/// One's own inbox.
struct Mine;

impl View for Mine {
    type Item = Notification;

    async fn show(&mut self, request: &Request, seen: Seen) -> Result<Vec<Notification>> {
        if seen.record.kind != CREATED {
            return Ok(Vec::new());
        }
        let actor = request.actor();
        let me = actor.person.ok_or_else(|| Error::new(Code::Unauthenticated))?;
        let mine: Vec<NotificationId> = seen.record.read::<NotificationsCreated>()?.of(me).collect();
        if mine.is_empty() {
            return Ok(Vec::new());
        }
        let mut rows = find::by_ids(&request.desk, &actor, &mine).await?;
        rows.sort_by_key(|row| row.id);
        Ok(rows.into_iter().map(Notification::from).collect())
    }
}
