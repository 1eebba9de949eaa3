//! A reserve against a full disk.
//!
//! sled 0.34 cannot be opened when no space is left. The ballast is a file that takes up space while all is
//! well and is given up so that the store can open on a full disk.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::IoContext;
use crate::{StoreError, files};

/// Name of the ballast file in the store's directory.
const BALLAST_FILE: &str = "ballast";

/// Written at once, in bytes.
const CHUNK_BYTES: usize = 1024 * 1024;

/// Whether the reserve against a full disk is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BallastState {
    /// None is asked for.
    NotWanted,
    /// It is there in full.
    InPlace,
    /// It was given up, or could not be written, because the disk is too full.
    Missing,
}

/// The ballast of one store.
#[derive(Debug)]
pub(crate) struct Ballast {
    path: PathBuf,
    bytes: u64,
}

impl Ballast {
    /// Describes the ballast of `dir`: `bytes` long, 0 for none. Writes nothing.
    pub(crate) fn new(dir: &Path, bytes: u64) -> Ballast {
        Ballast { path: dir.join(BALLAST_FILE), bytes }
    }

    /// Gives the ballast up if fewer than `needed` bytes are free, and returns whether it did.
    pub(crate) fn drop_if_below(&self, dir: &Path, needed: u64) -> Result<bool, StoreError> {
        Ok(free_bytes(dir)? < needed && files::remove_if_there(&self.path)?)
    }

    /// Writes the ballast if at least `floor` bytes stay free beside it.
    ///
    /// The content does not compress, so that file systems which compress or share zeros still set the
    /// space aside.
    pub(crate) fn restore(&self, dir: &Path, floor: u64) -> Result<BallastState, StoreError> {
        if self.bytes == 0 {
            files::remove_if_there(&self.path)?;
            return Ok(BallastState::NotWanted);
        }
        let there = files::none_if_absent(std::fs::metadata(&self.path)).doing("look at", &self.path)?;
        if there.is_some_and(|meta| meta.len() == self.bytes) {
            return Ok(BallastState::InPlace);
        }
        files::remove_if_there(&self.path)?;
        if free_bytes(dir)? < floor.saturating_add(self.bytes) {
            return Ok(BallastState::Missing);
        }
        match self.write() {
            Ok(()) => Ok(BallastState::InPlace),
            Err(error) => {
                tracing::warn!(target: "jitney::store", %error, "the ballast does not fit; it is tried again at the next start");
                files::remove_if_there(&self.path)?;
                Ok(BallastState::Missing)
            }
        }
    }

    fn write(&self) -> Result<(), StoreError> {
        let mut file = files::private().truncate(true).open(&self.path).doing("create", &self.path)?;
        let mut noise = blake3::Hasher::new().finalize_xof();
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut left = self.bytes;
        while left > 0 {
            noise.fill(&mut chunk);
            let len = usize::try_from(left).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
            let (part, _) = chunk.split_at(len);
            file.write_all(part).doing("fill", &self.path)?;
            left = left.saturating_sub(part.len() as u64);
        }
        file.sync_all().doing("sync", &self.path)
    }
}

/// Returns the bytes this user may still write to the file system of `dir`.
pub(crate) fn free_bytes(dir: &Path) -> Result<u64, StoreError> {
    fs4::available_space(dir).doing("ask for the free space of", dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ballast_is_given_up_when_needed_and_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let ballast = Ballast::new(dir.path(), 300_000);
        assert_eq!(ballast.restore(dir.path(), 0).unwrap(), BallastState::InPlace);
        assert_eq!(std::fs::metadata(dir.path().join(BALLAST_FILE)).unwrap().len(), 300_000);
        assert!(!ballast.drop_if_below(dir.path(), 0).unwrap());
        assert!(ballast.drop_if_below(dir.path(), u64::MAX).unwrap());
        assert_eq!(ballast.restore(dir.path(), u64::MAX).unwrap(), BallastState::Missing);
        assert_eq!(ballast.restore(dir.path(), 0).unwrap(), BallastState::InPlace);
    }
}
