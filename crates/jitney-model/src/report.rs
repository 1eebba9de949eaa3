//! Explores a scene to its end and says what was found.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use stateright::{Checker, Expectation, HasDiscoveries, Model};

use crate::explore::Explore;
use crate::fault::Fault;
use crate::scene::Scene;

/// How a property stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in every world that can come about.
    Holds,
    /// It comes about, by these steps.
    Reached(Vec<String>),
    /// It does not hold after these steps.
    Broken(Vec<String>),
    /// It never comes about.
    NeverReached,
}

/// What exploring a scene has shown.
#[derive(Debug, Clone)]
pub struct Report {
    /// Which scene.
    pub scene: Scene,
    /// Worlds, each counted once.
    pub states: usize,
    /// Steps tried between them.
    pub steps: usize,
    /// The longest of the shortest ways to a world, in steps.
    pub depth: usize,
    /// Different decisions of single coops that all steps are made of.
    pub decisions: usize,
    /// Every world within the bounds was seen; else time ran out before.
    pub ended: bool,
    /// How long it took.
    pub took: Duration,
    /// How each property stands, by name.
    pub verdicts: BTreeMap<&'static str, Verdict>,
}

impl Report {
    /// Tells whether every promise holds and everything was reached that had to be.
    pub fn is_good(&self) -> bool {
        self.verdicts.values().all(|v| match v {
            Verdict::Holds | Verdict::Reached(_) => true,
            Verdict::Broken(_) => false,
            // What was not reached before time ran out may still be.
            Verdict::NeverReached => !self.ended,
        })
    }
}

/// Explores a scene on `threads` threads: to its end, until `most` has passed, or until `until` is found broken
/// or reached.
///
/// # Panics
/// If a thread of the checker does.
pub fn check(
    scene: Scene,
    fault: Option<Fault>,
    threads: usize,
    most: Duration,
    until: Option<&'static str>,
) -> Report {
    let began = Instant::now();
    let told = scene.clone();
    let mut checker = Explore::new(scene, fault).checker().threads(threads).timeout(most);
    checker = match until {
        Some(name) => checker.finish_when(HasDiscoveries::AnyOf([name].into())),
        None => checker,
    };
    let checker = checker.spawn_bfs().join();
    let mut found: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for (name, path) in checker.discoveries() {
        found.insert(name, path.into_actions().iter().map(ToString::to_string).collect());
    }
    let verdicts = checker.model().properties().into_iter().map(|property| {
        let verdict = match (property.expectation, found.remove(property.name)) {
            (Expectation::Sometimes, Some(path)) => Verdict::Reached(path),
            (Expectation::Sometimes, None) => Verdict::NeverReached,
            (_, Some(path)) => Verdict::Broken(path),
            (_, None) => Verdict::Holds,
        };
        (property.name, verdict)
    });
    Report {
        verdicts: verdicts.collect(),
        scene: told,
        states: checker.unique_state_count(),
        steps: checker.state_count(),
        depth: checker.max_depth(),
        decisions: checker.model().decided(),
        ended: began.elapsed() < most,
        took: began.elapsed(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { scene, states, steps, depth, decisions, took, .. } = self;
        let left = scene.left;
        let ended = if self.ended { "explored to the end" } else { "explored until time ran out," };
        writeln!(f, "{}: {}", scene.name, scene.about)?;
        writeln!(
            f,
            "  {ended} within: letters {:?}, crashes {}, copies {}, changes of mind {}, claims {:?}, {} moments",
            scene.order,
            left.crashes,
            left.copies,
            left.changes,
            left.claims,
            scene.moments.len()
        )?;
        writeln!(
            f,
            "  {states} states, {steps} steps, depth {depth}, {decisions} decisions, {:.1} s",
            took.as_secs_f64()
        )?;
        for (name, verdict) in &self.verdicts {
            match verdict {
                Verdict::Holds => writeln!(f, "  always     {name}")?,
                Verdict::Reached(path) => writeln!(f, "  sometimes  {name} (after {} steps)", path.len())?,
                Verdict::NeverReached => writeln!(f, "  NEVER      {name}")?,
                Verdict::Broken(path) => {
                    writeln!(f, "  BROKEN     {name}, by these steps:")?;
                    for (n, deed) in path.iter().enumerate() {
                        writeln!(f, "    {:>2}. {deed}", n + 1)?;
                    }
                }
            }
        }
        Ok(())
    }
}
