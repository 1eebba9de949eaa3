//! Explores the configurations and prints what was found; a broken promise, or something that never came
//! about, ends with exit code 1.

#![allow(clippy::print_stdout, clippy::print_stderr)] // What a program says.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use jitney_model::report::Verdict;
use jitney_model::{Fault, Report, check, shipped, small};

/// Explores booking across coops exhaustively and looks for broken promises.
#[derive(Debug, Parser)]
#[command(name = "jitney-model")]
struct Args {
    /// Configurations by name; all if none
    names: Vec<String>,
    /// The smaller configurations that the tests explore
    #[arg(long)]
    small: bool,
    /// Plant a bug, to see it found
    #[arg(long, value_parser = fault)]
    fault: Option<Fault>,
    /// Threads
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Most seconds for each configuration
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// How often people change their minds, in place of what the configuration says
    #[arg(long)]
    changes: Option<u8>,
    /// How often nodes crash, in place of what the configuration says
    #[arg(long)]
    crashes: Option<u8>,
    /// How often letters come twice, in place of what the configuration says
    #[arg(long)]
    copies: Option<u8>,
    /// One line of JSON for each configuration
    #[arg(long)]
    json: bool,
}

fn fault(text: &str) -> Result<Fault, String> {
    let names: Vec<String> = Fault::ALL.iter().map(ToString::to_string).collect();
    let found = Fault::ALL.into_iter().find(|fault| fault.to_string() == text);
    found.ok_or_else(|| format!("\"{text}\" is none of {}", names.join(", ")))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut scenes = if args.small { small() } else { shipped() };
    let known: Vec<&str> = scenes.iter().map(|scene| scene.name).collect();
    if let Some(unknown) = args.names.iter().find(|name| !known.contains(&name.as_str())) {
        eprintln!("there is no configuration \"{unknown}\"; there are {}", known.join(", "));
        return ExitCode::from(2);
    }
    scenes.retain(|scene| args.names.is_empty() || args.names.iter().any(|name| name == scene.name));
    let (mut good, mut states, mut seconds) = (true, 0, 0.0);
    for mut scene in scenes {
        scene.left.changes = args.changes.unwrap_or(scene.left.changes);
        scene.left.crashes = args.crashes.unwrap_or(scene.left.crashes);
        scene.left.copies = args.copies.unwrap_or(scene.left.copies);
        let report = check(scene, args.fault, args.threads, Duration::from_secs(args.seconds), None);
        good &= report.is_good();
        states += report.states;
        seconds += report.took.as_secs_f64();
        if args.json { println!("{}", json(&report)) } else { println!("{report}") }
    }
    if !args.json {
        println!(
            "{states} states in {seconds:.1} s: {}",
            if good { "no promise is broken" } else { "NOT good" }
        );
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn json(report: &Report) -> serde_json::Value {
    let properties = report.verdicts.iter().map(|(name, verdict)| {
        let value = match verdict {
            Verdict::Holds => serde_json::json!({"verdict": "holds"}),
            Verdict::Reached(path) => serde_json::json!({"verdict": "reached", "steps": path.len()}),
            Verdict::NeverReached => serde_json::json!({"verdict": "never-reached"}),
            Verdict::Broken(path) => serde_json::json!({"verdict": "broken", "path": path}),
        };
        ((*name).to_owned(), value)
    });
    let left = report.scene.left;
    serde_json::json!({
        "configuration": report.scene.name,
        "good": report.is_good(),
        "ended": report.ended,
        "states": report.states,
        "steps": report.steps,
        "depth": report.depth,
        "decisions": report.decisions,
        "seconds": report.took.as_secs_f64(),
        "bounds": {
            "letters": format!("{:?}", report.scene.order), "crashes": left.crashes, "copies": left.copies,
            "changes": left.changes, "claims": left.claims, "moments": report.scene.moments.len(),
        },
        "properties": properties.collect::<serde_json::Map<_, _>>(),
    })
}
