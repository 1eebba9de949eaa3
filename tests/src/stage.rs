//! The machines of a transcript's actors: folders, environment, and the programs run there.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::daemon::Daemon;
use crate::extract;
use crate::pattern::Bindings;

/// How long a command may take before it is ended as hanging.
pub(crate) const COMMAND_LIMIT: Duration = Duration::from_secs(120);

/// The passphrase of every key made in a transcript.
const PASSPHRASE: &str = "a lift to the doctor and back";

/// Memory in KiB that it takes to try a passphrase: next to none, as there is nothing to protect.
const KDF_MEMORY_KIB: &str = "64";

/// Variables of the surrounding environment that commands see; everything else is hidden from them.
const INHERITED: [&str; 3] = ["PATH", "TMPDIR", "LLVM_PROFILE_FILE"];

/// Why a command could not be carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The command is not one that can be split into words.
    #[error("`{0}` has an open quote")]
    Quote(String),
    /// The command names a program transcripts do not know.
    #[error("no transcript may run `{0}`; known are {1}")]
    UnknownProgram(String, String),
    /// The command uses a name that stands for nothing.
    #[error("`${0}` stands for nothing yet: put `[{0}]` into the output of an earlier command")]
    Unbound(String),
    /// There is no such background program.
    #[error(
        "`{0}`: write `kill %1` for the first program this actor runs in the background, `kill %2` for the next"
    )]
    Job(String),
    /// The program could not be started.
    #[error("`{program}` could not be started: {source}")]
    Start {
        /// The program's path.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The program did not end in time.
    #[error("still running after {0:?}, or something it started holds its output open; it printed:\n{1}")]
    Hanging(Duration, String),
    /// A program in the background did not behave.
    #[error("{0}")]
    Daemon(String),
    /// An expected line cannot be read as a pattern.
    #[error("an expected line is too long to compare: {0}")]
    Pattern(#[from] regex::Error),
    /// A map is not drawn as maps are.
    #[error("the map of a page: {0}")]
    Extract(String),
    /// A folder or file of the stage could not be written.
    #[error("the stage's folder: {0}")]
    Folder(#[from] io::Error),
}

/// The programs a transcript may run, by the name it calls them.
#[derive(Debug, Clone, Default)]
pub struct Programs(BTreeMap<String, PathBuf>);

impl Programs {
    /// Returns no programs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a program.
    #[must_use]
    pub fn with(mut self, name: &str, path: impl Into<PathBuf>) -> Self {
        self.0.insert(name.to_owned(), path.into());
        self
    }

    fn path(&self, name: &str) -> Result<&Path, StageError> {
        self.0.get(name).map(PathBuf::as_path).ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            StageError::UnknownProgram(name.to_owned(), known.join(", "))
        })
    }
}

/// What a command printed and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) exit: i32,
    pub(crate) output: Vec<String>,
}

/// The machines of one transcript, in a folder that goes away with it.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    folder: tempfile::TempDir,
    programs: &'a Programs,
    /// What names stand for; shared by all actors, as if read out over the phone.
    pub(crate) bindings: Bindings,
    /// Each actor's programs in the background, in the order they were started.
    daemons: BTreeMap<String, Vec<Daemon>>,
}

impl<'a> Stage<'a> {
    /// Sets an empty stage.
    pub(crate) fn new(programs: &'a Programs) -> Result<Self, StageError> {
        let folder = tempfile::Builder::new().prefix("jitney-").tempdir()?;
        Ok(Self { folder, programs, bindings: Bindings::default(), daemons: BTreeMap::new() })
    }

    /// Lays a file into an actor's working folder.
    pub(crate) fn lay_file(&self, actor: &str, name: &str, content: &str) -> Result<(), StageError> {
        let path = self.home(actor)?.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        if name.ends_with(extract::ENDING) {
            return Ok(fs::write(path, extract::drawn(content).map_err(StageError::Extract)?)?);
        }
        Ok(fs::write(path, content)?)
    }

