//! `cargo xtask ci`: the whole check, stopping after the first row in which a step fails.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::thread;

use crate::Workshop;
use crate::compile::{documenting, linting_cargo};
use crate::shell::{cargo, run as run_program, run_tests, run_together};
use crate::step::{Done, Failure, Report, Step, spell};
use crate::tally::Tally;
use crate::tools;

/// The steps of the check, in rows: what stands in one row runs at the same time, for it leaves processors idle that
/// the others use.
const ROWS: &[&[Step]] = &[
    &[Step { name: "fmt", does: "see that every file is formatted", run: fmt }],
    &[
        Step { name: "tools", does: "install what the check needs and is not here", run: install_tools },
        Step { name: "compile", does: "compile and lint all code, warnings forbidden", run: compile },
    ],
    &[Step { name: "deny", does: "hold every dependency to deny.toml", run: deny }],
    &[Step { name: "test", does: "run every test", run: test }],
    &[Step { name: "benches", does: "run every benchmark briefly, so that none rots unseen", run: benches }],
    &[Step { name: "demo", does: "run the demonstration once", run: demo }],
    &[
        Step {
            name: "doc",
            does: "build the documentation, broken links forbidden, and run its examples",
            run: doc,
        },
        Step {
            name: "api",
            does: "ask a real node's API wildly, by its own description",
            run: crate::api::fuzz,
        },
        Step { name: "seeds", does: "simulate 200 drawn days, and 40 hostile coops among 60", run: seeds },
    ],
];

/// Returns the steps of the check in their order.
pub(crate) fn steps() -> impl Iterator<Item = &'static Step> {
    ROWS.iter().copied().flatten()
}

/// Runs the steps asked for and prints a summary whose last line counts the tests.
pub(crate) fn run(workshop: &Workshop, arguments: &[String]) -> ExitCode {
    let rows = match choose(arguments) {
        Ok(rows) => rows,
        Err(what) => {
            eprintln!("{what}");
            return ExitCode::from(2);
        }
    };
    let mut reports: Vec<Report> = Vec::new();
    for row in rows {
        reports.extend(carry_out(&row, workshop));
        if reports.iter().any(|report| report.outcome.is_err()) {
            break;
        }
    }
    print!("{}", summary(&reports));
    if reports.iter().any(|report| report.outcome.is_err()) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Returns the rows with the steps that `--only a,b` names; all of them without it.
fn choose(arguments: &[String]) -> Result<Vec<Vec<&'static Step>>, String> {
    let names: Vec<&str> = match arguments {
        [] => steps().map(|step| step.name).collect(),
        [only, list] if only == "--only" => list.split(',').map(str::trim).collect(),
        [only] if only.starts_with("--only=") => only["--only=".len()..].split(',').map(str::trim).collect(),
        other => {
            return Err(format!("`{}` is not understood; try `--only fmt,test`", other.join(" ")));
        }
    };
    if let Some(stranger) = names.iter().find(|name| steps().all(|step| step.name != **name)) {
        let known: Vec<&str> = steps().map(|step| step.name).collect();
        return Err(format!("there is no step `{stranger}`; there are {}", known.join(", ")));
    }
    let chosen = |row: &'static [Step]| row.iter().filter(|step| names.contains(&step.name)).collect();
    Ok(ROWS.iter().map(|row| chosen(row)).collect())
}

