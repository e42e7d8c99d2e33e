//! A directory of the library below that does not wait for the disk.
//!
//! A commit through the stock directory costs several fsyncs, 12 to 100 ms. Losing the index costs a replay of the
//! log or a rebuild, so commits here only reach the page cache and [`QuickDirectory::sync`] makes everything durable
//! later. The small files that are rewritten in place (meta.json) carry a checksum, because the library gives
//! checksums to segment files only.

use std::collections::HashSet;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

use super::{replace_file, sync_dir};

/// Reads through memory maps like the stock directory, writes without fsync.
#[derive(Clone)]
pub(crate) struct QuickDirectory {
    inner: MmapDirectory,
    root: Arc<Path>,
    unsynced: Arc<Mutex<HashSet<PathBuf>>>,
}

impl QuickDirectory {
    /// Opens an existing directory.
    pub(crate) fn open(root: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(QuickDirectory { inner: MmapDirectory::open(root)?, root: Arc::from(root), unsynced: Arc::default() })
    }

    /// Makes every file written so far durable. Returns the bytes of `last` (a file that is replaced in place) as
    /// they were before: all files they name are on the disk when this returns.
    pub(crate) fn sync(&self, last: &Path) -> io::Result<Vec<u8>> {
        let content = std::fs::read(self.root.join(last))?;
        let files = std::mem::take(&mut *self.unsynced.lock().unwrap_or_else(PoisonError::into_inner));
        for (done, path) in files.iter().enumerate() {
            let synced = match File::open(self.root.join(path)) {
                Ok(file) => file.sync_all(),
                // Merged away in the meantime: nothing names it any more.
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(e) => Err(e),
            };
            if let Err(e) = synced {
                let mut unsynced = self.unsynced.lock().unwrap_or_else(PoisonError::into_inner);
                unsynced.extend(files.iter().skip(done).cloned());
                return Err(e);
            }
        }
        sync_dir(&self.root)?;
        Ok(content)
    }

    fn remember(&self, path: &Path) {
        self.unsynced.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf());
    }
}

impl fmt::Debug for QuickDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QuickDirectory({})", self.root.display())
    }
}

/// A file being written; it counts as unsynced from its creation.
struct PlainWriter(File);

impl Write for PlainWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for PlainWriter {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.flush()
    }
}

impl Directory for QuickDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = OpenOptions::new().write(true).create_new(true).open(self.root.join(path)).map_err(|e| {
            if e.kind() == io::ErrorKind::AlreadyExists {
                OpenWriteError::FileAlreadyExists(path.to_path_buf())
            } else {
                OpenWriteError::wrap_io_error(e, path.to_path_buf())
            }
        })?;
        self.remember(path);
        Ok(BufWriter::new(Box::new(PlainWriter(file))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let sealed = self.inner.atomic_read(path)?;
        unseal(sealed).map_err(|e| OpenReadError::wrap_io_error(e, path.to_path_buf()))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        replace_file(&self.root.join(path), &seal(data), false)?;
        self.remember(path);
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

/// Length of the line that seals a file: "#" and eight digits and the line end.
const SEAL_LEN: usize = 10;

/// Adds a last line with a checksum.
pub(super) fn seal(data: &[u8]) -> Vec<u8> {
    let mut out = data.to_vec();
    out.extend_from_slice(format!("#{:08x}\n", crc32fast::hash(data)).as_bytes());
    out
}

/// Checks and removes what [`seal`] added.
pub(super) fn unseal(mut sealed: Vec<u8>) -> io::Result<Vec<u8>> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "the checksum is wrong or missing");
    let end = sealed.len().checked_sub(SEAL_LEN).ok_or_else(broken)?;
    let seal_line = sealed.split_off(end);
    if seal_line != format!("#{:08x}\n", crc32fast::hash(&sealed)).as_bytes() {
        return Err(broken());
    }
    Ok(sealed)
}
