//! The place of one index on this node: there, or being built, and how far it follows the log.

use std::path::{Path, PathBuf};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use deskgraph_index::Index;
use tokio::sync::{Notify, watch};

use crate::desk::Desk;
use crate::error::{Code, Detail, Error, Result};
use crate::event_log::{EventCursor, LogHead, feed};

/// How long a search waits for the index to come to the position it was asked to be consistent with.
const PATIENCE: Duration = Duration::from_secs(5);

/// The place of one index.
pub struct Slot {
    folder: PathBuf,
    head: LogHead,
    index: ArcSwapOption<Index>,
    through: watch::Sender<i64>,
    demand: Notify,
}

impl Slot {
    /// An empty place for the index in `folder`.
    pub fn new(desk: &Desk, folder: PathBuf) -> Self {
        Self {
            folder,
            head: desk.head.clone(),
            index: ArcSwapOption::empty(),
            through: watch::Sender::new(-1),
            demand: Notify::new(),
        }
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts an index into service, or takes it out.
    pub fn set(&self, index: Option<Index>) {
        self.index.store(index.map(std::sync::Arc::new));
    }

    /// The index in service.
    ///
    /// # Errors
    /// `UNAVAILABLE` while it is being built.
    pub fn index(&self) -> Result<std::sync::Arc<Index>> {
        self.index.load_full().ok_or_else(|| {
            Error::with(Code::Unavailable, "The search index is being built.").detail(Detail::RetryAfter(1_000))
        })
    }

    /// Whether there is an index in service.
    pub fn is_in_service(&self) -> bool {
        self.index.load().is_some()
    }

    /// The number of the last event that searches reflect; -1 before there is an index.
    pub fn through(&self) -> i64 {
        *self.through.borrow()
    }

    /// Says that searches reflect everything up to `seq`.
    pub fn reached(&self, seq: i64) {
        self.through.send_replace(seq);
    }

    /// Somebody waits: the reader should not.
    pub async fn demanded(&self) {
        self.demand.notified().await;
    }

    /// Waits until searches reflect everything up to `cursor`.
    ///
    /// # Errors
    /// `CURSOR_EXPIRED` for a cursor of another epoch or beyond the head; `UNAVAILABLE` if it takes too long.
    pub async fn consistent_with(&self, cursor: &EventCursor) -> Result<()> {
        let seq = feed::position(&self.head, cursor)?;
        let mut through = self.through.subscribe();
        if *through.borrow() >= seq {
            return Ok(());
        }
        self.demand.notify_one();
        match tokio::time::timeout(PATIENCE, through.wait_for(|through| *through >= seq)).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::with(Code::Unavailable, "The search index has not come that far yet.")
                .detail(Detail::RetryAfter(1_000))),
        }
    }
}
