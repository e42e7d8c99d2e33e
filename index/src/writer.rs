//! Changing an index: small batches as they happen, or everything anew.

use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use tantivy::{IndexWriter, Term};

use crate::document::{Change, Document, Position};
use crate::error::{Error, Result, guarded};
use crate::fields::Fields;
use crate::index::{Index, Opened, Options, Payload, View, create, open_writer};
use crate::storage::{self, Checkpoint, Generation, META, QuickDirectory};

impl Index {
    /// Applies the changes in order, notes that the index now holds the log up to `position`, and shows both to
    /// searches that begin after this returns. All or nothing. Blocks for some milliseconds; concurrent calls queue.
    ///
    /// The result survives the end of the process, and of the machine from the next [`Index::checkpoint`].
    ///
    /// # Errors
    /// [`Error::Replaced`] after a rebuild. After any error the index is what it was and can be tried again.
    pub fn apply(&self, changes: Vec<Change>, position: Position) -> Result<()> {
        let shared = &self.shared;
        let mut slot = shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.generation.is_replaced() {
            return Err(Error::Replaced);
        }
        let outcome = guarded(|| {
            let writer = match slot.as_mut() {
                Some(writer) => writer,
                None => slot.insert(open_writer(&shared.index, shared.options.write_memory, 1)?),
            };
            for change in &changes {
                change_one(writer, &shared.fields, change)?;
            }
            commit(writer, position.clone(), &shared.options)?;
            shared.reader.reload()?;
            Ok(())
        });
        match outcome {
            Ok(()) => {
                let view = View { searcher: shared.reader.searcher(), position };
                *shared.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
                Ok(())
            }
            Err(error) => {
                // Dropping the writer forgets what it has gathered but not committed.
                *slot = None;
                Err(error)
            }
        }
    }

    /// Begins to build the index in `dir` anew, beside the one in use there, if any. See [`Rebuild`].
    ///
    /// # Errors
    /// [`Error::Io`] if the files cannot be created.
    pub fn rebuild(dir: impl AsRef<Path>, options: Options) -> Result<Rebuild> {
        let generation = storage::next(dir.as_ref())?;
        let begin = || {
            let (index, directory) = create(&generation)?;
            let writer = open_writer(&index, options.rebuild_memory, 1)?;
            Ok((directory, writer))
        };
        match begin() {
            Ok((directory, writer)) => {
                let (_, fields) = Fields::schema();
                Ok(Rebuild {
                    generation,
                    directory,
                    writer: Some(writer),
                    fields,
                    options,
                    finished: false,
                    pending: 0,
                    pending_bytes: 0,
                })
            }
            Err(error) => {
                // Best effort: the next open removes it otherwise.
                let _ = fs::remove_dir_all(generation.path());
                Err(error)
            }
        }
    }
}

fn change_one(writer: &IndexWriter, fields: &Fields, change: &Change) -> Result<()> {
    match change {
        Change::Put(document) => {
            writer.delete_term(id_term(fields, document.id));
            writer.add_document(fields.encode(document))?;
        }
        Change::Delete(id) => {
            writer.delete_term(id_term(fields, *id));
        }
    }
    Ok(())
}

fn commit(writer: &mut IndexWriter, position: Position, options: &Options) -> Result<()> {
    let payload = Payload::new(position, options).encode()?;
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&payload);
    commit.commit()?;
    Ok(())
}

pub(crate) fn id_term(fields: &Fields, id: u128) -> Term {
    Term::from_field_bytes(fields.id, &id.to_be_bytes())
}

/// An index being built anew.
///
/// Nothing of it is visible until [`Rebuild::finish`]; searches and changes of the index in use go on. Dropping it
/// removes what was built. Two at a time in one directory are possible; the one finished last stays.
pub struct Rebuild {
    generation: Generation,
    directory: QuickDirectory,
    writer: Option<IndexWriter>,
    fields: Fields,
    options: Options,
    finished: bool,
    pending: usize,
    pending_bytes: usize,
}

/// How much a rebuild gathers before it writes it out. The library would queue 10,000 documents however long they are,
/// and memory once used for them stays with the process.
const FLUSH_DOCUMENTS: usize = 4_000;
const FLUSH_BYTES: usize = 8 << 20;

impl Rebuild {
    /// Adds documents; of two with the same id the later stays. Blocks while the indexing threads are behind.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Engine`]; then this rebuild cannot be finished.
    pub fn put(&mut self, documents: Vec<Document>) -> Result<()> {
        let writer = self.writer.as_mut().ok_or_else(gone)?;
        for document in documents {
            self.pending += 1;
            self.pending_bytes += document.title.len() + document.body.len() + document.internal.len();
            change_one(writer, &self.fields, &Change::Put(document))?;
            if self.pending >= FLUSH_DOCUMENTS || self.pending_bytes >= FLUSH_BYTES {
                writer.commit()?;
                (self.pending, self.pending_bytes) = (0, 0);
            }
        }
        Ok(())
    }

    /// Removes a document added before.
    ///
    /// # Errors
    /// As [`Rebuild::put`].
    pub fn delete(&mut self, id: u128) -> Result<()> {
        change_one(self.writer.as_ref().ok_or_else(gone)?, &self.fields, &Change::Delete(id))
    }

    /// Makes the new index durable, puts it in the place of the old one, and opens it. Searches that hold the old one
    /// finish on it; applying to it from now on is [`Error::Replaced`].
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Engine`]; then the old index is still in place.
    pub fn finish(mut self, position: Position) -> Result<Index> {
        let mut writer = self.writer.take().ok_or_else(gone)?;
        commit(&mut writer, position, &self.options)?;
        writer.wait_merging_threads()?;
        let meta = self.directory.sync(Path::new(META))?;
        let path = self.generation.path();
        Checkpoint { meta: crc32fast::hash(&meta), boot: storage::boot_id() }.write(&path)?;
        let index = match Index::open_generation(self.generation.clone(), self.options.clone())? {
            Opened::Ready(index) => index,
            other => return Err(Error::Damaged(format!("what was just built cannot be opened: {other:?}"))),
        };
        storage::set_current(&self.generation)?;
        self.finished = true;
        storage::remove_leftovers(&self.generation.dir, Some(&self.generation.name));
        Ok(index)
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        if !self.finished {
            drop(self.writer.take());
            // Best effort: the next open removes it otherwise.
            let _ = fs::remove_dir_all(self.generation.path());
        }
    }
}

fn gone() -> Error {
    Error::Engine("this rebuild has failed".to_owned())
}
