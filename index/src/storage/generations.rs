//! Generations of an index: a rebuild writes a new one beside the one in use and then points to it.
//!
//! Swapping by renaming directories needs two renames with a moment of nothing between them; a pointer file needs one.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::directory::{seal, unseal};
use super::replace_file;

const CURRENT: &str = "current";

/// The library's writer lock: who holds it is writing the generation.
const WRITER_LOCK: &str = ".tantivy-writer.lock";

/// One generation of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Generation {
    /// The directory all generations are in.
    pub dir: PathBuf,
    /// The name of this one.
    pub name: String,
}

impl Generation {
    /// Where its files are.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join(&self.name)
    }

    /// Whether `current` names another one.
    pub(crate) fn is_replaced(&self) -> bool {
        !matches!(current(&self.dir), Ok(Some(now)) if now == *self)
    }
}

/// The generation in use; `None` if there is none yet. An unreadable pointer is an error of kind `InvalidData`.
pub(crate) fn current(dir: &Path) -> io::Result<Option<Generation>> {
    let content = match fs::read(dir.join(CURRENT)) {
        Ok(content) => unseal(content)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let name = String::from_utf8(content).ok().filter(|name| number(name).is_some());
    let name = name.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it names no generation"))?;
    Ok(Some(Generation { dir: dir.to_path_buf(), name }))
}

/// Makes `generation` the one in use, durably.
pub(crate) fn set_current(generation: &Generation) -> io::Result<()> {
    replace_file(&generation.dir.join(CURRENT), &seal(generation.name.as_bytes()), true)
}

/// Creates the directory of a new generation, under a name never used before in this directory.
pub(crate) fn next(dir: &Path) -> io::Result<Generation> {
    fs::create_dir_all(dir)?;
    let mut last = numbers(dir)?.into_iter().max().unwrap_or(0);
    loop {
        last += 1;
        let generation = Generation { dir: dir.to_path_buf(), name: format!("g{last:06}") };
        match fs::create_dir(generation.path()) {
            Ok(()) => return Ok(generation),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
}

/// Removes generations other than `keep` that nobody is writing: what interrupted rebuilds left behind.
pub(crate) fn remove_leftovers(dir: &Path, keep: Option<&str>) {
    for number in numbers(dir).unwrap_or_default() {
        let name = format!("g{number:06}");
        if keep == Some(name.as_str()) || is_being_written(&dir.join(&name)) {
            continue;
        }
        // A leftover costs space, nothing else: not being able to remove it is no reason not to start.
        if let Err(error) = fs::remove_dir_all(dir.join(&name)) {
            tracing::warn!(%error, generation = name, "could not remove an unused index generation");
        }
    }
}

fn is_being_written(path: &Path) -> bool {
    match OpenOptions::new().write(true).open(path.join(WRITER_LOCK)) {
        Ok(file) => file.try_lock().is_err(),
        Err(_) => false,
    }
}

fn numbers(dir: &Path) -> io::Result<Vec<u64>> {
    Ok(fs::read_dir(dir)?.flatten().filter_map(|entry| number(entry.file_name().to_str()?)).collect())
}

fn number(name: &str) -> Option<u64> {
    let digits = name.strip_prefix('g')?;
    if digits.len() < 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}
