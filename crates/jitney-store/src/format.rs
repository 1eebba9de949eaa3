//! The version of the directory's layout.

use std::path::Path;

use crate::{StoreError, files};

/// Name of the file that says which layout the directory has.
const FORMAT_FILE: &str = "FORMAT";

/// What this program writes into it.
const FORMAT: &str = "jitney-store 1";

/// Characters of an unknown format shown in the error.
const SHOWN_CHARS: usize = 60;

/// Refuses a directory of another layout, and marks a new one.
pub(crate) fn check_or_mark(dir: &Path) -> Result<(), StoreError> {
    let path = dir.join(FORMAT_FILE);
    match files::read_if_there(&path)? {
        Some(bytes) if bytes.trim_ascii_end() == FORMAT.as_bytes() => Ok(()),
        Some(bytes) => {
            let found = String::from_utf8_lossy(&bytes).trim().chars().take(SHOWN_CHARS).collect();
            Err(StoreError::UnknownFormat { path, found, expected: FORMAT })
        }
        None if dir.join(crate::journal::JOURNAL_DIR).exists() => {
            Err(StoreError::UnknownFormat { path, found: "nothing".to_owned(), expected: FORMAT })
        }
        None => files::replace_file(&path, format!("{FORMAT}\n").as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_version_is_refused_in_a_plain_sentence() {
        let dir = tempfile::tempdir().unwrap();
        check_or_mark(dir.path()).unwrap();
        check_or_mark(dir.path()).unwrap();
        std::fs::write(dir.path().join(FORMAT_FILE), "jitney-store 2\n").unwrap();
        let text = check_or_mark(dir.path()).unwrap_err().to_string();
        assert!(text.contains("\"jitney-store 2\"") && text.contains("use the program version"), "{text}");
    }

    #[test]
    fn a_journal_without_a_version_is_not_taken_for_a_new_store() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(crate::journal::JOURNAL_DIR)).unwrap();
        assert!(matches!(check_or_mark(dir.path()), Err(StoreError::UnknownFormat { .. })));
    }
}
