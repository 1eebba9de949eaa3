//! Acts on the roster: who is admitted, who is expelled, and who signed for it.

use std::collections::BTreeMap;

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::{Domain, Hash, PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};

use crate::bytes::Blob;
use crate::ids::{ActId, FederationId, Version};
use crate::record::{CoopRecord, RecordError, SignedRecord};

/// Longest act in bytes, so that its proposal fits into one entry of a public log.
pub const MAX_ACT_BYTES: usize = 2800;
/// Time that coops have to endorse an act, 7 days.
pub const ACT_LIFE: Minutes = Minutes(7 * 24 * 60);

/// What an act does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A coop enters the roster, with its own consent.
    Admit(SignedRecord),
    /// A coop leaves the roster.
    Expel(PublicKey),
    /// A coop signs with another key from now on; the record is its new one, signed with that key.
    Succeed(SignedRecord),
}

/// An act that makes one version of the roster into the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterAct {
    /// The federation.
    pub federation: FederationId,
    /// The version that the act makes.
    pub version: Version,
    /// Hash of the act before, or of the charter.
    pub prev: Hash,
    /// What it does.
    pub change: Change,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// Until when it may be endorsed.
    pub expires_at: Timestamp,
}

/// Says why an act was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// The act is too long for one entry.
    #[error("the act has {length} bytes, at most {MAX_ACT_BYTES} fit")]
    Oversize {
        /// Bytes there were.
        length: usize,
    },
    /// The act is not the JSON of an act.
    #[error("the act cannot be read: {why}")]
    Malformed {
        /// What the reader stumbled over.
        why: String,
    },
    /// The act belongs to another federation.
    #[error("the act belongs to federation {found}")]
    WrongFederation {
        /// The federation it names.
        found: FederationId,
    },
    /// The act may be endorsed for longer than seven days, or not at all.
    #[error("an act may be endorsed for at most 7 days")]
    BadValidity,
    /// The record of the coop to be admitted is faulty.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl RosterAct {
    /// Writes the act: the bytes that are signed, hashed, kept, and that travel.
    ///
    /// # Errors
    ///
    /// An [`ActError`] for an act that nobody would accept.
    pub fn encode(&self) -> Result<Blob, ActError> {
        let bytes = serde_json::to_vec(self).map_err(|e| ActError::Malformed { why: e.to_string() })?;
        Self::decode(&bytes, self.federation)?;
        Ok(Blob(bytes))
    }

    /// Reads an act of one federation and checks all but the signatures of those who endorse it.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, as an [`ActError`].
    pub fn decode(bytes: &[u8], federation: FederationId) -> Result<Self, ActError> {
        if bytes.len() > MAX_ACT_BYTES {
            return Err(ActError::Oversize { length: bytes.len() });
        }
        let act: RosterAct =
            serde_json::from_slice(bytes).map_err(|e| ActError::Malformed { why: e.to_string() })?;
        if act.federation != federation {
            return Err(ActError::WrongFederation { found: act.federation });
        }
        if act.expires_at < act.proposed_at || act.expires_at > act.proposed_at.after(ACT_LIFE) {
            return Err(ActError::BadValidity);
        }
        act.newcomer()?;
        act.successor()?;
        Ok(act)
    }

    /// Returns the record of the coop that the act admits, if it admits one.
    ///
    /// # Errors
    ///
    /// [`ActError::Record`] if that record is faulty.
    pub fn newcomer(&self) -> Result<Option<CoopRecord>, ActError> {
        match &self.change {
            Change::Admit(record) => Ok(Some(record.open(self.federation)?)),
            Change::Expel(_) | Change::Succeed(_) => Ok(None),
        }
    }

    /// Returns the record of the coop that signs with another key by this act, if one does.
    ///
    /// # Errors
    ///
    /// [`ActError::Record`] if that record is faulty or names no other key than the coop's first.
    pub fn successor(&self) -> Result<Option<CoopRecord>, ActError> {
        let Change::Succeed(signed) = &self.change else { return Ok(None) };
        let record = signed.read()?;
        let (coop, found) = (record.coop, record.signing_key());
        if found == coop {
            // The first key is how the coop is called; who holds it now must not speak for it again.
            return Err(RecordError::OtherKey { coop, expected: coop, found }.into());
        }
        Ok(Some(signed.open_by(self.federation, &found)?))
    }

    /// Returns the coop that the act is about.
    pub fn subject(&self) -> Option<PublicKey> {
        match &self.change {
            Change::Admit(record) | Change::Succeed(record) => record.read().ok().map(|record| record.coop),
            Change::Expel(coop) => Some(*coop),
        }
    }
}

