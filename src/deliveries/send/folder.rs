//! Writes messages to files, where nothing better is configured: for development, and for looking at them.

use std::path::PathBuf;

use super::Failure;
use crate::deliveries::delivery::Model;

/// A folder of messages.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// A folder that is made when the first message comes. `key` is what would have to be configured.
    pub(super) fn new(path: PathBuf, key: &str) -> Self {
        tracing::warn!(folder = %path.display(), "messages are written to files and not sent; set {key} to send them");
        Self(path)
    }

    /// Writes one. Under the same name each time, so that a second attempt is no second message; complete from the moment it is there.
    pub(super) async fn write(&self, delivery: &Model, ending: &str, text: &[u8]) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::Now(format!("The file could not be written: {error}"));
        tokio::fs::create_dir_all(&self.0).await.map_err(failed)?;
        let (part, path) =
            (self.0.join(format!("{}.part", delivery.id)), self.0.join(format!("{}.{ending}", delivery.id)));
        tokio::fs::write(&part, text).await.map_err(failed)?;
        tokio::fs::rename(part, path).await.map_err(failed)
    }
}
