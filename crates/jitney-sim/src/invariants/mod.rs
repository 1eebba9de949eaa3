//! What must never happen, looked for after every step that changed something; and what must sometimes
//! happen, counted beside it, so that nothing passes because nothing was tried.

mod agreement;
mod calendar;
mod history;
mod letters;

use std::collections::BTreeSet;
use std::fmt;

use jitney_domain::{State, Timestamp};
use jitney_identity::PublicKey;
use serde::Serialize;

use crate::node::Node;
use history::Past;

pub use agreement::{differing_logs, disagreements};

/// Something that must not happen, and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Timestamp,
    /// At which node.
    pub node: usize,
    /// Which promise it breaks.
    pub promise: &'static str,
    /// What was found.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} node {}: {}: {}", self.at, self.node, self.promise, self.what)
    }
}

/// Who may have brought about what a step changed.
#[derive(Debug, Clone, Default)]
pub struct Cause {
    /// Somebody of the coop asked for something.
    pub asked: bool,
    /// Time passed.
    pub woke: bool,
    /// These coops sent messages.
    pub coops: BTreeSet<PublicKey>,
}

impl Cause {
    /// Returns both causes together.
    pub(crate) fn and(mut self, other: Cause) -> Cause {
        self.asked |= other.asked;
        self.woke |= other.woke;
        self.coops.extend(other.coops);
        self
    }
}

/// How often things happened that a run must have seen to mean anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // Each counts what it is named after.
pub struct Seen {
    pub trips: u64,
    pub tickets: u64,
    pub claims_on_partners: u64,
    pub awards_to_partners: u64,
    pub confirmed_at_home: u64,
    pub confirmed_by_partners: u64,
    pub refused_by_partners: u64,
    pub awarded_again: u64,
    pub turned_down: u64,
    pub holds_expired: u64,
    pub cancelled_lifts: u64,
    pub completed: u64,
    pub no_shows: u64,
    pub disputes: u64,
    pub orphans_flagged: u64,
    pub crashes: u64,
    pub cuts: u64,
    pub full_disks: u64,
}

impl Seen {
    /// Adds what another run has seen.
    pub fn add(&mut self, other: &Seen) {
        let pairs = [
            (&mut self.trips, other.trips),
            (&mut self.tickets, other.tickets),
            (&mut self.claims_on_partners, other.claims_on_partners),
            (&mut self.awards_to_partners, other.awards_to_partners),
            (&mut self.confirmed_at_home, other.confirmed_at_home),
            (&mut self.confirmed_by_partners, other.confirmed_by_partners),
            (&mut self.refused_by_partners, other.refused_by_partners),
            (&mut self.awarded_again, other.awarded_again),
            (&mut self.turned_down, other.turned_down),
            (&mut self.holds_expired, other.holds_expired),
            (&mut self.cancelled_lifts, other.cancelled_lifts),
            (&mut self.completed, other.completed),
            (&mut self.no_shows, other.no_shows),
            (&mut self.disputes, other.disputes),
            (&mut self.orphans_flagged, other.orphans_flagged),
            (&mut self.crashes, other.crashes),
            (&mut self.cuts, other.cuts),
            (&mut self.full_disks, other.full_disks),
        ];
        for (sum, more) in pairs {
            *sum = sum.saturating_add(more);
        }
    }
}

/// Watches all nodes.
#[derive(Debug, Default)]
pub struct Watch {
    /// What must not have happened.
    pub violations: Vec<Violation>,
    /// What did.
    pub seen: Seen,
    pub(crate) known_leaks: u64,
    pub(crate) known_rejected: u64,
    past: Vec<Past>,
}

impl Watch {
    pub(crate) fn add_node(&mut self) {
        self.past.push(Past::default());
    }

    /// Takes up a node as it came back: its past is what its disk says.
    pub(crate) fn came_back(&mut self, at: usize, state: &State) {
        self.past[at] = Past::of(state);
    }

    /// Looks at a node after a step that changed something.
    pub(crate) fn look(&mut self, at: usize, nodes: &[Node], cause: &Cause, now: Timestamp) {
        let Some(state) = nodes[at].state() else { return };
        let mut found = Vec::new();
        calendar::check(state, &mut found);
        self.past[at].compare(state, cause, &mut self.seen, &mut found);
        for other in nodes.iter().filter(|other| other.key() != nodes[at].key()) {
            agreement::between(&nodes[at], other, &mut found);
            agreement::between(other, &nodes[at], &mut found);
        }
        let violation = |(promise, what)| Violation { at: now, node: at, promise, what };
        self.violations.extend(found.into_iter().map(violation));
    }
}

/// A promise that is broken, and how.
pub(crate) type Broken = (&'static str, String);
