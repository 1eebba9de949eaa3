//! Small private files, written so that a power cut leaves the old or the new one, never half.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use jitney_node::home::next_step;

use crate::exit::Failure;

/// Longest file that is read, in bytes.
const FILE_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Makes a folder that only its owner may enter.
pub(super) fn make_dir(dir: &Path) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|error| failed("make", dir, &error))
}

/// Writes a file durably: beside its place, flushed, then moved there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let dir = path.parent().unwrap_or(Path::new("."));
    make_dir(dir)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = dir.join(name);
    let written = || -> io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        File::open(dir)?.sync_all()
    };
    written().map_err(|error| failed("write", path, &error))
}

/// Writes a value as JSON, durably.
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| Failure::internal(error.to_string()))?;
    bytes.push(b'\n');
    write(path, &bytes)
}

/// Removes a file that may be gone already.
pub(super) fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", path, &error)),
        _ => Ok(()),
    }
}

/// Reads a text of bounded length.
pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let length = fs::metadata(path).map_err(|error| failed("read", path, &error))?.len();
    if length > FILE_MAX_BYTES {
        return Err(Failure::internal(format!(
            "{} is too long to be one of ours; restore it from a backup",
            path.display()
        )));
    }
    fs::read_to_string(path).map_err(|error| failed("read", path, &error))
}

/// Reads a value from JSON.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    serde_json::from_str(&read_text(path)?).map_err(|error| {
        Failure::internal(format!("{} is damaged: {error}; restore it from a backup", path.display()))
    })
}

/// Returns the names of the files in a folder, in order; none if there is no folder.
pub(super) fn names(dir: &Path) -> Result<Vec<String>, Failure> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("read", dir, &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| failed("read", dir, &error))?;
        if let Ok(name) = entry.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::internal(format!("cannot {what} {}: {error}; {}", path.display(), next_step(error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_is_replaced_whole_and_read_by_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b/file");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(read_text(&path).unwrap(), "new");
        assert_eq!(names(path.parent().unwrap()).unwrap(), ["file"]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn no_folder_holds_no_files_and_nothing_is_removed_twice_in_vain() {
        let home = tempfile::tempdir().unwrap();
        assert!(names(&home.path().join("none")).unwrap().is_empty());
        remove(&home.path().join("none")).unwrap();
    }
}
