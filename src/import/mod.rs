//! Existing data: articles and tickets from files, with their ids, people, comments and times.
//!
//! | file | holds |
//! |---|---|
//! | `articles`, `article_row`, `markdown` | articles: lines of JSON, or a folder of Markdown files |
//! | `tickets`, `ticket_row`, `shapes` | tickets: lines of JSON, or CSV |
//! | `store_articles`, `store_tickets`, `people`, `timeline` | the two operations that write a batch in one transaction |
//! | `lines`, `fields`, `run`, `progress` | reading files, reading fields, batches, what the operator sees |
//!
//! An import can be run again at any time: what is there already (by `source` and external id) is left as it is, also if the file
//! says something else now, for people may have changed it here since. A row that cannot be taken is reported with its line and the
//! reason, and the rest goes on. It sends nothing: readers that act outwards ignore events of origin IMPORT. It may run while a
//! server uses the same database: it only writes rows and events, and servers follow the log.
//!
//! Deliberately absent: attachments, and changing what an earlier run brought in.

mod article_row;
mod articles;
mod fields;
mod lines;
mod markdown;
mod people;
pub mod progress;
mod run;
mod shapes;
mod store_articles;
mod store_tickets;
mod ticket_row;
mod tickets;
mod timeline;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

pub use articles::articles;
pub use progress::Progress;
pub use store_articles::ArticlesImport;
pub use store_tickets::TicketsImport;
pub use tickets::tickets;

use crate::error::Error;

/// What to import, and what to call where it comes from.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file, or the folder of Markdown files.
    pub path: PathBuf,
    /// The name of the system that the data comes from: external ids are unique within it. Default: the file's name without its
    /// ending.
    pub source: Option<String>,
}

impl Options {
    /// The name of where the data comes from.
    fn source(&self) -> Result<String, Failure> {
        let source = match &self.source {
            Some(source) => source.trim().to_owned(),
            None => stem(&self.path),
        };
        let fits = !source.is_empty() && source.chars().count() <= 100 && !source.chars().any(char::is_control);
        if fits { Ok(source) } else { Err(Failure::Source(source)) }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Where it is: `line 12`, or the path of a file within the folder.
    pub place: String,
    /// Why, and what would be taken.
    pub reason: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Where the data came from.
    pub source: String,
    /// How many rows were new and are here now.
    pub imported: u64,
    /// How many were here already, and were left as they are.
    pub skipped: u64,
    /// Those that were not taken.
    pub rejected: Vec<Rejection>,
}

impl Summary {
    /// Whether every row was taken or was here: what the command's exit code says.
    pub fn is_complete(&self) -> bool {
        self.rejected.is_empty()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} imported, {} already here, {} rejected",
            self.source,
            self.imported,
            self.skipped,
            self.rejected.len()
        )
    }
}

/// Why an import could not go on. What was imported until then stays; a second run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The file or folder cannot be read.
    #[error("{path}: {cause}", path = .0.display(), cause = .1)]
    Unreadable(PathBuf, std::io::Error),
    /// The name of the source does not do.
    #[error("\"{0}\" is no name of a source: give one of 1 to 100 characters with --source")]
    Source(String),
    /// A CSV file without the columns that tickets have.
    #[error("{path}: {reason}", path = .0.display(), reason = .1)]
    Shape(PathBuf, String),
    /// The desk failed, not a row.
    #[error("the desk cannot go on: {0}")]
    Desk(Error),
}

/// The result of reading or writing one row: the reason is for people.
type Taken<T> = std::result::Result<T, String>;
