//! What an attack came to, and what must hold whatever the attackers do.

use jitney_federation::entry::MAX_ENTRY_BYTES;
use jitney_federation::log::{MAX_LIVE_PER_COOP, MAX_LOGS_PER_COOP, MAX_PARKED, MAX_PROOFS_PER_COOP};
use jitney_federation::mail::{MAX_DELIVERED_PER_COOP, MAX_WAITING_PER_COOP};
use jitney_federation::membership::{MAX_APPLICANTS, MAX_PROPOSALS};

use super::{Bulk, Deeds};

/// What honest nodes had to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // Each counts what it is named after.
pub struct Work {
    pub gossip: u64,
    pub asked: u64,
    pub answers: u64,
    pub wakes: u64,
    pub passed_on: u64,
    /// Entries that were new, and those refused.
    pub entries: (u64, u64),
    /// Pages that were pulled.
    pub pulls: u64,
}

/// What an attack came to.
#[derive(Debug)]
pub struct Report {
    /// Honest entries written.
    pub entries: usize,
    /// Pairs of an honest entry and an honest node that it has not reached.
    pub missing: usize,
    /// Median, 99th percentile and longest time that an honest entry took to an honest node, in milliseconds.
    pub took_ms: (i64, i64, i64),
    /// Letters that honest coops sent each other, and how many arrived.
    pub letters: (usize, usize),
    /// What the attackers did.
    pub deeds: Deeds,
    /// The most that any honest node held of each thing, looked at every five minutes and at the end.
    pub bulk: Bulk,
    /// What all honest nodes together had to do.
    pub work: Work,
    /// Most bytes that an honest node sent, and received.
    pub traffic: (u64, u64),
    /// Honest coops that an honest node holds a proof against.
    pub blamed: usize,
}

/// Longest that an honest entry takes to an honest node: two sync periods, in milliseconds.
const TWO_SYNCS_MS: i64 = 20 * 60_000;
/// Most bytes of rows on a disk for each coop of the roster: all the entries that it may have alive, at their
/// longest, and as much again for what comes with them.
const DISK_PER_COOP: usize = 2 * MAX_LIVE_PER_COOP * MAX_ENTRY_BYTES;

impl Report {
    /// Returns what does not hold that must, in a federation of so many coops: every honest entry has reached every
    /// honest node in time, letters between honest coops arrived once each, nobody honest is accused, and no
    /// honest node holds more than the bounds of the protocol.
    pub fn broken(&self, coops: usize) -> Vec<String> {
        let mut broken = Vec::new();
        let mut must = |holds: bool, what: String| {
            if !holds {
                broken.push(what);
            }
        };
        must(self.missing == 0, format!("{} honest entries have not reached some honest node", self.missing));
        must(self.took_ms.2 <= TWO_SYNCS_MS, format!("an honest entry took {} ms", self.took_ms.2));
        let (sent, arrived) = self.letters;
        must(sent == arrived, format!("of {sent} letters between honest coops {arrived} arrived"));
        must(self.blamed == 0, format!("{} honest coops are accused", self.blamed));
        let bulk = &self.bulk;
        let bounds = [
            ("entries of one coop", bulk.entries_of_one, MAX_LIVE_PER_COOP),
            ("lives of one coop's log", bulk.heads_of_one, MAX_LOGS_PER_COOP),
            ("lives of logs", bulk.heads, coops * MAX_LOGS_PER_COOP),
            ("entries from the future", bulk.parked, MAX_PARKED),
            ("proofs against one coop", bulk.proofs_of_one, MAX_PROOFS_PER_COOP),
            ("proofs", bulk.proofs, coops * MAX_PROOFS_PER_COOP),
            ("letters remembered of one coop", bulk.delivered_of_one, MAX_DELIVERED_PER_COOP),
            ("letters waiting", bulk.outbox, coops * MAX_WAITING_PER_COOP),
            ("acts being decided and applicants", bulk.proposals, MAX_PROPOSALS + MAX_APPLICANTS),
            ("bytes on disk", bulk.bytes, coops * DISK_PER_COOP),
        ];
        for (what, held, most) in bounds {
            must(held <= most, format!("{held} {what}, at most {most} may be"));
        }
        broken
    }
}
