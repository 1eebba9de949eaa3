//! Who belongs to the federation: charter, acts, renewals, and the acts that are still being decided.

use std::collections::BTreeMap;

use jitney_domain::Timestamp;
use jitney_domain::table::Table;
use jitney_identity::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

use crate::act::{Change, RosterAct, SignedAct, act_id, is_endorsed};
use crate::bytes::Blob;
use crate::charter::{Charter, SignedCharter};
use crate::ids::{ActId, CoopKey, FederationId, SecretHash, Version};
use crate::invitation::InvitationLink;
use crate::record::{CoopRecord, SignedRecord};
use crate::roster::Roster;

/// Most acts that are being decided at a time.
pub const MAX_PROPOSALS: usize = 64;
/// Most of them proposed by one coop.
pub const MAX_PROPOSALS_PER_COOP: usize = 8;
/// Most coops that wait to be admitted.
pub const MAX_APPLICANTS: usize = 32;
/// Most invitations that are open at a time.
pub const MAX_INVITATIONS: usize = 64;

/// The act that this coop endorsed for a version of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndorsedRow {
    /// The act.
    pub act: ActId,
    /// Until when no other act for the version may be endorsed.
    pub expires_at: Timestamp,
}

/// An act that is being decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalRow {
    /// The bytes of the act.
    pub act: Blob,
    /// The coop that proposed it.
    pub proposer: PublicKey,
    /// Endorsements whose signatures hold.
    pub signatures: BTreeMap<PublicKey, Signature>,
}

/// An invitation that this node gave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Until when it may be used.
    pub expires_at: Timestamp,
    /// The coop that used it.
    pub used_by: Option<PublicKey>,
}

/// What the operator decided on a coop that asks to be admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Nothing yet.
    Waiting,
    /// To admit it; an act proposes so to the other coops.
    Admit,
    /// Not to.
    Decline,
}

/// A coop that asks this node to be admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicantRow {
    /// Its record.
    pub record: SignedRecord,
    /// When it first asked.
    pub asked_at: Timestamp,
    /// What was decided here.
    pub decision: Decision,
}

/// This coop's own request to be admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoiningRow {
    /// The invitation.
    pub link: InvitationLink,
    /// The federation it leads to.
    pub federation: FederationId,
    /// The record that is to stand on the roster.
    pub record: SignedRecord,
}

/// Who belongs to the federation, and who is to.
#[derive(Debug, Default)]
pub struct Membership {
    /// The charter; table 128.
    pub charter: Table<(), SignedCharter>,
    /// The acts that made the roster, by the version each made; table 129.
    pub acts: Table<Version, SignedAct>,
    /// The latest renewed record of each coop; table 130.
    pub renewals: Table<CoopKey, SignedRecord>,
    /// What this coop endorsed, by version; table 131.
    pub endorsed: Table<Version, EndorsedRow>,
    /// Acts being decided; table 132.
    pub proposals: Table<ActId, ProposalRow>,
    /// Invitations given out, by the hash of their secret; table 133.
    pub invitations: Table<SecretHash, InvitationRow>,
    /// Coops that ask to be admitted; table 134.
    pub applicants: Table<CoopKey, ApplicantRow>,
    /// This coop's own request; table 135.
    pub joining: Table<(), JoiningRow>,
    state: Option<(Roster, Charter)>,
}

impl Membership {
    /// Returns the roster, if there is a federation.
    pub fn roster(&self) -> Option<&Roster> {
        self.state.as_ref().map(|(roster, _)| roster)
    }

    /// Returns the charter, if there is a federation.
    pub fn opened_charter(&self) -> Option<&Charter> {
        self.state.as_ref().map(|(_, charter)| charter)
    }

    /// Takes on a charter: its founder alone is on the roster.
    ///
    /// # Errors
    ///
    /// A [`crate::CharterError`] if the charter does not hold; then nothing changes.
    pub fn adopt_charter(&mut self, charter: SignedCharter) -> Result<(), crate::CharterError> {
        self.state = Some(Roster::found(&charter)?);
        self.charter.insert((), charter);
        Ok(())
    }

    /// Folds the roster anew from the rows. Of a damaged chain the sound beginning is kept, and the first
    /// version that does not hold is returned; sync fetches the rest again.
    pub fn rebuild(&mut self) -> Option<Version> {
        self.state = self.charter.get(&()).and_then(|charter| Roster::found(charter).ok());
        let Some((roster, _)) = &mut self.state else {
            return self.charter.get(&()).map(|_| Version(0));
        };
        let faulty = self
            .acts
            .iter()
            .find(|(version, act)| **version != roster.version().next() || roster.apply(act).is_err());
        let faulty = faulty.map(|(version, _)| *version);
        if let Some(from) = faulty {
            let lost: Vec<Version> = self.acts.range(from..).map(|(version, _)| *version).collect();
            for version in lost {
                self.acts.remove(&version);
            }
        }
        self.overlay();
        faulty
    }

