//! The roster: the coops of a federation, folded from its charter and the acts since.
//!
//! Two things change it. **Acts** admit and expel; each needs the signatures of more than half of the coops
//! on the version before and names its predecessor's hash, so that they form one chain. **Renewals** replace
//! a coop's own record; the coop's own signature is enough, and as every coop only ever writes its own, they
//! stand beside the chain (the higher revision holds) and can never fork it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::Timestamp;
use jitney_identity::{Hash, PublicKey};

use crate::act::{ActError, Change, RosterAct, SignedAct, is_endorsed};
use crate::bytes::later;
use crate::charter::{Charter, CharterError, SignedCharter};
use crate::ids::{ActId, FederationId, Version};
use crate::record::{CoopRecord, RecordError, SignedRecord};

/// Most coops of one federation.
pub const MAX_COOPS: usize = 256;
/// Most acts in the life of one federation.
pub const MAX_ACTS: usize = 4096;

/// Says why an act or a renewal does not fit the roster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RosterError {
    /// The act itself is faulty.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The record itself is faulty.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The act makes another version than the next.
    #[error("the act makes version {found} of the roster, the next one is {expected}")]
    WrongVersion {
        /// The version the act makes.
        found: Version,
        /// The version that comes next.
        expected: Version,
    },
    /// The act follows another predecessor.
    #[error("the act follows {found}, the roster stands at {expected}")]
    WrongPredecessor {
        /// The predecessor named.
        found: Hash,
        /// The hash of the latest act or the charter.
        expected: Hash,
    },
    /// Not more than half of the coops signed.
    #[error("{found} coops signed the act, {needed} are needed")]
    TooFewSignatures {
        /// Coops on the roster whose signatures hold.
        found: usize,
        /// Coops that must sign.
        needed: usize,
    },
    /// The coop to be admitted is on the roster.
    #[error("coop {coop} is on the roster")]
    AlreadyOnRoster {
        /// The coop.
        coop: PublicKey,
    },
    /// The coop is not on the roster.
    #[error("coop {coop} is not on the roster")]
    NotOnRoster {
        /// The coop.
        coop: PublicKey,
    },
    /// The federation is full or has acted too often.
    #[error("the federation has reached its limit of {MAX_COOPS} coops or {MAX_ACTS} acts")]
    Full,
    /// The key is in use, or the record is not newer than the one on the roster.
    #[error(
        "key {key} is in use on the roster, or the record of coop {coop} is not newer than the one there"
    )]
    NoSuccession {
        /// The coop.
        coop: PublicKey,
        /// The key it was to sign with.
        key: PublicKey,
    },
    /// The last coop cannot be expelled.
    #[error("coop {coop} is the last on the roster")]
    LastCoop {
        /// The coop.
        coop: PublicKey,
    },
}

/// The coops of a federation at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    federation: FederationId,
    acts: Vec<ActId>,
    coops: BTreeMap<PublicKey, CoopRecord>,
}

impl Roster {
    /// Returns the first version: the founder alone.
    ///
    /// # Errors
    ///
    /// A [`CharterError`] if the charter does not hold.
    pub fn found(charter: &SignedCharter) -> Result<(Self, Charter), CharterError> {
        let opened = charter.open()?;
        let coops = BTreeMap::from([(opened.founder.coop, opened.founder.clone())]);
        Ok((Roster { federation: charter.federation(), acts: Vec::new(), coops }, opened))
    }

    /// Makes the next version.
    ///
    /// # Errors
    ///
    /// A [`RosterError`] if the act does not follow this version or too few coops signed; nothing changes.
    pub fn apply(&mut self, signed: &SignedAct) -> Result<RosterAct, RosterError> {
        let act = RosterAct::decode(&signed.act.0, self.federation)?;
        self.check(&act)?;
        let (found, needed) = (self.endorsers(signed).len(), self.majority());
        if found < needed {
            return Err(RosterError::TooFewSignatures { found, needed });
        }
        match (act.newcomer()?.or(act.successor()?), act.subject()) {
            (Some(record), _) => {
                self.coops.insert(record.coop, record);
            }
            (None, Some(coop)) => {
                self.coops.remove(&coop);
            }
            (None, None) => {}
        }
        self.acts.push(signed.id());
        Ok(act)
    }

