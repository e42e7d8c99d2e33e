//! What happens, as it happens: the newest records of the log with what decides who sees them, once for all subscribers of this node.
//!
//! A subscriber keeps a position and asks for what comes after it. Near the head the answer comes from memory; further back from the
//! log itself. The channel only wakes, so that a slow subscriber loses nothing and costs nothing.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, RwLock};

use tokio::sync::watch;

use crate::db::Db;
use crate::error::Result;
use crate::event_log::{LocalReader, LogHead, Record, feed};
use crate::ids::TicketId;
use crate::tickets::facts::{self, TicketFacts};

/// How many records are kept in memory.
const KEPT: usize = 4096;

/// A record, and who sees its ticket as things stand now.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The record.
    pub record: Arc<Record>,
    /// What decides who sees its ticket now; none if it is about no ticket.
    pub facts: Option<Arc<TicketFacts>>,
}

/// The newest records of the log. Cheap to clone.
#[derive(Clone)]
pub struct LiveFeed(Arc<Parts>);

struct Parts {
    db: Db,
    head: LogHead,
    recent: RwLock<Recent>,
    seen: watch::Sender<i64>,
}

#[derive(Default)]
struct Recent {
    /// The number of the last record before the first that is kept.
    before: i64,
    records: VecDeque<Arc<Record>>,
    facts: HashMap<TicketId, Arc<TicketFacts>>,
}

impl LiveFeed {
    /// Begins at the head of the log; the reader of the answer keeps it going.
    pub fn new(db: Db, head: LogHead) -> (Self, LiveFeedReader) {
        let seq = head.seq();
        let recent = RwLock::new(Recent { before: seq, ..Recent::default() });
        let feed = Self(Arc::new(Parts { db, head, recent, seen: watch::Sender::new(seq) }));
        (feed.clone(), LiveFeedReader(feed))
    }

    /// How far the log is.
    pub fn head(&self) -> &LogHead {
        &self.0.head
    }

    /// The database, for what subscribers load.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The next records after number `seq`, a batch at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn after(&self, seq: i64) -> Result<Vec<Seen>> {
        if let Some(recent) = self.recent_after(seq) {
            return Ok(recent);
        }
        let records = feed::after(&self.0.db.read, seq).await?;
        let mut ids: Vec<TicketId> = records.iter().filter_map(|record| record.ticket_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let facts: HashMap<TicketId, Arc<TicketFacts>> =
            facts::of(&self.0.db.read, &ids).await?.into_iter().map(|(id, facts)| (id, Arc::new(facts))).collect();
        let seen = |record: Record| {
            let facts = record.ticket_id.and_then(|ticket| facts.get(&ticket).cloned());
            Seen { record: Arc::new(record), facts }
        };
        Ok(records.into_iter().map(seen).collect())
    }

    /// Waits until there is something after number `seq`.
    pub async fn wait(&self, seq: i64) {
        // It fails only when the sender is gone, which `self` holds.
        let _ = self.0.seen.subscribe().wait_for(|seen| *seen > seq).await;
    }

    fn recent_after(&self, seq: i64) -> Option<Vec<Seen>> {
        let recent = self.0.recent.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if seq < recent.before {
            return None;
        }
        let skip = usize::try_from(seq - recent.before).ok()?;
        let batch = recent.records.iter().skip(skip).take(feed::BATCH as usize);
        let seen = |record: &Arc<Record>| Seen {
            record: record.clone(),
            facts: record.ticket_id.and_then(|ticket| recent.facts.get(&ticket).cloned()),
        };
        Some(batch.map(seen).collect())
    }
}

/// Keeps a [`LiveFeed`] going.
pub struct LiveFeedReader(LiveFeed);

impl LocalReader for LiveFeedReader {
    const NAME: &'static str = "live feed";

    fn position(&self) -> i64 {
        *self.0.0.seen.borrow()
    }

    async fn read(&mut self, batch: &[Record]) -> Result<()> {
        let parts = &*self.0.0;
        let mut ids: Vec<TicketId> = batch.iter().filter_map(|record| record.ticket_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let facts = facts::of(&parts.db.read, &ids).await?;
        let last = batch.last().map_or(0, |record| record.seq);
        {
            let mut recent = parts.recent.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            recent.facts.extend(facts.into_iter().map(|(id, facts)| (id, Arc::new(facts))));
            recent.records.extend(batch.iter().cloned().map(Arc::new));
            let surplus = recent.records.len().saturating_sub(KEPT);
            if surplus > 0 {
                recent.before += surplus as i64;
                recent.records.drain(..surplus);
                // Facts of tickets that nothing recent is about are loaded again when they are needed.
                if recent.facts.len() > 2 * KEPT {
                    let kept: std::collections::HashSet<_> =
                        recent.records.iter().filter_map(|record| record.ticket_id).collect();
                    recent.facts.retain(|ticket, _| kept.contains(ticket));
                }
            }
        }
        parts.seen.send_replace(last);
        Ok(())
    }
}
