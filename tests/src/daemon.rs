//! A program that runs on in the background of a transcript.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::stage::{StageError, exit_code};

/// How long a program may take until it prints that it is ready.
const READY_LIMIT: Duration = Duration::from_secs(60);

/// How long a program may take to stop when asked to.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// How often a program that was asked to stop is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// How many of its last lines are kept to explain a failure.
const LOG_LINES: usize = 60;

/// The word that begins the line by which a program says that it is ready.
const READY_WORD: &str = "ready";

/// A program that runs on in the background; it is ended for good when dropped.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    typed: String,
    log: Log,
    /// Whether it has ended and its end has been looked at.
    over: bool,
}

/// The last lines a program printed.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<VecDeque<String>>>);

impl Log {
    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LOG_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

impl Daemon {
    /// Starts a program and waits until it is ready; returns it with what it printed until then.
    pub(crate) fn start(command: &mut Command, typed: &str) -> Result<(Self, Vec<String>), StageError> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|source| StageError::Start { program: command.get_program().into(), source })?;
        let log = Log::default();
        if let Some(errors) = child.stderr.take() {
            follow(errors, log.clone());
        }
        let printed = child.stdout.take().map(|output| follow(output, log.clone()));
        let mut daemon = Self { child, typed: typed.to_owned(), log, over: false };
        let output = match printed {
            Some(lines) => daemon.wait_until_ready(&lines)?,
            None => Vec::new(),
        };
        Ok((daemon, output))
    }

    /// Returns the command as it was typed.
    pub(crate) fn typed(&self) -> &str {
        &self.typed
    }

    /// Returns the last lines it printed.
    pub(crate) fn log(&self) -> String {
        self.log.text()
    }

    /// Asks it to stop, as an operator's service manager does: with SIGTERM.
    pub(crate) fn ask_to_stop(&mut self) {
        if !self.over {
            let id = self.child.id().to_string();
            // The shell's own `kill` is on every machine; a program of that name is not.
            let _ = Command::new("/bin/sh").args(["-c", r#"kill -s TERM "$0""#, &id]).status();
        }
    }

    /// Waits until it has stopped.
    ///
    /// # Errors
    ///
    /// A text when it does not stop in time, or ends with something else than exit code 0.
    pub(crate) fn stop(&mut self) -> Result<(), String> {
        let start = Instant::now();
        while !self.over {
            match self.child.try_wait() {
                Ok(Some(status)) => {
                    self.over = true;
                    if !status.success() {
                        let code = exit_code(status);
                        return Err(format!(
                            "`{}` ended with exit code {code} when asked to stop; its last lines:\n{}",
                            self.typed,
                            self.log()
                        ));
                    }
                }
                Ok(None) if start.elapsed() < STOP_LIMIT => thread::sleep(LOOK_INTERVAL),
                Ok(None) => {
                    self.pull_the_plug();
                    return Err(format!(
                        "`{}` did not stop within {STOP_LIMIT:?}; its last lines:\n{}",
                        self.typed,
                        self.log()
                    ));
                }
                Err(error) => return Err(format!("`{}` cannot be waited for: {error}", self.typed)),
            }
        }
        Ok(())
    }

    /// Ends it at once, as a power cut does.
    pub(crate) fn pull_the_plug(&mut self) {
        if !self.over {
            let _ = self.child.kill();
            let _ = self.child.wait();
            self.over = true;
        }
    }

    fn wait_until_ready(&mut self, lines: &Receiver<String>) -> Result<Vec<String>, StageError> {
        let start = Instant::now();
        let mut output = Vec::new();
        loop {
            match lines.recv_timeout(READY_LIMIT.saturating_sub(start.elapsed())) {
                Ok(line) => {
                    let ready = line.split_whitespace().next() == Some(READY_WORD);
                    output.push(line);
                    if ready {
                        return Ok(output);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    let log = self.log();
                    return Err(StageError::Daemon(format!(
                        "not ready after {READY_LIMIT:?}; it printed:\n{log}"
                    )));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait()?;
                    self.over = true;
                    let (code, log) = (exit_code(status), self.log());
                    return Err(StageError::Daemon(format!(
                        "ended with exit code {code} before it was ready; it printed:\n{log}"
                    )));
                }
            }
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.pull_the_plug();
    }
}

/// Reads a stream to its end in a thread of its own: into the log, and to whoever still listens.
fn follow(stream: impl Read + Send + 'static, log: Log) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            log.push(line.clone());
            // Nobody listens any more once it is ready; it is still read, or it would block on a full pipe.
            let _ = sender.send(line);
            bytes.clear();
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(script: &str) -> Result<(Daemon, Vec<String>), StageError> {
        Daemon::start(Command::new("/bin/sh").args(["-c", script]).stdin(Stdio::null()), script)
    }

    #[test]
    fn it_is_ready_when_it_says_so_and_stops_when_asked() {
        let script = "trap 'exit 0' TERM; echo listening; echo ready; while :; do sleep 0.02; done";
        let (mut daemon, output) = start(script).unwrap();
        assert_eq!(output, ["listening", "ready"]);
        daemon.ask_to_stop();
        assert_eq!(daemon.stop(), Ok(()));
    }

    #[test]
    fn one_that_ends_early_shows_what_it_printed() {
        let Err(StageError::Daemon(text)) = start("echo no port >&2; exit 7") else {
            panic!("it was ready");
        };
        assert!(text.contains("exit code 7"), "{text}");
    }

    #[test]
    fn one_that_stops_badly_is_reported() {
        let script = "trap 'exit 9' TERM; echo ready now; while :; do sleep 0.02; done";
        let (mut daemon, output) = start(script).unwrap();
        assert_eq!(output, ["ready now"]);
        daemon.ask_to_stop();
        assert!(daemon.stop().unwrap_err().contains("exit code 9"));
    }

    #[test]
    fn one_that_goes_on_printing_is_never_blocked() {
        let script = "echo ready; i=0; while [ $i -lt 20000 ]; do echo 'a line of the log'; i=$((i+1)); done";
        let (mut daemon, _) = start(script).unwrap();
        assert_eq!(daemon.stop(), Ok(()));
        assert!(daemon.log().lines().count() <= LOG_LINES);
    }
}
