//! The control socket: how the command line on the same machine speaks to the running node.
//!
//! A Unix socket in the node's directory, readable by its owner alone. One [`Call`] as JSON on one line is
//! answered by one [`Answer`] as JSON on one line; before the answer of a long search, lines say how far it is, and the
//! caller may say that what was found will do.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::api::{Answer, Call, FaultKind};
use crate::view::PlanProgress;

/// The socket's name in the node's directory.
pub const SOCKET: &str = "control.sock";
/// Longest request or answer that is read, in bytes.
pub const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How long the command line waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Says that a home's path leaves no room for the socket's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the path {} is too long: commands reach the node through a socket there, and its whole path may have \
     about 100 characters; choose a shorter one with --home DIR",
    .dir.display()
)]
pub struct SocketError {
    /// The home.
    pub dir: PathBuf,
}

/// Returns where a home's socket is.
///
/// # Errors
/// [`SocketError`] if the system takes no path that long (`sun_path` of `unix(7)`).
pub fn socket(home: &Path) -> Result<PathBuf, SocketError> {
    let path = home.join(SOCKET);
    match std::os::unix::net::SocketAddr::from_pathname(&path) {
        Ok(_) => Ok(path),
        Err(_) => Err(SocketError { dir: home.to_owned() }),
    }
}

/// Why the running node could not be asked.
#[derive(Debug, Error)]
pub enum ControlError {
    /// Nobody listens.
    #[error("the node in {} is not running; start it with `jitney up`", .dir.display())]
    NotRunning {
        /// Which directory.
        dir: PathBuf,
    },
    /// There can be no socket in this directory.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The conversation broke off.
    #[error("the node in {} did not answer: {why}; see its log", .dir.display())]
    Broken {
        /// Which directory.
        dir: PathBuf,
        /// Why.
        why: String,
    },
}

impl ControlError {
    /// Returns what kind of failure it was.
    pub fn kind(&self) -> FaultKind {
        match self {
            ControlError::Socket(_) => FaultKind::Invalid,
            _ => FaultKind::Internal,
        }
    }
}

/// Asks the node that runs in `home` and waits for its answer.
///
/// # Errors
/// [`ControlError`] if no node runs there or the conversation breaks off.
pub fn call(home: &Path, call: &Call) -> Result<Answer, ControlError> {
    call_told(home, call, |_| {}, |_| {})
}

/// A search that goes on at the node.
#[derive(Debug)]
pub struct Search(UnixStream);

impl Search {
    /// Says that what it has found will do: the node ends it and answers with that. Nothing comes of it if the search
    /// is over already.
    pub fn enough(&mut self) {
        let mut line = serde_json::to_vec(&Word::Enough).unwrap_or_default();
        line.push(b'\n');
        // A node that is gone has no search either; the call itself finds that out.
        let _ = self.0.write_all(&line);
    }
}

/// As [`call`]; `begun` gets the way to end a long search, `told` hears how far it is.
///
/// # Errors
/// As [`call`].
pub fn call_told(
    home: &Path,
    call: &Call,
    begun: impl FnOnce(Search),
    mut told: impl FnMut(PlanProgress),
) -> Result<Answer, ControlError> {
    let broken = |why: String| ControlError::Broken { dir: home.to_owned(), why };
    let mut stream =
        UnixStream::connect(socket(home)?).map_err(|_| ControlError::NotRunning { dir: home.to_owned() })?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|e| broken(e.to_string()))?;
    let mut line = serde_json::to_vec(call).map_err(|e| broken(e.to_string()))?;
    line.push(b'\n');
    stream.write_all(&line).map_err(|e| broken(e.to_string()))?;
    begun(Search(stream.try_clone().map_err(|e| broken(e.to_string()))?));
    let mut reader = BufReader::new(std::io::Read::take(stream, LINE_BYTES_MAX));
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).map_err(|e| broken(e.to_string()))?;
        if line.is_empty() {
            return Err(broken("it closed the connection".to_owned()));
        }
        match serde_json::from_str(&line).map_err(|e| broken(e.to_string()))? {
            Line::Answer(answer) => return Ok(answer),
            Line::Progress { progress } => told(progress),
        }
    }
}

/// What the node says: how far it is, any number of times, then the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Line {
    /// The answer; nothing comes after it.
    Answer(Answer),
    /// How far a search is.
    Progress {
        /// This far.
        progress: PlanProgress,
    },
}

/// What a caller may say while a search goes on.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Word {
    /// What has been found will do.
    Enough,
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::api::{Reply, Request};

    #[test]
    fn what_is_said_before_the_answer_is_told_and_the_answer_ends_it() {
        let home = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(home.path().join(SOCKET)).unwrap();
        let node = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Who goes away before the question is whole breaks the asker's pipe.
            let mut question = String::new();
            BufReader::new(&stream).read_line(&mut question).unwrap();
            for done in [0.25, 0.5] {
                let progress = PlanProgress { done, unmet: 3, iterations: 7 };
                let line = serde_json::to_string(&Line::Progress { progress }).unwrap();
                writeln!(stream, "{line}").unwrap();
            }
            let line = serde_json::to_string(&Line::Answer(Ok(Reply::Done))).unwrap();
            writeln!(stream, "{line}").unwrap();
        });
        let mut told = Vec::new();
        let asked = Call { actor: None, request: Request::Status };
        let answer = call_told(home.path(), &asked, |_| {}, |progress| told.push(progress.done)).unwrap();
        node.join().unwrap();
        assert_eq!((answer, told), (Ok(Reply::Done), vec![0.25, 0.5]));
    }

    #[test]
    fn a_caller_says_that_what_was_found_will_do_and_still_gets_the_answer() {
        let home = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(home.path().join(SOCKET)).unwrap();
        let node = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let call: Call = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
            let word: Word = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
            let line = serde_json::to_string(&Line::Answer(Ok(Reply::Done))).unwrap();
            writeln!(stream, "{line}").unwrap();
            (call, word)
        });
        let asked = Call { actor: None, request: Request::Status };
        let answer = call_told(home.path(), &asked, |mut search| search.enough(), |_| {}).unwrap();
        assert_eq!(node.join().unwrap(), (asked, Word::Enough));
        assert_eq!(answer, Ok(Reply::Done));
    }
}