/// Returns the name of an act by its bytes.
pub fn act_id(bytes: &[u8]) -> ActId {
    ActId(Hash::of(bytes))
}

/// Endorses an act: the coop key's signature over its bytes in the domain `jitney/roster-act/1`.
pub fn endorse(act: &[u8], coop: &SecretKey) -> Signature {
    coop.sign(Domain::ROSTER_ACT, act)
}

/// Tells whether the coop endorsed the act.
pub fn is_endorsed(act: &[u8], coop: &PublicKey, signature: &Signature) -> bool {
    coop.verify(Domain::ROSTER_ACT, act, signature).is_ok()
}

/// Is an act with the signatures that make it effective.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedAct {
    /// The JSON of a [`RosterAct`].
    pub act: Blob,
    /// Who endorsed it, and how they signed.
    pub signatures: BTreeMap<PublicKey, Signature>,
}

impl SignedAct {
    /// Returns the name of the act.
    pub fn id(&self) -> ActId {
        act_id(&self.act.0)
    }
}

/// Body of an entry of kind [`crate::Kind::ROSTER_PROPOSED`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// The bytes of the act.
    pub act: Blob,
    /// The proposer's own endorsement.
    pub signature: Signature,
}

/// Body of an entry of kind [`crate::Kind::ROSTER_ENDORSED`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endorsed {
    /// The act.
    pub act: ActId,
    /// The endorsement.
    pub signature: Signature,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::MAX_ENTRY_BODY_BYTES;
    use crate::testing::{key, now, record};

    const FEDERATION: FederationId = FederationId(Hash::from_bytes([9; 32]));

    fn act() -> RosterAct {
        let record = SignedRecord::sign(&record("harbour", 1), FEDERATION, &key("harbour")).unwrap();
        RosterAct {
            federation: FEDERATION,
            version: Version(1),
            prev: FEDERATION.0,
            change: Change::Admit(record),
            proposed_at: now(),
            expires_at: now().after(ACT_LIFE),
        }
    }

    #[test]
    fn an_act_reads_back_as_it_was_written() {
        let bytes = act().encode().unwrap();
        assert_eq!(RosterAct::decode(&bytes.0, FEDERATION), Ok(act()));
    }

    #[test]
    fn the_longest_act_fits_into_an_entry() {
        let body = Proposed { act: Blob(vec![b' '; MAX_ACT_BYTES]), signature: endorse(b"", &key("x")) };
        assert!(serde_json::to_vec(&body).unwrap().len() <= MAX_ENTRY_BODY_BYTES);
    }

    #[test]
    fn the_longest_record_fits_into_an_act() {
        let mut act = act();
        let Change::Admit(signed) = &mut act.change else { unreachable!() };
        signed.record.0.resize(crate::record::MAX_RECORD_BYTES, b' ');
        act.version = Version(u64::MAX);
        assert!(serde_json::to_vec(&act).unwrap().len() <= MAX_ACT_BYTES);
    }

    #[test]
    fn an_act_of_another_federation_is_refused() {
        let bytes = act().encode().unwrap();
        let other = FederationId(Hash::of(b"other"));
        assert_eq!(RosterAct::decode(&bytes.0, other), Err(ActError::WrongFederation { found: FEDERATION }));
    }

    #[test]
    fn an_act_may_not_wait_longer_than_seven_days() {
        let act = RosterAct { expires_at: Timestamp(now().after(ACT_LIFE).0 + 1), ..act() };
        assert_eq!(act.encode(), Err(ActError::BadValidity));
    }

    #[test]
    fn nobody_is_admitted_without_their_consent() {
        let mut act = act();
        let Change::Admit(signed) = &mut act.change else { unreachable!() };
        signed.signature = endorse(&signed.record.0, &key("harbour"));
        assert!(matches!(act.encode(), Err(ActError::Record(RecordError::BadSignature { .. }))));
    }
}
