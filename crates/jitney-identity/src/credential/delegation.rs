//! Delegations: a rider lets somebody act for them, and the coop that recorded it has signed that.
//!
//! ```json
//! {
//!   "@context": ["https://www.w3.org/ns/credentials/v2", "urn:jitney:delegation:1"],
//!   "type": ["VerifiableCredential", "DelegationCredential"],
//!   "id": "urn:jitney:credential:…",
//!   "issuer": "did:key:z6Mk…coop",
//!   "validFrom": "2026-01-01T00:00:00Z",
//!   "validUntil": "2027-01-01T00:00:00Z",
//!   "credentialSubject": {
//!     "id": "urn:jitney:member:z6Mk…coop:1007",
//!     "actsFor": "urn:jitney:member:z6Mk…coop:1001",
//!     "scope": "book"
//!   },
//!   "proof": { … }
//! }
//! ```
//!
//! Riders and caregivers without a device hold no key: they are named by their numbers in the coop, which say nothing
//! about them to anybody else. The coop's own key signs, as it does for members.

use serde::Deserialize;
use serde_json::{Value, json};

use super::claims::ClaimsError;
use super::wire::{Claims, Envelope};
use super::{Credential, CredentialError};
use crate::key::PublicKey;

/// Is the name of the JSON-LD context that gives the words of a delegation their meaning.
pub const DELEGATION_CONTEXT: &str = "urn:jitney:delegation:1";

/// Is the JSON-LD context of that name, for verifiers that expand what they read. Nothing is fetched here.
pub const DELEGATION_CONTEXT_DOCUMENT: &str = include_str!("../../contexts/delegation-1.jsonld");

/// Says that a rider lets somebody act for them.
pub type DelegationCredential = Credential<DelegationClaims>;

/// Says how far a caregiver may act for a rider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DelegatedScope {
    /// See who comes and when.
    See,
    /// Book, change and cancel too.
    Book,
}

/// Is what a coop says about a caregiver of a rider's. Both are members of the coop that vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationClaims {
    /// Name of this credential, by which it is revoked: `urn:uuid:…` or `urn:jitney:credential:<hex>`.
    pub id: String,
    /// Coop that vouches.
    pub coop: PublicKey,
    /// Number of the member who may act.
    pub caregiver: u32,
    /// Number of the rider for whom.
    pub rider: u32,
    /// How far.
    pub scope: DelegatedScope,
    /// First second at which the credential is valid, since 1970.
    pub valid_from: i64,
    /// First second at which it is no longer valid, since 1970.
    pub valid_until: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSubject {
    id: String,
    acts_for: String,
    scope: String,
}

impl DelegatedScope {
    /// Returns the name of the scope in a credential.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Book => "book",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::See, Self::Book].into_iter().find(|scope| scope.as_str() == name)
    }
}

impl Claims for DelegationClaims {
    const TYPE: &'static str = "DelegationCredential";
    const TERMS: &'static str = DELEGATION_CONTEXT;

    fn envelope(&self) -> Envelope {
        let Self { coop, valid_from, valid_until, .. } = *self;
        Envelope { id: self.id.clone(), coop, valid_from, valid_until }
    }

    fn subject(&self) -> Result<Value, CredentialError> {
        Ok(json!({
            "id": member_name(&self.coop, self.caregiver),
            "actsFor": member_name(&self.coop, self.rider),
            "scope": self.scope.as_str(),
        }))
    }

    fn read(envelope: Envelope, subject: &Value) -> Result<Self, CredentialError> {
        let WireSubject { id: caregiver, acts_for, scope } = WireSubject::deserialize(subject)?;
        let Envelope { id, coop, valid_from, valid_until } = envelope;
        let number =
            |member, name: &str| member_number(&coop, name).ok_or(CredentialError::OtherKind { member });
        // A scope that is not known here is none that could be acted upon.
        let scope =
            DelegatedScope::from_name(&scope).ok_or(CredentialError::OtherKind { member: "scope" })?;
        let (caregiver, rider) = (number("id", &caregiver)?, number("actsFor", &acts_for)?);
        let claims = Self { id, coop, caregiver, rider, scope, valid_from, valid_until };
        claims.check_for_issue()?;
        Ok(claims)
    }

    fn check_for_issue(&self) -> Result<(), ClaimsError> {
        if self.caregiver == self.rider { Err(ClaimsError::ForThemselves) } else { Ok(()) }
    }
}

