//! The place of one index on this node: there, or being built, and how far it follows the log.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use deskgraph_index::{Error as IndexError, Index};
use sea_orm::DatabaseConnection;
use tokio::sync::{Notify, watch};

use crate::desk::Desk;
use crate::error::{Code, Detail, Error, Result};
use crate::event_log::{EventCursor, LogHead, feed};
use crate::say;

/// How long a search waits for the index to come to the position it was asked to be consistent with.
const PATIENCE: Duration = Duration::from_secs(5);

/// The place of one index.
pub struct Slot {
    db: DatabaseConnection,
    folder: PathBuf,
    head: LogHead,
    index: ArcSwapOption<Index>,
    through: watch::Sender<i64>,
    demand: Notify,
    /// What went wrong with the index in service, until its reader has looked into it.
    doubt: Mutex<Option<String>>,
    doubted: Notify,
    state: watch::Sender<State>,
}

/// How an index is on this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It has not been looked at yet.
    Starting,
    /// It answers searches.
    Ready,
    /// It is being built, and why; searches are told to come back.
    Rebuilding(String),
    /// It could be neither opened nor built, and is tried again; searches are told to come back.
    Degraded,
}

impl Slot {
    /// An empty place for the index in `folder`.
    pub fn new(desk: &Desk, folder: PathBuf) -> Self {
        Self {
            db: desk.db.read.clone(),
            folder,
            head: desk.head.clone(),
            index: ArcSwapOption::empty(),
            through: watch::Sender::new(-1),
            demand: Notify::new(),
            doubt: Mutex::default(),
            doubted: Notify::new(),
            state: watch::Sender::new(State::Starting),
        }
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts an index into service.
    pub fn put(&self, index: Index) {
        self.index.store(Some(Arc::new(index)));
        self.state.send_replace(State::Ready);
    }

    /// Takes the index out of service: it is going to be built anew.
    pub fn take_out(&self, reason: &str) {
        self.index.store(None);
        self.state.send_replace(State::Rebuilding(reason.to_owned()));
    }

    /// Says that there is no index, and none is being built for now.
    pub fn give_up(&self) {
        if !self.is_in_service() {
            self.state.send_replace(State::Degraded);
        }
    }

    /// How the index is, from now on.
    pub fn states(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// The index in service.
    ///
    /// # Errors
    /// `UNAVAILABLE` while it is being built.
    pub fn index(&self) -> Result<Arc<Index>> {
        self.index.load_full().ok_or_else(being_built)
    }

    /// What to tell a client whose search in `index` failed. Files that seem damaged are reported to the reader, which mends them.
    pub fn failed(&self, index: &Arc<Index>, error: IndexError) -> Error {
        match error {
            IndexError::TooLarge(what) => {
                Error::with(Code::BadUserInput, say!("The search is too large: {what}.", what))
            }
            error => {
                // One that was replaced meanwhile says nothing about the one in service.
                if self.index.load_full().is_some_and(|now| Arc::ptr_eq(&now, index)) {
                    self.doubt(error.to_string());
                }
                match error {
                    IndexError::Damaged(_) | IndexError::Io(_) => {
                        tracing::error!(%error, "a search failed");
                        being_built()
                    }
                    other => Error::internal(other),
                }
            }
        }
    }

    /// Says that the files may be damaged: the reader looks into it.
    pub fn doubt(&self, reason: String) {
        *self.doubt.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
        self.doubted.notify_one();
    }

    /// Waits for somebody to doubt the files.
    pub async fn doubted(&self) {
        self.doubted.notified().await;
    }

    /// What is doubted, once.
    pub fn take_doubt(&self) -> Option<String> {
        self.doubt.lock().unwrap_or_else(PoisonError::into_inner).take()
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
        let seq = feed::position(&self.db, &self.head, cursor).await?;
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

fn being_built() -> Error {
    Error::with(Code::Unavailable, "The search index is being built.").detail(Detail::RetryAfter(1_000))
}