    /// Checks that an act would follow this version, whoever signs it.
    ///
    /// # Errors
    ///
    /// A [`RosterError`] if it would not.
    pub fn check(&self, act: &RosterAct) -> Result<(), RosterError> {
        let expected = self.version().next();
        if act.version != expected {
            return Err(RosterError::WrongVersion { found: act.version, expected });
        }
        if act.prev != self.hash() {
            return Err(RosterError::WrongPredecessor { found: act.prev, expected: self.hash() });
        }
        if self.acts.len() >= MAX_ACTS {
            return Err(RosterError::Full);
        }
        match &act.change {
            Change::Admit(record) => {
                let coop = record.open(self.federation)?.coop;
                if self.is_in_use(&coop) {
                    return Err(RosterError::AlreadyOnRoster { coop });
                }
                if self.coops.len() >= MAX_COOPS {
                    return Err(RosterError::Full);
                }
            }
            Change::Expel(coop) if !self.coops.contains_key(coop) => {
                return Err(RosterError::NotOnRoster { coop: *coop });
            }
            Change::Expel(coop) if self.coops.len() == 1 => {
                return Err(RosterError::LastCoop { coop: *coop });
            }
            Change::Expel(_) => {}
            Change::Succeed(_) => {
                let Some(record) = act.successor()? else { return Ok(()) };
                let (coop, key) = (record.coop, record.signing_key());
                let current = self.coops.get(&coop).ok_or(RosterError::NotOnRoster { coop })?;
                if record.revision <= current.revision || self.is_in_use(&key) {
                    return Err(RosterError::NoSuccession { coop, key });
                }
            }
        }
        Ok(())
    }

    /// Tells whether a key is that of any coop, by name or to sign with.
    fn is_in_use(&self, key: &PublicKey) -> bool {
        self.coops.contains_key(key) || self.coops.values().any(|record| record.signing_key() == *key)
    }

    /// Returns the key that a coop signs with; of a coop that is not on the roster, its own.
    pub fn signing_key(&self, coop: &PublicKey) -> PublicKey {
        self.coops.get(coop).map_or(*coop, CoopRecord::signing_key)
    }

    /// Puts a coop's renewed record in place of its older one; tells whether it was newer.
    ///
    /// # Errors
    ///
    /// [`RosterError::Record`] if the record does not hold, [`RosterError::NotOnRoster`] if its coop is not
    /// on this version.
    pub fn renew(&mut self, signed: &SignedRecord) -> Result<bool, RosterError> {
        let coop = signed.read()?.coop;
        let Some(current) = self.coops.get_mut(&coop) else {
            return Err(RosterError::NotOnRoster { coop });
        };
        let record = signed.open_by(self.federation, &current.signing_key())?;
        let newer = record.revision > current.revision;
        if newer {
            *current = record;
        }
        Ok(newer)
    }

    /// Returns the coops of this version whose signatures under the act hold and count. On another key for a
    /// coop the others decide, as nobody can tell who holds the old one, unless there is just one other.
    pub fn endorsers(&self, signed: &SignedAct) -> BTreeSet<PublicKey> {
        let act = RosterAct::decode(&signed.act.0, self.federation).ok();
        let subject =
            act.filter(|act| matches!(act.change, Change::Succeed(_))).and_then(|act| act.subject());
        let subject = subject.filter(|_| self.coops.len() > 2);
        let signatures = signed.signatures.iter().filter(|(coop, _)| self.coops.contains_key(coop));
        signatures
            .filter(|(coop, _)| Some(**coop) != subject)
            .filter(|(coop, signature)| is_endorsed(&signed.act.0, &self.signing_key(coop), signature))
            .map(|(coop, _)| *coop)
            .collect()
    }

