//! Running other programs.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use crate::Workshop;
use crate::tally::Tally;

/// Why a program did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It could not be started.
    Start(String, io::Error),
    /// It ended with something else than success.
    Exit(String, ExitStatus),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(command, error) => write!(f, "`{command}` could not be started: {error}"),
            Self::Exit(command, status) => write!(f, "`{command}` ended with {status}"),
        }
    }
}

/// Returns a command for the cargo that runs this program, at the workspace's root.
pub(crate) fn cargo<const N: usize>(workshop: &Workshop, arguments: [&str; N]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.args(arguments).current_dir(&workshop.root).stdin(Stdio::null());
    // What cargo says of this program is not for the cargo that it starts: some build scripts look at it, and
    // would compile anew what a plain cargo has compiled.
    for (name, _) in std::env::vars_os() {
        let of_this_program = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if name.to_str().is_some_and(|name| of_this_program.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    if io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

/// Runs a program to its end, its output going where ours goes.
///
/// # Errors
///
/// [`Trouble`] when it could not be started or did not succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), Trouble> {
    let status = command.status().map_err(|error| Trouble::Start(show(command), error))?;
    if status.success() { Ok(()) } else { Err(Trouble::Exit(show(command), status)) }
}

/// Runs programs at the same time, each to its end, and then shows what each has printed, one after the other.
///
/// # Errors
///
/// The first [`Trouble`] in the order of the programs.
pub(crate) fn run_together(commands: &mut [Command]) -> Result<(), Trouble> {
    let ended: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> =
            commands.iter_mut().map(|command| scope.spawn(|| (command.output(), show(command)))).collect();
        running.into_iter().filter_map(|one| one.join().ok()).collect()
    });
    let mut first = Ok(());
    for (output, shown) in ended {
        let result = match output {
            Ok(output) => {
                // A closed terminal must not end the check.
                let _ = io::stdout().write_all(&output.stdout);
                let _ = io::stderr().write_all(&output.stderr);
                if output.status.success() { Ok(()) } else { Err(Trouble::Exit(shown, output.status)) }
            }
            Err(error) => Err(Trouble::Start(shown, error)),
        };
        first = first.and(result);
    }
    first
}

/// Returns whether a program can be started and succeeds, and shows nothing of it.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a test runner to its end, passing its output on, and returns the tests it counted.
pub(crate) fn run_tests(command: &mut Command) -> (Tally, Result<(), Trouble>) {
    let mut child = match command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => return (Tally::default(), Err(Trouble::Start(show(command), error))),
    };
    let errors = child.stderr.take().map(|pipe| thread::spawn(move || pass_on(pipe, io::stderr())));
    let mut tally = child.stdout.take().map(|pipe| pass_on(pipe, io::stdout())).unwrap_or_default();
    if let Some(more) = errors.and_then(|reader| reader.join().ok()) {
        tally += more;
    }
    let result = match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Trouble::Exit(show(command), status)),
        Err(error) => Err(Trouble::Start(show(command), error)),
    };
    (tally, result)
}

/// Copies every line from one stream to another and adds up the test counts among them.
fn pass_on(from: impl Read, mut to: impl Write) -> Tally {
    let mut tally = Tally::default();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        // A closed terminal must not end the tests.
        let _ = to.write_all(&line);
        if let Some(counted) = Tally::read(&String::from_utf8_lossy(&line)) {
            tally += counted;
        }
        line.clear();
    }
    tally
}

/// Returns a command as one would type it.
fn show(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let mut words = vec![program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_as_it_was_typed() {
        let trouble = run(Command::new("/bin/sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(trouble.to_string(), "`sh -c exit 3` ended with exit status: 3");
    }

    #[test]
    fn of_programs_that_run_together_each_must_succeed() {
        let sh = |script| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let mut ran = [sh("exit 0"), sh("exit 4"), sh("exit 5")];
        assert_eq!(
            run_together(&mut ran).unwrap_err().to_string(),
            "`sh -c exit 4` ended with exit status: 4"
        );
        assert!(run_together(&mut [sh("exit 0"), sh("true")]).is_ok());
        assert!(matches!(run_together(&mut [Command::new("/nowhere")]), Err(Trouble::Start(..))));
    }

    #[test]
    fn output_is_passed_on_as_it_is_and_its_counts_are_added_up() {
        let output =
            b"running\xff\ntest result: ok. 2 passed; 0 failed\ntest result: FAILED. 1 passed; 1 failed";
        let mut passed_on = Vec::new();
        assert_eq!(pass_on(&output[..], &mut passed_on), Tally { passed: 3, failed: 1 });
        assert_eq!(passed_on, output);
    }

    #[test]
    fn a_test_runner_that_fails_without_counts_is_a_failure() {
        let (tally, result) = run_tests(Command::new("sh").args(["-c", "exit 100"]));
        assert_eq!(tally, Tally::default());
        assert!(matches!(result, Err(Trouble::Exit(..))));
    }
}
