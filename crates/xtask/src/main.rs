//! The project's own check and chores, run as `cargo xtask VERB`.
//!
//! One file a verb; what the verbs share stands in [`step`] (a named piece of work that is announced
//! and timed), [`shell`] (running other programs) and [`tally`] (reading test results). It depends on
//! the standard library alone, so that on a fresh clone the first line of the check appears within seconds.
#![allow(clippy::print_stdout, clippy::print_stderr)] // Speaking to a terminal is its whole purpose.

mod api;
mod ci;
mod compile;
mod fuzz;
mod idle;
mod node;
mod shell;
mod step;
mod tally;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

/// A chore that can be named on the command line.
struct Verb {
    name: &'static str,
    /// What it does, in one line of the help.
    does: &'static str,
    run: fn(&Workshop, &[String]) -> ExitCode,
}

const VERBS: &[Verb] = &[
    Verb { name: "ci", does: "run the whole check, or the parts named with --only", run: ci::run },
    Verb {
        name: "idle",
        does: "measure a node with nothing to do; --seconds N for how long",
        run: idle::run,
    },
    Verb {
        name: "fuzz",
        does: "feed everything that reads foreign bytes; TARGET ... for some, --seconds N for how long",
        run: fuzz::run,
    },
];

/// The place the chores work in.
struct Workshop {
    /// The folder of the workspace's `Cargo.toml`.
    root: PathBuf,
}

impl Workshop {
    /// Finds the workspace this program was compiled from, or, when cargo runs it, the one cargo is in.
    fn find() -> Self {
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let mut root = PathBuf::from(manifest);
        root.pop();
        root.pop();
        Self { root }
    }

    /// Returns where cargo puts what it builds.
    fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), PathBuf::from)
    }

    /// Returns the folder for tools that only this project uses; it goes away with the build output.
    fn tools(&self) -> PathBuf {
        self.root.join("target").join("tools")
    }
}

fn main() -> ExitCode {
    if let Some(done) = compile::stand_in_for_rustc().or_else(compile::stand_in_for_rustdoc) {
        return done;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", help());
        return ExitCode::SUCCESS;
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    match VERBS.iter().find(|verb| verb.name == name) {
        Some(verb) => (verb.run)(&Workshop::find(), rest),
        None => {
            eprint!("there is no verb `{name}`\n\n{}", help());
            ExitCode::from(2)
        }
    }
}

/// Returns the help: every verb, and every step of the check.
fn help() -> String {
    let mut text = String::from("Usage: cargo xtask VERB\n\nVerbs:\n");
    for verb in VERBS {
        text.push_str(&format!("  {:<10} {}\n", verb.name, verb.does));
    }
    text.push_str(
        "\nThe check is made of these steps; `cargo xtask ci --only fmt,test` runs some of them:\n",
    );
    for step in ci::steps() {
        text.push_str(&format!("  {:<10} {}\n", step.name, step.does));
    }
    text
}
