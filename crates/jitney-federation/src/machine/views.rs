//! What the machine shows: to the domain, to the operator, to metrics.

use std::collections::BTreeSet;

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;

use super::Federation;
use crate::act::{RosterAct, SignedAct};
use crate::charter::Charter;
use crate::entry::Entry;
use crate::frontier::{Frontier, behind};
use crate::ids::ActId;
use crate::log::{Accepted, EntryRefusal, Log};
use crate::mail::Mail;
use crate::membership::{ApplicantRow, Membership};
use crate::record::CoopRecord;
use crate::roster::Roster;
use crate::sync::Versions;

/// Counts since the program began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Messages handed to the network.
    pub messages_sent: u64,
    /// Messages that came from it.
    pub messages_received: u64,
    /// Bytes handed to the network.
    pub bytes_sent: u64,
    /// Bytes that came from it.
    pub bytes_received: u64,
    /// Entries that were new.
    pub entries_accepted: u64,
    /// Entries that were held already.
    pub entries_duplicate: u64,
    /// Entries that came from the future.
    pub entries_parked: u64,
    /// Entries that contradict another of the same number.
    pub entries_contradicting: u64,
    /// Entries that were refused.
    pub entries_refused: u64,
    /// Pulls that were answered.
    pub pulls: u64,
    /// Direct messages that were new.
    pub letters_received: u64,
    /// Direct messages that had been delivered before.
    pub letters_repeated: u64,
    /// Direct messages that were refused.
    pub letters_refused: u64,
}

impl Counters {
    pub(super) fn sent(&mut self, bytes: usize) {
        bump(&mut self.messages_sent, 1);
        bump(&mut self.bytes_sent, bytes);
    }

    pub(super) fn received(&mut self, bytes: usize) {
        bump(&mut self.messages_received, 1);
        bump(&mut self.bytes_received, bytes);
    }

    pub(super) fn took(&mut self, taken: &Result<Accepted, EntryRefusal>) {
        let counter = match taken {
            Ok(Accepted::New { .. }) => &mut self.entries_accepted,
            Ok(Accepted::Duplicate) => &mut self.entries_duplicate,
            Ok(Accepted::Parked) => &mut self.entries_parked,
            Ok(Accepted::Contradiction) => &mut self.entries_contradicting,
            Err(_) => &mut self.entries_refused,
        };
        bump(counter, 1);
    }
}

fn bump(counter: &mut u64, by: usize) {
    *counter = counter.saturating_add(u64::try_from(by).unwrap_or(u64::MAX));
}

/// How it stands with one node of the federation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    /// The node.
    pub node: PublicKey,
    /// The coop it speaks for.
    pub coop: Option<PublicKey>,
    /// Whether it is connected.
    pub connected: bool,
    /// Whether it takes part in gossip, as far as this node knows.
    pub subscribed: bool,
    /// By how many entries this node is behind it at most, by what it last said.
    pub behind: u64,
    /// By how many entries it is behind this node at most, by what it last said.
    pub lacks: u64,
    /// When it last answered a pull.
    pub last_sync: Option<Timestamp>,
    /// What its clock shows more than this one, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// Which versions of the protocol it speaks, once it has said so.
    pub versions: Option<Versions>,
    /// Whether a question to it is under way.
    pub asking: bool,
}

/// An act that is being decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalView {
    /// Its name.
    pub id: ActId,
    /// The act.
    pub act: RosterAct,
    /// The coop that proposed it.
    pub proposer: PublicKey,
    /// Coops on the roster that endorsed it.
    pub endorsed_by: BTreeSet<PublicKey>,
    /// How many must.
    pub needed: usize,
    /// Whether it follows the current roster, so that it can be endorsed now.
    pub current: bool,
}

impl Federation {
    /// Returns this coop.
    pub fn coop(&self) -> PublicKey {
        self.coop
    }

    /// Returns this node.
    pub fn node(&self) -> PublicKey {
        self.node
    }

