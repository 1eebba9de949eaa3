//! Compares a credential issued from fixed keys with the bytes that were issued when it was first written.
//!
//! Partner coops hold such credentials: a difference means that ours would no longer be read by them.
//! `JITNEY_BLESS=1 cargo test` rewrites the file.

use jitney_identity::credential::delegation::{DelegatedScope, DelegationClaims, DelegationCredential};
use jitney_identity::credential::{
    self, Claims, Credential, CredentialRole, MembershipClaims, VettingClaim, VettingItem,
};
use jitney_identity::{MembershipCredential, SecretKey};

const MEMBERSHIP: &str = include_str!("golden/membership_credential.json");
const DELEGATION: &str = include_str!("golden/delegation_credential.json");

/// 2026-01-01T00:00:00Z and 2027-01-01T00:00:00Z.
const FROM: i64 = 1_767_225_600;
const UNTIL: i64 = 1_798_761_600;

fn coop() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

fn claims() -> MembershipClaims {
    MembershipClaims {
        id: "urn:uuid:0190f2c4-7e1a-7000-8000-000000000001".to_owned(),
        coop: coop().public(),
        subject: SecretKey::from_seed([2; 32]).public(),
        roles: CredentialRole::ALL.to_vec(),
        vetting: VettingItem::ALL
            .map(|item| VettingClaim { item, met: item != VettingItem::Training, valid_until: UNTIL })
            .to_vec(),
        valid_from: FROM,
        valid_until: UNTIL,
    }
}

fn delegated() -> DelegationClaims {
    DelegationClaims {
        id: "urn:jitney:credential:0190f2c47e1a70008000000000000002".to_owned(),
        coop: coop().public(),
        caregiver: 1007,
        rider: 1001,
        scope: DelegatedScope::Book,
        valid_from: FROM,
        valid_until: UNTIL,
    }
}

#[allow(clippy::unwrap_used)] // Of tests alone.
fn compare<C: Claims>(credential: &Credential<C>, name: &str, golden: &str) {
    let mut issued = String::from_utf8(credential.to_canonical_json().unwrap()).unwrap();
    issued.push('\n');
    if std::env::var_os("JITNEY_BLESS").is_some() {
        let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, &issued).unwrap();
    } else {
        assert_eq!(issued, golden);
    }
}

#[test]
fn credentials_are_issued_byte_for_byte_as_ever() {
    let membership = credential::issue(&claims(), &coop(), FROM).unwrap();
    compare(&membership, "membership_credential", MEMBERSHIP);
    let delegation = credential::issue(&delegated(), &coop(), FROM).unwrap();
    compare(&delegation, "delegation_credential", DELEGATION);
}

#[test]
fn the_committed_credentials_still_verify() {
    let membership = MembershipCredential::parse(MEMBERSHIP).unwrap();
    assert_eq!(membership.verify(&coop().public(), FROM).unwrap(), &claims());
    let delegation = DelegationCredential::parse(DELEGATION).unwrap();
    assert_eq!(delegation.verify(&coop().public(), FROM).unwrap(), &delegated());
}
