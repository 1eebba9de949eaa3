//! `cargo xtask idle`: what a node costs that has nothing to do. A coop's node runs for years on a machine the
//! size of a router, and on all but a few seconds of every day nobody asks it anything.
//!
//! Five coops found a federation on this machine, each with the release binary in a process of its own and a
//! home that goes away afterwards. Once they are all connected and quiet, the first one is watched.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use crate::Workshop;
use crate::node::{Homes, Node};
use crate::shell::{cargo, run as run_program};

/// Coops of the federation.
const COOPS: usize = 5;

/// How long the first node is watched unless `--seconds` says otherwise.
const WATCH_SECONDS: u64 = 120;

/// How long the nodes are left alone before that: dials, first syncs and manifests are over then.
const SETTLE: Duration = Duration::from_secs(30);

/// How long anything between the nodes may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Between two looks whether it has come about.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Most memory that an idle node may keep, in MB (10^6 bytes).
const MEMORY_MB_MAX: f64 = 40.0;

/// Most of one core that it may use, in percent.
const CORE_PERCENT_MAX: f64 = 0.2;

/// The longest binary, in MB (10^6 bytes).
const BINARY_MB_MAX: f64 = 25.0;

/// Something measured, and what it may be at most.
struct Figure {
    what: &'static str,
    is: f64,
    at_most: f64,
    unit: &'static str,
}

impl Figure {
    fn holds(&self) -> bool {
        self.is <= self.at_most
    }

    fn line(&self) -> String {
        let Figure { what, is, at_most, unit } = self;
        let verdict = if self.holds() { "ok" } else { "TOO MUCH" };
        format!("{what:<16} {is:>8.3} {unit:<10} at most {at_most} {unit}: {verdict}")
    }
}

/// Measures and prints a line each; fails when a figure is too high.
pub(crate) fn run(workshop: &Workshop, arguments: &[String]) -> ExitCode {
    let seconds = match seconds(arguments) {
        Ok(seconds) => seconds,
        Err(what) => {
            eprintln!("{what}");
            return ExitCode::from(2);
        }
    };
    match measure(workshop, Duration::from_secs(seconds)) {
        Ok(figures) => {
            for figure in &figures {
                println!("{}", figure.line());
            }
            if figures.iter().all(Figure::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

/// Returns how long to watch: what `--seconds N` says.
fn seconds(arguments: &[String]) -> Result<u64, String> {
    let number = match arguments {
        [] => return Ok(WATCH_SECONDS),
        [name, number] if name == "--seconds" => number,
        [other] => other.strip_prefix("--seconds=").unwrap_or_default(),
        _ => "",
    };
    let seconds = number.parse().ok().filter(|seconds| *seconds > 0);
    seconds.ok_or_else(|| format!("`{}` is not understood; try `--seconds 30`", arguments.join(" ")))
}

fn measure(workshop: &Workshop, watch: Duration) -> Result<[Figure; 3], String> {
    let build = ["build", "--quiet", "--release", "--package", "jitney", "--bin", "jitney"];
    run_program(&mut cargo(workshop, build)).map_err(|trouble| trouble.to_string())?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(workshop.root.join("target"), Into::into);
    let binary = target.join("release").join("jitney");
    let length = fs::metadata(&binary).map_err(|error| format!("{}: {error}", binary.display()))?.len();

    let homes = Homes::make("idle")?;
    let nodes = federate(&binary, &homes)?;
    println!("{COOPS} coops are federated and connected; settling, then watching the first for {watch:?}");
    thread::sleep(SETTLE);
    let first = nodes.first().ok_or("there are no nodes")?;
    let (began, before) = (Instant::now(), first.core_time()?);
    thread::sleep(watch);
    let (after, elapsed) = (first.core_time()?, began.elapsed());
    let resident = first.resident_bytes()?;
    all_connected(&nodes)?;
    let share = after.saturating_sub(before).as_secs_f64() / elapsed.as_secs_f64();
    let figure = |what, is, at_most, unit| Figure { what, is, at_most, unit };
    Ok([
        figure("resident memory", resident as f64 / 1e6, MEMORY_MB_MAX, "MB"),
        figure("processor", share * 100.0, CORE_PERCENT_MAX, "% of a core"),
        figure("binary", length as f64 / 1e6, BINARY_MB_MAX, "MB"),
    ])
}

/// Starts the nodes and lets them found a federation as its operators would: by link, and by reading words.
fn federate(binary: &Path, homes: &Homes) -> Result<Vec<Node>, String> {
    let nodes: Vec<Node> =
        (1..=COOPS).map(|number| Node::start(binary, homes, number)).collect::<Result<_, _>>()?;
    let first = nodes.first().ok_or("there are no nodes")?;
    first.jitney(&["federation", "found", "--name", "Five Valleys"])?;
    for (members, newcomer) in nodes.iter().enumerate().skip(1) {
        let link = first.answer(&["federation", "invite"], "link")?;
        let words = newcomer.answer(&["status"], "fingerprint")?;
        newcomer.jitney(&["federation", "join", &link])?;
        // More than half of the roster must sign.
        for signer in nodes.iter().take(members / 2 + 1) {
            until("the newcomer to be heard of", || {
                Ok(signer.jitney(&["--json", "federation", "roster"])?.contains(&words))
            })?;
            signer.jitney(&["federation", "admit", &words])?;
        }
        for node in nodes.iter().take(members + 1) {
            until("the newcomer to be on every roster", || {
                Ok(node.answer(&["status"], "coops").ok() == Some((members + 1).to_string()))
            })?;
        }
    }
    until("every node to be connected with every other", || Ok(all_connected(&nodes).is_ok()))?;
    Ok(nodes)
}

fn all_connected(nodes: &[Node]) -> Result<(), String> {
    for node in nodes {
        let connected = node.answer(&["status"], "connected")?;
        if connected != (COOPS - 1).to_string() {
            return Err(format!("a node is connected with {connected} others, not {}", COOPS - 1));
        }
    }
    Ok(())
}

/// Waits until `done` says so.
fn until(what: &str, mut done: impl FnMut() -> Result<bool, String>) -> Result<(), String> {
    let began = Instant::now();
    while !done()? {
        if began.elapsed() > PATIENCE {
            return Err(format!("waited {PATIENCE:?} for {what}, in vain"));
        }
        thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_watches_for_two_minutes_unless_told_otherwise() {
        let asked = |words: &[&str]| seconds(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(asked(&[]), Ok(120));
        assert_eq!(asked(&["--seconds", "5"]), Ok(5));
        assert_eq!(asked(&["--seconds=5"]), Ok(5));
        for wrong in
            [&["--seconds"][..], &["--seconds", "0"], &["--seconds", "long"], &["5"], &["a", "b", "c"]]
        {
            assert!(asked(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_figure_holds_up_to_its_bar_and_not_beyond() {
        let figure = |is| Figure { what: "binary", is, at_most: 25.0, unit: "MB" };
        assert!(figure(25.0).holds());
        assert!(!figure(25.1).holds());
        assert_eq!(figure(25.1).line(), "binary             25.100 MB         at most 25 MB: TOO MUCH");
    }
}
