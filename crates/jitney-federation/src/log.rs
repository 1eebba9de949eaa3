//! Public logs: what this coop appends, what it accepts of others, how far it has each, and what expires.

mod accept;
mod census;
mod quota;

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::table::{RowChange, RowError, RowKey, Table};
use jitney_domain::{Minutes, Timestamp};
use jitney_identity::{Hash, PublicKey, SecretKey};
use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, later};
use crate::entry::{Entry, EntryError, EntryHeader, Kind};
use crate::frontier::{Frontier, Range, Span};
use crate::ids::{EntryId, EntryKey, FederationId, Incarnation, LogId};
use crate::roster::Roster;

pub use accept::{Accepted, EntryRefusal, Way};
pub(crate) use census::Finding;
pub use census::{Census, MANIFEST_INTERVAL, MANIFEST_LIFE};
pub use quota::{BURST, ENTRIES_PER_HOUR};

/// Most live entries of one coop.
pub const MAX_LIVE_PER_COOP: usize = 5_000;
/// Most lives of one coop's log that are remembered at a time.
pub const MAX_LOGS_PER_COOP: usize = 16;
/// Most proofs of equivocation that are kept of one coop. A coop against which there are so many cannot be
/// cleared any more.
pub const MAX_PROOFS_PER_COOP: usize = 4;
/// How far clocks may differ: entries issued further ahead wait, and they are dropped so long after they
/// expire.
pub const CLOCK_SKEW: Minutes = Minutes(10);
/// Most expired entries that are dropped at a time, so that however many expire at once (or while a node was
/// away) what follows fits one durable batch of its store.
pub const MAX_DROPPED: usize = 1_000;
/// Most entries from the future that wait for their time.
pub const MAX_PARKED: usize = 256;
/// Most of them from one coop.
pub const MAX_PARKED_PER_COOP: usize = 32;

/// How far one log is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadRow {
    /// Everything up to this number is held or expired.
    pub head: u64,
    /// Highest number ever seen.
    pub top: u64,
    /// Latest moment at which an entry of it was issued.
    pub newest: Timestamp,
}

/// Where this node stands in its own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRow {
    /// Which life of the log it writes.
    pub incarnation: Incarnation,
    /// Number of its last entry; 0 before the first.
    pub seq: u64,
    /// Id of that entry, or zero.
    pub last: Hash,
    /// When it last wrote a manifest.
    pub manifest_at: Timestamp,
}

/// Is proof that a coop contradicted itself: two entries signed by its nodes that cannot both stand in one
/// log, because they bear one number, or because the second names another predecessor than the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquivocationProof {
    /// The bytes of one entry.
    pub first: Blob,
    /// The bytes of the other.
    pub second: Blob,
}

impl EquivocationProof {
    /// Reads and verifies both entries and that they contradict each other.
    ///
    /// # Errors
    ///
    /// An [`EntryError`] if either is no good entry of the federation, nothing if they do not contradict.
    pub fn open(&self, federation: FederationId) -> Result<Option<(Entry, Entry)>, EntryError> {
        let first = Entry::decode(&self.first.0, federation)?;
        let second = Entry::decode(&self.second.0, federation)?;
        Ok(contradict(&first, &second).then_some((first, second)))
    }
}

/// Tells whether two entries of good signature cannot stand in one log.
fn contradict(first: &Entry, second: &Entry) -> bool {
    let (a, b) = (first.header(), second.header());
    if a.log() != b.log() || first.id() == second.id() {
        return false;
    }
    a.seq == b.seq || (a.seq.checked_add(1) == Some(b.seq) && b.prev != first.id().0)
}

/// A proof and what a person made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofRow {
    /// The proof.
    pub proof: EquivocationProof,
    /// When this node learned of it.
    pub seen_at: Timestamp,
    /// Whether a person has cleared the coop since.
    pub cleared: bool,
}

/// Everything this node has of all public logs.
#[derive(Debug, Default)]
pub struct Log {
    /// Entries by their place; table 136, the value is the entry's bytes.
    pub entries: Table<EntryKey, Entry>,
    /// How far each log is known; table 137.
    pub heads: Table<LogId, HeadRow>,
    /// Where this node stands in its own log; table 138.
    pub own: Table<(), OwnRow>,
    /// Own entries that gossip has not taken yet; table 139.
    pub unpublished: Table<EntryKey, ()>,
    /// Proofs of equivocation, one a log; table 140.
    pub proofs: Table<LogId, ProofRow>,
    by_expiry: BTreeSet<(Timestamp, EntryKey)>,
    /// The logs by the newest that was accepted of each: every input asks for the newest of all.
    by_newest: BTreeSet<(Timestamp, LogId)>,
    held: BTreeMap<PublicKey, usize>,
    parked: BTreeMap<(Timestamp, EntryId), Entry>,
    quotas: BTreeMap<PublicKey, quota::Bucket>,
}

