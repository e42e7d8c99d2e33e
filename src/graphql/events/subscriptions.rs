//! Watching what happens to tickets.

use async_graphql::{Context, SimpleObject, Subscription};
use futures_util::{Stream, StreamExt};

use super::stream::{self, Delivery, TicketEventFilter, TicketView};
use super::{CommentAddedEvent, TicketEvent, TicketEventKind, TicketStatusChangedEvent};
use crate::event_log::EventCursor;
use crate::graphql::context::{Refuse, Request};
use crate::ids::TicketId;

/// The root fields that watch tickets.
#[derive(Default)]
pub struct EventSubscriptions;

macro_rules! edges {
    ($($(#[$doc:meta])* $name:ident($node:ty);)*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// Where the stream is: send it as `after` when you come back.
            pub event_cursor: EventCursor,
            /// What happened. Null if nothing did, and the stream only says how far it is.
            pub node: Option<$node>,
        }
    )*};
}

edges! {
    /// An event with its place in the log.
    TicketEventEdge(TicketEvent);
    /// A change of status with its place in the log.
    TicketStatusChangedEdge(TicketStatusChangedEvent);
    /// A new comment with its place in the log.
    CommentAddedEdge(CommentAddedEvent);
}

#[Subscription]
impl EventSubscriptions {
    /// What happens to the tickets that you can see, in the order of the log: nothing skipped, nothing twice. With `after` it first
    /// sends what happened since.
    async fn ticket_events<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "Which events.")] filter: Option<TicketEventFilter>,
        #[graphql(desc = "The last `eventCursor` that you have seen, for 30 days.")] after: Option<EventCursor>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<TicketEventEdge>> + use<'a>> {
        let seq = begin(ctx, after).await?;
        deliver(ctx, filter.unwrap_or_default(), seq, |delivery| TicketEventEdge {
            event_cursor: delivery.cursor,
            node: delivery.event,
        })
    }

    /// Tickets moving from status to status.
    async fn ticket_status_changed<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "Only these tickets.")] ticket_ids: Option<Vec<TicketId>>,
        #[graphql(desc = "The last `eventCursor` that you have seen, for 30 days.")] after: Option<EventCursor>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<TicketStatusChangedEdge>> + use<'a>> {
        let kinds = Some(vec![TicketEventKind::StatusChanged]);
        let filter = TicketEventFilter { kinds, ticket_ids, ..TicketEventFilter::default() };
        let seq = begin(ctx, after).await?;
        deliver(ctx, filter, seq, |delivery| TicketStatusChangedEdge {
            event_cursor: delivery.cursor,
            node: match delivery.event {
                Some(TicketEvent::StatusChanged(event)) => Some(event),
                _ => None,
            },
        })
    }

    /// Comments being written on tickets; internal notes for those who may read them.
    async fn comment_added<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "Only on these tickets.")] ticket_ids: Option<Vec<TicketId>>,
        #[graphql(desc = "The last `eventCursor` that you have seen, for 30 days.")] after: Option<EventCursor>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<CommentAddedEdge>> + use<'a>> {
        let kinds = Some(vec![TicketEventKind::CommentAdded]);
        let filter = TicketEventFilter { kinds, ticket_ids, ..TicketEventFilter::default() };
        let seq = begin(ctx, after).await?;
        deliver(ctx, filter, seq, |delivery| CommentAddedEdge {
            event_cursor: delivery.cursor,
            node: match delivery.event {
                Some(TicketEvent::Comment(event)) => Some(event),
                _ => None,
            },
        })
    }
}

async fn begin(ctx: &Context<'_>, after: Option<EventCursor>) -> async_graphql::Result<i64> {
    let request = Request::of(ctx);
    stream::begin(request, after).await.refuse(request)
}

fn deliver<'a, E, D: Fn(Delivery<TicketEvent>) -> E + 'a>(
    ctx: &Context<'a>,
    filter: TicketEventFilter,
    seq: i64,
    dress: D,
) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<E>> + use<'a, E, D>> {
    let request: &'a Request = Request::of(ctx);
    filter.check().refuse(request)?;
    Ok(stream::open(request, TicketView::new(request, filter), seq)
        .map(move |delivery| delivery.map(&dress).refuse(request)))
}
