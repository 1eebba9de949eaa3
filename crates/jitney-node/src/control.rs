//! The control socket: how the command line on the same machine speaks to the running node.
//!
//! A Unix socket in the node's directory, readable by its owner alone. One [`Call`] as JSON on one line is
//! answered by one [`Answer`] as JSON on one line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use crate::api::{Answer, Call, FaultKind};

/// The socket's name in the node's directory.
pub const SOCKET: &str = "control.sock";
/// Longest request or answer that is read, in bytes.
pub const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How long the command line waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Why the running node could not be asked.
#[derive(Debug, Error)]
pub enum ControlError {
    /// Nobody listens.
    #[error("the node in {} is not running; start it with `jitney up`", .dir.display())]
    NotRunning {
        /// Which directory.
        dir: PathBuf,
    },
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
        FaultKind::Internal
    }
}

/// Asks the node that runs in `home` and waits for its answer.
///
/// # Errors
/// [`ControlError`] if no node runs there or the conversation breaks off.
pub fn call(home: &Path, call: &Call) -> Result<Answer, ControlError> {
    let broken = |why: String| ControlError::Broken { dir: home.to_owned(), why };
    let mut stream = UnixStream::connect(home.join(SOCKET))
        .map_err(|_| ControlError::NotRunning { dir: home.to_owned() })?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|e| broken(e.to_string()))?;
    let mut line = serde_json::to_vec(call).map_err(|e| broken(e.to_string()))?;
    line.push(b'\n');
    stream.write_all(&line).map_err(|e| broken(e.to_string()))?;
    let mut answer = String::new();
    let mut reader = BufReader::new(std::io::Read::take(stream, LINE_BYTES_MAX));
    reader.read_line(&mut answer).map_err(|e| broken(e.to_string()))?;
    if answer.is_empty() {
        return Err(broken("it closed the connection".to_owned()));
    }
    serde_json::from_str(&answer).map_err(|e| broken(e.to_string()))
}
