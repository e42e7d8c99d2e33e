//! Keeps an index in line with the log, and builds it anew when it is absent, damaged, of an older version, or of another epoch.
//!
//! Commits are gathered: one every [`Settings::gather`] at most, and under a steady stream of writes so rarely that committing takes a
//! fifth of the time at most; at once if a search waits. Rebuild: note the position of the log, go
//! through the rows in short pages, put the index into service, follow the log from the noted position. The desk goes on meanwhile.
//!
//! Damage is looked for when opening, at every checkpoint, and whenever a commit or a search stumbles over it; it is mended by a
//! rebuild, without a restart.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::marker::PhantomData;
use std::time::Duration;

use deskgraph_index::{Change, Error as IndexError, Index, Opened, Options, Position, Verification};
use tokio::time::Instant;
use uuid::Uuid;

use crate::db::Db;
use crate::error::{Error, Result};
use crate::event_log::{LocalReader, LogHead, Record};
use crate::search::source::Source;
use crate::search::{Search, slot::Slot};

/// How many rows a rebuild reads at once.
const PAGE: u64 = 500;
/// After how many changed rows a commit does not wait any longer.
const FULL: usize = 2_000;

/// How long it waits after a failure to open or build before it tries again.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many times as long as the last commit took, the next one waits that nobody asks for: every commit makes a segment that must
/// be merged later, so that a hundred small ones cost far more than ten larger ones.
const REST: u32 = 4;
/// But a change is never held back for longer than this.
const LONGEST: Duration = Duration::from_millis(500);

/// Files that were found whole are not doubted again so soon: a search that fails for another reason must not hold up indexing.
const TRUST: Duration = Duration::from_secs(10);

/// How an index is kept.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The shortest time between two commits that nobody waits for.
    pub gather: Duration,
    /// How often the index is made durable.
    pub checkpoint: Duration,
    /// Memory for writing, in bytes.
    pub memory: usize,
}

/// Follows the log for one index.
pub struct Indexer<S> {
    db: Db,
    head: LogHead,
    search: Search,
    slot: fn(&Search) -> &Slot,
    settings: Settings,
    position: i64,
    changed: HashSet<Uuid>,
    committed_at: Instant,
    /// How long the last commit took.
    took: Duration,
    durable_at: Instant,
    whole_at: Option<Instant>,
    _source: PhantomData<S>,
}

impl<S: Source> Indexer<S> {
    /// Opens the index of `slot`, or builds it; tries again until it can.
    pub async fn open(db: Db, head: LogHead, search: Search, slot: fn(&Search) -> &Slot, settings: Settings) -> Self {
        let mut indexer = Self {
            db,
            head,
            search,
            slot,
            settings,
            position: 0,
            changed: HashSet::new(),
            committed_at: Instant::now(),
            took: Duration::ZERO,
            durable_at: Instant::now(),
            whole_at: None,
            _source: PhantomData,
        };
        while let Err(error) = indexer.begin().await {
            tracing::error!(index = S::NAME, %error, "the index can be neither opened nor built");
            indexer.place().give_up();
            tokio::time::sleep(PATIENCE).await;
        }
        indexer
    }

    fn place(&self) -> &Slot {
        (self.slot)(&self.search)
    }

    fn options(&self) -> Options {
        Options { write_memory: self.settings.memory, verification: Verification::Later, ..Options::default() }
    }

    async fn begin(&mut self) -> Result<()> {
        let folder = self.place().folder().to_owned();
        std::fs::create_dir_all(&folder).map_err(Error::internal)?;
        let (path, options) = (folder.clone(), self.options());
        let opened = blocking(move || Index::open(path, options)).await?;
        let reason = match opened {
            Opened::Ready(index) => {
                let position = index.position();
                let seq = i64::try_from(position.seq).unwrap_or(i64::MAX);
                if position.epoch == self.head.epoch() && seq <= self.head.seq() {
                    self.serve(index, seq);
                    return Ok(());
                }
                "it belongs to another life of the database".to_owned()
            }
            Opened::Absent => "there is none".to_owned(),
            Opened::Damaged(reason) => format!("it is damaged: {reason}"),
            Opened::OtherVersion(version) => format!("it is of another version: {version}"),
        };
        self.rebuild(&reason).await
    }

    fn serve(&mut self, index: Index, seq: i64) {
        if index.is_unverified() {
            let (index, name) = (index.clone(), S::NAME);
            let search = self.search.clone();
            let slot = self.slot;
            tokio::task::spawn_blocking(move || {
                if let Err(error) = index.verify() {
                    tracing::error!(index = name, %error, "the index is damaged");
                    slot(&search).doubt(error.to_string());
                }
            });
        }
        self.position = seq;
        let place = self.place();
        place.put(index);
        place.reached(seq);
    }

    async fn rebuild(&mut self, reason: &str) -> Result<()> {
        let built = self.build(reason).await;
        if built.is_err() {
            self.place().give_up();
        }
        built
    }

    async fn build(&mut self, reason: &str) -> Result<()> {
        let started = Instant::now();
        tracing::info!(index = S::NAME, reason, "building the index");
        self.place().take_out(reason);
        self.place().take_doubt();
        let noted = self.head.seq();
        let (folder, options) = (self.place().folder().to_owned(), self.options());
        let mut build = blocking(move || Index::rebuild(folder, options)).await?;
        let (mut after, mut rows) = (None, 0);
        while let Some((documents, last)) = S::scan(&self.db.read, after, PAGE).await? {
            after = Some(last);
            rows += documents.len();
            build = blocking(move || {
                build.put(documents)?;
                Ok(build)
            })
            .await?;
        }
        let position = self.at(noted);
        let index = blocking(move || build.finish(position)).await?;
        tracing::info!(index = S::NAME, rows, ms = started.elapsed().as_millis(), "the index is built");
        self.changed.clear();
        self.serve(index, noted);
        Ok(())
    }

