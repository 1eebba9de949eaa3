//! Compares a credential issued from fixed keys with the bytes that were issued when it was first written.
//!
//! Partner coops hold such credentials: a difference means that ours would no longer be read by them.
//! `JITNEY_BLESS=1 cargo test` rewrites the file.

use jitney_identity::credential::{self, CredentialRole, MembershipClaims, VettingClaim, VettingItem};
use jitney_identity::{MembershipCredential, SecretKey};

const GOLDEN: &str = include_str!("golden/membership_credential.json");

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

#[test]
fn the_credential_is_issued_byte_for_byte_as_ever() {
    let credential = credential::issue(&claims(), &coop(), FROM).unwrap();
    let mut issued = String::from_utf8(credential.to_canonical_json().unwrap()).unwrap();
    issued.push('\n');
    if std::env::var_os("JITNEY_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/membership_credential.json");
        std::fs::write(path, &issued).unwrap();
    } else {
        assert_eq!(issued, GOLDEN);
    }
}

#[test]
fn the_committed_credential_still_verifies() {
    let credential = MembershipCredential::parse(GOLDEN).unwrap();
    assert_eq!(credential.verify(&coop().public(), FROM).unwrap(), &claims());
}
