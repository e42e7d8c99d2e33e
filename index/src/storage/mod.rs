//! The files of an index: written fast, made durable at checkpoints, distrusted after a crash of the machine.
//!
//! ```text
//! <dir>/current          names the generation in use; replaced atomically
//! <dir>/g000001/         one generation: the library's segment files, meta.json
//! <dir>/g000001/checkpoint.json   which meta.json is known to be on the disk with all its files
//! ```

mod directory;
mod generations;
mod health;

pub(crate) use directory::QuickDirectory;
pub(crate) use generations::{Generation, current, next, remove_leftovers, set_current};
pub(crate) use health::{Checkpoint, boot_id, check_segments};

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// The file the library keeps its list of segments in.
pub(crate) const META: &str = "meta.json";

/// Replaces `path` with `content`, so that a reader sees the old or the new content, whole. With `durable`, it is on
/// the disk afterwards.
fn replace_file(path: &Path, content: &[u8], durable: bool) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let mut file = File::create(&draft)?;
    file.write_all(content)?;
    if durable {
        file.sync_all()?;
    }
    drop(file);
    fs::rename(&draft, path)?;
    if durable && let Some(parent) = path.parent() {
        sync_dir(parent)?;
    }
    Ok(())
}

/// Makes creations, renames and removals in `dir` durable.
fn sync_dir(dir: &Path) -> io::Result<()> {
    // Elsewhere a directory cannot be opened as a file, and renames are durable by themselves.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}
