//! Can the files be trusted?
//!
//! A process that dies leaves its writes in the page cache, whole. A machine that dies may leave any mixture of old,
//! new and empty files. So: same boot, trust; other boot, trust only if meta.json is the one a checkpoint made durable;
//! otherwise compare checksums. Small indexes are always compared, it costs less than thinking about it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::directory::{seal, unseal};
use super::replace_file;

const CHECKPOINT: &str = "checkpoint.json";

/// What the last checkpoint made durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    /// Checksum of meta.json: the segments it lists are on the disk.
    pub meta: u32,
    /// The boot it happened in, for people reading the file.
    pub boot: Option<String>,
}

impl Checkpoint {
    /// The last checkpoint of the generation at `path`; `None` if there is none that can be read.
    pub(crate) fn read(path: &Path) -> Option<Checkpoint> {
        let content = unseal(fs::read(path.join(CHECKPOINT)).ok()?).ok()?;
        serde_json::from_slice(&content).ok()
    }

    /// Records the checkpoint durably.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let content = serde_json::to_vec(self).map_err(io::Error::other)?;
        replace_file(&path.join(CHECKPOINT), &seal(&content), true)
    }
}

/// Identifies the current boot of the machine, where the system tells (Linux).
pub(crate) fn boot_id() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}

/// Compares the checksums of `files` (those that exist) with their content. `Err` says what is wrong with which.
///
/// Reads through a small buffer instead of the memory maps, so that checking does not make the whole index resident.
pub(crate) fn check_segments<'a>(root: &Path, files: impl Iterator<Item = &'a Path>) -> Result<(), String> {
    for name in files {
        match check_file(&root.join(name)) {
            Ok(true) => {}
            Ok(false) => return Err(format!("the checksum of {} is wrong", name.display())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(format!("{} cannot be checked: {e}", name.display())),
        }
    }
    Ok(())
}

/// The library ends every segment file with a JSON object that holds the checksum of all before it, the length of
/// that object and a magic number.
fn check_file(path: &Path) -> io::Result<bool> {
    #[derive(Deserialize)]
    struct Footer {
        crc: u32,
    }
    const TAIL: u64 = 8;
    const MAX_FOOTER: u64 = 50_000;
    let mut file = File::open(path)?;
    let len = file.metadata()?.len();
    if len < TAIL {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(len - TAIL))?;
    let mut tail = [0; TAIL as usize];
    file.read_exact(&mut tail)?;
    let footer_len = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    let Some(body_len) = len.checked_sub(TAIL + footer_len).filter(|_| footer_len <= MAX_FOOTER) else {
        return Ok(false);
    };
    file.seek(SeekFrom::Start(body_len))?;
    let mut footer = vec![0; footer_len as usize];
    file.read_exact(&mut footer)?;
    let Ok(footer) = serde_json::from_slice::<Footer>(&footer) else { return Ok(false) };
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = crc32fast::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    let mut left = file.take(body_len);
    loop {
        match left.read(&mut buffer)? {
            0 => return Ok(hasher.finalize() == footer.crc),
            n => hasher.update(&buffer[..n]),
        }
    }
}
