//! Accepting entries of other coops.

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;

use super::{
    CLOCK_SKEW, EquivocationProof, Log, MAX_LIVE_PER_COOP, MAX_LOGS_PER_COOP, MAX_PARKED,
    MAX_PARKED_PER_COOP, ProofRow, contradict,
};
use crate::bytes::Blob;
use crate::entry::{Entry, EntryError, MAX_ENTRY_LIFE};
use crate::ids::LogId;
use crate::roster::Roster;

/// By which way an entry came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By gossip, where the rate of its coop counts.
    Gossip,
    /// In answer to a request of ours, where it does not: who was away a month gets all at once.
    Sync,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is new and now held.
    New {
        /// Whether entries before it are missing.
        gap: bool,
        /// Whether it proves that its coop contradicts itself.
        contradiction: bool,
    },
    /// It was held before.
    Duplicate,
    /// It comes from the future and waits for its time.
    Parked,
    /// It contradicts an entry of the same number; both are kept as proof.
    Contradiction,
}

/// Says why an entry was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryRefusal {
    /// The bytes themselves are faulty.
    #[error(transparent)]
    Faulty(#[from] EntryError),
    /// The coop is not on the roster, or not yet by what this node knows.
    #[error("coop {origin} is not on the roster")]
    NotOnRoster {
        /// The coop.
        origin: PublicKey,
    },
    /// The node may not speak for the coop at that moment.
    #[error("node {node} is not certified by coop {origin} for {issued_at}")]
    NotCertified {
        /// The coop.
        origin: PublicKey,
        /// The node.
        node: PublicKey,
        /// When the entry says it was issued.
        issued_at: Timestamp,
    },
    /// It means nothing any more.
    #[error("the entry expired at {expires_at}")]
    Expired {
        /// When.
        expires_at: Timestamp,
    },
    /// The coop writes faster than it may.
    #[error("coop {origin} writes more than {} entries an hour", super::ENTRIES_PER_HOUR)]
    TooFast {
        /// The coop.
        origin: PublicKey,
    },
    /// The coop has as many live entries as it may.
    #[error("coop {origin} has {MAX_LIVE_PER_COOP} live entries")]
    TooMany {
        /// The coop.
        origin: PublicKey,
    },
    /// The coop began its log anew too often.
    #[error("coop {origin} has begun its log {MAX_LOGS_PER_COOP} times within a month")]
    TooManyLogs {
        /// The coop.
        origin: PublicKey,
    },
    /// It comes from the future, and too many of those wait already.
    #[error("the entry is issued at {issued_at}, in the future, and too many such wait already")]
    FutureFull {
        /// When the entry says it was issued.
        issued_at: Timestamp,
    },
}

impl EntryRefusal {
    /// Tells whether the same entry may be welcome later, so that it must not be counted as seen.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::Faulty(_) | Self::Expired { .. } | Self::NotCertified { .. })
    }
}

impl Log {
    /// Takes an entry whose bytes were read but not verified; expired is what was by `surely`, which is not after
    /// `now`.
    ///
    /// # Errors
    ///
    /// An [`EntryRefusal`]; then nothing has changed.
    pub fn accept(
        &mut self,
        entry: Entry,
        way: Way,
        roster: &Roster,
        now: Timestamp,
        surely: Timestamp,
    ) -> Result<Accepted, EntryRefusal> {
        let header = entry.header();
        let (origin, expires_at, issued_at) = (header.origin, header.expires_at, header.issued_at);
        if header.federation != roster.federation() {
            return Err(EntryError::WrongFederation { found: header.federation }.into());
        }
        let rival = self.entries.get(&entry.key()).cloned();
        let known = rival.as_ref().is_some_and(|held| {
            // Of a log that is proven to contradict itself further variants add nothing.
            held.id() == entry.id()
                || self.proofs.contains(&held.header().log())
                || !self.may_be_cleared(&held.header().origin)
        });
        if known {
            return Ok(Accepted::Duplicate);
        }
        if self.is_parked(&entry) {
            return Ok(Accepted::Parked);
        }
        if expires_at <= surely {
            return Err(EntryRefusal::Expired { expires_at });
        }
        self.may_speak(&entry, roster)?;
        if rival.is_none() {
            self.has_room(&entry, way, now)?;
        }
        entry.verify()?;

        if issued_at > now.after(CLOCK_SKEW) {
            return self.park(entry);
        }
        if way == Way::Gossip {
            self.quotas.entry(origin).or_default().spend(now);
        }
        if let Some(rival) = rival {
            self.accuse(&rival, &entry, now);
            return Ok(Accepted::Contradiction);
        }
        self.forget_old_logs(&entry.header().log(), now);
        let contradiction = self.contradicts_neighbours(&entry, now);
        let (log, seq) = (entry.header().log(), entry.header().seq);
        if !self.heads.contains(&log) {
            self.drop_taken_back(&entry);
        }
        self.insert(entry);
        let gap = self.heads.get(&log).is_some_and(|row| row.head < seq);
        Ok(Accepted::New { gap, contradiction })
    }

    /// Keeps a proof of equivocation that somebody else found; tells whether it is news.
    pub fn accept_proof(
        &mut self,
        proof: &EquivocationProof,
        roster: &Roster,
        now: Timestamp,
    ) -> Option<LogId> {
        let (first, second) = proof.open(roster.federation()).ok()??;
        let may = |entry: &Entry| self.may_speak(entry, roster).is_ok();
        let log = first.header().log();
        if !may(&first) || !may(&second) || !self.wants_proof(&log) {
            return None;
        }
        self.accuse(&first, &second, now).then_some(log)
    }

