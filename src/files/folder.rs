//! The folder with the bytes: a folder for each attachment, in it a file named by its hash, and what is still coming in.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::fs::{self, File, OpenOptions};

use crate::ids::AttachmentId;

/// The folder of one desk's files. Nodes of one desk share it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Folder(Arc<PathBuf>);

/// A file that is coming in. It is removed when this is dropped before it was kept.
pub struct Incoming {
    /// Where to write.
    pub file: File,
    path: PathBuf,
    kept: bool,
}

impl Folder {
    /// The folder at this path; it is made when the first file comes.
    pub fn new(path: PathBuf) -> Self {
        Self(Arc::new(path))
    }

    /// The folder of one attachment. Two levels, so that no folder holds too many; the random end of the id, for its beginning is time.
    fn of(&self, id: AttachmentId) -> PathBuf {
        let name = id.0.simple().to_string();
        self.0.join(&name[30..]).join(name)
    }

    /// Begins a file of an attachment.
    ///
    /// # Errors
    /// The file system's.
    pub async fn begin(&self, id: AttachmentId) -> io::Result<Incoming> {
        let folder = self.of(id);
        fs::create_dir_all(&folder).await?;
        let path = folder.join(format!("{:032x}.part", rand::random::<u128>()));
        let file = OpenOptions::new().write(true).create_new(true).open(&path).await?;
        Ok(Incoming { file, path, kept: false })
    }

    /// Opens the bytes with this hash.
    ///
    /// # Errors
    /// The file system's.
    pub async fn open(&self, id: AttachmentId, sha256: &str) -> io::Result<File> {
        File::open(self.of(id).join(sha256)).await
    }

    /// Removes everything of an attachment; nothing being there is fine.
    ///
    /// # Errors
    /// The file system's.
    pub async fn remove(&self, id: AttachmentId) -> io::Result<()> {
        match fs::remove_dir_all(self.of(id)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Incoming {
    /// Where it is for now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it durable under its hash.
    ///
    /// # Errors
    /// The file system's.
    pub async fn keep(mut self, sha256: &str) -> io::Result<()> {
        self.file.sync_all().await?;
        let folder = self.path.parent().unwrap_or(Path::new("/")).to_owned();
        fs::rename(&self.path, folder.join(sha256)).await?;
        self.kept = true;
        // The names as well: of the file, and of its folders, which may be new.
        for folder in folder.ancestors().take(3) {
            File::open(folder).await?.sync_all().await?;
        }
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept {
            // One unlink; what fails here is swept with its row.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
