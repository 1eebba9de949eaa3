//! `cargo xtask fuzz`: feeds the targets of `crates/jitney-fuzz` by libFuzzer, guided by coverage.
//!
//! Works with the stable compiler: the coverage that libFuzzer follows is asked of LLVM by plain flags. Beside
//! cargo a C++ compiler is needed, since libFuzzer is C++. What was found to be interesting is kept in
//! `target/fuzz/corpus`, so that the next run goes on where this one ended; an input that made a target fail
//! lies in `target/fuzz/found`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::Workshop;
use crate::shell::{cargo, run as run_program};

/// How long each target is fed unless `--seconds` says otherwise.
const SECONDS: u64 = 60;

/// Memory above which an input counts as a find, in MB.
const MEMORY_MB: u64 = 1024;

/// Seconds after which one input counts as a find.
const PATIENCE_SECONDS: u64 = 10;

/// What LLVM is asked for: counters at every edge, their places in the program, and the values compared.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

const USAGE: &str = "Usage: cargo xtask fuzz [TARGET ...] [--seconds N]   feed all targets, or those named
       cargo xtask fuzz TARGET FILE ...             replay files that made a target fail
       cargo xtask fuzz --list                      name the targets";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    Feed { targets: Vec<String>, seconds: u64 },
    Replay { target: String, files: Vec<String> },
    List,
}

/// Feeds the targets; fails if one of them does.
pub(crate) fn run(workshop: &Workshop, arguments: &[String]) -> ExitCode {
    let known = targets(workshop);
    let order = match read(arguments, &known) {
        Ok(order) => order,
        Err(what) => {
            eprintln!("{what}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if order == Order::List {
        println!("{}", known.join("\n"));
        return ExitCode::SUCCESS;
    }
    let engine = match build(workshop) {
        Ok(engine) => engine,
        Err(why) => {
            eprintln!("the fuzz targets could not be built: {why}");
            return ExitCode::FAILURE;
        }
    };
    let failed = match order {
        Order::Replay { target, files } => {
            let mut command = Command::new(&engine);
            command.env("JITNEY_FUZZ_TARGET", &target).args(files).current_dir(&workshop.root);
            run_program(&mut command).is_err()
        }
        Order::Feed { targets, seconds } => {
            let lines: Vec<Result<String, String>> =
                targets.iter().map(|target| feed(workshop, &engine, target, seconds)).collect();
            println!("\n{:<16} {:>12} {:>12} {:>8} {:>8}", "target", "executions", "a second", "edges", "MB");
            for Ok(line) | Err(line) in &lines {
                println!("{line}");
            }
            lines.iter().any(Result::is_err)
        }
        Order::List => false,
    };
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Returns the names of the targets: those of the folders of seeds, which a test compares.
fn targets(workshop: &Workshop) -> Vec<String> {
    let folders = fs::read_dir(crate_folder(workshop).join("seeds")).into_iter().flatten().flatten();
    let mut names: Vec<String> = folders.filter_map(|folder| folder.file_name().into_string().ok()).collect();
    names.sort();
    names
}

fn crate_folder(workshop: &Workshop) -> PathBuf {
    workshop.root.join("crates").join("jitney-fuzz")
}

fn output_folder(workshop: &Workshop) -> PathBuf {
    workshop.root.join("target").join("fuzz")
}

fn read(arguments: &[String], known: &[String]) -> Result<Order, String> {
    let (mut targets, mut files, mut seconds) = (Vec::new(), Vec::new(), SECONDS);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--list" {
            return Ok(Order::List);
        } else if word == "--seconds" {
            let number = words.next().and_then(|number| number.parse().ok());
            seconds = number.ok_or("`--seconds` wants a number")?;
        } else if known.contains(word) {
            targets.push(word.clone());
        } else if !targets.is_empty() && Path::new(word).is_file() {
            files.push(word.clone());
        } else {
            return Err(format!("`{word}` is neither a target nor a file"));
        }
    }
    match (targets.as_slice(), files.is_empty()) {
        ([], true) => Ok(Order::Feed { targets: known.to_vec(), seconds }),
        (_, true) => Ok(Order::Feed { targets, seconds }),
        ([target], false) => Ok(Order::Replay { target: target.clone(), files }),
        _ => Err("files are replayed by one target".into()),
    }
}

/// Builds the program that holds all targets, with the versions that the workspace is locked to.
fn build(workshop: &Workshop) -> Result<PathBuf, String> {
    let engine = crate_folder(workshop).join("engine");
    fs::copy(workshop.root.join("Cargo.lock"), engine.join("Cargo.lock")).map_err(|e| e.to_string())?;
    let host = host().ok_or("rustc does not say for which machine it compiles")?;
    let output = output_folder(workshop);
    let mut command = cargo(workshop, ["build", "--release", "--target", &host, "--manifest-path"]);
    command.arg(engine.join("Cargo.toml")).arg("--target-dir").arg(&output).env("RUSTFLAGS", FLAGS);
    run_program(&mut command).map_err(|trouble| trouble.to_string())?;
    Ok(output.join(host).join("release").join("jitney-fuzz-engine"))
}

/// Returns the machine that rustc compiles for; flags for it alone leave build scripts without coverage.
fn host() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(rustc).arg("-vV").stdin(Stdio::null()).output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    told.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

/// Feeds one target and returns its line of the table.
fn feed(workshop: &Workshop, engine: &Path, target: &str, seconds: u64) -> Result<String, String> {
    println!("== {target}: for {seconds} s");
    let output = output_folder(workshop);
    let (corpus, found) = (output.join("corpus").join(target), output.join("found"));
    let line = |what: String| format!("{target:<16} {what}");
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).map_err(|error| line(error.to_string()))?;
    }
    let log = output.join(format!("{target}.log"));
    let told = fs::File::create(&log).map_err(|error| line(error.to_string()))?;
    let mut command = Command::new(engine);
    command
        .env("JITNEY_FUZZ_TARGET", target)
        .args([&corpus, &crate_folder(workshop).join("seeds").join(target)])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-rss_limit_mb={MEMORY_MB}"))
        .arg(format!("-timeout={PATIENCE_SECONDS}"))
        .arg(format!("-artifact_prefix={}/{target}-", found.display()))
        .args(["-print_final_stats=1", "-use_value_profile=1"])
        .stdin(Stdio::null())
        .stderr(told);
    let ended = run_program(&mut command);
    let told = fs::read_to_string(&log).unwrap_or_default();
    match ended {
        Ok(()) => Ok(line(figures(&told))),
        Err(_) => Err(line(format!("FAILED: see {} and {}", log.display(), found.display()))),
    }
}

