//! From the log to one subscriber: in order, nothing skipped, nothing twice, each record checked against what the subscriber may see as it
//! is sent.
//!
//! Delivered is what is in the log, passes the filter, and is visible at that moment. Whoever loses sight of a ticket gets one
//! [`TicketEvent::hidden`] for it. A stream on which nothing was sent for a while sends its position, so that it stays fresh.

use std::time::Duration;

use async_graphql::InputObject;
use futures_util::Stream;

use super::{TicketEvent, TicketEventKind};
use crate::access::{Actor, Permission, Scoped};
use crate::error::{Code, Error, Result};
use crate::event_log::{Audience, EventCursor, Record, feed};
use crate::graphql::context::Request;
use crate::ids::{PersonId, TeamId, TicketId};
use crate::readers::live_feed::Seen;
use crate::tickets::events::{Assigned, facts_before};
use crate::tickets::{TicketFacts, Tickets};

/// After so long without anything sent, a stream sends its position.
const PROGRESS: Duration = Duration::from_secs(15);

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
            Some((field, values)) => Err(Error::invalid(field, format!("This list has {values} values."))
                .at("filter")
                .hint(format!("Send at most {VALUES}; leave the list out to get all."))),
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

/// One delivery: an event, or only how far the stream is.
pub struct Delivery {
    /// The log position after it.
    pub cursor: EventCursor,
    /// The event; none if it only says how far the stream is.
    pub event: Option<TicketEvent>,
}

/// The events after `after`, or from now on.
///
/// # Errors
/// `UNAUTHENTICATED`, `CURSOR_EXPIRED`.
pub fn open(
    request: &Request,
    filter: TicketEventFilter,
    after: Option<EventCursor>,
) -> Result<impl Stream<Item = Result<Delivery>> + use<'_>> {
    request.signed_in()?;
    filter.check()?;
    let feed = &request.live;
    let mut seq = match after {
        Some(cursor) => feed::position(&request.desk.head, &cursor)?,
        None => request.desk.head.seq(),
    };
    Ok(async_stream::stream! {
        let mut sent = seq;
        loop {
            let batch = match feed.after(seq).await {
                Ok(batch) => batch,
                Err(error) => {
                    yield Err(error);
                    return;
                }
            };
            if batch.is_empty() {
                // Not `begin` and no transaction: safe to drop.
                if tokio::time::timeout(PROGRESS, feed.wait(seq)).await.is_err() && sent < seq {
                    sent = seq;
                    yield Ok(Delivery { cursor: request.desk.head.at(seq), event: None });
                }
                continue;
            }
            for seen in batch {
                seq = seen.record.seq;
                match follow_rights(request, &seen.record).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => {
                        yield Err(error);
                        return;
                    }
                }
                if let Some(event) = show(request, &filter, seen) {
                    sent = seq;
                    request.begin_delivery();
                    yield Ok(Delivery { cursor: request.desk.head.at(seq), event: Some(event) });
                }
            }
        }
    })
}

/// Goes on with the subscriber's new rights after a change of them; answers whether there are any left.
async fn follow_rights(request: &Request, record: &Record) -> Result<bool, Error> {
    let actor = request.actor();
    if record.kind != "person.access_changed" || actor.person.map(|person| person.0) != Some(record.subject_id) {
        return Ok(true);
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

/// What the subscriber gets to see of a record.
fn show(request: &Request, filter: &TicketEventFilter, seen: Seen) -> Option<TicketEvent> {
    let kind = TicketEventKind::of(&seen.record)?;
    let facts = seen.facts?;
    let actor = request.actor();
    if sees(request, &actor, &facts, seen.record.audience) {
        return filter.passes(&seen.record, kind).then(|| TicketEvent::from_record(seen.record));
    }
    let before = facts_before(&seen.record, &facts)?;
    let lost = filter.about(&seen.record) && sees(request, &actor, &before, Audience::Public);
    lost.then(|| TicketEvent::hidden(seen.record))
}

/// Whether the actor sees what happened to a ticket with these facts.
pub fn sees(request: &Request, actor: &Actor, facts: &TicketFacts, audience: Audience) -> bool {
    let admits = |permission| Tickets::admits(actor, request.desk.policy.grants(actor, permission), facts);
    admits(Permission::TicketView) && (audience == Audience::Public || admits(Permission::CommentViewInternal))
}
