//! Whether a sequence of stops can be timed: exact, and in constant time for a new stop.
//!
//! After Gschwind & Drexl (2019) and Gschwind & Irnich (2015), in the shape of difference constraints. What
//! a driven prefix leaves to the rest of the run is:
//!
//! - the earliest and the latest begin of its last stop, and
//! - for each rider on board with a longest ride the latest begin of her pick-up, and how long ago at least
//!   it was (the drive since then, [`Open::off`]).
//!
//! That is all, because for a given begin `t` of the last stop all these pick-ups can be as late as
//! possible at once (solutions of difference constraints form a lattice), namely at `min(latest, t - drive
//! since)`, and later pick-ups only help. A suffix mirrors this with earliest drop-offs ([`Tail`]). A prefix
//! and a suffix fit together iff a system of two times, with one upper bound on their difference for each
//! rider that crosses, has a solution: [`joins`] looks at each rider on board once, at nobody else.
//!
//! The longest run duration is a "ride" of the driver from the start to the end of the run.

use super::problem::HORIZON;

/// Somebody on board whose ride may not last longer than `limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Open {
    /// Who.
    pub request: u32,
    /// Longest time from the begin of the pick-up to that of the drop-off.
    pub limit: i64,
    /// Latest begin of the pick-up, given everything in the prefix.
    pub latest: i64,
    /// Ticks of driving and dwelling from the start of the run to the pick-up.
    pub off: i64,
}

/// The driver, as one who rides from start to end.
pub(crate) const DRIVER: u32 = u32::MAX;

/// What the rest of the run demands for somebody on board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tail {
    /// Earliest begin of the drop-off, given everything in the suffix.
    pub earliest: i64,
    /// Ticks of driving and dwelling from the first stop of the suffix to the drop-off.
    pub way: i64,
}

/// Earliest and latest begin of a stop, and how much was driven until there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Label {
    pub earliest: i64,
    pub latest: i64,
    pub off: i64,
}

impl Label {
    /// Returns the label at the next stop that begins within `lo..=hi` after at least `gap`; `None` if that
    /// is too late in any case.
    #[inline]
    pub fn then(self, gap: i64, lo: i64, hi: i64) -> Option<Label> {
        let earliest = (self.earliest + gap).max(lo);
        (earliest <= hi).then_some(Label { earliest, latest: hi, off: self.off + gap })
    }

    /// Tightens the label at the drop-off of `open`; `None` if she would ride too long.
    #[inline]
    pub fn sets_down(mut self, open: &Open) -> Option<Label> {
        if self.off - open.off > open.limit {
            return None;
        }
        self.latest = self.latest.min(open.latest + open.limit);
        (self.earliest <= self.latest).then_some(self)
    }

    /// Hands the latest begin of this stop back to somebody on board.
    #[inline]
    pub fn presses(self, open: &mut Open) {
        open.latest = open.latest.min(self.latest - (self.off - open.off));
    }
}

/// Tells whether a prefix that ends with label `at`, with `open` on board, can be followed after `gap` by a
/// suffix whose first stop begins within `earliest..=latest` on its own account. `tails` are the suffix's
/// demands, in the order of `open`.
#[inline]
pub(crate) fn joins<'a>(
    at: Label,
    open: impl Iterator<Item = &'a Open>,
    gap: i64,
    (earliest, latest): (i64, i64),
    tails: &[Tail],
) -> bool {
    let (mut from, mut to, mut widest) = (at.earliest, latest, HORIZON * 8);
    for (open, tail) in open.zip(tails) {
        let since = at.off - open.off;
        let pick_up = open.latest.min(at.latest - since);
        if tail.earliest - pick_up > open.limit {
            return false;
        }
        from = from.max(tail.earliest - open.limit + since);
        to = to.min(pick_up + open.limit - tail.way);
        widest = widest.min(open.limit - since - tail.way);
    }
    gap <= widest && from <= at.latest && earliest <= to && from + gap <= to && at.latest + widest >= earliest
}
