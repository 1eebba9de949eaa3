//! The command line that the programs share.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jitney_dispatch::plan::{self, Budget};

use crate::instance::Instance;
use crate::verify::verify;

type Fault = Box<dyn std::error::Error>;

/// What a good solution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The shortest way with the vehicles there are.
    Distance,
    /// The fewest vehicles; among those, the shortest way.
    VehiclesFirst,
}

/// What was asked on the command line.
pub struct Args {
    pub instance: PathBuf,
    pub seconds: f64,
    pub threads: usize,
    pub seed: u64,
    pub out: Option<PathBuf>,
    /// Stops to look at, instead of seconds: repeatable on any machine, however busy.
    pub work: Option<u64>,
}

fn parse(program: &str) -> Result<Args, Fault> {
    let usage = || {
        format!(
            "use: {program} INSTANCE [--seconds S] [--threads N] [--seed K] [--work N] [--out SOLUTION.json]"
        )
    };
    let mut words = std::env::args().skip(1);
    let mut args =
        Args { instance: PathBuf::new(), seconds: 10.0, threads: 1, seed: 1, out: None, work: None };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(usage);
        match word.as_str() {
            "--seconds" => args.seconds = value()?.parse()?,
            "--threads" => args.threads = value()?.parse()?,
            "--seed" => args.seed = value()?.parse()?,
            "--work" => args.work = Some(value()?.parse()?),
            "--out" => args.out = Some(value()?.into()),
            other if other.starts_with("--") => return Err(usage().into()),
            file => args.instance = file.into(),
        }
    }
    if args.instance.as_os_str().is_empty()
        || args.seconds.is_nan()
        || args.seconds <= 0.0
        || args.threads == 0
    {
        return Err(usage().into());
    }
    Ok(args)
}

/// Reads, plans, checks, prints.
pub fn run(program: &str, goal: Goal, read: impl Fn(&str) -> Result<Instance, Fault>) -> ExitCode {
    let done = parse(program).and_then(|args| {
        let text = std::fs::read_to_string(&args.instance)
            .map_err(|e| format!("{}: {e}", args.instance.display()))?;
        let instance = read(&text)?;
        solve(&instance, goal, &args)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            let _ = writeln!(std::io::stderr(), "{program}: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn solve(instance: &Instance, goal: Goal, args: &Args) -> Result<(), Fault> {
    let began = Instant::now();
    let limit = Duration::from_secs_f64(args.seconds);
    let problem = instance.problem(goal == Goal::VehiclesFirst)?;
    let budget = Budget {
        work: args.work.unwrap_or((args.seconds * 30e6) as u64),
        threads: args.threads,
        seed: args.seed,
    };
    let mut last = (i64::MAX, 0.0);
    let answer = plan::plan(&problem, None, budget, |progress| {
        let seconds = began.elapsed().as_secs_f64();
        if progress.cost < last.0 {
            last = (progress.cost, seconds);
        }
        if args.work.is_some() { 0.0 } else { seconds / limit.as_secs_f64() }
    });
    let routes = instance.routes(&answer.stops);
    let cost = instance.cost(&routes);
    let mut out = std::io::stdout().lock();
    let name = args.instance.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let verdict = verify(instance, &routes);
    writeln!(
        out,
        "{name} cost {cost:.3} vehicles {} unserved {} best_at {:.2}s took {:.2}s iterations {} {}",
        routes.len(),
        answer.unserved.len(),
        last.1,
        began.elapsed().as_secs_f64(),
        answer.iterations,
        verdict.as_ref().map_or_else(|why| why.as_str(), |()| "verified"),
    )?;
    if let Some(file) = &args.out {
        let text = serde_json::json!({ "cost": cost, "routes": routes });
        std::fs::write(file, format!("{text}\n"))?;
    }
    if answer.unserved.is_empty() { verdict.map_err(Into::into) } else { Ok(()) }
}