    /// Returns the federation.
    pub fn federation(&self) -> FederationId {
        self.federation
    }

    /// Returns the number of acts so far.
    pub fn version(&self) -> Version {
        Version(u64::try_from(self.acts.len()).unwrap_or(u64::MAX))
    }

    /// Returns the hash of the latest act, or of the charter if there is none.
    pub fn hash(&self) -> Hash {
        self.acts.last().map_or(self.federation.0, |act| act.0)
    }

    /// Returns the hash of the roster at an earlier version, if there was one.
    pub fn hash_at(&self, version: Version) -> Option<Hash> {
        match version.0.checked_sub(1) {
            None => Some(self.federation.0),
            Some(index) => self.acts.get(usize::try_from(index).ok()?).map(|act| act.0),
        }
    }

    /// Returns the records of all coops, by key.
    pub fn coops(&self) -> impl Iterator<Item = &CoopRecord> {
        self.coops.values()
    }

    /// Returns the record of a coop.
    pub fn coop(&self, coop: &PublicKey) -> Option<&CoopRecord> {
        self.coops.get(coop)
    }

    /// Returns the number of coops.
    pub fn len(&self) -> usize {
        self.coops.len()
    }

    /// Tells whether there are no coops, which never happens.
    pub fn is_empty(&self) -> bool {
        self.coops.is_empty()
    }

    /// Returns how many coops must sign an act: more than half.
    pub fn majority(&self) -> usize {
        (self.coops.len() >> 1).saturating_add(1)
    }

    /// Tells whether the node may speak for that coop at that moment. Whatever is signed is judged by this.
    pub fn certifies(&self, coop: &PublicKey, node: &PublicKey, at: Timestamp) -> bool {
        self.coops.get(coop).is_some_and(|record| record.certifies(node, at))
    }

    /// Returns the coop that the node speaks for at that moment; the first by key if several say so.
    pub fn coop_of_node(&self, node: &PublicKey, at: Timestamp) -> Option<PublicKey> {
        self.coops.values().find(|record| record.certifies(node, at)).map(|record| record.coop)
    }

    /// Returns all nodes that any coop certifies at that moment.
    pub fn nodes(&self, at: Timestamp) -> BTreeSet<PublicKey> {
        let nodes = self.coops.values().flat_map(|record| &record.nodes);
        nodes.filter(|node| node.cert.covers(at)).map(|node| node.cert.node).collect()
    }

    /// Returns when [`Roster::nodes`] may next be others than at that moment: a certificate begins or has ended.
    pub fn next_nodes(&self, after: Timestamp) -> Option<Timestamp> {
        let nodes = self.coops.values().flat_map(|record| &record.nodes);
        let turns = nodes.flat_map(|node| [node.cert.not_before, later(node.cert.not_after, 1)]);
        turns.filter(|turn| *turn > after).min()
    }

    /// Returns where a node may be found, as its coops say.
    pub fn addresses(&self, node: &PublicKey) -> Vec<String> {
        let nodes = self.coops.values().flat_map(|record| &record.nodes);
        nodes.filter(|entry| entry.cert.node == *node).flat_map(|entry| entry.addresses.clone()).collect()
    }

    /// Says which of two rosters of one federation holds: the one with more acts; of two equally long ones
    /// that with the smaller hash where they first differ. Everybody who has seen both decides alike.
    ///
    /// Two chains arise only if coops endorse, after an act expired, another one for the same version while
    /// somebody out of reach had gathered a majority for the first.
    pub fn precedence(&self, other: &Roster) -> Ordering {
        let longer = self.acts.len().cmp(&other.acts.len());
        longer.then_with(|| other.acts.cmp(&self.acts))
    }
}

#[cfg(test)]
mod tests;
