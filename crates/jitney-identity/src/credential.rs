//! Credentials: what a coop vouches for.
//!
//! A membership credential says what one of its members does and what was checked about them; a
//! [`delegation`] says that a rider lets somebody act for them. Either is a W3C Verifiable Credential (Data Model 2.0) with a proof of [`integrity`],
//! signed by the coop's own key. It holds keys, roles and yes-or-no facts with an end date; never a name,
//! and never the document behind a fact. A partner coop checks it without a network. That it was revoked
//! is told by the issuer's public log, which this module does not know.
//!
//! ```json
//! {
//!   "@context": ["https://www.w3.org/ns/credentials/v2", "urn:jitney:terms:1"],
//!   "type": ["VerifiableCredential", "MembershipCredential"],
//!   "id": "urn:uuid:…",
//!   "issuer": "did:key:z6Mk…coop",
//!   "validFrom": "2026-01-01T00:00:00Z",
//!   "validUntil": "2027-01-01T00:00:00Z",
//!   "credentialSubject": {
//!     "id": "did:key:z6Mk…member",
//!     "memberOf": "did:key:z6Mk…coop",
//!     "roles": ["driver"],
//!     "vetting": [{ "item": "licence", "met": true, "validUntil": "2026-06-30T00:00:00Z" }]
//!   },
//!   "proof": { … }
//! }
//! ```
//!
//! Roles and vetting items that this version does not know are ignored on reading, so that a
//! newer coop's credentials still say what an older node understands; the proof covers them all the same.

mod claims;
pub mod delegation;
mod id;
mod wire;

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::integrity::{self, ASSERTION_METHOD, IntegrityError, ProofOptions};
use crate::jcs::{self, JcsError};
use crate::key::{PublicKey, SecretKey};

pub use id::CredentialId;

pub use claims::{ClaimsError, CredentialRole, MembershipClaims, VettingClaim, VettingItem};
pub use wire::{Claims, Envelope};

/// Longest credential, in bytes of JSON, that is read.
pub const CREDENTIAL_MAX_BYTES: usize = 16 * 1024;

/// Is the name of the JSON-LD context that gives the words of a membership credential their meaning; another meaning takes another
/// number. It is a name and not an inline object, because verifiers exist that compare contexts by identity.
pub const TERMS_CONTEXT: &str = "urn:jitney:terms:1";

/// Is the JSON-LD context of that name, for verifiers that expand what they read. Nothing is fetched here.
pub const TERMS_CONTEXT_DOCUMENT: &str = include_str!("../contexts/terms-1.jsonld");

/// Says why a credential could not be issued, read or trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// The credential is too long.
    #[error("a credential has at most {CREDENTIAL_MAX_BYTES} bytes, this one has {length}")]
    TooLarge {
        /// Length in bytes.
        length: usize,
    },
    /// The text is not JSON, or not that of such a credential.
    #[error("not a credential of this kind: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The JSON is of another context or type.
    #[error("not a credential of this kind, or not of the terms known here: its {member} differs")]
    OtherKind {
        /// Name of the member that differs.
        member: &'static str,
    },
    /// A time is not written as RFC 3339 in UTC to the second.
    #[error("{member} is not a time like 2026-01-01T00:00:00Z")]
    BadTime {
        /// Name of the member that holds it.
        member: &'static str,
    },
    /// The claims contradict themselves.
    #[error(transparent)]
    BadClaims(#[from] ClaimsError),
    /// The credential names another issuer, or is to be issued with another coop's key.
    #[error("the credential is issued by {found}, not by {expected}")]
    WrongIssuer {
        /// Coop that was to vouch.
        expected: PublicKey,
        /// Coop that does.
        found: PublicKey,
    },
    /// The proof is by another key than the issuer's.
    #[error("the credential of {issuer} is signed by {signer}; only the issuer's own key counts")]
    SignedByOther {
        /// Coop that is said to vouch.
        issuer: PublicKey,
        /// Key that signed.
        signer: PublicKey,
    },
    /// The proof was made for another purpose than vouching.
    #[error("the credential's proof was not made to vouch for it (proofPurpose is not {ASSERTION_METHOD})")]
    OtherPurpose,
    /// The proof does not hold.
    #[error(transparent)]
    BadProof(#[from] IntegrityError),
    /// The credential is not valid yet.
    #[error("the credential is valid from {valid_from}, now is {now} (seconds since 1970)")]
    NotYetValid {
        /// First second at which it is valid, since 1970.
        valid_from: i64,
        /// The present, in seconds since 1970.
        now: i64,
    },
    /// The credential, or its proof, has ended; its member asks the coop for a new one.
    #[error(
        "the credential ended at {valid_until}, now is {now} (seconds since 1970); ask its coop for a new one"
    )]
    Expired {
        /// First second at which it is no longer valid, since 1970.
        valid_until: i64,
        /// The present, in seconds since 1970.
        now: i64,
    },
    /// The credential has no canonical form.
    #[error(transparent)]
    NotCanonical(#[from] JcsError),
}

