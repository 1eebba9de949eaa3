//! All code compiled once: clippy compiles in rustc's place and lints on the way, and the rustdoc that runs the examples
//! writes the documentation first.
//!
//! `cargo clippy` and `cargo doc` would have every dependency compiled a second time, without machine code, which takes
//! a third of a first check.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::Workshop;
use crate::shell::cargo;

/// Holds the folder of the documentation, if this program was called by cargo as its rustdoc.
const STANDS_IN: &str = "XTASK_RUSTDOC_OUT";

/// Crates whose unit tests reckon for longer than it takes to optimise them.
const RECKONING: [&str; 2] = ["jitney_dispatch", "jitney_federation"];

/// Returns a cargo command that lints all of the project's own code it compiles, warnings forbidden.
///
/// This is how `cargo clippy` calls clippy; it can only check, and this can do all that cargo can.
pub(crate) fn linting_cargo<const N: usize>(workshop: &Workshop, arguments: [&str; N]) -> Command {
    let mut command = cargo(workshop, arguments);
    command.env("RUSTC_WORKSPACE_WRAPPER", this_program(workshop));
    command.env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
    // Nobody debugs what is compiled here, and everything is compiled at once: a crate in few pieces takes less.
    command.env("CARGO_PROFILE_DEV_DEBUG", "none");
    command.env("CARGO_PROFILE_DEV_CODEGEN_UNITS", "4");
    command
}

/// Returns where cargo has put this program.
fn this_program(workshop: &Workshop) -> PathBuf {
    workshop.target().join("debug").join(format!("xtask{}", env::consts::EXE_SUFFIX))
}

/// Compiles, and lints on the way, if cargo called this program for that: it names the rustc that is stood in for first.
pub(crate) fn stand_in_for_rustc() -> Option<ExitCode> {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if Path::new(arguments.first()?).file_stem()? != "rustc" {
        return None;
    }
    let mut clippy = Command::new("clippy-driver");
    clippy.args(&arguments);
    if of_light_unit_tests(&arguments) {
        clippy.arg("-Copt-level=0");
    }
    let succeeded = clippy.status().is_ok_and(|status| status.success());
    Some(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells whether arguments compile unit tests of a library that are sooner run as they are than optimised.
fn of_light_unit_tests(arguments: &[OsString]) -> bool {
    let given = |what: &str| arguments.iter().any(|argument| argument == what);
    given("--test")
        && arguments.iter().any(|argument| Path::new(argument).ends_with("src/lib.rs"))
        && !RECKONING.iter().any(|name| given(name))
}

/// Lets a command that runs documentation examples write the documentation as well, broken links forbidden.
pub(crate) fn documenting<'a>(workshop: &Workshop, command: &'a mut Command) -> &'a mut Command {
    command.env("RUSTDOC", this_program(workshop));
    command.env(STANDS_IN, workshop.target().join("doc"))
}

/// Does rustdoc's work if cargo called this program for that; see [`documenting`].
pub(crate) fn stand_in_for_rustdoc() -> Option<ExitCode> {
    let folder = PathBuf::from(env::var_os(STANDS_IN)?);
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let succeeds = |arguments: &[OsString]| {
        let mut rustdoc = Command::new("rustdoc");
        rustdoc.args(arguments).env_remove(STANDS_IN).status().is_ok_and(|status| status.success())
    };
    let documented = match of_documentation(&arguments) {
        Some(mut arguments) => {
            arguments.extend(["-D", "warnings", "--out-dir"].map(OsString::from));
            arguments.push(folder.into_os_string());
            succeeds(&arguments)
        }
        None => true,
    };
    Some(if documented && succeeds(&arguments) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns the arguments that document what the given ones test; none if these test nothing.
fn of_documentation(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let tests = arguments.iter().any(|argument| argument == "--test");
    let mut kept = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.to_str().unwrap_or_default() {
            "--test" | "--nocapture" | "--no-capture" => {}
            "--test-args" | "--test-runtool" | "--test-runtool-arg" | "--test-run-directory" => {
                rest.next();
            }
            text if text.starts_with("--test-") => {}
            _ => kept.push(argument.clone()),
        }
    }
    tests.then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn what_runs_the_examples_of_a_crate_documents_it() {
        let tested =
            words("--edition=2024 --crate-name a --test a/lib.rs --test-run-directory a --extern b=b.rlib");
        let documented = words("--edition=2024 --crate-name a a/lib.rs --extern b=b.rlib");
        assert_eq!(of_documentation(&tested), Some(documented));
    }

    #[test]
    fn unit_tests_that_reckon_little_are_not_optimised() {
        assert!(of_light_unit_tests(&words(
            "rustc --crate-name a --edition=2024 crates/a/src/lib.rs --test"
        )));
        assert!(!of_light_unit_tests(&words("rustc --crate-name a crates/a/src/lib.rs --crate-type lib")));
        assert!(!of_light_unit_tests(&words(
            "rustc --crate-name jitney_dispatch crates/a/src/lib.rs --test"
        )));
        assert!(!of_light_unit_tests(&words("rustc --crate-name b crates/a/tests/b.rs --test")));
    }

    #[test]
    fn a_question_about_rustdoc_itself_documents_nothing() {
        assert_eq!(of_documentation(&words("-vV")), None);
    }
}
