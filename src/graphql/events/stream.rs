//! From the log to one subscriber: in order, nothing skipped, nothing twice, each record checked against what the subscriber may see as it
//! is sent.
//!
//! Delivered is what is in the log, passes the filter, and is visible at that moment. Whoever loses sight of a ticket gets one
//! [`TicketEvent::hidden`] for it: by what happened to the ticket, or by a change of their own rights (`sight`). A stream on which nothing was sent for a while sends its position, so that it stays fresh.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::InputObject;
use futures_util::Stream;

use tokio::time::Instant;

use super::sight::Sight;
use super::{TicketEvent, TicketEventKind};
use crate::access::{Actor, Permission, Scoped};
use crate::error::{Code, Error, Result};
use crate::event_log::{Audience, EventCursor, Record, feed};
use crate::graphql::context::Request;
use crate::ids::{PersonId, TeamId, TicketId};
use crate::people::events::kind::ACCESS_CHANGED;
use crate::readers::live_feed::Seen;
use crate::say;
use crate::tickets::events::{Assigned, facts_around};
use crate::tickets::{TicketFacts, Tickets};

/// A batch that was read so long ago is read again: who sees what may have changed while the client did not take it.
const FRESH: Duration = Duration::from_secs(1);

/// How many values a list of the filter may have.
const VALUES: usize = 100;

/// Which events. It names only what an event itself carries; all given conditions hold together, a list means any of its values.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TicketEventFilter {
    /// Of one of these kinds. `HIDDEN` comes in any case.
    pub kinds: Option<Vec<TicketEventKind>>,
    /// About one of these tickets.
    pub ticket_ids: Option<Vec<TicketId>>,
    /// Done by one of these people.
    pub actor_ids: Option<Vec<PersonId>>,
    /// Giving a ticket to one of these people, or taking it from them.
    pub assignee_ids: Option<Vec<PersonId>>,
    /// Giving a ticket to one of these teams, or taking it from them.
    pub team_ids: Option<Vec<TeamId>>,
}

impl TicketEventFilter {
    /// Checks that no list is longer than is worth asking of every event.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` at the list.
    pub fn check(&self) -> Result<()> {
        fn len<T>(list: &Option<Vec<T>>) -> usize {
            list.as_ref().map_or(0, Vec::len)
        }
        let lists = [
            ("kinds", len(&self.kinds)),
            ("ticketIds", len(&self.ticket_ids)),
            ("actorIds", len(&self.actor_ids)),
            ("assigneeIds", len(&self.assignee_ids)),
            ("teamIds", len(&self.team_ids)),
        ];
        match lists.into_iter().find(|(_, values)| *values > VALUES) {
            Some((field, values)) => Err(Error::invalid(field, say!("This list has {values} values.", values))
                .at("filter")
                .hint(say!("Send at most {max}; leave the list out to get all.", max = VALUES))),
            None => Ok(()),
        }
    }

    /// Whether the filter lets a record of this kind pass.
    pub fn passes(&self, record: &Record, kind: TicketEventKind) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
            && self.about(record)
            && self.actor_ids.as_ref().is_none_or(|ids| record.actor_id.is_some_and(|id| ids.contains(&id)))
            && self.hands(record)
    }

    fn about(&self, record: &Record) -> bool {
        self.ticket_ids.as_ref().is_none_or(|ids| record.ticket_id.is_some_and(|id| ids.contains(&id)))
    }

    fn hands(&self, record: &Record) -> bool {
        if self.assignee_ids.is_none() && self.team_ids.is_none() {
            return true;
        }
        let Ok(event) = record.read::<Assigned>() else { return false };
        let any = |people: &Vec<PersonId>| {
            [event.assignee_before, event.assignee].into_iter().flatten().any(|id| people.contains(&id))
        };
        let team =
            |teams: &Vec<TeamId>| [event.team_before, event.team].into_iter().flatten().any(|id| teams.contains(&id));
        self.assignee_ids.as_ref().is_none_or(any) && self.team_ids.as_ref().is_none_or(team)
    }
}

/// One delivery: something that the stream shows, or only how far it is.
pub struct Delivery<T> {
    /// The log position after it.
    pub cursor: EventCursor,
    /// What is shown; none if it only says how far the stream is.
    pub event: Option<T>,
}

/// What a stream shows of the log.
pub trait View: Send {
    /// What it shows.
    type Item: Send;

    /// What the subscriber gets to see of a record.
    fn show(&mut self, request: &Request, seen: Seen) -> impl Future<Output = Result<Vec<Self::Item>>> + Send;

    /// What is to be said when the subscriber's own rights changed, as the record says.
    fn rights_changed(
        &mut self,
        _request: &Request,
        _record: &Arc<Record>,
    ) -> impl Future<Output = Result<Vec<Self::Item>>> + Send {
        std::future::ready(Ok(Vec::new()))
    }
}

/// The events of tickets.
pub struct TicketView {
    filter: TicketEventFilter,
    sight: Sight,
}

impl TicketView {
    /// Those that pass the filter.
    pub fn new(request: &Request, filter: TicketEventFilter) -> Self {
        Self { filter, sight: Sight::of(request.actor()) }
    }
}

impl View for TicketView {
    type Item = TicketEvent;

