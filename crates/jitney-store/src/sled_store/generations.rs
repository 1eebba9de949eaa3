//! The directories of the row store: `store-1`, and a higher number each time it is replaced.
//!
//! A number is never used again. So when a damaged database was moved aside while a hung thread still has it
//! open, that thread cannot write into its successor.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::IoContext;
use crate::{StoreError, files};

/// After so many openings in a row that ended with the death of the process, the rows are rebuilt.
const FATAL_OPENINGS: u64 = 3;

const LIVE: &str = "store-";
const DAMAGED: &str = "store.damaged-";
const COPYING: &str = "store.copying";

/// Returns the directory of generation `number`.
pub(crate) fn path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{LIVE}{number}"))
}

/// Returns the directory in which a copy is prepared, emptied of what a crash left there.
pub(crate) fn fresh_copy_path(dir: &Path) -> Result<PathBuf, StoreError> {
    let path = dir.join(COPYING);
    files::none_if_absent(fs::remove_dir_all(&path)).doing("remove", &path)?;
    Ok(path)
}

/// Returns the newest generation, if there is one.
pub(crate) fn newest(dir: &Path) -> Result<Option<u32>, StoreError> {
    Ok(numbers(dir, LIVE)?.into_iter().max())
}

/// Returns a number never used in this directory.
pub(crate) fn next(dir: &Path) -> Result<u32, StoreError> {
    let used = numbers(dir, LIVE)?.into_iter().chain(numbers(dir, DAMAGED)?).max().unwrap_or(0);
    used.checked_add(1).ok_or_else(|| StoreError::engine("open", "directory numbers are used up"))
}

/// Moves a damaged generation out of the way, keeping it for inspection, and returns where it is.
pub(crate) fn move_aside(dir: &Path, number: u32) -> Result<PathBuf, StoreError> {
    let (from, to) = (path(dir, number), dir.join(format!("{DAMAGED}{number}")));
    fs::rename(&from, &to).doing("move aside", &from)?;
    files::remove_if_there(&attempts_path(dir, number))?;
    files::sync_dir(dir)?;
    Ok(to)
}

/// Removes generations that a newer one, known to be good, has replaced.
pub(crate) fn remove_older(dir: &Path, than: u32) -> Result<(), StoreError> {
    for number in numbers(dir, LIVE)?.into_iter().filter(|number| *number < than) {
        discard(dir, number)?;
    }
    fresh_copy_path(dir).map(drop)
}

/// Removes a generation.
pub(crate) fn discard(dir: &Path, number: u32) -> Result<(), StoreError> {
    let path = path(dir, number);
    fs::remove_dir_all(&path).doing("remove", &path)
}

/// Counts the openings of a generation that have begun and not ended.
#[derive(Debug)]
pub(crate) struct Attempts(PathBuf);

impl Attempts {
    /// Notes that an opening begins. Returns `None` if the last ones all killed the process.
    pub(crate) fn begin(dir: &Path, number: u32) -> Result<Option<Attempts>, StoreError> {
        let path = attempts_path(dir, number);
        let begun = files::none_if_absent(fs::metadata(&path)).doing("look at", &path)?;
        if begun.is_some_and(|meta| meta.len() >= FATAL_OPENINGS) {
            return Ok(None);
        }
        // Without room for one byte the count is missed; that is no reason not to open.
        let noted = files::private().append(true).open(&path).and_then(|mut file| file.write_all(b"."));
        if let Err(error) = noted {
            tracing::warn!(target: "jitney::store", %error, "cannot count this opening");
        }
        Ok(Some(Attempts(path)))
    }

    /// Notes that the opening ended, well or with a plain error.
    pub(crate) fn end(self) -> Result<(), StoreError> {
        files::remove_if_there(&self.0).map(drop)
    }
}

fn attempts_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{LIVE}{number}.opening"))
}

fn numbers(dir: &Path, prefix: &str) -> Result<Vec<u32>, StoreError> {
    let names = files::names_in(dir)?;
    Ok(names.iter().filter_map(|name| name.strip_prefix(prefix)?.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_never_used_again() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!((newest(dir.path()).unwrap(), next(dir.path()).unwrap()), (None, 1));
        fs::create_dir(path(dir.path(), 1)).unwrap();
        assert!(move_aside(dir.path(), 1).unwrap().ends_with("store.damaged-1"));
        assert_eq!((newest(dir.path()).unwrap(), next(dir.path()).unwrap()), (None, 2));
    }

    #[test]
    fn openings_that_killed_the_process_are_counted() {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..FATAL_OPENINGS {
            assert!(Attempts::begin(dir.path(), 1).unwrap().is_some());
        }
        assert!(Attempts::begin(dir.path(), 1).unwrap().is_none());
        Attempts::begin(dir.path(), 2).unwrap().unwrap().end().unwrap();
        assert!(!attempts_path(dir.path(), 2).exists());
    }
}
