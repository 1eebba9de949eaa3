//! A named piece of work that says what it does before, and how long it took after.

use std::fmt;
use std::time::{Duration, Instant};

use crate::Workshop;
use crate::shell::Trouble;
use crate::tally::Tally;

/// A named piece of work.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// What it does, in one plain line.
    pub(crate) does: &'static str,
    pub(crate) run: fn(&Workshop) -> Result<Done, Failure>,
}

/// How a step ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// It did its work.
    Passed,
    /// It did its work, and these tests ran in it.
    Tested(Tally),
}

/// How a step ended badly.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A program it ran failed or could not be started.
    Program(Trouble),
    /// Tests ran, and this came of them.
    Tests(Tally, Trouble),
    /// Something it needs is missing; the text says what to do about it.
    Missing(String),
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Program(trouble)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(trouble) | Self::Tests(_, trouble) => trouble.fmt(f),
            Self::Missing(what) => f.write_str(what),
        }
    }
}

/// What came of one step, for the summary.
pub(crate) struct Report {
    pub(crate) name: &'static str,
    pub(crate) took: Duration,
    pub(crate) outcome: Result<Done, Failure>,
}

impl Step {
    /// Runs the step between a line that says what it does and one that says how it went.
    pub(crate) fn carry_out(&self, workshop: &Workshop) -> Report {
        println!("\n== {}: {}", self.name, self.does);
        let start = Instant::now();
        let outcome = (self.run)(workshop);
        let report = Report { name: self.name, took: start.elapsed(), outcome };
        println!("== {}: {} ({})", self.name, report.verdict(), spell(report.took));
        report
    }
}

impl Report {
    /// Returns the outcome in a few words.
    pub(crate) fn verdict(&self) -> String {
        match &self.outcome {
            Ok(Done::Passed) => "ok".into(),
            Ok(Done::Tested(tally)) => format!("ok, {tally}"),
            Err(Failure::Tests(tally, _)) => format!("FAILED, {tally}"),
            Err(failure) => format!("FAILED: {failure}"),
        }
    }

    /// Returns the tests this step ran.
    pub(crate) fn tally(&self) -> Tally {
        match &self.outcome {
            Ok(Done::Tested(tally)) | Err(Failure::Tests(tally, _)) => *tally,
            Ok(_) | Err(_) => Tally::default(),
        }
    }
}

/// Returns a duration as people say it: `0.4 s`, `3 min 05 s`.
pub(crate) fn spell(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_as_people_say_it() {
        assert_eq!(spell(Duration::from_millis(400)), "0.4 s");
        assert_eq!(spell(Duration::from_secs(185)), "3 min 05 s");
    }
}
