//! An honest node of the crowd: the machine that ships, with its rows on a disk.

use std::collections::BTreeMap;

use jitney_domain::Timestamp;
use jitney_domain::table::RowChange;
use jitney_federation::log::Log;
use jitney_federation::{Cx, Federation, Incarnation, Keys, MailKey};
use jitney_identity::{Hash, PublicKey, SecretKey};
use rand::RngExt;
use rand::rngs::StdRng;

use super::Work;

/// Table of the row that says where a node stands in its own log.
const OWN: u8 = 138;
/// How long a message is remembered as seen, in milliseconds.
const SEEN_MS: i64 = 15 * 60_000;

/// An honest node.
#[derive(Debug)]
pub struct Site {
    /// The machine.
    pub machine: Federation,
    pub(super) wake_at: i64,
    coop: SecretKey,
    node: SecretKey,
    rng: StdRng,
    disk: BTreeMap<(u8, Vec<u8>), usize>,
    seen: BTreeMap<[u8; 32], i64>,
}

/// How much a node holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bulk {
    /// Entries of the coop of which it holds most.
    pub entries_of_one: usize,
    /// Entries of all coops.
    pub entries: usize,
    /// Lives of logs of which it knows how far they are.
    pub heads: usize,
    /// The most lives of one coop's log.
    pub heads_of_one: usize,
    /// Entries from the future.
    pub parked: usize,
    /// Proofs of equivocation.
    pub proofs: usize,
    /// The most proofs against one coop.
    pub proofs_of_one: usize,
    /// Letters remembered as delivered, of the coop of which it remembers most.
    pub delivered_of_one: usize,
    /// Letters that wait to be delivered.
    pub outbox: usize,
    /// Acts being decided and coops that ask to be admitted.
    pub proposals: usize,
    /// Rows on its disk.
    pub rows: usize,
    /// Bytes of their keys and values.
    pub bytes: usize,
}

impl Bulk {
    /// Returns the greater of each.
    pub fn max(self, other: Bulk) -> Bulk {
        Bulk {
            entries_of_one: self.entries_of_one.max(other.entries_of_one),
            entries: self.entries.max(other.entries),
            heads: self.heads.max(other.heads),
            heads_of_one: self.heads_of_one.max(other.heads_of_one),
            parked: self.parked.max(other.parked),
            proofs: self.proofs.max(other.proofs),
            proofs_of_one: self.proofs_of_one.max(other.proofs_of_one),
            delivered_of_one: self.delivered_of_one.max(other.delivered_of_one),
            outbox: self.outbox.max(other.outbox),
            proposals: self.proposals.max(other.proposals),
            rows: self.rows.max(other.rows),
            bytes: self.bytes.max(other.bytes),
        }
    }
}

impl Site {
    pub(super) fn new(
        coop: SecretKey,
        node: SecretKey,
        rows: &[RowChange],
        mut rng: StdRng,
    ) -> Result<Self, String> {
        let mut machine = Federation::new(coop.public(), node.public());
        let mut log = Log::default();
        log.begin(Incarnation(rng.random()));
        let mut own = Vec::new();
        log.own.drain_changes(OWN, &mut own).map_err(|e| e.to_string())?;
        for row in rows.iter().chain(&own) {
            let value = row.value.as_deref().unwrap_or_default();
            machine.restore_row(row.table, &row.key, value).map_err(|e| e.to_string())?;
        }
        let (disk, seen) = (BTreeMap::new(), BTreeMap::new());
        Ok(Site { machine, wake_at: i64::MAX, coop, node, rng, disk, seen })
    }

    /// Returns the coop's key.
    pub fn coop(&self) -> PublicKey {
        self.coop.public()
    }

    /// Returns the node's key.
    pub fn key(&self) -> PublicKey {
        self.node.public()
    }

    /// Lets the machine do something and writes what changed.
    pub(super) fn act<T>(
        &mut self,
        now: Timestamp,
        act: impl FnOnce(&mut Federation, &mut Cx<'_>) -> T,
    ) -> T {
        let keys = Keys { coop: Some(&self.coop), node: &self.node };
        let done = act(&mut self.machine, &mut Cx { now, keys, rng: &mut self.rng });
        for row in self.machine.drain_changes().unwrap_or_default() {
            match row.value {
                Some(value) => self.disk.insert((row.table, row.key), value.len()),
                None => self.disk.remove(&(row.table, row.key)),
            };
        }
        done
    }

    /// Tells whether a message was not seen for long.
    pub(super) fn is_news(&mut self, bytes: &[u8], now: Timestamp) -> bool {
        if self.seen.len() > 20_000 {
            self.seen.retain(|_, at| now.0 - *at < SEEN_MS);
        }
        let before = self.seen.insert(*Hash::of(bytes).as_bytes(), now.0);
        before.is_none_or(|at| now.0 - at >= SEEN_MS)
    }

    /// Returns when the machine wants to be woken, if that is earlier than is known.
    pub(super) fn wake(&mut self, now: Timestamp) -> Option<i64> {
        let at = self.machine.next_wake()?.0.max(now.0 + 1);
        if at >= self.wake_at && self.wake_at > now.0 {
            return None;
        }
        self.wake_at = at;
        Some(at)
    }

    /// Returns how much the node holds.
    pub fn bulk(&self, now: Timestamp) -> Bulk {
        let (log, mail) = (self.machine.log(), self.machine.mail());
        let coops = || self.machine.roster().into_iter().flat_map(|roster| roster.coops()).map(|c| c.coop);
        let of =
            |coop: PublicKey, logs: &mut dyn Iterator<Item = PublicKey>| logs.filter(|o| *o == coop).count();
        let most = |count: &dyn Fn(PublicKey) -> usize| coops().map(count).max().unwrap_or(0);
        let delivered =
            |coop| mail.delivered.iter().filter(|(key, _): &(&MailKey, _)| key.coop == coop).count();
        Bulk {
            entries_of_one: most(&|coop| log.held_of(&coop)),
            entries: log.entries.len(),
            heads: log.heads.len(),
            heads_of_one: most(&|coop| of(coop, &mut log.heads.iter().map(|(log, _)| log.origin))),
            parked: log.parked(),
            proofs: log.proofs.len(),
            proofs_of_one: most(&|coop| of(coop, &mut log.proofs.iter().map(|(log, _)| log.origin))),
            delivered_of_one: most(&delivered),
            outbox: mail.outbox.len(),
            proposals: self.machine.proposals(now).len() + self.machine.applicants().count(),
            rows: self.disk.len(),
            bytes: self.disk.iter().map(|((_, key), value)| key.len() + value).sum(),
        }
    }

    /// Adds what the node did to what others did.
    pub(super) fn add_to(&self, work: Work) -> Work {
        let counters = self.machine.counters();
        Work {
            entries: (work.entries.0 + counters.entries_accepted, work.entries.1 + counters.entries_refused),
            pulls: work.pulls + counters.pulls,
            ..work
        }
    }

    /// Returns how many bytes the node sent and received.
    pub fn traffic(&self) -> (u64, u64) {
        let counters = self.machine.counters();
        (counters.bytes_sent, counters.bytes_received)
    }

    /// Returns the coops against which the node holds a proof.
    pub fn blamed(&self) -> impl Iterator<Item = PublicKey> {
        self.machine.log().proofs.iter().map(|(log, _)| log.origin)
    }
}