    /// Types a command on an actor's machine and waits for what comes of it.
    pub(crate) fn enter(&mut self, actor: &str, now: Option<&str>, typed: &str) -> Result<Ended, StageError> {
        let home = self.home(actor)?;
        self.bindings.bind("HOME", &home.to_string_lossy());
        let words = shlex::split(typed).ok_or_else(|| StageError::Quote(typed.to_owned()))?;
        let mut words: Vec<String> = words
            .iter()
            .map(|word| self.bindings.substitute(word).map_err(StageError::Unbound))
            .collect::<Result<_, _>>()?;
        if words.first().is_some_and(|word| word == "kill") {
            return self.kill(actor, typed, &words[1..]);
        }
        let in_background = words.last().is_some_and(|word| word == "&");
        if in_background {
            words.pop();
        }
        let mut command = self.command(&home, now, &words)?;
        if in_background {
            let (daemon, output) = Daemon::start(&mut command, typed)?;
            self.daemons.entry(actor.to_owned()).or_default().push(daemon);
            return Ok(Ended { exit: 0, output });
        }
        run(command, COMMAND_LIMIT)
    }

    /// Asks everything still running to stop, and returns what did not do so as it should.
    pub(crate) fn clear(&mut self) -> Vec<String> {
        let mut running: Vec<Daemon> = std::mem::take(&mut self.daemons).into_values().flatten().collect();
        for daemon in &mut running {
            daemon.ask_to_stop();
        }
        running.iter_mut().filter_map(|daemon| daemon.stop().err()).collect()
    }

    /// Returns the last lines that everything in the background printed.
    pub(crate) fn logs(&self) -> String {
        let mut text = String::new();
        for (actor, daemons) in &self.daemons {
            for daemon in daemons {
                text.push_str(&format!("-- last lines of `{}` @{actor}\n{}", daemon.typed(), daemon.log()));
            }
        }
        text
    }

    /// Returns an actor's folder, made on first use.
    fn home(&self, actor: &str) -> Result<PathBuf, StageError> {
        let home = self.folder.path().join(actor);
        fs::create_dir_all(&home)?;
        Ok(home)
    }

    fn kill(&mut self, actor: &str, typed: &str, words: &[String]) -> Result<Ended, StageError> {
        let unknown = || StageError::Job(typed.to_owned());
        let (job, plug) = match words {
            [job] => (job, false),
            [signal, job] if signal == "-KILL" => (job, true),
            _ => return Err(unknown()),
        };
        let number: usize = job.strip_prefix('%').and_then(|job| job.parse().ok()).ok_or_else(unknown)?;
        let daemons = self.daemons.get_mut(actor).ok_or_else(unknown)?;
        let daemon = number.checked_sub(1).and_then(|index| daemons.get_mut(index)).ok_or_else(unknown)?;
        if plug {
            daemon.pull_the_plug();
        } else {
            daemon.ask_to_stop();
            daemon.stop().map_err(StageError::Daemon)?;
        }
        Ok(Ended { exit: 0, output: Vec::new() })
    }

    /// Returns a command in its actor's environment; words like `KEY=value` before it add to that.
    fn command(
        &self,
        home: &Path,
        now: Option<&str>,
        words: &[String],
    ) -> Result<process::Command, StageError> {
        let variables = words.iter().map_while(|word| variable(word));
        let skipped = variables.clone().count();
        let name = words.get(skipped).map_or("", String::as_str);
        let program = self.programs.path(name)?;
        let mut command = process::Command::new(program);
        command.args(&words[skipped + 1..]).current_dir(home).stdin(Stdio::null()).env_clear();
        command.envs(INHERITED.iter().filter_map(|key| Some((key, std::env::var_os(key)?))));
        command.env("HOME", home).env("JITNEY_HOME", home.join("jitney"));
        command.env("JITNEY_PASSPHRASE", PASSPHRASE).env("JITNEY_KDF_MEMORY_KIB", KDF_MEMORY_KIB);
        command.env("NO_COLOR", "1").env("LANG", "C.UTF-8").env("TZ", "UTC").env("TERM", "dumb");
        command.envs(now.map(|now| ("JITNEY_NOW", OsString::from(now))));
        command.envs(variables);
        Ok(command)
    }
}

/// Reads a word as a variable set for one command, `KEY=value`.
fn variable(word: &str) -> Option<(&str, &str)> {
    let (key, value) = word.split_once('=')?;
    let plain = |each: char| each.is_ascii_uppercase() || each.is_ascii_digit() || each == '_';
    (!key.is_empty() && key.chars().all(plain)).then_some((key, value))
}

