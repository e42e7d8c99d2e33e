//! Opening an index and what a handle to it holds.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tantivy::index::{IndexMeta, SegmentComponent};
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::{IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyError};

use crate::document::Position;
use crate::error::{Error, Result, guarded};
use crate::fields::{Fields, VERSION};
use crate::storage::{self, Checkpoint, Generation, META, QuickDirectory};

/// How to open an index.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many bytes one batch of changes may gather in memory before it is written out; at least 15 MB are used.
    /// Held only while applying.
    pub write_memory: usize,
    /// The same for a rebuild. More helps little: a rebuild writes out every few thousand documents.
    pub rebuild_memory: usize,
    /// How many decompressed 16 KiB blocks of stored text each segment keeps.
    pub cached_blocks: usize,
    /// What to do after the machine (not the process) stopped without a checkpoint.
    pub verification: Verification,
    /// Indexes up to this many bytes are compared with their checksums whenever they are opened: it takes milliseconds.
    pub always_verify_below: u64,
    /// Names the current boot of the machine; `None` asks the system.
    pub boot_id: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            write_memory: 15_000_000,
            rebuild_memory: 20_000_000,
            cached_blocks: 8,
            verification: Verification::BeforeUse,
            always_verify_below: 32 << 20,
            boot_id: None,
        }
    }
}

/// When to compare checksums if the files may not have reached the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// While opening: takes about a second per gigabyte.
    BeforeUse,
    /// The caller searches already and calls [`Index::verify`] in the background.
    Later,
}

/// What [`Index::open`] found.
#[derive(Debug)]
pub enum Opened {
    /// A usable index.
    Ready(Index),
    /// There is no index here. Rebuild.
    Absent,
    /// There is one, but its files contradict themselves, for the reason given. Rebuild.
    Damaged(String),
    /// There is one of another version of this crate or of the library below. Rebuild.
    OtherVersion(String),
}

/// A search index in a directory. Cheap to clone; all clones are the same index.
#[derive(Clone)]
pub struct Index {
    pub(crate) shared: Arc<Shared>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({})", self.shared.generation.path().display())
    }
}

pub(crate) struct Shared {
    pub generation: Generation,
    pub options: Options,
    pub fields: Fields,
    pub directory: QuickDirectory,
    pub index: tantivy::Index,
    pub reader: IndexReader,
    /// `None` after a failure: the next change opens a new one.
    pub writer: Mutex<Option<IndexWriter>>,
    pub view: RwLock<Arc<View>>,
    pub unverified: bool,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // Merges left running would write into files the next opener owns.
        if let Some(Err(error)) = writer.map(IndexWriter::wait_merging_threads) {
            tracing::warn!(%error, "a merge of index segments failed while closing");
        }
        // The rebuild that replaced this generation left its files to the last one who used them.
        let replaced = matches!(storage::current(&self.generation.dir), Ok(Some(now)) if now != self.generation);
        if replaced && let Err(error) = fs::remove_dir_all(self.generation.path()) {
            tracing::debug!(%error, "the files of a replaced index are already gone");
        }
    }
}

/// One consistent state of the index, for searching.
pub(crate) struct View {
    pub searcher: Searcher,
    pub position: Position,
}

/// What is committed together with the documents.
#[derive(Serialize, Deserialize)]
pub(crate) struct Payload {
    pub version: u32,
    pub epoch: String,
    pub seq: u64,
    pub boot: Option<String>,
}

impl Payload {
    pub(crate) fn new(position: Position, options: &Options) -> Self {
        let boot = options.boot_id.clone().or_else(storage::boot_id);
        Payload { version: VERSION, epoch: position.epoch, seq: position.seq, boot }
    }

    pub(crate) fn encode(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::Engine(e.to_string()))
    }

    fn position(&self) -> Position {
        Position { epoch: self.epoch.clone(), seq: self.seq }
    }
}

