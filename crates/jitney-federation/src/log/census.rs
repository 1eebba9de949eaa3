//! Manifests: a coop's hourly word on what is live in its log, which shows what somebody withholds.

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::Hash;
use serde::{Deserialize, Serialize};

use super::{CLOCK_SKEW, Log};
use crate::entry::{Entry, Kind};
use crate::ids::LogId;

/// Time between two manifests of a log.
pub const MANIFEST_INTERVAL: Minutes = Minutes(60);
/// Time that a manifest lives.
pub const MANIFEST_LIFE: Minutes = Minutes(120);

/// What is live in a log at some moment. Body of an entry of kind [`crate::Kind::MANIFEST`]; the moment is
/// the entry's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Number of the last entry that is counted.
    pub head: u64,
    /// How many entries up to there live.
    pub count: u64,
    /// BLAKE3 of their ids in order.
    pub hash: Hash,
}

/// What a manifest says about what is held here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It is too old to be compared.
    Stale,
    /// Nothing that lives is missing.
    Complete,
    /// Something that lives is missing.
    Missing,
}

impl Log {
    /// Counts the entries of a log up to `head` that live at that moment.
    pub fn census(&self, log: &LogId, head: u64, at: Timestamp) -> Census {
        let live = self.stretch(log, 0, head).filter(|entry| entry.header().expires_at > at);
        let ids: Vec<[u8; 32]> = live.map(|entry| *entry.id().0.as_bytes()).collect();
        Census {
            head,
            count: u64::try_from(ids.len()).unwrap_or(u64::MAX),
            hash: Hash::of(ids.as_flattened()),
        }
    }

    /// Compares a manifest with what is held. If nothing is missing the head of the log moves over the
    /// expired ones; if something is, the head moves back to the first hole.
    pub(crate) fn examine(&mut self, manifest: &Entry, now: Timestamp) -> Finding {
        let (log, issued_at) = (manifest.header().log(), manifest.header().issued_at);
        let Ok(said) = serde_json::from_slice::<Census>(manifest.body()) else { return Finding::Stale };
        if issued_at.after(CLOCK_SKEW) < now || said.head >= manifest.header().seq {
            return Finding::Stale;
        }
        let complete = self.census(&log, said.head, issued_at) == said;
        let head = self.heads.get(&log).map_or(0, |row| row.head);
        match complete {
            true => self.raise(log, |row| row.head = row.head.max(said.head)),
            false if head >= said.head => self.raise(log, |row| row.head = 0),
            false => {}
        }
        self.advance(log);
        if complete { Finding::Complete } else { Finding::Missing }
    }

    /// Returns the manifest that is due, if one is: an hour after the last and only if something lives.
    pub(crate) fn manifest_due(&self, log: &LogId, now: Timestamp) -> Option<Census> {
        let due = self.next_manifest(log, now).is_some_and(|at| at <= now);
        due.then(|| self.census(log, u64::MAX, now)).map(|census| {
            let head = self.own.get(&()).map_or(0, |own| own.seq);
            Census { head, ..census }
        })
    }

    /// Returns when the next manifest of the own log is due, if anything will live then.
    pub(crate) fn next_manifest(&self, log: &LogId, now: Timestamp) -> Option<Timestamp> {
        let due = self.own.get(&())?.manifest_at.after(MANIFEST_INTERVAL).max(now);
        let mut entries = self.stretch(log, 0, u64::MAX);
        let lives = |entry: &Entry| entry.header().expires_at > due && entry.header().kind != Kind::MANIFEST;
        entries.any(lives).then_some(due)
    }
}
