//! What members bring: credentials, key files, sealed boxes, requests and reports of their devices.

use std::fmt::Debug;

use data_encoding::BASE64;
use jitney_domain::booking::Card;
use jitney_identity::credential::delegation::{DelegationClaims, DelegationCredential};
use jitney_identity::credential::{Claims, Credential, MembershipClaims, MembershipCredential};
use jitney_identity::{Domain, keyfile, sealed};
use jitney_node::api::{Call, Enrol, Report, Request, SignedReport};
use jitney_node::core::{CARD_INFO, DETAILS_INFO};
use jitney_node::person::RiderDetails;

use super::reads_back;
use crate::bytes::Bytes;
use crate::fixed;

/// A credential, a membership or a delegation: what parses has one canonical form, and verifies or says why not.
pub(super) fn credential(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    canonical::<MembershipClaims>(text);
    canonical::<DelegationClaims>(text);
    let (now, coop) = (fixed::NOW.0 / 1000, fixed::coop(1).public());
    if let Ok(credential) = MembershipCredential::parse(text)
        && let Ok(claims) = credential.verify(&coop, now)
    {
        assert!(claims.coop == coop && claims.valid_from <= now && now < claims.valid_until);
    }
    if let Ok(credential) = DelegationCredential::parse(text)
        && let Ok(claims) = credential.verify(&coop, now)
    {
        assert!(claims.coop == coop && claims.valid_from <= now && now < claims.valid_until);
        assert_ne!(claims.caregiver, claims.rider);
    }
}

fn canonical<C: Claims + PartialEq + Debug>(text: &str) {
    let Ok(credential) = Credential::<C>::parse(text) else { return };
    let canonical = credential.to_canonical_json().unwrap();
    let again = Credential::<C>::parse(std::str::from_utf8(&canonical).unwrap()).unwrap();
    assert_eq!(again.to_canonical_json().unwrap(), canonical);
    assert_eq!(again.claims(), credential.claims());
}

/// A sealed box: the first byte says whether the rest is the box, its base64, or what is to be sealed.
pub(super) fn sealed_box(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let (mode, claim) = (bytes.byte(), [0xc1; 16]);
    let (key, rest) = (fixed::node(1), bytes.rest());
    let info = if mode & 1 == 0 { CARD_INFO } else { DETAILS_INFO };
    let boxed = match (mode >> 1) & 3 {
        0 => rest.to_vec(),
        1 => match BASE64.decode(rest) {
            Ok(boxed) => boxed,
            Err(_) => return,
        },
        _ => {
            let mut rng = <rand_chacha::ChaCha8Rng as rand::SeedableRng>::seed_from_u64(7);
            let Ok(boxed) = sealed::seal(&key.public(), info, &claim, rest, &mut rng) else {
                assert!(rest.len() > sealed::SEALED_PLAIN_MAX_BYTES);
                return;
            };
            let opened = sealed::open(&key, info, &claim, &boxed).unwrap();
            assert_eq!(opened.as_slice(), rest, "what is sealed opens to itself");
            boxed
        }
    };
    let Ok(plain) = sealed::open(&key, info, &claim, &boxed) else { return };
    if let Ok(card) = serde_json::from_slice::<Card>(&plain) {
        reads_back(&card);
    }
    if let Ok(details) = serde_json::from_slice::<RiderDetails>(&plain) {
        reads_back(&details);
    }
}

/// A key file. Only cheap ones are opened: what a dear one costs is bounded by the limits on its parameters.
pub(super) fn key_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let named = keyfile::public_key(&text);
    let cost = |name: &str| {
        let file: serde_json::Value = serde_json::from_str(&text).ok()?;
        file.get("kdf")?.get(name)?.as_u64()
    };
    let cheap = cost("m_kib").is_some_and(|m| m <= 64) && cost("t").is_some_and(|t| t <= 2);
    if !cheap {
        return;
    }
    if let Ok(secret) = keyfile::decrypt(&text, "passphrase") {
        assert_eq!(Some(secret.public()), named.ok());
    }
}

/// What a member's device or the control socket says.
pub(super) fn member(bytes: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<Request>(bytes) {
        reads_back(&request);
    }
    if let Ok(call) = serde_json::from_slice::<Call>(bytes) {
        reads_back(&call);
    }
    if let Ok(enrol) = serde_json::from_slice::<Enrol>(bytes) {
        reads_back(&enrol);
    }
    if let Ok(signed) = serde_json::from_slice::<SignedReport>(bytes) {
        reads_back(&signed);
        let key = fixed::coop(2).public();
        let holds = key.verify(Domain::REPORT, signed.report.as_bytes(), &signed.signature).is_ok();
        if let (true, Ok(report)) = (holds, serde_json::from_str::<Report>(&signed.report)) {
            reads_back(&report);
        }
    }
}