    fn is_unsaved(&self) -> bool {
        self.committed_at > self.durable_at
    }

    fn at(&self, seq: i64) -> Position {
        Position { epoch: self.head.epoch().to_owned(), seq: seq.unsigned_abs() }
    }

    /// Why the index must be built anew, if it must.
    async fn damage(&mut self) -> Option<String> {
        let Ok(index) = self.place().index() else { return Some("the last attempt failed".to_owned()) };
        let doubt = self.place().take_doubt()?;
        if self.whole_at.is_some_and(|at| at.elapsed() < TRUST) {
            return None;
        }
        match blocking(move || index.verify()).await {
            Ok(()) => {
                tracing::warn!(index = S::NAME, doubt, "the index was doubted, but its files are whole");
                self.whole_at = Some(Instant::now());
                None
            }
            Err(error) => Some(error.to_string()),
        }
    }

    async fn commit(&mut self) -> Result<()> {
        let damage = match self.damage().await {
            None => self.apply().await?,
            damage => damage,
        };
        match damage {
            Some(reason) => self.rebuild(&reason).await,
            None => Ok(()),
        }
    }

    /// Commits what has changed; answers why that cannot be done to this index any more.
    async fn apply(&mut self) -> Result<Option<String>> {
        let began = Instant::now();
        let ids: Vec<Uuid> = self.changed.iter().copied().collect();
        let mut changes: Vec<Change> = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(PAGE as usize) {
            let documents = S::documents(&self.db.read, chunk).await?;
            let found: HashSet<u128> = documents.iter().map(|document| document.id).collect();
            changes.extend(chunk.iter().map(|id| id.as_u128()).filter(|id| !found.contains(id)).map(Change::Delete));
            changes.extend(documents.into_iter().map(Change::Put));
        }
        let (index, position) = (self.place().index()?, self.at(self.position));
        let applied =
            tokio::task::spawn_blocking(move || index.apply(changes, position)).await.map_err(Error::internal)?;
        match applied {
            Ok(()) => {
                self.changed.clear();
                self.committed_at = Instant::now();
                self.took = self.committed_at - began;
                self.place().reached(self.position);
                Ok(None)
            }
            Err(error) if is_damage(&error) => Ok(Some(error.to_string())),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Makes the index durable. Until then a power cut costs a replay, never an answer. Answers what is wrong with its files.
    async fn checkpoint(&mut self) -> Result<Option<String>> {
        self.durable_at = Instant::now();
        let index = self.place().index()?;
        let saved = tokio::task::spawn_blocking(move || {
            index.checkpoint()?;
            index.check()
        });
        match saved.await.map_err(Error::internal)? {
            Ok(()) => Ok(None),
            Err(error) if is_damage(&error) => Ok(Some(error.to_string())),
            Err(error) => Err(Error::internal(error)),
        }
    }
}

/// Whether only a rebuild helps. What the file system refuses otherwise, such as a full disk, may be granted later.
fn is_damage(error: &IndexError) -> bool {
    match error {
        IndexError::Damaged(_) | IndexError::Engine(_) | IndexError::Replaced => true,
        IndexError::Io(error) => {
            matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
        }
        IndexError::Locked | IndexError::TooLarge(_) => false,
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> deskgraph_index::Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
}

impl<S: Source> LocalReader for Indexer<S> {
    const NAME: &'static str = S::NAME;

    fn position(&self) -> i64 {
        self.position
    }

    async fn read(&mut self, batch: &[Record]) -> Result<()> {
        self.changed.extend(batch.iter().filter_map(S::concerns));
        self.position = batch.last().map_or(self.position, |record| record.seq);
        if self.changed.len() >= FULL { self.commit().await } else { Ok(()) }
    }

    async fn idle(&mut self) -> Result<()> {
        if let Some(reason) = self.damage().await {
            return self.rebuild(&reason).await;
        }
        if self.changed.is_empty() {
            // Nothing of ours happened: what is searchable is as new as the log.
            self.place().reached(self.position);
            if self.is_unsaved()
                && self.durable_at.elapsed() >= self.settings.checkpoint
                && let Some(reason) = self.checkpoint().await?
            {
                return self.rebuild(&reason).await;
            }
            return Ok(());
        }
        let rest = Ord::min(self.took * REST, LONGEST);
        let next = self.committed_at + Ord::max(rest, self.settings.gather);
        tokio::select! {
            () = tokio::time::sleep_until(next) => {}
            () = self.place().demanded() => {}
        }
        self.commit().await
    }

    async fn due(&self) {
        let checkpoint = self.durable_at + self.settings.checkpoint;
        tokio::select! {
            () = tokio::time::sleep_until(checkpoint), if self.is_unsaved() => {}
            () = self.place().doubted() => {}
        }
    }

    async fn stop(&mut self) -> Result<()> {
        if !self.place().is_in_service() {
            return Ok(());
        }
        if !self.changed.is_empty() {
            self.apply().await?;
        }
        // Damage is for the next start to mend: this one is over.
        self.checkpoint().await?;
        Ok(())
    }
}