/// Returns the name of a member who is known by a number in a coop.
fn member_name(coop: &PublicKey, number: u32) -> String {
    format!("urn:jitney:member:{}:{number}", coop.multibase())
}

/// Returns the number of a member of this coop, if the name is exactly that of one.
fn member_number(coop: &PublicKey, name: &str) -> Option<u32> {
    let number = name.rsplit_once(':')?.1.parse().ok()?;
    (member_name(coop, number) == name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::{CREDENTIAL_MAX_BYTES, MembershipCredential, issue};
    use crate::key::SecretKey;

    const FROM: i64 = 1_767_225_600;
    const UNTIL: i64 = 1_798_761_600;

    fn coop() -> SecretKey {
        SecretKey::from_seed([1; 32])
    }

    fn claims() -> DelegationClaims {
        DelegationClaims {
            id: "urn:jitney:credential:0123456789abcdef".to_owned(),
            coop: coop().public(),
            caregiver: 1007,
            rider: 1001,
            scope: DelegatedScope::Book,
            valid_from: FROM,
            valid_until: UNTIL,
        }
    }

    fn text(credential: &DelegationCredential) -> String {
        String::from_utf8(credential.to_canonical_json().unwrap()).unwrap()
    }

    #[test]
    fn what_the_coop_signed_is_read_and_trusted_and_nothing_else() {
        let issued = issue(&claims(), &coop(), FROM).unwrap();
        let read = DelegationCredential::parse(&text(&issued)).unwrap();
        assert_eq!(read.verify(&coop().public(), FROM).unwrap(), &claims());
        assert!(matches!(
            read.verify(&coop().public(), UNTIL),
            Err(CredentialError::Expired { valid_until: UNTIL, .. })
        ));
        let wider = text(
            &issue(&DelegationClaims { scope: DelegatedScope::See, ..claims() }, &coop(), FROM).unwrap(),
        )
        .replace("\"see\"", "\"book\"");
        let wider = DelegationCredential::parse(&wider).unwrap();
        assert!(matches!(wider.verify(&coop().public(), FROM), Err(CredentialError::BadProof(_))));
        assert!(MembershipCredential::parse(&text(&issued)).is_err(), "it is none of a member");
    }

    #[test]
    fn people_are_named_by_their_numbers_in_the_coop_that_vouches() {
        let name = member_name(&coop().public(), 1001);
        assert_eq!(member_number(&coop().public(), &name), Some(1001));
        let other = SecretKey::from_seed([2; 32]).public();
        for wrong in [
            member_name(&other, 1001),
            name.replace(":1001", ":01001"),
            name.replace(":1001", ":+1001"),
            name.replace(":1001", ""),
            "did:key:z6Mk".to_owned(),
            String::new(),
        ] {
            assert_eq!(member_number(&coop().public(), &wrong), None, "{wrong}");
        }
    }

    #[test]
    fn contradictions_are_neither_issued_nor_read() {
        let own = DelegationClaims { caregiver: 1001, ..claims() };
        assert!(matches!(
            issue(&own, &coop(), FROM),
            Err(CredentialError::BadClaims(ClaimsError::ForThemselves))
        ));
        let never = DelegationClaims { valid_until: FROM, ..claims() };
        assert!(matches!(
            issue(&never, &coop(), FROM),
            Err(CredentialError::BadClaims(ClaimsError::NeverValid { .. }))
        ));
        let good = text(&issue(&claims(), &coop(), FROM).unwrap());
        for (from, to) in [
            (":1007\"", ":1001\""),
            ("\"book\"", "\"own\""),
            ("DelegationCredential", "MembershipCredential"),
            ("actsFor", "acts-for"),
        ] {
            assert!(good.contains(from), "{from}");
            assert!(DelegationCredential::parse(&good.replace(from, to)).is_err(), "{from}");
        }
        assert!(DelegationCredential::parse(&" ".repeat(CREDENTIAL_MAX_BYTES + 1)).is_err());
    }

    #[test]
    fn the_context_gives_every_word_a_meaning() {
        let document: Value = serde_json::from_str(DELEGATION_CONTEXT_DOCUMENT).unwrap();
        let words = document.get("@context").unwrap();
        for word in ["DelegationCredential", "actsFor", "scope"] {
            let meaning = words.get(word).unwrap();
            let meaning = meaning.get("@id").unwrap_or(meaning).as_str().unwrap();
            assert!(meaning.starts_with(&format!("{DELEGATION_CONTEXT}#")), "{word}: {meaning}");
        }
    }
}