/// Runs steps at the same time, each to its end also when another fails.
fn carry_out(row: &[&Step], workshop: &Workshop) -> Vec<Report> {
    thread::scope(|scope| {
        let running: Vec<_> = row.iter().map(|step| scope.spawn(|| step.carry_out(workshop))).collect();
        running.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// Returns a line a step, and last the tests counted; a step that failed without a failing test counts as one.
fn summary(reports: &[Report]) -> String {
    let mut text = String::from("\n");
    let mut tally = Tally::default();
    for report in reports {
        text.push_str(&format!("  {:<8} {:>12}  {}\n", report.name, spell(report.took), report.verdict()));
        tally += report.tally();
    }
    if tally.failed == 0 && reports.iter().any(|report| report.outcome.is_err()) {
        tally.failed = 1;
    }
    text.push_str(&format!("\n{tally}\n"));
    text
}

/// Fetches the crates that `Cargo.lock` names, for every platform since cargo-deny looks at them all, and
/// installs cargo-deny.
fn install_tools(workshop: &Workshop) -> Result<Done, Failure> {
    fetch(workshop)?;
    // What is downloaded comes while cargo-deny compiles.
    thread::scope(|scope| {
        let downloads = scope.spawn(|| download_tools(workshop));
        if tools::cargo_deny(workshop).is_none() {
            println!("cargo-deny is not here: compiling it takes about a minute");
            tools::install_cargo_deny(workshop)?;
        }
        downloads.join().map_err(|_| Failure::Missing("the tools could not be downloaded".into()))
    })?;
    Ok(Done::Passed)
}

/// Downloads what tests need beside cargo; those whose tools cannot be had are skipped, which is said.
fn download_tools(workshop: &Workshop) {
    let packages = tools::missing_network_packages();
    if !packages.is_empty() && !tools::install_packages(&packages) {
        println!("tests on separate networks will be skipped: install {}", packages.join(" and "));
    }
    let packages = tools::missing_browser_packages();
    if !packages.is_empty() && !tools::install_packages(&packages) {
        println!("tests in a browser will be skipped: install {}", packages.join(" and "));
    }
    if let Err(trouble) = tools::install_schemathesis(workshop) {
        println!("the API will not be asked wildly: {trouble}");
    }
    if !tools::fetch_axe(workshop) {
        println!("tests of accessibility will be skipped: axe-core cannot be fetched");
    }
}

/// Fetches what is missing; fails when `Cargo.lock` is behind the manifests.
fn fetch(workshop: &Workshop) -> Result<(), Failure> {
    Ok(run_program(&mut cargo(workshop, ["fetch", "--quiet", "--locked"]))?)
}

fn fmt(workshop: &Workshop) -> Result<Done, Failure> {
    run_program(&mut cargo(workshop, ["fmt", "--all", "--check"]))?;
    Ok(Done::Passed)
}

/// Compiles everything with the features that the tests have, so that nothing after this compiles anything anew.
fn compile(workshop: &Workshop) -> Result<Done, Failure> {
    run_program(&mut linting_cargo(workshop, ["test", "--workspace", "--all-targets", "--no-run"]))?;
    Ok(Done::Passed)
}

fn doc(workshop: &Workshop) -> Result<Done, Failure> {
    compile(workshop)?;
    let mut command = linting_cargo(workshop, ["test", "--quiet", "--workspace", "--doc"]);
    let (tally, result) = run_tests(documenting(workshop, &mut command));
    result.map_err(|trouble| Failure::Tests(tally, trouble))?;
    Ok(Done::Tested(tally))
}

/// Checks bans, licences and sources; advisories where the machine has their database.
fn deny(workshop: &Workshop) -> Result<Done, Failure> {
    let Some(program) = tools::cargo_deny(workshop) else {
        let what = "cargo-deny is missing: `cargo xtask ci --only tools` installs it";
        return Err(Failure::Missing(what.into()));
    };
    fetch(workshop)?;
    let program = program.as_os_str();
    run_program(tools::deny_command(workshop, program).args(["bans", "licenses", "sources"]))?;
    if tools::has_advisory_database() {
        run_program(tools::deny_command(workshop, program).arg("advisories"))?;
    } else {
        println!(
            "advisories: no RustSec database on this machine; known ones are held by the version floors"
        );
    }
    Ok(Done::Passed)
}

fn benches(workshop: &Workshop) -> Result<Done, Failure> {
    // All benchmarks, and no unit test: those have run.
    let arguments = ["test", "--quiet", "--workspace", "--bench", "*", "--", "--test"];
    run_program(&mut linting_cargo(workshop, arguments))?;
    Ok(Done::Passed)
}

/// Runs the tests with nextest where it is installed, else with cargo.
fn test(workshop: &Workshop) -> Result<Done, Failure> {
    let mut command = if tools::has_nextest(workshop) {
        // Slots: .config/nextest.toml says which tests take two.
        let threads = 3 * thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let threads = format!("--test-threads={threads}");
        linting_cargo(workshop, ["nextest", "run", "--workspace", "--no-fail-fast", &threads])
    } else {
        linting_cargo(
            workshop,
            ["test", "--quiet", "--workspace", "--lib", "--bins", "--tests", "--examples", "--no-fail-fast"],
        )
    };
    // Cargo builds the program before the tests; those that run it need not have it built once more.
    let program = workshop.target().join("debug").join(format!("jitney{}", std::env::consts::EXE_SUFFIX));
    let (tally, result) = run_tests(command.env("JITNEY_BIN", &program));
    result.map_err(|trouble| Failure::Tests(tally, trouble))?;
    Ok(Done::Tested(tally))
}

/// Sees that all programs are there as the tests have compiled them, and returns where they are.
pub(crate) fn programs(workshop: &Workshop) -> Result<PathBuf, Failure> {
    // Not `build`: without what only tests need, crates have other features and all would be compiled anew.
    compile(workshop)?;
    Ok(workshop.target().join("debug"))
}

fn demo(workshop: &Workshop) -> Result<Done, Failure> {
    let jitney = programs(workshop)?.join("jitney");
    run_program(Command::new(jitney).args(["demo", "--once"]).current_dir(&workshop.root))?;
    Ok(Done::Passed)
}

/// Simulates drawn days of whole federations; a day that breaks a promise prints the line that replays it.
fn seeds(workshop: &Workshop) -> Result<Done, Failure> {
    let sim = programs(workshop)?.join("jitney-sim");
    let simulate = |arguments: &[&str]| {
        let mut command = Command::new(&sim);
        command.arg("--quiet").args(arguments).current_dir(&workshop.root);
        command
    };
    let small = ["--see-all", "--nodes", "3", "--days", "1", "--riders", "4", "--drivers", "2"];
    let days = simulate(&[["--seeds", "0..110"].as_slice(), &small].concat());
    let with_wild_clocks = simulate(&[["--seeds", "0..90", "--wild-clocks"].as_slice(), &small].concat());
    let hostile_majority = simulate(&["--seeds", "1", "--nodes", "60", "--hostile", "40"]);
    run_together(&mut [days, with_wild_clocks, hostile_majority])?;
    Ok(Done::Passed)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn names(arguments: &[&str]) -> Result<Vec<Vec<&'static str>>, String> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let mut rows: Vec<Vec<_>> =
            choose(&arguments)?.iter().map(|row| row.iter().map(|step| step.name).collect()).collect();
        rows.retain(|row: &Vec<_>| !row.is_empty());
        Ok(rows)
    }

    fn report(name: &'static str, outcome: Result<Done, Failure>) -> Report {
        Report { name, took: Duration::from_secs(1), outcome }
    }

    fn last_line(reports: &[Report]) -> String {
        summary(reports).lines().next_back().unwrap_or_default().to_owned()
    }

    #[test]
    fn steps_asked_for_run_in_the_order_of_the_check() {
        assert_eq!(names(&["--only", "test,fmt"]), Ok(vec![vec!["fmt"], vec!["test"]]));
        assert_eq!(names(&["--only=seeds, api"]), Ok(vec![vec!["api", "seeds"]]));
        assert_eq!(names(&[]).map(|all| all.concat().len()), Ok(steps().count()));
    }

    #[test]
    fn a_step_that_does_not_exist_is_refused_with_those_that_do() {
        assert!(names(&["--only", "fmt,lint"]).unwrap_err().contains("no step `lint`; there are fmt, tools"));
        assert!(names(&["--skip", "fmt"]).is_err());
    }

    #[test]
    fn the_last_line_counts_the_tests_of_all_steps() {
        let tested = Done::Tested(Tally { passed: 41, failed: 0 });
        assert_eq!(
            last_line(&[report("fmt", Ok(Done::Passed)), report("test", Ok(tested))]),
            "41 passed, 0 failed"
        );
    }

    #[test]
    fn a_step_that_fails_before_the_tests_is_never_summed_up_as_no_failure() {
        let failure = Failure::Missing("nothing here".into());
        assert_eq!(last_line(&[report("fmt", Err(failure))]), "0 passed, 1 failed");
    }
}
