//! The tickets that somebody is at, as this node knows them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::clock::{Clock, Timestamp};
use crate::ids::{PersonId, TicketId};

/// How long somebody counts as writing after they last said so.
pub const TYPING: Duration = Duration::from_secs(6);
/// How long is believed what another node does not repeat.
pub const BELIEVED: Duration = Duration::from_secs(30);
/// How many people of one node are told to the others: a message has 8,000 bytes at most.
const TOLD: usize = 40;

/// Somebody is looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looking {
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub since: Timestamp,
}

/// Somebody is writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// Who.
    pub person: PersonId,
    /// Whether it is a note for staff only.
    pub internal: bool,
}

/// Who is at a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Present {
    /// Who is looking, longest first, each once.
    pub looking: Vec<Looking>,
    /// Who is writing, each once.
    pub typing: Vec<Typing>,
}

/// What a node says of a ticket: all that it knows of its own people there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Said {
    /// Which node.
    pub node: Uuid,
    /// Which ticket; none asks all nodes to say what they know.
    pub ticket: Option<TicketId>,
    pub looking: Vec<Looking>,
    /// Each with the milliseconds that it is still good for: the clocks of two nodes may differ.
    pub typing: Vec<(Typing, i64)>,
}

#[derive(Default)]
struct Room {
    /// Each open subscription.
    looking: HashMap<Uuid, Looking>,
    typing: HashMap<(PersonId, bool), Timestamp>,
    /// What other nodes said, and until when it is believed.
    others: HashMap<Uuid, (Said, Timestamp)>,
    /// Rises with each change.
    changed: watch::Sender<u64>,
}

impl Room {
    fn is_empty(&self) -> bool {
        self.looking.is_empty() && self.typing.is_empty() && self.others.is_empty() && self.changed.is_closed()
    }

    fn is_ours(&self) -> bool {
        !self.looking.is_empty() || !self.typing.is_empty()
    }

    /// Forgets what is over by `now`; answers whether there was any.
    fn expire(&mut self, now: Timestamp) -> bool {
        let before = (self.typing.len(), self.others.len());
        self.typing.retain(|_, until| *until > now);
        self.others.retain(|_, (_, until)| *until > now);
        let mut typing = 0;
        for (said, until) in self.others.values_mut() {
            let heard = until.before(BELIEVED);
            let count = said.typing.len();
            said.typing.retain(|(_, left)| heard.after(Duration::from_millis(left.unsigned_abs())) > now);
            typing += count - said.typing.len();
        }
        before != (self.typing.len(), self.others.len()) || typing > 0
    }

    fn present(&self) -> Present {
        let mut present = Present::default();
        let others = self.others.values().flat_map(|(said, _)| said.looking.iter().copied());
        let mut looking: Vec<Looking> = self.looking.values().copied().chain(others).collect();
        looking.sort_by_key(|looking| (looking.since, looking.person));
        for one in looking {
            if !present.looking.iter().any(|known| known.person == one.person) {
                present.looking.push(one);
            }
        }
        let others = self.others.values().flat_map(|(said, _)| said.typing.iter().map(|(typing, _)| *typing));
        let mine = self.typing.keys().map(|(person, internal)| Typing { person: *person, internal: *internal });
        present.typing = mine.chain(others).collect();
        present.typing.sort_by_key(|typing| (typing.person, typing.internal));
        present.typing.dedup();
        present
    }
}

/// The tickets that somebody is at. Cheap to clone.
#[derive(Clone)]
pub struct Presence(Arc<Parts>);

struct Parts {
    node: Uuid,
    clock: Clock,
    rooms: Mutex<HashMap<TicketId, Room>>,
    /// What the others are to be told; nobody listens on SQLite.
    out: mpsc::UnboundedSender<Said>,
}

/// Somebody is looking at a ticket until this is dropped, and hears of every change.
pub struct Seat {
    presence: Presence,
    ticket: TicketId,
    id: Uuid,
    changed: watch::Receiver<u64>,
}

impl Presence {
    /// Nobody is anywhere yet. What comes out of the channel is for the other nodes.
    pub fn new(clock: Clock) -> (Self, mpsc::UnboundedReceiver<impl Serialize + Send + use<>>) {
        let (out, said) = mpsc::unbounded_channel::<Said>();
        (Self(Arc::new(Parts { node: Uuid::now_v7(), clock, rooms: Mutex::default(), out })), said)
    }

