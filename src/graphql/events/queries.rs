//! Reading the log: what a client missed while it was away.

use async_graphql::{Context, Object, SimpleObject};

use super::TicketEvent;
use super::stream::{self, TicketEventFilter};
use super::subscriptions::TicketEventEdge;
use crate::access::Permission;
use crate::db::page::{DEFAULT_PAGE, MAX_PAGE};
use crate::error::{Code, Error, Result};
use crate::event_log::{Audience, EventCursor, feed};
use crate::graphql::context::{Refuse, Request};
use crate::ids::TicketId;
use crate::say;
use crate::tickets::events::version_after;

/// How many records one page goes through at most: whoever sees little of the log gets short pages, not long waits.
const LONGEST: i64 = 5_000;

/// A stretch of the log.
#[derive(SimpleObject)]
pub struct TicketEventPage {
    /// The events that you can see, in the order of the log.
    edges: Vec<TicketEventEdge>,
    /// How far the stretch goes: send it as `after` for the next one.
    end_cursor: EventCursor,
    /// Whether there was more in the log at that moment. A page may be short, or empty, although there is more: go on until this is
    /// false.
    has_next_page: bool,
}

/// How many changes a conflict tells of.
const CONFLICTING: u64 = 100;

/// The changes of a ticket after it had `version`, oldest first, as far as the actor sees them.
pub async fn since_version(request: &Request, id: TicketId, version: i32) -> Result<Vec<TicketEvent>> {
    let Some(ticket) = request.visible_ticket(id).await? else { return Ok(Vec::new()) };
    let internal = request.may(&ticket, Permission::CommentViewInternal).await?;
    let records = feed::newest_of(&request.desk.db.read, id, CONFLICTING).await?;
    let later = records.into_iter().filter(|record| {
        (internal || record.audience == Audience::Public) && version_after(record).is_some_and(|after| after > version)
    });
    Ok(later.map(TicketEvent::from_record).collect())
}

/// The root fields that read the log.
#[derive(Default)]
pub struct EventQueries;

#[Object]
impl EventQueries {
    /// What happened to the tickets that you can see, after `after`, in the order of the log.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last `eventCursor` that you have seen, for 30 days.")] after: EventCursor,
        #[graphql(desc = "So many at most. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Which events.")] filter: Option<TicketEventFilter>,
    ) -> async_graphql::Result<TicketEventPage> {
        let request = Request::of(ctx);
        page(request, after, first, filter.unwrap_or_default()).await.refuse(request)
    }

    /// The position of the log now: follow on from it after loading your state.
    async fn event_cursor(&self, ctx: &Context<'_>) -> EventCursor {
        Request::of(ctx).desk.head.cursor()
    }
}

async fn page(
    request: &Request,
    after: EventCursor,
    first: Option<i32>,
    filter: TicketEventFilter,
) -> Result<TicketEventPage> {
    request.signed_in()?;
    filter.check()?;
    let limit = match first.map_or(Ok(DEFAULT_PAGE), u32::try_from) {
        Ok(limit) if limit <= MAX_PAGE => limit as usize,
        _ => {
            return Err(
                Error::with(Code::BadUserInput, say!("`first` is from 0 to {max} here.", max = MAX_PAGE)).at("first")
            );
        }
    };
    let desk = &request.desk;
    let mut seq = feed::resume(&desk.db.read, &desk.head, &after, desk.clock.real()).await?;
    // Whoever has just written something finds it here: the feed may be a moment behind the log.
    request.live.wait(request.desk.head.seq() - 1).await;
    let actor = request.actor();
    let mut edges: Vec<TicketEventEdge> = Vec::new();
    let begin = seq;
    loop {
        let batch = request.live.after(seq).await?;
        let at_end = batch.is_empty();
        for seen in batch {
            if edges.len() == limit {
                return Ok(TicketEventPage { edges, end_cursor: request.desk.head.at(seq), has_next_page: true });
            }
            seq = seen.record.seq;
            let (Some(kind), Some(facts)) = (super::TicketEventKind::of(&seen.record), &seen.facts) else { continue };
            if stream::sees(request, &actor, facts, seen.record.audience) && filter.passes(&seen.record, kind) {
                let event_cursor = request.desk.head.at(seq);
                edges.push(TicketEventEdge { event_cursor, node: Some(TicketEvent::from_record(seen.record)) });
            }
        }
        if seq - begin >= LONGEST {
            return Ok(TicketEventPage { edges, end_cursor: request.desk.head.at(seq), has_next_page: true });
        }
        if at_end {
            return Ok(TicketEventPage { edges, end_cursor: request.desk.head.at(seq), has_next_page: false });
        }
    }
}