    /// Tells whether a proof against a log would be kept: there is none yet, and not too many against its
    /// coop.
    pub(crate) fn wants_proof(&self, log: &LogId) -> bool {
        !self.proofs.contains(log) && self.may_be_cleared(&log.origin)
    }

    /// Takes out the entries from the future whose time has come.
    pub fn unpark(&mut self, now: Timestamp) -> Vec<Entry> {
        let mut due = Vec::new();
        while let Some(first) = self.parked.first_entry() {
            if first.key().0 > now.after(CLOCK_SKEW) {
                break;
            }
            due.push(first.remove());
        }
        due
    }

    /// Returns how many entries from the future wait.
    pub fn parked(&self) -> usize {
        self.parked.len()
    }

    fn may_speak(&self, entry: &Entry, roster: &Roster) -> Result<(), EntryRefusal> {
        let header = entry.header();
        let (origin, node, issued_at) = (header.origin, header.node, header.issued_at);
        if roster.coop(&origin).is_none() {
            return Err(EntryRefusal::NotOnRoster { origin });
        }
        if !roster.certifies(&origin, &node, issued_at) {
            return Err(EntryRefusal::NotCertified { origin, node, issued_at });
        }
        Ok(())
    }

    fn has_room(&self, entry: &Entry, way: Way, now: Timestamp) -> Result<(), EntryRefusal> {
        let origin = entry.header().origin;
        if way == Way::Gossip && self.quotas.get(&origin).is_some_and(|quota| !quota.allows(now)) {
            return Err(EntryRefusal::TooFast { origin });
        }
        if self.held_of(&origin) >= MAX_LIVE_PER_COOP {
            return Err(EntryRefusal::TooMany { origin });
        }
        let log = entry.header().log();
        let idle = |log: &LogId| self.is_idle(log, now);
        if !self.heads.contains(&log)
            && self.logs_of(&origin) >= MAX_LOGS_PER_COOP
            && !self.head_logs(&origin).any(|log| idle(&log))
        {
            return Err(EntryRefusal::TooManyLogs { origin });
        }
        Ok(())
    }

    /// Tells whether nothing of a log can live any more.
    pub(super) fn is_idle(&self, log: &LogId, now: Timestamp) -> bool {
        let newest = self.heads.get(log).map_or(now, |row| row.newest);
        newest.after(MAX_ENTRY_LIFE).after(CLOCK_SKEW) < now
            && self.stretch(log, 0, u64::MAX).next().is_none()
    }

    fn head_logs(&self, coop: &PublicKey) -> impl Iterator<Item = LogId> {
        let first = LogId { origin: *coop, incarnation: crate::ids::Incarnation(0) };
        let last = LogId { origin: *coop, incarnation: crate::ids::Incarnation(u64::MAX) };
        self.heads.range(first..=last).map(|(log, _)| *log)
    }

    /// Makes room for a new life of a coop's log by forgetting the heads of those long over.
    fn forget_old_logs(&mut self, new: &LogId, now: Timestamp) {
        if self.heads.contains(new) || self.logs_of(&new.origin) < MAX_LOGS_PER_COOP {
            return;
        }
        let idle: Vec<LogId> = self.head_logs(&new.origin).filter(|log| self.is_idle(log, now)).collect();
        for log in idle {
            self.forget_head(&log);
        }
    }

    fn is_parked(&self, entry: &Entry) -> bool {
        self.parked.contains_key(&(entry.header().issued_at, entry.id()))
    }

    fn park(&mut self, entry: Entry) -> Result<Accepted, EntryRefusal> {
        let (origin, issued_at) = (entry.header().origin, entry.header().issued_at);
        let of_coop = self.parked.values().filter(|parked| parked.header().origin == origin).count();
        if self.parked.len() >= MAX_PARKED || of_coop >= MAX_PARKED_PER_COOP {
            return Err(EntryRefusal::FutureFull { issued_at });
        }
        self.parked.insert((issued_at, entry.id()), entry);
        Ok(Accepted::Parked)
    }

    /// Drops what waits of the earlier lives of a log that has begun anew with this entry: its node has taken back
    /// what it had dated ahead, and has written again what still means something.
    fn drop_taken_back(&mut self, first: &Entry) {
        let (log, node) = (first.header().log(), first.header().node);
        self.parked.retain(|_, parked| {
            let header = parked.header();
            header.origin != log.origin || header.node != node || header.log() == log
        });
    }

    /// Compares an entry with those before and after it; keeps a proof if it contradicts either.
    fn contradicts_neighbours(&mut self, entry: &Entry, now: Timestamp) -> bool {
        let (log, seq) = (entry.header().log(), entry.header().seq);
        let before = seq.checked_sub(1).and_then(|seq| self.entries.get(&log.at(seq))).cloned();
        let after = seq.checked_add(1).and_then(|seq| self.entries.get(&log.at(seq))).cloned();
        let accused_by_before = before.is_some_and(|before| self.accuse(&before, entry, now));
        accused_by_before || after.is_some_and(|after| self.accuse(entry, &after, now))
    }

    /// Keeps the proof if the two contradict each other and none of their log is kept yet.
    fn accuse(&mut self, first: &Entry, second: &Entry, now: Timestamp) -> bool {
        let log = first.header().log();
        if !contradict(first, second) || !self.wants_proof(&log) {
            return false;
        }
        let bytes = |entry: &Entry| Blob(entry.bytes().to_vec());
        let proof = EquivocationProof { first: bytes(first), second: bytes(second) };
        self.proofs.insert(log, ProofRow { proof, seen_at: now, cleared: false });
        true
    }
}