impl Log {
    /// Begins a new life of the own log.
    pub fn begin(&mut self, incarnation: Incarnation) {
        let fresh = OwnRow { incarnation, seq: 0, last: Hash::ZERO, manifest_at: Timestamp(0) };
        self.own.insert((), fresh);
    }

    /// Returns the log that this node writes.
    pub fn own_log(&self, coop: PublicKey) -> Option<LogId> {
        self.own.get(&()).map(|own| LogId { origin: coop, incarnation: own.incarnation })
    }

    /// Appends an entry to the own log.
    ///
    /// # Errors
    ///
    /// An [`EntryError`] for a body or a moment of expiry that no entry can have.
    pub fn append(
        &mut self,
        federation: FederationId,
        coop: PublicKey,
        node: &SecretKey,
        draft: Draft<'_>,
        now: Timestamp,
    ) -> Result<Entry, EntryError> {
        let own = self.own.get(&()).copied();
        let own = own.ok_or(EntryError::BadPlace { seq: 0 })?;
        let header = EntryHeader {
            kind: draft.kind,
            federation,
            origin: coop,
            node: node.public(),
            incarnation: own.incarnation,
            seq: own.seq.saturating_add(1),
            prev: own.last,
            issued_at: now,
            expires_at: draft.expires_at,
        };
        let entry = Entry::sign(header, draft.body, node)?;
        let (seq, last) = (entry.header().seq, entry.id().0);
        let manifest = draft.kind == Kind::MANIFEST;
        self.own.update(&(), |row| {
            row.seq = seq;
            row.last = last;
            row.manifest_at = if manifest { now } else { row.manifest_at };
        });
        self.unpublished.insert(entry.key(), ());
        self.insert(entry.clone());
        Ok(entry)
    }

    /// Returns how far every log is known.
    pub fn frontier(&self) -> Frontier {
        Frontier(self.heads.iter().map(|(log, row)| (*log, self.span(log, row.head))).collect())
    }

    /// Returns what is held of a log of which all up to `head` is held or expired.
    pub(crate) fn span(&self, log: &LogId, head: u64) -> Span {
        let floor = self.stretch(log, 0, u64::MAX).next().map(|entry| entry.header().seq);
        let top = self.heads.get(log).map_or(head, |row| row.top.max(head));
        let beyond = if top > head { self.stretch(log, head, u64::MAX).count() } else { 0 };
        let beyond = u64::try_from(beyond).unwrap_or(u64::MAX);
        Span { floor: floor.unwrap_or(head.saturating_add(1)), head, top, beyond }
    }

    /// Returns the part of the frontier worth telling: the logs in which something may still live.
    pub fn lively_frontier(&self, now: Timestamp) -> Frontier {
        let mut frontier = self.frontier();
        frontier.0.retain(|log, _| !self.is_idle(log, now));
        frontier
    }

    /// Returns the entries of one log after a number up to another, in order.
    pub fn stretch(&self, log: &LogId, after: u64, upto: u64) -> impl Iterator<Item = &Entry> {
        let from = log.at(after.saturating_add(1));
        let to = log.at(upto.max(from.seq));
        let empty = upto < from.seq;
        self.entries.range(from..=to).map(|(_, entry)| entry).filter(move |_| !empty)
    }

    /// Returns the entries of a range that still live.
    pub fn live_in(&self, range: &Range, now: Timestamp) -> impl Iterator<Item = &Entry> {
        self.stretch(&range.log, range.after, range.top).filter(move |entry| entry.header().expires_at > now)
    }

