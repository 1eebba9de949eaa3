//! The charter: the founding document of a federation, whose hash is the federation's name.

use jitney_domain::Timestamp;
use jitney_identity::{Domain, Hash, SecretKey, Signature};
use serde::{Deserialize, Serialize};

use crate::bytes::Blob;
use crate::ids::FederationId;
use crate::record::{CoopRecord, RecordError};

/// Longest charter in bytes.
pub const MAX_CHARTER_BYTES: usize = 8 * 1024;
/// Longest name of a federation in bytes.
pub const MAX_FEDERATION_NAME_BYTES: usize = 120;
/// Form of charters that this program writes and reads.
pub const CHARTER_VERSION: u8 = 1;

/// The domain of a founder's signature under a charter.
pub const CHARTER_DOMAIN: Domain = Domain::new("jitney/charter/1");

/// What coops owe each other for a carried trip unless two of them agree otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Currency, by its three letters of ISO 4217.
    pub currency: String,
    /// Minor units (cents) for each kilometre with the rider on board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_km_minor: Option<u32>,
    /// Minor units (cents) for each trip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_trip_minor: Option<u32>,
}

/// The founding document of a federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// Form of this document.
    pub version: u8,
    /// Name of the federation.
    pub name: String,
    /// The coop that founds it, alone on the roster at first.
    pub founder: CoopRecord,
    /// When.
    pub founded_at: Timestamp,
    /// BLAKE3 of the text of the terms that the members voted.
    pub terms: Hash,
    /// The default agreement between any two coops.
    pub agreement: Agreement,
}

/// Says why a charter was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CharterError {
    /// The charter is too long.
    #[error("the charter has {length} bytes, at most {MAX_CHARTER_BYTES} are accepted")]
    Oversize {
        /// Bytes there were.
        length: usize,
    },
    /// The charter is not the JSON of a charter.
    #[error("the charter cannot be read: {why}")]
    Malformed {
        /// What the reader stumbled over.
        why: String,
    },
    /// The charter is of a form this program does not know.
    #[error("charters of version {version} are not understood; upgrade this node")]
    UnknownVersion {
        /// The version given.
        version: u8,
    },
    /// The federation's name is empty, too long, or holds control characters.
    #[error("a federation's name is 1 to {MAX_FEDERATION_NAME_BYTES} bytes of plain text")]
    BadName,
    /// The currency is not three capital letters.
    #[error("\"{currency}\" is not a currency of ISO 4217 such as EUR")]
    BadCurrency {
        /// What was given.
        currency: String,
    },
    /// The founder's record is faulty.
    #[error(transparent)]
    Founder(#[from] RecordError),
    /// The founder did not sign it.
    #[error("the charter is not signed by its founder")]
    BadSignature,
}

impl Charter {
    fn check(&self) -> Result<(), CharterError> {
        if self.version != CHARTER_VERSION {
            return Err(CharterError::UnknownVersion { version: self.version });
        }
        let name = self.name.trim();
        if name.is_empty()
            || self.name.len() > MAX_FEDERATION_NAME_BYTES
            || name.chars().any(char::is_control)
        {
            return Err(CharterError::BadName);
        }
        let currency = &self.agreement.currency;
        if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(CharterError::BadCurrency { currency: currency.chars().take(12).collect() });
        }
        if let Some(found) = self.founder.key {
            let coop = self.founder.coop;
            return Err(RecordError::OtherKey { coop, expected: coop, found }.into());
        }
        Ok(self.founder.check()?)
    }
}

/// Is a charter as it is kept and travels: its exact bytes and the founder's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCharter {
    /// The JSON of a [`Charter`].
    pub charter: Blob,
    /// The founding coop key's signature, in [`CHARTER_DOMAIN`], over those bytes.
    pub signature: Signature,
}

impl SignedCharter {
    /// Writes and signs a charter.
    ///
    /// # Errors
    ///
    /// A [`CharterError`] for a charter that nobody would accept.
    pub fn sign(charter: &Charter, founder: &SecretKey) -> Result<Self, CharterError> {
        let malformed = |e: serde_json::Error| CharterError::Malformed { why: e.to_string() };
        let bytes = serde_json::to_vec(charter).map_err(malformed)?;
        let signature = founder.sign(CHARTER_DOMAIN, &bytes);
        let signed = SignedCharter { charter: Blob(bytes), signature };
        signed.open()?;
        Ok(signed)
    }

    /// Returns the name of the federation that this charter founds.
    pub fn federation(&self) -> FederationId {
        FederationId(Hash::of(&self.charter.0))
    }

    /// Reads and verifies the charter.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, as a [`CharterError`].
    pub fn open(&self) -> Result<Charter, CharterError> {
        if self.charter.0.len() > MAX_CHARTER_BYTES {
            return Err(CharterError::Oversize { length: self.charter.0.len() });
        }
        let charter: Charter = serde_json::from_slice(&self.charter.0)
            .map_err(|e| CharterError::Malformed { why: e.to_string() })?;
        charter.check()?;
        let founder = charter.founder.coop;
        match founder.verify(CHARTER_DOMAIN, &self.charter.0, &self.signature) {
            Ok(()) => Ok(charter),
            Err(_) => Err(CharterError::BadSignature),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{charter, key};

    #[test]
    fn a_charter_reads_back_and_its_bytes_name_the_federation() {
        let signed = SignedCharter::sign(&charter("orchard"), &key("orchard")).unwrap();
        assert_eq!(signed.open(), Ok(charter("orchard")));
        assert_eq!(signed.federation().0, Hash::of(&signed.charter.0));
    }

    #[test]
    fn only_the_founder_signs_the_charter() {
        let refused = SignedCharter::sign(&charter("orchard"), &key("harbour"));
        assert_eq!(refused, Err(CharterError::BadSignature));
    }

    #[test]
    fn a_charter_with_one_word_changed_is_refused() {
        let mut signed = SignedCharter::sign(&charter("orchard"), &key("orchard")).unwrap();
        let text = String::from_utf8(signed.charter.0).unwrap();
        signed.charter = Blob(text.replace("EUR", "USD").into_bytes());
        assert_eq!(signed.open(), Err(CharterError::BadSignature));
    }

    #[test]
    fn names_and_currencies_are_checked() {
        let nameless = Charter { name: "  ".into(), ..charter("orchard") };
        assert_eq!(SignedCharter::sign(&nameless, &key("orchard")), Err(CharterError::BadName));
        let mut barter = charter("orchard");
        barter.agreement.currency = "eggs".into();
        assert!(matches!(
            SignedCharter::sign(&barter, &key("orchard")),
            Err(CharterError::BadCurrency { .. })
        ));
    }
}