/// Is a credential as it travels: well formed, and proven only by [`Credential::verify`].
///
/// In JSON it is the credential itself, not a string of it.
#[derive(Clone, PartialEq)]
pub struct Credential<C> {
    json: Value,
    claims: C,
}

/// Says what a member does in its coop, and what was checked about them.
pub type MembershipCredential = Credential<MembershipClaims>;

/// Returns the credential by which the coop vouches for the claims, signed now.
///
/// # Errors
///
/// [`CredentialError::WrongIssuer`] if `coop` is not the key that the claims name,
/// [`CredentialError::BadClaims`] if they contradict themselves, [`CredentialError::BadTime`] for a time
/// outside the years 0000 to 9999.
pub fn issue<C: Claims>(
    claims: &C,
    coop: &SecretKey,
    created_unix_s: i64,
) -> Result<Credential<C>, CredentialError> {
    let signer = coop.public();
    let envelope = claims.envelope();
    let named = envelope.coop;
    if signer != named {
        return Err(CredentialError::WrongIssuer { expected: named, found: signer });
    }
    claims::check_envelope(&envelope)?;
    claims.check_for_issue()?;
    let options = ProofOptions::assertion(&signer, created_unix_s);
    let json = integrity::sign(wire::write(claims)?, &options, coop)?;
    Credential::from_value(json)
}

impl<C: Claims> Credential<C> {
    /// Reads a credential from JSON text of at most [`CREDENTIAL_MAX_BYTES`]. Nothing is proven by that.
    ///
    /// # Errors
    ///
    /// [`CredentialError`] saying why the text is not such a credential.
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        if text.len() > CREDENTIAL_MAX_BYTES {
            return Err(CredentialError::TooLarge { length: text.len() });
        }
        Self::from_value(serde_json::from_str(text)?)
    }

    /// Reads a credential from a JSON value whose canonical form has at most [`CREDENTIAL_MAX_BYTES`].
    /// Nothing is proven by that.
    ///
    /// # Errors
    ///
    /// [`CredentialError`] saying why the value is not such a credential.
    pub fn from_value(json: Value) -> Result<Self, CredentialError> {
        let length = jcs::canonical(&json)?.len();
        if length > CREDENTIAL_MAX_BYTES {
            return Err(CredentialError::TooLarge { length });
        }
        let claims = wire::read(&json)?;
        Ok(Self { json, claims })
    }

    /// Returns the credential as JSON.
    pub fn as_json(&self) -> &Value {
        &self.json
    }

    /// Returns the credential as canonical JSON text (RFC 8785), the same bytes every time.
    ///
    /// # Errors
    ///
    /// [`CredentialError::NotCanonical`], which a credential that could be read does not meet.
    pub fn to_canonical_json(&self) -> Result<Vec<u8>, CredentialError> {
        Ok(jcs::canonical(&self.json)?)
    }

    /// Returns what the credential says, proven or not; trust only what [`Self::verify`] returns.
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// Returns what the credential says, once it is proven that this coop vouches for it at this time.
    ///
    /// It is valid from `valid_from` on and until just before `valid_until`. Each vetting item of a member has
    /// an end of its own: see [`MembershipClaims::is_vetted`].
    ///
    /// # Errors
    ///
    /// [`CredentialError`] saying what is wrong: the issuer, the proof, or the time.
    pub fn verify(&self, expected_issuer: &PublicKey, now_unix_s: i64) -> Result<&C, CredentialError> {
        let Envelope { coop, valid_from, valid_until, .. } = self.claims.envelope();
        if coop != *expected_issuer {
            return Err(CredentialError::WrongIssuer { expected: *expected_issuer, found: coop });
        }
        let proof = integrity::verify(&self.json, integrity::resolve_did_key)?;
        if proof.key != coop {
            return Err(CredentialError::SignedByOther { issuer: coop, signer: proof.key });
        }
        if proof.proof_purpose != ASSERTION_METHOD {
            return Err(CredentialError::OtherPurpose);
        }
        // A proof may cover the beginning of the context only; ours must cover all that gives the words
        // their meaning.
        if proof.document.get("@context") != self.json.get("@context") {
            return Err(CredentialError::OtherKind { member: "@context" });
        }
        let now = now_unix_s;
        if now < valid_from {
            return Err(CredentialError::NotYetValid { valid_from, now });
        }
        let valid_until = proof.expires.map_or(valid_until, |end| end.min(valid_until));
        if now >= valid_until {
            return Err(CredentialError::Expired { valid_until, now });
        }
        Ok(&self.claims)
    }
}

impl<C: Claims> fmt::Debug for Credential<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", C::TYPE, self.claims.envelope().id)
    }
}

impl<C> Serialize for Credential<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl<'de, C: Claims> Deserialize<'de> for Credential<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