    /// Returns all entries that live, by place.
    pub fn live(&self, now: Timestamp) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(move |entry| entry.header().expires_at > now)
    }

    /// Returns the number of entries held of a coop.
    pub fn held_of(&self, coop: &PublicKey) -> usize {
        self.held.get(coop).copied().unwrap_or(0)
    }

    /// Takes the word of the log's own coop that everything up to a number is sent or expired.
    pub fn cover(&mut self, log: LogId, upto: u64, now: Timestamp) -> bool {
        let head = self.heads.get(&log).map_or(0, |row| row.head);
        let room = self.heads.contains(&log) || self.logs_of(&log.origin) < MAX_LOGS_PER_COOP;
        if upto <= head || !room {
            return false;
        }
        self.raise(log, |row| {
            row.head = upto;
            row.newest = if row.newest == Timestamp(0) { now } else { row.newest };
        });
        self.advance(log);
        true
    }

    /// Drops entries that expired more than [`CLOCK_SKEW`] ago, at most [`MAX_DROPPED`], and returns them;
    /// heads remain.
    pub fn expire(&mut self, now: Timestamp) -> Vec<Entry> {
        let mut dropped = Vec::new();
        while let Some(&(expires_at, key)) = self.by_expiry.first() {
            if expires_at.after(CLOCK_SKEW) >= now || dropped.len() >= MAX_DROPPED {
                break;
            }
            self.by_expiry.pop_first();
            dropped.extend(self.take_out(&key));
        }
        dropped
    }

    /// Takes the entries of a log out that are issued after a moment, and returns them.
    pub(crate) fn take_back(&mut self, log: &LogId, latest: Timestamp, now: Timestamp) -> Vec<Entry> {
        let early = self.stretch(log, 0, u64::MAX).filter(|entry| entry.header().issued_at > latest);
        let early: Vec<Entry> = early.cloned().collect();
        for entry in &early {
            let key = entry.key();
            self.entries.remove(&key);
            self.unpublished.remove(&key);
            if self.by_expiry.remove(&(entry.header().expires_at, key))
                && let Some(count) = self.held.get_mut(&key.origin)
            {
                *count = count.saturating_sub(1);
            }
        }
        let first = early.iter().map(|entry| entry.header().seq).min();
        // What was written after the clock was set right, and before others said that it is, stays beyond the gap.
        let last = self.stretch(log, 0, u64::MAX).map(|entry| entry.header().seq).max();
        let newest = self.stretch(log, 0, u64::MAX).map(|entry| entry.header().issued_at).max();
        if let Some(row) = self.heads.get(log) {
            let head = first.map_or(row.head, |seq| row.head.min(seq.saturating_sub(1)));
            let top = last.map_or(head, |last| last.max(head));
            self.set_head(*log, HeadRow { head, top, newest: newest.unwrap_or(now) });
        }
        early
    }

    /// Takes nothing for expired any more of which that is only believed, but in the own coop's logs.
    pub(crate) fn doubt_all(&mut self, coop: PublicKey) {
        let logs: Vec<LogId> =
            self.heads.iter().map(|(log, _)| *log).filter(|log| log.origin != coop).collect();
        for log in logs {
            self.raise(log, |row| row.head = 0);
            self.advance(log);
        }
    }

    /// Returns the next moment at which an entry is to be dropped.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.by_expiry.first().map(|(at, _)| later(at.after(CLOCK_SKEW), 1))
    }

    /// Returns the next moment at which the time of an entry from the future has come.
    pub fn next_parked(&self) -> Option<Timestamp> {
        self.parked.first_key_value().map(|((at, _), _)| at.before(CLOCK_SKEW))
    }

    /// Returns the latest moment at which an entry that was accepted says it was issued.
    pub fn newest(&self) -> Option<Timestamp> {
        self.by_newest.last().map(|(newest, _)| *newest)
    }

    /// Returns the latest moment at which an entry of another coop that was accepted says it was issued.
    pub(crate) fn newest_of_others(&self, coop: &PublicKey) -> Option<Timestamp> {
        let newest_first = self.by_newest.iter().rev();
        newest_first.filter(|(_, log)| log.origin != *coop).map(|(newest, _)| *newest).next()
    }

    /// Tells whether new claims and awards with the coop must wait for a person, because it contradicted
    /// itself.
    pub fn is_suspended(&self, coop: &PublicKey) -> bool {
        let open = |log| self.proofs.get(&log).is_some_and(|row| !row.cleared);
        self.logs(coop).any(open) || !self.may_be_cleared(coop)
    }

    /// Tells whether a person may clear the coop: not once it has contradicted itself in too many lives of
    /// its log, of which no more proofs are kept.
    pub fn may_be_cleared(&self, coop: &PublicKey) -> bool {
        self.logs(coop).count() < MAX_PROOFS_PER_COOP
    }

    /// Notes that a person cleared the coop; tells whether there was anything to clear that may be.
    pub fn clear(&mut self, coop: &PublicKey) -> bool {
        if !self.may_be_cleared(coop) {
            return false;
        }
        let logs: Vec<LogId> = self.logs(coop).collect();
        let open = logs.into_iter().filter(|log| self.proofs.get(log).is_some_and(|row| !row.cleared));
        open.collect::<Vec<_>>()
            .iter()
            .fold(false, |_, log| self.proofs.update(log, |row| row.cleared = true))
    }

    /// Drops what nodes of a coop said that may not speak for it any more at the moment when they said it,
    /// and returns it; heads remain.
    pub(crate) fn void(&mut self, coop: &PublicKey, roster: &Roster) -> Vec<Entry> {
        let first = LogId { origin: *coop, incarnation: Incarnation(0) }.at(0);
        let last = LogId { origin: *coop, incarnation: Incarnation(u64::MAX) }.at(u64::MAX);
        let said = self.entries.range(first..=last).map(|(key, entry)| (*key, entry.header()));
        let void = said.filter(|(_, header)| !roster.certifies(coop, &header.node, header.issued_at));
        let void: Vec<_> = void.map(|(key, header)| (header.expires_at, key)).collect();
        void.into_iter()
            .filter_map(|(expires_at, key)| {
                self.by_expiry.remove(&(expires_at, key));
                self.take_out(&key)
            })
            .collect()
    }

    /// Takes an entry out of all but the order of expiry.
    fn take_out(&mut self, key: &EntryKey) -> Option<Entry> {
        self.unpublished.remove(key);
        let entry = self.entries.remove(key)?;
        if let Some(count) = self.held.get_mut(&key.origin) {
            *count = count.saturating_sub(1);
        }
        Some(entry)
    }

    /// Puts back an entry that was read from the store.
    ///
    /// # Errors
    ///
    /// [`RowError`] for bytes that are no entry, or not the one of that place.
    pub fn restore_entry(&mut self, table: u8, key: &[u8], bytes: &[u8]) -> Result<(), RowError> {
        let error = |why: String| RowError { table, key: data_encoding::HEXLOWER.encode(key), why };
        let entry = Entry::parse(bytes).map_err(|e| error(e.to_string()))?;
        if EntryKey::from_bytes(key) != Some(entry.key()) {
            return Err(error("the entry bears another number".into()));
        }
        self.index(&entry);
        self.entries.restore(entry.key(), entry);
        Ok(())
    }

    /// Appends the entries touched since the last call to `out`.
    pub fn drain_entries(&mut self, table: u8, out: &mut Vec<RowChange>) {
        for key in self.entries.take_changed() {
            let value = self.entries.get(&key).map(|entry| entry.bytes().to_vec());
            out.push(RowChange { table, key: key.to_bytes(), value });
        }
    }

    /// Returns the lives of a coop's log that have a proof against them.
    fn logs(&self, coop: &PublicKey) -> impl Iterator<Item = LogId> {
        let first = LogId { origin: *coop, incarnation: Incarnation(0) };
        let last = LogId { origin: *coop, incarnation: Incarnation(u64::MAX) };
        self.proofs.range(first..=last).map(|(log, _)| *log)
    }

    fn logs_of(&self, coop: &PublicKey) -> usize {
        let first = LogId { origin: *coop, incarnation: Incarnation(0) };
        let last = LogId { origin: *coop, incarnation: Incarnation(u64::MAX) };
        self.heads.range(first..=last).count()
    }

    fn insert(&mut self, entry: Entry) {
        let header = entry.header();
        let (log, seq, issued_at) = (header.log(), header.seq, header.issued_at);
        self.index(&entry);
        self.entries.insert(entry.key(), entry);
        self.raise(log, |row| {
            row.top = row.top.max(seq);
            row.newest = row.newest.max(issued_at);
        });
        self.advance(log);
    }

    fn index(&mut self, entry: &Entry) {
        if self.by_expiry.insert((entry.header().expires_at, entry.key())) {
            let count = self.held.entry(entry.header().origin).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn raise(&mut self, log: LogId, change: impl FnOnce(&mut HeadRow)) {
        let fresh = HeadRow { head: 0, top: 0, newest: Timestamp(0) };
        let mut row = self.heads.get(&log).copied().unwrap_or(fresh);
        change(&mut row);
        row.top = row.top.max(row.head);
        self.set_head(log, row);
    }

    fn set_head(&mut self, log: LogId, row: HeadRow) {
        let before = self.heads.get(&log).copied();
        if before == Some(row) {
            return;
        }
        if before.is_none_or(|before| before.newest != row.newest) {
            if let Some(before) = before {
                self.by_newest.remove(&(before.newest, log));
            }
            self.by_newest.insert((row.newest, log));
        }
        self.heads.insert(log, row);
    }

    pub(crate) fn forget_head(&mut self, log: &LogId) {
        if let Some(row) = self.heads.remove(log) {
            self.by_newest.remove(&(row.newest, *log));
        }
    }

    /// Puts in order what rows do not hold; to be called once all are restored.
    pub(crate) fn rebuild(&mut self) {
        self.by_newest = self.heads.iter().map(|(log, row)| (row.newest, *log)).collect();
    }

    /// Moves the head of a log over all entries that follow it without a hole.
    fn advance(&mut self, log: LogId) {
        let head = self.heads.get(&log).map_or(0, |row| row.head);
        let mut reached = head;
        for entry in self.stretch(&log, head, u64::MAX) {
            match reached.checked_add(1) {
                Some(next) if next == entry.header().seq => reached = next,
                _ => break,
            }
        }
        if reached > head {
            self.raise(log, |row| row.head = reached);
        }
    }
}

/// What to append to the own log.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// What the body says.
    pub kind: Kind,
    /// The body, JSON.
    pub body: &'a [u8],
    /// From when on it means nothing any more.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests;
