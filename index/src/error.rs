//! What can go wrong in the engine, in words its caller can act on.
//!
//! Errors of the library below are flattened to text: no type of it leaves this crate, so that it can be exchanged.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenReadError};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation on the index failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused. Retrying may help; the index on disk is what it was.
    #[error("the index files could not be used: {0}")]
    Io(#[from] std::io::Error),
    /// Another process (or another [`Index`](crate::Index) of this one) writes to the same directory.
    #[error("the index is in use by another writer")]
    Locked,
    /// A rebuild has replaced the files this handle writes to: go on with the index the rebuild returned.
    #[error("the index has been replaced by a rebuilt one")]
    Replaced,
    /// The files contradict themselves. The index must be rebuilt; nothing in it is worth keeping.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// The request is larger or deeper than the engine is willing to work on. Says which limit.
    #[error("the search request is too large: {0}")]
    TooLarge(String),
    /// The library below failed in a way that says nothing about the files, for example a worker thread died.
    #[error("the search engine failed: {0}")]
    Engine(String),
}

impl From<TantivyError> for Error {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => Error::Locked,
            TantivyError::IoError(e) => Error::Io(std::io::Error::new(e.kind(), e.to_string())),
            TantivyError::DataCorruption(e) => Error::Damaged(format!("{e:?}")),
            TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(path)) => {
                Error::Damaged(format!("{} is missing", path.display()))
            }
            other => Error::Engine(other.to_string()),
        }
    }
}

/// Runs `work` and turns a panic in it into [`Error::Damaged`].
///
/// The library below trusts its files: a flipped bit in one can make it index out of bounds. A search must not take
/// the caller's thread with it, and the right answer to such files is the same as to a bad checksum: rebuild.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Error::Damaged(message(&*panic))))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("reading it panicked: {}", text.unwrap_or("no message"))
}