    /// Takes the next act of the chain.
    ///
    /// # Errors
    ///
    /// A [`crate::RosterError`] if it does not follow; then nothing changes.
    pub fn adopt(&mut self, act: SignedAct) -> Result<RosterAct, crate::RosterError> {
        let Some((roster, _)) = &mut self.state else { return Err(crate::RosterError::Full) };
        let applied = roster.apply(&act)?;
        self.acts.insert(applied.version, act);
        if let (Change::Succeed(_), Some(coop)) = (&applied.change, applied.subject()) {
            // What the old key signed gives way to the record that the act brought.
            self.renewals.remove(&CoopKey(coop));
        }
        self.drop_departed();
        self.drop_decided();
        Ok(applied)
    }

    /// Takes another chain in place of the current one, if it takes precedence; tells whether it did.
    pub fn adopt_chain(&mut self, chain: Candidate) -> bool {
        let Some((roster, _)) = &mut self.state else { return false };
        if chain.roster.precedence(roster) != std::cmp::Ordering::Greater {
            return false;
        }
        *roster = chain.roster;
        // What both chains share stays as it is stored: all that changes goes into one durable batch.
        let mut version = Version(0);
        for act in chain.acts {
            version = version.next();
            if self.acts.get(&version) != Some(&act) {
                self.acts.insert(version, act);
            }
        }
        let beyond: Vec<Version> = self.acts.range(version.next()..).map(|(version, _)| *version).collect();
        for version in beyond {
            self.acts.remove(&version);
        }
        self.overlay();
        self.drop_decided();
        true
    }

    /// Adopts every act being decided that more than half of the coops endorsed in time.
    pub fn adopt_decided(&mut self, now: Timestamp) -> Vec<RosterAct> {
        let mut adopted = Vec::new();
        while let Some(act) = self.decided(now) {
            match self.adopt(act) {
                Ok(act) => adopted.push(act),
                Err(_) => break,
            }
        }
        adopted
    }

    fn decided(&self, now: Timestamp) -> Option<SignedAct> {
        let roster = self.roster()?;
        let signed = self
            .proposals
            .values()
            .map(|row| SignedAct { act: row.act.clone(), signatures: row.signatures.clone() });
        signed.into_iter().find(|signed| {
            let act = RosterAct::decode(&signed.act.0, roster.federation());
            act.is_ok_and(|act| {
                act.expires_at >= now
                    && roster.check(&act).is_ok()
                    && roster.endorsers(signed).len() >= roster.majority()
            })
        })
    }

    /// Takes a coop's renewed record; tells whether it was newer.
    ///
    /// # Errors
    ///
    /// A [`crate::RosterError`] if the record does not hold or its coop is not on the roster.
    pub fn renew(&mut self, record: &SignedRecord) -> Result<bool, crate::RosterError> {
        let Some((roster, _)) = &mut self.state else { return Ok(false) };
        let newer = roster.renew(record)?;
        if newer && let Ok(opened) = record.read() {
            self.renewals.insert(CoopKey(opened.coop), record.clone());
        }
        Ok(newer)
    }

    /// Notes an act that a coop proposes; tells whether it is news.
    pub fn note_proposal(
        &mut self,
        proposer: PublicKey,
        act: &Blob,
        signature: Signature,
        now: Timestamp,
    ) -> Option<ActId> {
        let roster = self.roster()?;
        let decoded = RosterAct::decode(&act.0, roster.federation()).ok()?;
        let current = decoded.version > roster.version() && decoded.expires_at >= now;
        if !current || !is_endorsed(&act.0, &roster.signing_key(&proposer), &signature) {
            return None;
        }
        let id = act_id(&act.0);
        if self.proposals.contains(&id) {
            return self.add_endorsement(id, proposer, signature).then_some(id);
        }
        let by_coop = self.proposals.values().filter(|row| row.proposer == proposer).count();
        if self.proposals.len() >= MAX_PROPOSALS || by_coop >= MAX_PROPOSALS_PER_COOP {
            return None;
        }
        let signatures = BTreeMap::from([(proposer, signature)]);
        self.proposals.insert(id, ProposalRow { act: act.clone(), proposer, signatures });
        Some(id)
    }

    /// Notes that a coop endorses an act; tells whether the act is known and the endorsement news.
    pub fn note_endorsement(&mut self, id: ActId, coop: PublicKey, signature: Signature) -> bool {
        let key = self.roster().map_or(coop, |roster| roster.signing_key(&coop));
        let holds = self.proposals.get(&id).is_some_and(|row| is_endorsed(&row.act.0, &key, &signature));
        holds && self.add_endorsement(id, coop, signature)
    }

    fn add_endorsement(&mut self, id: ActId, coop: PublicKey, signature: Signature) -> bool {
        let news = self.proposals.get(&id).is_some_and(|row| !row.signatures.contains_key(&coop));
        news && self.proposals.update(&id, |row| {
            row.signatures.insert(coop, signature);
        })
    }