    /// Returns the roster, if this node belongs to a federation.
    pub fn roster(&self) -> Option<&Roster> {
        self.membership.roster()
    }

    /// Returns the charter, if this node belongs to a federation.
    pub fn charter(&self) -> Option<&Charter> {
        self.membership.opened_charter()
    }

    /// Returns charter, acts and everything else on who belongs to the federation.
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// Returns all public logs.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Returns the direct messages on their way.
    pub fn mail(&self) -> &Mail {
        &self.mail
    }

    /// Returns the acts that are being decided.
    pub fn proposals(&self, now: Timestamp) -> Vec<ProposalView> {
        let Some(roster) = self.membership.roster() else { return Vec::new() };
        let view = |(id, row): (&ActId, &crate::membership::ProposalRow)| {
            let act = RosterAct::decode(&row.act.0, roster.federation()).ok()?;
            let signed = SignedAct { act: row.act.clone(), signatures: row.signatures.clone() };
            Some(ProposalView {
                id: *id,
                current: act.expires_at >= now && roster.check(&act).is_ok(),
                needed: roster.majority(),
                act,
                proposer: row.proposer,
                endorsed_by: roster.endorsers(&signed),
            })
        };
        self.membership.proposals.iter().filter_map(view).collect()
    }

    /// Returns the coops that ask this node to be admitted.
    pub fn applicants(&self) -> impl Iterator<Item = (CoopRecord, &ApplicantRow)> {
        let rows = self.membership.applicants.values();
        rows.filter_map(|row| row.record.read().ok().map(|record| (record, row)))
    }

    /// Returns how it stands with every node of the federation.
    pub fn peers(&self) -> Vec<PeerStatus> {
        let ours = self.log.frontier();
        let told = self.of_roster(self.log.lively_frontier(self.now));
        let asked: BTreeSet<PublicKey> = self.pending.values().map(|pending| pending.peer).collect();
        let status = |(node, peer): (&PublicKey, &super::peers::Peer)| PeerStatus {
            node: *node,
            coop: self.coop_of(node, self.now),
            connected: peer.connected,
            subscribed: peer.subscribed,
            behind: behind(&self.reached_with(node, ours.clone()), &peer.have),
            lacks: behind(&peer.have, &told),
            last_sync: peer.last_sync,
            clock_offset_ms: peer.offset_ms,
            versions: peer.versions,
            asking: asked.contains(node),
        };
        self.peers.iter().map(status).collect()
    }

    /// Returns how many messages wait for each coop.
    pub fn outbox(&self) -> impl Iterator<Item = (PublicKey, usize)> {
        self.mail.waiting()
    }

    /// Returns how many own entries wait for gossip to take them.
    pub fn unpublished(&self) -> usize {
        self.log.unpublished.len()
    }

    /// Returns how far every log is known.
    pub fn frontier(&self) -> Frontier {
        self.log.frontier()
    }

    /// Returns all entries that live, of all coops.
    pub fn live_entries(&self, now: Timestamp) -> impl Iterator<Item = &Entry> {
        self.log.live(now)
    }

    /// Tells whether new claims and awards with the coop must wait for a person, because it contradicted
    /// itself.
    pub fn is_suspended(&self, coop: &PublicKey) -> bool {
        self.log.is_suspended(coop)
    }

    /// Returns the coops that contradicted themselves, since when that is known here, and whether a person has
    /// cleared them.
    pub fn contradictions(&self) -> impl Iterator<Item = (PublicKey, Timestamp, bool)> {
        self.log.proofs.iter().map(|(log, row)| (log.origin, row.seen_at, row.cleared))
    }

    /// Tells whether a person may clear the coop, or it has contradicted itself too often.
    pub fn may_be_cleared(&self, coop: &PublicKey) -> bool {
        self.log.may_be_cleared(coop)
    }

    /// Returns counts since the program began.
    pub fn counters(&self) -> Counters {
        self.counters
    }
}
