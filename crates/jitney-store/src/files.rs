//! Private files and directories, and writes that survive a power cut.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::error::IoContext;

/// Creates `dir` and its missing parents, readable by their owner only, and makes that durable.
pub(crate) fn create_private_dir(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).doing("create the directory", dir)?;
    sync_dir(dir)?;
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => sync_dir(Path::new(".")),
    }
}

/// Returns options that read, write and create a file only its owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes all rights of others from a file that somebody else's code created.
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, mode).doing("restrict the rights of", path)?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Makes the names in `dir` durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        File::open(dir).and_then(|d| d.sync_all()).doing("sync the directory", dir)
    } else {
        Ok(())
    }
}

/// Writes a file so that after a crash it holds either its old or its new content.
pub(crate) fn replace_file(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let fresh = with_suffix(path, ".new");
    let mut file = private().truncate(true).open(&fresh).doing("create", &fresh)?;
    file.write_all(content).doing("write", &fresh)?;
    file.sync_all().doing("sync", &fresh)?;
    drop(file);
    std::fs::rename(&fresh, path).doing("put in place", path)?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Reads a file, or returns `None` when there is none.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    none_if_absent(std::fs::read(path)).doing("read", path)
}

/// Removes a file if it is there and returns whether it was.
pub(crate) fn remove_if_there(path: &Path) -> Result<bool, StoreError> {
    Ok(none_if_absent(std::fs::remove_file(path)).doing("remove", path)?.is_some())
}

/// Turns "not found" into `None`.
pub(crate) fn none_if_absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the names directly in `dir`, sorted; none when there is no such directory.
pub(crate) fn names_in(dir: &Path) -> Result<Vec<String>, StoreError> {
    let Some(entries) = none_if_absent(std::fs::read_dir(dir)).doing("list", dir)? else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.doing("list", dir)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Returns the bytes of all files below `dir`; what vanishes meanwhile counts nothing.
pub(crate) fn bytes_below(dir: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_below(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Returns `path` with `suffix` after its last character.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