    async fn show(&mut self, request: &Request, seen: Seen) -> Result<Vec<TicketEvent>> {
        Ok(Vec::from_iter(show(request, &self.filter, &mut self.sight, seen)))
    }

    async fn rights_changed(&mut self, request: &Request, record: &Arc<Record>) -> Result<Vec<TicketEvent>> {
        self.sight.lost(request, record).await
    }
}

/// Where a stream begins: at the client's cursor, or now.
///
/// # Errors
/// `UNAUTHENTICATED`, `CURSOR_EXPIRED`.
pub async fn begin(request: &Request, after: Option<EventCursor>) -> Result<i64> {
    request.signed_in()?;
    let desk = &request.desk;
    match request.caller.resume.clone().or(after) {
        Some(cursor) => feed::resume(&desk.db.read, &desk.head, &cursor, desk.clock.real()).await,
        None => Ok(desk.head.seq()),
    }
}

/// What `view` shows of the events after number `seq`.
pub fn open<V: View>(
    request: &Request,
    mut view: V,
    mut seq: i64,
) -> impl Stream<Item = Result<Delivery<V::Item>>> + use<'_, V> {
    let feed = &request.live;
    async_stream::try_stream! {
        let (mut sent, mut sent_at) = (seq, Instant::now());
        request.caller.delivered.reached(seq);
        loop {
            let batch = feed.after(seq).await?;
            if !batch.is_empty() && !renew(request).await? {
                return;
            }
            let read_at = Instant::now();
            let at_end = batch.is_empty();
            for seen in batch {
                seq = seen.record.seq;
                let events = if changes_rights_of(&request.actor(), &seen.record) {
                    if !follow_rights(request).await? {
                        return;
                    }
                    view.rights_changed(request, &seen.record).await?
                } else {
                    view.show(request, seen).await?
                };
                let mut left = events.len();
                for event in events {
                    left -= 1;
                    // Only whoever has taken all that a record leads to is past it.
                    let at = if left == 0 { seq } else { seq - 1 };
                    (sent, sent_at) = (at, Instant::now());
                    request.begin_delivery();
                    request.caller.delivered.reached(at);
                    yield Delivery { cursor: request.desk.head.at(at), event: Some(event) };
                }
                if sent == seq && read_at.elapsed() > FRESH {
                    break;
                }
            }
            if sent < seq && sent_at.elapsed() >= request.progress {
                (sent, sent_at) = (seq, Instant::now());
                request.caller.delivered.reached(seq);
                yield Delivery { cursor: request.desk.head.at(seq), event: None };
            }
            if at_end {
                let news = feed.wait(seq);
                if sent < seq {
                    // Not `begin` and no transaction: safe to drop.
                    let _ = tokio::time::timeout_at(sent_at + request.progress, news).await;
                } else {
                    news.await;
                }
            }
        }
    }
}

/// Goes on as whom the subscriber is now, which costs no statement if nothing changed; answers whether there still is a session. What a
/// slow subscriber has missed is thus never shown with rights from before.
async fn renew(request: &Request) -> Result<bool> {
    let mut actor = (*request.actor()).clone();
    if let Some(session) = request.caller.session.load_full() {
        actor.session = Some(*session);
    }
    match request.sessions.renewed(&actor).await {
        Ok(actor) => {
            request.become_actor(actor);
            Ok(true)
        }
        Err(error) if error.code() == Code::Unauthenticated => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the record says that the actor's rights changed.
fn changes_rights_of(actor: &Actor, record: &Record) -> bool {
    record.kind == ACCESS_CHANGED && actor.person.is_some_and(|me| me.0 == record.subject_id)
}

/// Goes on with the subscriber's new rights after a change of them; answers whether there are any left.
async fn follow_rights(request: &Request) -> Result<bool> {
    if let Some(me) = request.actor().person {
        // The reader that says so to the sessions may be behind this stream.
        request.sessions.access_changed(me);
    }
    renew(request).await
}

/// What the subscriber gets to see of a record.
fn show(request: &Request, filter: &TicketEventFilter, sight: &mut Sight, seen: Seen) -> Option<TicketEvent> {
    let kind = TicketEventKind::of(&seen.record)?;
    let (facts, ticket) = (seen.facts?, seen.record.ticket_id?);
    let actor = request.actor();
    if sees(request, &actor, &facts, seen.record.audience) {
        if !filter.passes(&seen.record, kind) {
            return None;
        }
        sight.shown(ticket);
        return Some(TicketEvent::from_record(seen.record));
    }
    if !filter.about(&seen.record) {
        return None;
    }
    // Lost by this event, not by a later one: that one says so itself.
    let (before, after) = facts_around(&seen.record, &facts)?;
    let sees = |facts| sees(request, &actor, facts, Audience::Public);
    (sees(&before) && !sees(&after) && sight.hides(ticket)).then(|| TicketEvent::hidden(seen.record))
}

/// Whether the actor sees what happened to a ticket with these facts.
pub fn sees(request: &Request, actor: &Actor, facts: &TicketFacts, audience: Audience) -> bool {
    let admits = |permission| Tickets::admits(actor, request.desk.policy.grants(actor, permission), facts);
    admits(Permission::TicketView) && (audience == Audience::Public || admits(Permission::CommentViewInternal))
}
