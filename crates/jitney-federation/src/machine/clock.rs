//! Whether this node's clock can be trusted.

use jitney_domain::{Minutes, Timestamp};

use super::{Cx, Federation, Output};
use crate::bytes::later;
use crate::entry::{Entry, Kind, MAX_ENTRY_LIFE};
use crate::ids::{Incarnation, LogId};
use crate::log::{CLOCK_SKEW, Draft, MAX_LIVE_PER_COOP};

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
    /// Whether entries are here that by this clock should not have been let in yet.
    early: bool,
}

impl Federation {
    /// Compares this clock with the others' and with the newest entry that was ever accepted (a machine
    /// without a clock of its own may wake weeks back).
    pub(super) fn judge_clock(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let median = self.median_offset();
        let newest = self.log.newest().unwrap_or(now);
        let behind_own_past = newest.0.saturating_sub(now.after(CLOCK_SKEW).0);
        let offset_ms = median.max(behind_own_past);
        let early = behind_own_past > 0;
        let suspect = median.saturating_abs() > CLOCK_TOLERANCE.millis() || early;
        if suspect != self.clock.suspect {
            out.push(if suspect { Output::ClockSuspect { offset_ms } } else { Output::ClockGood });
        }
        self.clock = Clock { offset_ms, suspect, early };
    }

    /// Returns what the others' clocks show more than this one, by their median. This clock has a vote as well:
    /// one peer that is wrong among two does not convince it.
    fn median_offset(&self) -> i64 {
        let others = self.peers.values().filter_map(|peer| peer.offset_ms);
        median(others.chain([0]).collect())
    }

    /// Returns the moment by which this node dates what it signs: its clock, but never long before what others wrote
    /// that it has read. A machine whose clock fell back would else sign in times in which its key was not certified
    /// yet, and messages that have expired where they arrive; they would be refused for good.
    pub(super) fn dated(&self, now: Timestamp) -> Timestamp {
        let written = self.log.newest_of_others(&self.coop).map_or(now, |at| at.before(CLOCK_SKEW));
        now.max(written)
    }

    /// Returns the moments of which one must be within a node's certificate for it to be spoken with: this clock's, and
    /// that which others have written of. A clock that fell back behind all certificates would else shut out
    /// everybody who could tell it so; one that was ahead let in what is dated ahead, so this clock counts as well.
    pub(super) fn moments(&self, now: Timestamp) -> [Timestamp; 2] {
        [now, self.dated(now)]
    }

    /// Returns the moment before which what has expired is gone. After a leap of the clock, until others say that it is
    /// right, as much earlier as an entry lives: a clock that leaps in solitude then drops nothing that others still
    /// have. Only where that would leave too little room in the own log it is now.
    pub(super) fn expired_by(&self, now: Timestamp) -> Timestamp {
        let vouched = self.peers.is_empty() || !self.leapt;
        let crowded = self.log.held_of(&self.coop) > MAX_LIVE_PER_COOP / 2;
        if vouched || crowded { now } else { now.before(MAX_ENTRY_LIFE) }
    }

    /// Tells whether others say that this clock is right.
    pub(super) fn is_vouched_for(&self) -> bool {
        let asked = self.peers.values().any(|peer| peer.offset_ms.is_some());
        asked && self.median_offset().saturating_abs() <= CLOCK_TOLERANCE.millis()
    }

    /// Tells whether this clock may be ahead: the others say so, or it leapt and they have not said that it is right or
    /// behind. What is dated ahead then keeps waiting, as its time may not have come.
    pub(super) fn may_be_ahead(&self) -> bool {
        let (median, tolerance) = (self.median_offset(), CLOCK_TOLERANCE.millis());
        median < tolerance.saturating_neg() || (self.leapt && median <= tolerance)
    }

    /// Returns by what time an entry that comes in is expired: by this clock as far as it is vouched for, or by the
    /// others' while they say that it is earlier. What is passed over is not asked for again.
    pub(super) fn surely(&self, now: Timestamp) -> Timestamp {
        self.expired_by(now).min(later(now, self.median_offset()))
    }

    /// Begins a new life of the own log if this clock was ahead when it wrote: nobody takes such entries before
    /// their time. Those that still mean something are written again, also those of an earlier life, before a backup was
    /// restored. Only while others say that the clock is right now, else it may be now that it is wrong.
    pub(super) fn mend_own_log(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        if self.log.own_log(self.coop).is_none() || !self.clock.early || !self.is_vouched_for() {
            return;
        }
        let latest = cx.now.after(CLOCK_SKEW);
        let ahead = self.log.heads.iter().filter(|(_, row)| row.newest > latest);
        let (ours, theirs): (Vec<LogId>, Vec<LogId>) =
            ahead.map(|(log, _)| *log).partition(|log| log.origin == self.coop);
        self.put_back_early(&theirs, latest, cx.now, out);
        if ours.is_empty() {
            return;
        }
        let early: Vec<Entry> = ours.iter().flat_map(|log| self.log.take_back(log, latest, cx.now)).collect();
        self.log.begin(Incarnation(cx.rng.next_u64()));
        for entry in early {
            let header = entry.header();
            // As long as it was to live: what ends something must outlive the beginning.
            let expires_at = header.expires_at.min(cx.now.after(MAX_ENTRY_LIFE));
            let draft = Draft { kind: header.kind, body: entry.body(), expires_at };
            if header.kind != Kind::MANIFEST && expires_at > cx.now {
                // The first life may have been full; then so is this one, and what is left out is refused.
                let _refused = self.write_entry(draft, cx, out);
            }
        }
        self.doubt_all_logs(cx.now);
    }

    /// Takes entries of others out that this clock let in before their time while it was ahead; they come again.
    fn put_back_early(&mut self, logs: &[LogId], latest: Timestamp, now: Timestamp, out: &mut Vec<Output>) {
        for log in logs {
            let taken = self.log.take_back(log, latest, now);
            out.extend(taken.into_iter().map(|entry| Output::EntryVoided { entry: Box::new(entry) }));
            for peer in self.peers.values_mut() {
                peer.sent_upto.remove(log);
            }
        }
    }

    /// Asks anew for all that lives: a clock that was ahead may have dropped it before its time.
    pub(super) fn doubt_all_logs(&mut self, now: Timestamp) {
        self.log.doubt_all(self.coop);
        for peer in self.peers.values_mut() {
            peer.sent_upto.clear();
        }
        self.pull_from_all(now);
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
