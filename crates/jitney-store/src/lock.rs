//! One process at a time: the exclusive lock on a store's directory.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use crate::error::IoContext;
use crate::{StoreError, files};

/// Name of the lock file in the store's directory.
const LOCK_FILE: &str = "lock";

/// Longest process id read from a lock file, in bytes.
const PID_TEXT_BYTES: u64 = 20;

/// The lock, held until dropped. The file stays; only the lock on it counts, so a crash leaves nothing to
/// clean up.
#[derive(Debug)]
pub(crate) struct DirLock {
    file: File,
}

/// Lets go at once. Merely closing the file would leave the lock to a child process that is being started just
/// now and still shares it.
impl Drop for DirLock {
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::warn!(target: "jitney::store", %error, "cannot unlock the store; it is free when the process ends");
        }
    }
}

impl DirLock {
    /// Takes the lock of `dir`, which must exist.
    pub(crate) fn take(dir: &Path) -> Result<DirLock, StoreError> {
        let path = dir.join(LOCK_FILE);
        let mut file = files::private().open(&path).doing("open", &path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { dir: dir.to_owned(), pid: read_pid(&file) });
            }
            Err(TryLockError::Error(source)) => return Err(StoreError::Io { doing: "lock", path, source }),
        }
        // The process id only helps people; a full disk must not keep the store from opening.
        let noted = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        if let Err(error) = noted {
            tracing::warn!(target: "jitney::store", %error, "cannot note the process id in the lock file");
        }
        Ok(DirLock { file })
    }
}

fn read_pid(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(PID_TEXT_BYTES).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_opener_learns_who_holds_the_store() {
        let dir = tempfile::tempdir().unwrap();
        let held = DirLock::take(dir.path()).unwrap();
        let refused = DirLock::take(dir.path()).unwrap_err();
        let me = std::process::id();
        assert!(matches!(refused, StoreError::Locked { pid: Some(pid), .. } if pid == me), "{refused}");
        drop(held);
        DirLock::take(dir.path()).unwrap();
    }
}
