//! Answers about the federation.

use jitney_domain::{Actor, Role, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

use jitney_federation::entry::MAX_ENTRY_LIFE;
use jitney_federation::record::MAX_NODES;
use jitney_federation::{
    Agreement, CoopRecord, FoundParams, InvitationKind, InvitationLink, InvitationSecret, Newcomer, NodeCert,
    NodeRecord,
};
use jitney_identity::{Fingerprint, Hash, PublicKey};
use jitney_store::Store;

use crate::api::{Answer, Fault, FaultKind, Reply, Request};
use crate::core::Core;
use crate::view;

/// How long a node's certificate is valid, in milliseconds; it is renewed at a third of that.
const NODE_CERT_LIFE_MS: i64 = 400 * 24 * 3_600_000;
/// How far before now a certificate begins, so that slightly different clocks do no harm.
const NODE_CERT_BEFORE_MS: i64 = 24 * 3_600_000;

impl<S: Store> Core<S> {
    pub(super) fn answer_about_federation(
        &mut self,
        actor: Actor,
        request: Request,
        now: Timestamp,
    ) -> Answer {
        if !request.only_reads() {
            self.operator_only(&actor)?;
        }
        match request {
            Request::FoundFederation { name, terms } => {
                let record = self.own_record(now);
                let agreement =
                    Agreement { currency: "EUR".to_owned(), per_km_minor: None, per_trip_minor: None };
                let terms = Hash::of(terms.as_bytes());
                let params = FoundParams { name, terms, agreement, record };
                let (machine, mut cx) = self.machine(now);
                let outputs = machine.found(params, &mut cx).map_err(conflict)?;
                self.let_out(outputs, now);
                self.roster_reply(now)
            }
            Request::InviteCoop { valid } => {
                if self.federation.joining().is_some() {
                    return Err(self.alone());
                }
                let addresses = self.settings.addresses.clone();
                let (machine, mut cx) = self.machine(now);
                let (link, outputs) = machine.invite(valid, addresses, &mut cx).map_err(conflict)?;
                self.let_out(outputs, now);
                Ok(Reply::Invitation(view::Invitation { link: link.to_string(), expires: link.expires_at }))
            }
            Request::JoinFederation { link } => self.join_federation(&link, now),
            Request::WithdrawJoin => self.withdraw_join(now),
            Request::AdmitCoop { who } => {
                let coop = self.waiting_coop(&who, now)?;
                let (machine, mut cx) = self.machine(now);
                let outputs = machine.admit(Newcomer::Coop(coop), &mut cx).map_err(conflict)?;
                self.let_out(outputs, now);
                self.roster_reply(now)
            }
            Request::Roster => self.roster_reply(now),
            Request::DraftSuccession => self.draft_succession(now),
            Request::SucceedCoop { record, words } => self.succeed_coop(&record, &words, now),
            Request::Doctor => self.health_reply(now),
            Request::ListNodes => self.nodes_reply(now),
            Request::WithdrawNode { node, since } => self.withdraw_node(&node, since, now),
            other => Err(Fault::invalid(format!("{other:?} is not about the federation"))),
        }
    }

    /// Says what stands on the roster about us.
    pub(super) fn own_record(&self, now: Timestamp) -> CoopRecord {
        let known = self.federation.roster().and_then(|r| r.coop(&self.coop_key()));
        let node = self.settings.keys.node.public();
        // What the node has signed so far must stay covered: a renewed certificate begins where the old one did.
        let before =
            known.and_then(|r| r.nodes.iter().find(|n| n.cert.node == node)).map(|n| n.cert.not_before);
        let from = before.unwrap_or(Timestamp(now.0.saturating_sub(NODE_CERT_BEFORE_MS)));
        let until = Timestamp(now.0.saturating_add(NODE_CERT_LIFE_MS));
        let ours = NodeRecord {
            cert: NodeCert::issue_for(&self.coop_key(), &self.settings.keys.coop, node, from, until),
            addresses: self.own_addresses(),
        };
        // What our other nodes have said must stay readable for as long as it lives.
        let others = known.into_iter().flat_map(|r| &r.nodes).filter(|n| n.cert.node != node);
        let others = others.filter(|n| n.cert.not_after.after(MAX_ENTRY_LIFE) >= now).cloned();
        let mut record = CoopRecord {
            coop: self.coop_key(),
            key: Some(self.signing_key()).filter(|key| *key != self.coop_key()),
            name: self.settings.face.name.clone(),
            phone: self.settings.face.phone.clone(),
            revision: known.map_or(1, |r| r.revision.saturating_add(1)),
            nodes: std::iter::once(ours).chain(others).collect(),
        };
        // The node that ends first goes first if there is not room for all.
        if let Some((_, others)) = record.nodes.split_first_mut() {
            others.sort_by_key(|n| std::cmp::Reverse(n.cert.not_after));
        }
        while record.nodes.len() > 1 && (record.nodes.len() > MAX_NODES || !record.fits()) {
            record.nodes.pop();
        }
        record
    }

    /// Tells the other coops when this node's addresses have changed or its certificate grows old.
    pub(crate) fn renew_record(&mut self, now: Timestamp) {
        let us = self.coop_key();
        let node = self.settings.keys.node.public();
        let Some(record) = self.federation.roster().and_then(|r| r.coop(&us)) else { return };
        let listed = record.nodes.iter().find(|n| n.cert.node == node);
        let current = listed.is_some_and(|n| {
            let left = n.cert.not_after.0.saturating_sub(now.0);
            left > NODE_CERT_LIFE_MS / 3 && n.addresses == self.own_addresses()
        });
        if current || self.settings.addresses.is_empty() {
            return;
        }
        let record = self.own_record(now);
        let (machine, mut cx) = self.machine(now);
        match machine.renew(&record, &mut cx) {
            Ok(outputs) => self.let_out(outputs, now),
            Err(error) => {
                tracing::warn!(target: "jitney::federation", %error, "our addresses could not be renewed");
            }
        }
    }

    fn roster_reply(&self, now: Timestamp) -> Answer {
        match self.roster_view(now) {
            Some(roster) => Ok(Reply::Roster(Box::new(roster))),
            None => Err(self.alone()),
        }
    }

    /// Finds the one waiting coop that words or a did:key name.
    fn waiting_coop(&self, who: &str, now: Timestamp) -> Result<PublicKey, Fault> {
        let waiting = self.roster_view(now).map(|r| r.waiting).unwrap_or_default();
        let words = who.parse::<Fingerprint>().ok().map(|f| f.to_string());
        let found = waiting.iter().find(|w| {
            Some(&w.fingerprint) == words.as_ref() || w.coop.to_string() == who.trim() || w.name == who.trim()
        });
        found.map(|w| w.coop).ok_or_else(|| {
            Fault::not_found(format!(
                "no coop with the words \"{who}\" waits to be admitted; see `jitney federation roster`"
            ))
        })
    }

    pub(crate) fn roster_view(&self, now: Timestamp) -> Option<view::Roster> {
        let roster = self.federation.roster()?;
        let charter = self.federation.charter()?;
        let us = self.coop_key();
        let mut coops: Vec<view::RosterCoop> = roster
            .coops()
            .map(|record| view::RosterCoop {
                name: record.name.clone(),
                coop: record.coop,
                fingerprint: record.coop.fingerprint().to_string(),
                phone: record.phone.clone(),
                addresses: record.nodes.iter().flat_map(|n| n.addresses.clone()).collect(),
                connected: self.is_connected(&record.coop),
                us: record.coop == us,
                barred: self.state.is_barred(&record.coop),
            })
            .collect();
        coops.sort_by(|one, other| one.name.cmp(&other.name));
        let waiting = self.waiting(now);
        Some(view::Roster {
            name: charter.name.clone(),
            id: roster.federation().to_string(),
            version: roster.version().0,
            coops,
            waiting,
        })
    }

    /// Lists coops that want to join: those who asked here and those whom others have proposed.
    fn waiting(&self, now: Timestamp) -> Vec<view::Waiting> {
        let us = self.coop_key();
        let needed = self.federation.roster().map_or(0, |r| r.majority());
        let row = |record: &CoopRecord, signed: &BTreeSet<PublicKey>| view::Waiting {
            name: record.name.clone(),
            coop: record.coop,
            fingerprint: record.coop.fingerprint().to_string(),
            signed: signed.len(),
            needed,
            we_signed: signed.contains(&us),
        };
        let mut waiting = BTreeMap::new();
        for (record, _) in self.federation.applicants() {
            waiting.insert(record.coop, row(&record, &BTreeSet::new()));
        }
        for proposal in self.federation.proposals(now) {
            if let Ok(Some(record)) = proposal.act.newcomer() {
                waiting.insert(record.coop, row(&record, &proposal.endorsed_by));
            }
        }
        let admitted = |coop: &PublicKey| self.federation.roster().is_some_and(|r| r.coop(coop).is_some());
        waiting.into_values().filter(|w| !admitted(&w.coop)).collect()
    }

    fn is_connected(&self, coop: &PublicKey) -> bool {
        self.federation.peers().iter().any(|p| p.connected && p.coop.as_ref() == Some(coop))
    }

    pub(crate) fn federation_status(&self, now: Timestamp) -> Option<view::FederationStatus> {
        let roster = self.federation.roster()?;
        let charter = self.federation.charter()?;
        let us = self.coop_key();
        let connected = roster.coops().filter(|c| c.coop != us && self.is_connected(&c.coop)).count();
        let outbox = self.federation.outbox().map(|(_, waiting)| waiting).sum();
        let oldest = self.federation.mail().outbox.values().map(|row| row.queued_at).min();
        Some(view::FederationStatus {
            name: charter.name.clone(),
            id: roster.federation().to_string(),
            roster_version: roster.version().0,
            coops: roster.len(),
            connected,
            entries: self.federation.live_entries(now).count(),
            outbox,
            outbox_oldest_s: oldest.map(|at| (now.0.saturating_sub(at.0)) / 1000),
        })
    }

    /// Returns how many other coops there are.
    pub(crate) fn partner_count(&self) -> usize {
        self.federation.roster().map_or(0, |r| r.len().saturating_sub(1))
    }

    /// Returns a coop's public name.
    pub(crate) fn coop_name(&self, coop: &PublicKey) -> String {
        self.known_coop(coop).map_or_else(|| format!("coop …{}", coop.short()), str::to_owned)
    }

    /// Returns a coop's name, if it is ours or on the roster.
    pub(crate) fn known_coop(&self, coop: &PublicKey) -> Option<&str> {
        if *coop == self.coop_key() {
            return Some(&self.settings.face.name);
        }
        let record = self.federation.roster().and_then(|r| r.coop(coop))?;
        Some(&record.name)
    }

    /// Returns a node of a coop: ours for us, the first on the roster for another.
    pub(crate) fn node_of(&self, coop: PublicKey) -> Option<PublicKey> {
        if coop == self.coop_key() {
            return Some(self.settings.keys.node.public());
        }
        let record = self.federation.roster().and_then(|r| r.coop(&coop))?;
        record.nodes.first().map(|n| n.cert.node)
    }

    /// Writes the link that invites a person.
    pub(super) fn member_link(
        &self,
        secret: [u8; 16],
        role: Role,
        expires: Timestamp,
    ) -> Result<String, Fault> {
        if self.settings.addresses.is_empty() {
            return Err(Fault::new(
                FaultKind::Conflict,
                "the node listens nowhere, so nobody could use an invitation; see [network] in the configuration",
            ));
        }
        let link = InvitationLink {
            kind: InvitationKind::Member { role: role.to_string() },
            coop: self.coop_key(),
            node: self.settings.keys.node.public(),
            addresses: self.settings.addresses.clone(),
            secret: InvitationSecret(secret),
            expires_at: expires,
        };
        Ok(link.to_string())
    }
}

pub(super) fn conflict(error: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Conflict, error.to_string())
}