    /// `person` begins to look at a ticket.
    pub fn look(&self, ticket: TicketId, person: PersonId) -> Seat {
        let (id, since) = (Uuid::now_v7(), self.0.clock.real());
        let changed = {
            let mut rooms = self.rooms();
            let room = rooms.entry(ticket).or_default();
            room.looking.insert(id, Looking { person, since });
            room.changed.subscribe()
        };
        self.tell(ticket);
        Seat { presence: self.clone(), ticket, id, changed }
    }

    /// `person` writes, or has stopped.
    pub fn typing(&self, ticket: TicketId, person: PersonId, internal: bool, typing: bool) {
        {
            let mut rooms = self.rooms();
            let room = rooms.entry(ticket).or_default();
            // What one writes is one thing: a note or a reply.
            room.typing.retain(|(known, _), _| *known != person);
            if typing {
                room.typing.insert((person, internal), self.0.clock.real().after(TYPING));
            }
        }
        self.tell(ticket);
    }

    /// Who is at a ticket.
    pub fn present(&self, ticket: TicketId) -> Present {
        self.rooms().get(&ticket).map(Room::present).unwrap_or_default()
    }

    /// What this node knows of its own people at a ticket.
    fn said(&self, ticket: TicketId, room: Option<&Room>) -> Said {
        let now = self.0.clock.real();
        let looking = room.iter().flat_map(|room| room.looking.values().copied()).take(TOLD).collect();
        let typing = room
            .iter()
            .flat_map(|room| room.typing.iter())
            .map(|((person, internal), until)| (Typing { person: *person, internal: *internal }, until.since(now)))
            .take(TOLD)
            .collect();
        Said { node: self.0.node, ticket: Some(ticket), looking, typing }
    }

    /// Wakes those who look at the ticket, here and on the other nodes.
    fn tell(&self, ticket: TicketId) {
        let said = {
            let mut rooms = self.rooms();
            let said = self.said(ticket, rooms.get(&ticket));
            if let Some(room) = rooms.get(&ticket) {
                room.changed.send_modify(|number| *number += 1);
                if room.is_empty() {
                    rooms.remove(&ticket);
                }
            }
            said
        };
        // Nobody listens where there is one node.
        let _ = self.0.out.send(said);
    }

    /// Another node says something.
    pub(super) fn hear(&self, said: Said) {
        if said.node == self.0.node {
            return;
        }
        let Some(ticket) = said.ticket else { return self.repeat() };
        let until = self.0.clock.real().after(BELIEVED);
        let mut rooms = self.rooms();
        if said.looking.is_empty() && said.typing.is_empty() {
            let Some(room) = rooms.get_mut(&ticket) else { return };
            room.others.remove(&said.node);
        } else {
            rooms.entry(ticket).or_default().others.insert(said.node, (said, until));
        }
        if let Some(room) = rooms.get(&ticket) {
            room.changed.send_modify(|number| *number += 1);
        }
    }

    /// Says again what this node knows.
    pub(super) fn repeat(&self) {
        let rooms = self.rooms();
        for (ticket, room) in rooms.iter().filter(|(_, room)| room.is_ours()) {
            let _ = self.0.out.send(self.said(*ticket, Some(room)));
        }
    }

    /// The question that makes all nodes say what they know.
    pub(super) fn question(&self) -> Said {
        Said { node: self.0.node, ticket: None, looking: Vec::new(), typing: Vec::new() }
    }

    /// Forgets what is over, and wakes those who looked at it.
    pub(super) fn expire(&self) {
        let now = self.0.clock.real();
        let mut rooms = self.rooms();
        for room in rooms.values_mut() {
            if room.expire(now) {
                room.changed.send_modify(|number| *number += 1);
            }
        }
        rooms.retain(|_, room| !room.is_empty());
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<TicketId, Room>> {
        // Nothing panics while it is held; and a map is usable after any of its operations.
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Waits for a change at the ticket.
    pub async fn changed(&mut self) {
        if self.changed.changed().await.is_err() {
            // The room is gone, which a seat does not let happen; there is nothing to wait for.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(room) = self.presence.rooms().get_mut(&self.ticket) {
            room.looking.remove(&self.id);
        }
        self.presence.tell(self.ticket);
    }
}