/// Reads the figures that libFuzzer prints at its end.
fn figures(told: &str) -> String {
    let number = |name: &str| {
        let line = told.lines().rev().find_map(|line| line.strip_prefix(&format!("stat::{name}:")))?;
        line.trim().parse::<u64>().ok()
    };
    let edges = told.lines().rev().find_map(|line| line.split_once(" cov: ")?.1.split(' ').next());
    format!(
        "{:>12} {:>12} {:>8} {:>8}",
        number("number_of_executed_units").unwrap_or(0),
        number("average_exec_per_sec").unwrap_or(0),
        edges.unwrap_or("?"),
        number("peak_rss_mb").unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn without_a_name_all_targets_are_fed_and_a_stranger_is_refused() {
        let known = words("act entry");
        let all = Order::Feed { targets: known.clone(), seconds: 5 };
        assert_eq!(read(&words("--seconds 5"), &known), Ok(all));
        let one = Order::Feed { targets: words("entry"), seconds: SECONDS };
        assert_eq!(read(&words("entry"), &known), Ok(one));
        assert!(read(&words("entries"), &known).is_err());
        assert!(read(&words("--seconds soon"), &known).is_err());
    }

    #[test]
    fn the_figures_of_libfuzzer_are_read() {
        let told = "#9\tNEW    cov: 12 ft: 20\n#512\tDONE   cov: 345 ft: 400 corp: 9\n\
                    stat::number_of_executed_units: 512\nstat::average_exec_per_sec:     256\n\
                    stat::peak_rss_mb:              99\n";
        let expected = format!("{:>12} {:>12} {:>8} {:>8}", 512, 256, 345, 99);
        assert_eq!(figures(told), expected);
    }

    #[test]
    fn the_targets_are_those_with_seeds() {
        let targets = targets(&Workshop::find());
        assert!(targets.contains(&"entry".to_owned()) && targets.contains(&"federation".to_owned()));
    }
}