impl Index {
    /// Opens the index in `dir`, the only writer of it. Removes what interrupted rebuilds left there.
    ///
    /// Files in any state give an answer, never a panic.
    ///
    /// # Errors
    /// [`Error::Locked`] if it is open elsewhere, [`Error::Io`] if the directory cannot be read at all.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<Opened> {
        let dir = dir.as_ref();
        if !dir.is_dir() {
            return Ok(Opened::Absent);
        }
        let generation = match storage::current(dir) {
            Ok(Some(generation)) => generation,
            Ok(None) => {
                storage::remove_leftovers(dir, None);
                return Ok(Opened::Absent);
            }
            Err(e) if e.kind() == std::io::ErrorKind::InvalidData => {
                return Ok(Opened::Damaged(format!("the file `current` is damaged: {e}")));
            }
            Err(e) => return Err(e.into()),
        };
        let name = generation.name.clone();
        match guarded(|| Index::open_generation(generation, options)) {
            Ok(Opened::Ready(index)) => {
                storage::remove_leftovers(dir, Some(&name));
                Ok(Opened::Ready(index))
            }
            Err(Error::Damaged(reason) | Error::Engine(reason)) => Ok(Opened::Damaged(reason)),
            Err(Error::Io(e)) => Ok(Opened::Damaged(e.to_string())),
            other => other,
        }
    }

    pub(crate) fn open_generation(generation: Generation, options: Options) -> Result<Opened> {
        let path = generation.path();
        if !path.join(META).is_file() {
            return Ok(Opened::Damaged(format!("{META} is missing")));
        }
        let (schema, fields) = Fields::schema();
        let directory = QuickDirectory::open(&path).map_err(TantivyError::from)?;
        let mut index = match tantivy::Index::open(directory.clone()) {
            Err(TantivyError::IncompatibleIndex(what)) => return Ok(Opened::OtherVersion(format!("{what:?}"))),
            other => other?,
        };
        let meta = index.load_metas()?;
        let payload = meta.payload.as_deref().and_then(|text| serde_json::from_str::<Payload>(text).ok());
        let Some(payload) = payload else {
            return Ok(Opened::Damaged("it does not say which position it holds".to_owned()));
        };
        if payload.version != VERSION || meta.schema != schema {
            return Ok(Opened::OtherVersion(format!("version {} instead of {VERSION}", payload.version)));
        }
        index.set_tokenizers(Fields::tokenizers());
        let boot = options.boot_id.clone().or_else(storage::boot_id);
        let durable = Checkpoint::read(&path).map(|c| c.meta);
        let meta_sum = crc32fast::hash(&fs::read(path.join(META))?);
        let trusted = (boot.is_some() && boot == payload.boot) || durable == Some(meta_sum);
        let files = segment_files(&meta);
        let mut size = 0;
        for file in &files {
            // The library notices only some missing files before they are read.
            size +=
                fs::metadata(path.join(file)).map_err(|e| Error::Damaged(format!("{}: {e}", file.display())))?.len();
        }
        let small = size < options.always_verify_below;
        let later = !trusted && options.verification == Verification::Later && !small;
        if small || !(trusted || later) {
            storage::check_segments(&path, files.iter().map(PathBuf::as_path)).map_err(Error::Damaged)?;
        }
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(options.cached_blocks.max(1))
            .try_into()?;
        let writer = open_writer(&index, options.write_memory, 1)?;
        let view = View { searcher: reader.searcher(), position: payload.position() };
        Ok(Opened::Ready(Index {
            shared: Arc::new(Shared {
                generation,
                options,
                fields,
                directory,
                index,
                reader,
                writer: Mutex::new(Some(writer)),
                view: RwLock::new(Arc::new(view)),
                unverified: later,
            }),
        }))
    }

    /// The log position the index holds, as searches see it.
    pub fn position(&self) -> Position {
        self.view().position.clone()
    }

    /// How many documents it holds.
    pub fn documents(&self) -> u64 {
        self.view().searcher.num_docs()
    }

    /// Whether it was opened with [`Verification::Later`] and its files may be damaged: call [`Index::verify`].
    pub fn is_unverified(&self) -> bool {
        self.shared.unverified
    }

    /// Compares all files with their checksums. Takes about a second per gigabyte; searching goes on meanwhile.
    ///
    /// # Errors
    /// [`Error::Damaged`] if one is wrong: rebuild.
    pub fn verify(&self) -> Result<()> {
        self.inspect(u64::MAX)
    }

    /// Looks whether all files are there; those of a small index are compared with their checksums as well. Takes
    /// milliseconds: for asking now and then.
    ///
    /// # Errors
    /// [`Error::Damaged`] if one is missing or wrong: rebuild.
    pub fn check(&self) -> Result<()> {
        self.inspect(self.shared.options.always_verify_below)
    }

    fn inspect(&self, checksums_below: u64) -> Result<()> {
        let root = self.shared.generation.path();
        if self.shared.generation.is_replaced() {
            return Err(Error::Damaged("another index is named as the one in use".to_owned()));
        }
        loop {
            let listed = |e: TantivyError| Error::Damaged(format!("its list of files cannot be read: {e}"));
            let files = segment_files(&self.shared.index.load_metas().map_err(listed)?);
            let Err(what) = check_files(&root, &files, checksums_below) else { return Ok(()) };
            // A merge may have removed files meanwhile; it has written another list first.
            if segment_files(&self.shared.index.load_metas().map_err(listed)?) == files {
                return Err(Error::Damaged(what));
            }
        }
    }

    /// Makes everything applied so far durable and notes that it is. Off the write path: applying goes on meanwhile.
    ///
    /// # Errors
    /// [`Error::Io`] if the disk refuses; then the index counts as not durable, and nothing else changes.
    pub fn checkpoint(&self) -> Result<()> {
        let shared = &self.shared;
        let meta = shared.directory.sync(Path::new(META))?;
        let boot = shared.options.boot_id.clone().or_else(storage::boot_id);
        Checkpoint { meta: crc32fast::hash(&meta), boot }.write(&shared.generation.path())?;
        Ok(())
    }

    pub(crate) fn view(&self) -> Arc<View> {
        self.shared.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The files that must be there for the segments in `meta` to be complete.
fn segment_files(meta: &IndexMeta) -> Vec<PathBuf> {
    use SegmentComponent::{Delete, FastFields, FieldNorms, Positions, Postings, Store, Terms};
    let mut files = Vec::new();
    for segment in &meta.segments {
        for component in [Postings, Positions, Terms, Store, FastFields, FieldNorms] {
            files.push(segment.relative_path(component));
        }
        if segment.has_deletes() {
            files.push(segment.relative_path(Delete));
        }
    }
    files
}

fn check_files(root: &Path, files: &[PathBuf], checksums_below: u64) -> Result<(), String> {
    let mut size = 0;
    for file in files {
        size += fs::metadata(root.join(file)).map_err(|e| format!("{}: {e}", file.display()))?.len();
    }
    match size < checksums_below {
        true => storage::check_segments(root, files.iter().map(PathBuf::as_path)),
        false => Ok(()),
    }
}

/// Creates the files of an empty index at `generation`, not yet in use.
pub(crate) fn create(generation: &Generation) -> Result<(tantivy::Index, QuickDirectory)> {
    let directory = QuickDirectory::open(&generation.path()).map_err(TantivyError::from)?;
    let (schema, _) = Fields::schema();
    let index = tantivy::Index::builder()
        .schema(schema)
        .settings(IndexSettings::default())
        .tokenizers(Fields::tokenizers())
        .open_or_create(directory.clone())?;
    Ok((index, directory))
}

/// Segments with fewer documents count as equally small when it is decided which are merged.
const SMALL_SEGMENT: u32 = 500;

/// A writer with `threads` indexing threads that share `memory` bytes.
pub(crate) fn open_writer(index: &tantivy::Index, memory: usize, threads: usize) -> Result<IndexWriter> {
    // The library refuses less than 15 MB a thread.
    let per_thread = (memory / threads).max(15_000_000);
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(per_thread)
        .num_worker_threads(threads)
        .num_merge_threads(1)
        .build();
    let writer = index.writer_with_options(options)?;
    let mut policy = LogMergePolicy::default();
    // Deleted documents keep their words in the dictionaries and statistics; a third of them is enough to clean up.
    policy.set_del_docs_ratio_before_merge(0.3);
    // Commits are small. By default all segments below 10,000 documents are merged as equals, so that each document of a growing one is
    // rewritten every eight commits.
    policy.set_min_layer_size(SMALL_SEGMENT);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}