/// Runs a command to its end, both its streams read as one.
fn run(mut command: process::Command, limit: Duration) -> Result<Ended, StageError> {
    let (mut reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command
        .spawn()
        .map_err(|source| StageError::Start { program: command.get_program().into(), source })?;
    // The command holds writing ends of the pipe; with them open, reading would never end.
    drop(command);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut chunk) {
            bytes.extend_from_slice(&chunk[..length]);
            if sender.send(chunk[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    let start = std::time::Instant::now();
    let mut bytes = Vec::new();
    loop {
        match receiver.recv_timeout(limit.saturating_sub(start.elapsed())) {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(StageError::Hanging(limit, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    let status = child.wait()?;
    Ok(Ended { exit: exit_code(status), output: lines(&String::from_utf8_lossy(&bytes)) })
}

/// Returns the exit code as a shell gives it: 128 and the signal's number for one that a signal ended.
pub(crate) fn exit_code(status: process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

/// Returns the lines of a text without spaces at their ends and without blank lines at the end.
fn lines(text: &str) -> Vec<String> {
    text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell() -> Programs {
        Programs::new().with("sh", "/bin/sh").with("echo", "/bin/echo")
    }

    #[test]
    fn both_streams_are_read_in_the_order_they_were_written() {
        let programs = shell();
        let mut stage = Stage::new(&programs).unwrap();
        let ended = stage.enter("me", None, "sh -c 'echo one; echo two >&2; echo three; exit 4'").unwrap();
        assert_eq!(ended, Ended { exit: 4, output: vec!["one".into(), "two".into(), "three".into()] });
    }

    #[test]
    fn every_actor_has_a_home_of_its_own_and_nothing_of_the_machine_around_it() {
        let programs = shell();
        let mut stage = Stage::new(&programs).unwrap();
        stage.lay_file("willow", "note", "hello\n").unwrap();
        // `$` with a capital is the transcript's own; a shell's must not be taken for it.
        let refused = stage.enter("willow", None, "sh -c 'echo $JITNEY_HOME'").unwrap_err();
        assert!(matches!(refused, StageError::Unbound(name) if name == "JITNEY_HOME"));
        let ended = stage.enter("willow", Some("2026-03-09T08:00:00Z"), "sh -c 'cat note; env'").unwrap();
        assert_eq!(ended.output[0], "hello");
        assert!(ended.output.iter().any(|line| line == "JITNEY_NOW=2026-03-09T08:00:00Z"));
        assert!(!ended.output.iter().any(|line| line.starts_with("CARGO")), "{ended:?}");
        assert_eq!(stage.enter("oak", None, "sh -c 'ls'").unwrap().output, Vec::<String>::new());
    }

    #[test]
    fn a_variable_before_a_command_is_set_for_it_alone() {
        let programs = shell();
        let mut stage = Stage::new(&programs).unwrap();
        let ended = stage.enter("me", None, "TZ=Europe/Vienna sh -c env").unwrap();
        assert!(ended.output.iter().any(|line| line == "TZ=Europe/Vienna"));
        let ended = stage.enter("me", None, "sh -c env").unwrap();
        assert!(ended.output.iter().any(|line| line == "TZ=UTC"));
    }

    #[test]
    fn a_command_that_hangs_is_ended_and_shows_what_it_printed() {
        let mut command = process::Command::new("/bin/sh");
        command.args(["-c", "echo begun; exec sleep 60"]);
        let error = run(command, Duration::from_millis(300)).unwrap_err();
        assert!(matches!(error, StageError::Hanging(_, printed) if printed == "begun\n"));
    }

    #[test]
    fn what_cannot_be_typed_is_refused() {
        let programs = shell();
        let mut stage = Stage::new(&programs).unwrap();
        assert!(matches!(stage.enter("me", None, "echo 'open"), Err(StageError::Quote(_))));
        assert!(matches!(stage.enter("me", None, "curl x"), Err(StageError::UnknownProgram(..))));
        assert!(matches!(stage.enter("me", None, "KEY=only"), Err(StageError::UnknownProgram(..))));
        assert!(matches!(stage.enter("me", None, "kill %1"), Err(StageError::Job(_))));
        assert!(matches!(stage.enter("me", None, "kill %0"), Err(StageError::Job(_))));
    }
}