    /// Returns the act being decided that would follow the current roster, is about that coop and changes
    /// what is meant.
    pub fn proposal_about(
        &self,
        subject: &PublicKey,
        is_meant: impl Fn(&Change) -> bool,
        now: Timestamp,
    ) -> Option<(ActId, RosterAct)> {
        let roster = self.roster()?;
        self.proposals.iter().find_map(|(id, row)| {
            let act = RosterAct::decode(&row.act.0, roster.federation()).ok()?;
            let fits = act.subject() == Some(*subject)
                && is_meant(&act.change)
                && act.expires_at >= now
                && roster.check(&act).is_ok();
            fits.then_some((*id, act))
        })
    }

    /// Returns the renewed records of which the other side has an older revision or none.
    pub fn renewals_beyond(&self, known: &BTreeMap<PublicKey, u64>) -> Vec<&SignedRecord> {
        let ours = self.revisions();
        let newer = ours.iter().filter(|(coop, ours)| **ours > known.get(coop).copied().unwrap_or(0));
        newer.filter_map(|(coop, _)| self.renewals.get(&CoopKey(*coop))).collect()
    }

    /// Returns the revision of each renewed record.
    pub fn revisions(&self) -> BTreeMap<PublicKey, u64> {
        let revision = |coop: &PublicKey| Some((*coop, self.roster()?.coop(coop)?.revision));
        self.renewals.iter().filter_map(|(coop, _)| revision(&coop.0)).collect()
    }

    /// Drops what is past its time: acts being decided, endorsements, invitations nobody used.
    pub fn expire(&mut self, now: Timestamp) {
        let Some(federation) = self.roster().map(Roster::federation) else { return };
        sweep(&mut self.proposals, |row| {
            RosterAct::decode(&row.act.0, federation).map_or(true, |act| act.expires_at < now)
        });
        sweep(&mut self.endorsed, |row| row.expires_at < now);
        sweep(&mut self.invitations, |row| row.expires_at < now && row.used_by.is_none());
    }

    /// Tells whether strangers may ask to be admitted.
    pub fn expects_strangers(&self, now: Timestamp) -> bool {
        let open = self.invitations.values().any(|row| match row.used_by {
            None => row.expires_at >= now,
            Some(coop) => self.applicants.contains(&CoopKey(coop)),
        });
        open && self.state.is_some()
    }

    /// Returns the record of an applicant.
    pub fn applicant(&self, coop: &PublicKey) -> Option<CoopRecord> {
        self.applicants.get(&CoopKey(*coop)).and_then(|row| row.record.read().ok())
    }

    /// Lays the renewed records over a roster folded from acts alone; forgets those that add nothing.
    fn overlay(&mut self) {
        let Some((roster, _)) = &mut self.state else { return };
        let rows = self.renewals.iter();
        let void = rows.filter(|(_, record)| roster.renew(record) != Ok(true)).map(|(coop, _)| *coop);
        for coop in void.collect::<Vec<_>>() {
            self.renewals.remove(&coop);
        }
    }

    /// Forgets the renewed records of coops that left.
    fn drop_departed(&mut self) {
        let Some((roster, _)) = &self.state else { return };
        let departed =
            self.renewals.iter().map(|(coop, _)| *coop).filter(|coop| roster.coop(&coop.0).is_none());
        for coop in departed.collect::<Vec<_>>() {
            self.renewals.remove(&coop);
        }
    }

    /// Drops the acts being decided that can no longer follow the roster.
    fn drop_decided(&mut self) {
        let Some((roster, _)) = &self.state else { return };
        sweep(&mut self.proposals, |row| {
            let act = RosterAct::decode(&row.act.0, roster.federation());
            act.map_or(true, |act| act.version <= roster.version())
        });
    }
}

/// Takes out the rows that are old.
pub(crate) fn sweep<K: Ord + Clone, V>(table: &mut Table<K, V>, is_old: impl Fn(&V) -> bool) {
    let old: Vec<K> = table.iter().filter(|(_, row)| is_old(row)).map(|(key, _)| key.clone()).collect();
    for key in old {
        table.remove(&key);
    }
}

/// A chain of acts that a peer tells, differing from ours.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The roster that the chain makes so far.
    pub roster: Roster,
    /// Its acts from the first on.
    pub acts: Vec<SignedAct>,
}

impl Candidate {
    /// Begins a chain at the charter.
    pub fn begin(charter: &SignedCharter) -> Option<Self> {
        let (roster, _) = Roster::found(charter).ok()?;
        Some(Candidate { roster, acts: Vec::new() })
    }

    /// Takes the next act; tells whether it follows.
    pub fn take(&mut self, act: &SignedAct) -> bool {
        let follows = self.roster.apply(act).is_ok();
        if follows {
            self.acts.push(act.clone());
        }
        follows
    }
}
