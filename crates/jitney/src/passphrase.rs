//! Where a passphrase comes from: environment, file, or somebody at the terminal.

use std::fs;
use std::path::Path;

use jitney_identity::Zeroizing;

use crate::context::Context;
use crate::exit::{Exit, Failure};

/// Longest passphrase file, in bytes, that is read.
const FILE_MAX_BYTES: u64 = 4096;

/// Returns the passphrase of a key that exists.
pub(crate) fn existing(cx: &Context, of: &str) -> Result<Zeroizing<String>, Failure> {
    match told(cx)? {
        Some(passphrase) => Ok(passphrase),
        None => prompt(&format!("Passphrase of {of}: ")),
    }
}

/// Returns the passphrase for a new key; who types it types it twice.
pub(crate) fn new(cx: &Context, of: &str) -> Result<Zeroizing<String>, Failure> {
    let passphrase = match told(cx)? {
        Some(passphrase) => passphrase,
        None => {
            let first = prompt(&format!("New passphrase of {of}: "))?;
            if *first != *prompt("The same again: ")? {
                return Err(Failure::new(Exit::Passphrase, "the two passphrases differ; try again"));
            }
            first
        }
    };
    if passphrase.is_empty() {
        return Err(Failure::new(Exit::Passphrase, "the passphrase is empty; choose one of several words"));
    }
    Ok(passphrase)
}

fn told(cx: &Context) -> Result<Option<Zeroizing<String>>, Failure> {
    // What was said on the command line outdoes what the environment says.
    match &cx.passphrase_file {
        Some(file) => from_file(file).map(Some),
        None => Ok(cx.env.passphrase.clone()),
    }
}

/// Returns the first line of the file.
fn from_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let refused = |why: String| {
        Failure::new(Exit::Passphrase, format!("cannot read the passphrase from {}: {why}", path.display()))
    };
    let length = fs::metadata(path).map_err(|error| refused(error.to_string()))?.len();
    if length > FILE_MAX_BYTES {
        return Err(refused(format!("it has more than {FILE_MAX_BYTES} bytes")));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| refused(error.to_string()))?);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn prompt(question: &str) -> Result<Zeroizing<String>, Failure> {
    rpassword::prompt_password(question).map(Zeroizing::new).map_err(|_| {
        Failure::new(
            Exit::Passphrase,
            "there is no terminal to ask for the passphrase; set JITNEY_PASSPHRASE or give --passphrase-file",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_the_file_is_the_passphrase() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("passphrase");
        fs::write(&path, "correct horse\nnot this\n").unwrap();
        assert_eq!(*from_file(&path).unwrap(), "correct horse");
        assert_eq!(from_file(&dir.path().join("none")).unwrap_err().exit, Exit::Passphrase);
    }
}
