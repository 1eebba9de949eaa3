//! Whether this node's clock can be trusted.

use jitney_domain::{Minutes, Timestamp};

use super::{Federation, Output};
use crate::log::CLOCK_SKEW;

/// How far this clock may differ from the median of the others' before the operator is told.
pub(crate) const CLOCK_TOLERANCE: Minutes = Minutes(2);

/// Returns the middle one; of two in the middle the one further from zero.
fn median(mut offsets: Vec<i64>) -> i64 {
    offsets.sort_unstable();
    let upper = offsets.len() >> 1;
    let lower = offsets.len().saturating_sub(1) >> 1;
    let middle = [lower, upper].into_iter().filter_map(|at| offsets.get(at).copied());
    middle.max_by_key(|offset| offset.saturating_abs()).unwrap_or(0)
}

/// What was last said of the clock.
#[derive(Debug, Default)]
pub(super) struct Clock {
    offset_ms: i64,
    suspect: bool,
}

impl Federation {
    /// Compares this clock with the others' and with the newest entry that was ever accepted (a machine
    /// without a clock of its own may wake weeks back).
    pub(super) fn judge_clock(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        // This clock has a vote as well: one peer that is wrong among two does not convince it.
        let others = self.peers.values().filter_map(|peer| peer.offset_ms);
        let median = median(others.chain([0]).collect());
        let newest = self.log.newest().unwrap_or(now);
        let behind_own_past = newest.0.saturating_sub(now.after(CLOCK_SKEW).0);
        let offset_ms = median.max(behind_own_past);
        let suspect = median.saturating_abs() > CLOCK_TOLERANCE.millis() || behind_own_past > 0;
        if suspect != self.clock.suspect {
            out.push(if suspect { Output::ClockSuspect { offset_ms } } else { Output::ClockGood });
        }
        self.clock = Clock { offset_ms, suspect };
    }

    /// Returns what the others' clocks show more than this one, in milliseconds, and whether that is so much
    /// that nothing expires for the time being.
    pub fn clock(&self) -> (i64, bool) {
        (self.clock.offset_ms, self.clock.suspect)
    }
}

impl Clock {
    pub(super) fn is_suspect(&self) -> bool {
        self.suspect
    }
}
