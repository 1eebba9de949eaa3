//! What must never happen, looked for after every step that changed something; and what must sometimes
//! happen, counted beside it, so that nothing passes because nothing was tried.

mod agreement;
mod calendar;
mod history;
mod letters;
mod partners;

use std::collections::BTreeSet;
use std::fmt;

use jitney_domain::{ClaimId, State, TicketId, Timestamp};
use jitney_identity::PublicKey;
use serde::Serialize;

use crate::node::Node;
use crate::plant::Plant;
use history::Past;

pub use agreement::{differing_logs, disagreements, one_side_only};

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
    pub losses_flagged: u64,
    pub crashes: u64,
    pub cuts: u64,
    pub full_disks: u64,
    pub forgotten: u64,
    pub upgrades: u64,
    pub restores: u64,
    pub clocks_wrong: u64,
    pub betrayals: u64,
    pub offers: u64,
    pub offers_confirmed: u64,
    pub series: u64,
    pub places_posted: u64,
    pub places_asked_for: u64,
    pub pairs_parted: u64,
}

impl Seen {
    /// Returns the names of what never happened.
    pub fn never(&self) -> Vec<String> {
        let counts = serde_json::to_value(self).ok().and_then(|value| value.as_object().cloned());
        let none = counts.into_iter().flatten().filter(|(_, count)| *count == 0);
        none.map(|(name, _)| name).collect()
    }

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
            (&mut self.losses_flagged, other.losses_flagged),
            (&mut self.crashes, other.crashes),
            (&mut self.cuts, other.cuts),
            (&mut self.full_disks, other.full_disks),
            (&mut self.forgotten, other.forgotten),
            (&mut self.upgrades, other.upgrades),
            (&mut self.restores, other.restores),
            (&mut self.clocks_wrong, other.clocks_wrong),
            (&mut self.betrayals, other.betrayals),
            (&mut self.offers, other.offers),
            (&mut self.offers_confirmed, other.offers_confirmed),
            (&mut self.series, other.series),
            (&mut self.places_posted, other.places_posted),
            (&mut self.places_asked_for, other.places_asked_for),
            (&mut self.pairs_parted, other.pairs_parted),
        ];
        for (sum, more) in pairs {
            *sum = sum.saturating_add(more);
        }
    }
}

/// Nobody who keeps to the protocol is ever shown to contradict itself.
const HONEST: &str = "no honest coop is accused";

/// Tells whom of those that do not lie a node holds a proof of equivocation against.
fn blamed(node: &Node, nodes: &[Node]) -> Option<String> {
    let core = node.core.as_ref()?;
    let lies = |coop| nodes.iter().any(|other| other.lies && other.coop() == coop);
    let (log, row) = core.federation().log().proofs.iter().find(|(log, _)| !lies(log.origin))?;
    Some(format!("{} holds a proof against {log:?} since {}", node.name, row.seen_at))
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
    /// Claims about which some node was told something that it has forgotten by being restored.
    pub(crate) forgotten: BTreeSet<ClaimId>,
    /// Tickets of which a restored node believes something else than it once told.
    pub(crate) forgotten_tickets: BTreeSet<TicketId>,
    /// Some clock was far ahead, so that a node may have dropped what lives until it is told by a manifest.
    pub(crate) clock_was_ahead: bool,
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

    /// Takes up a node that was restored: its past is what its backup says, and everything that differs from
    /// what it knew before is noted as forgotten.
    pub(crate) fn restored(&mut self, at: usize, before: &State, after: &State) {
        self.came_back(at, after);
        let mut forgotten = BTreeSet::new();
        for (one, other) in [(before, after), (after, before)] {
            let changed = one.claims.iter().filter(|(id, claim)| other.claims.get(id) != Some(*claim));
            forgotten.extend(changed.map(|(id, _)| *id));
            let changed = one.tickets.iter().filter(|(id, ticket)| other.tickets.get(id) != Some(*ticket));
            for (id, ticket) in changed {
                self.forgotten_tickets.insert(*id);
                forgotten.extend(ticket.claims.keys().copied());
            }
            // An offer that was answered or taken back since stands again until it runs out.
            let changed = one.offered.iter().filter(|(id, _)| !other.offered.contains(id));
            self.forgotten_tickets.extend(changed.map(|(id, _)| *id));
        }
        self.seen.restores = self.seen.restores.saturating_add(1);
        let number = u64::try_from(forgotten.len()).unwrap_or(u64::MAX);
        self.seen.forgotten = self.seen.forgotten.saturating_add(number);
        self.forgotten.extend(forgotten);
    }

    /// Looks at a node after a step that changed something.
    pub(crate) fn look(
        &mut self,
        at: usize,
        nodes: &[Node],
        cause: &Cause,
        now: Timestamp,
        plant: Option<Plant>,
    ) {
        let Some(state) = nodes[at].state().filter(|_| !nodes[at].lies) else { return };
        let seen = plant.map(|plant| plant.view(state));
        let state = seen.as_deref().unwrap_or(state);
        let mut found = Vec::new();
        calendar::check(state, &mut found);
        self.past[at].compare(state, cause, &mut self.seen, &mut found);
        for other in nodes.iter().filter(|other| other.key() != nodes[at].key() && !other.lies) {
            agreement::between(&nodes[at], other, &self.forgotten, &mut found);
            agreement::between(other, &nodes[at], &self.forgotten, &mut found);
        }
        if let Some(why) = blamed(&nodes[at], nodes) {
            found.push((HONEST, why));
        }
        let violation = |(promise, what)| Violation { at: now, node: at, promise, what };
        self.violations.extend(found.into_iter().map(violation));
    }
}

/// A promise that is broken, and how.
pub(crate) type Broken = (&'static str, String);
