use super::*;
use serde_json::json;

fn coop() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

fn document() -> Value {
    json!({ "@context": ["https://www.w3.org/ns/credentials/v2"], "type": "Note", "seats": 3 })
}

fn signed() -> Value {
    let options =
        ProofOptions { expires: Some(2_000_000_000), ..ProofOptions::assertion(&coop().public(), 0) };
    sign(document(), &options, &coop()).unwrap()
}

fn with(pointer: &str, value: Value) -> Value {
    let mut changed = signed();
    *changed.pointer_mut(pointer).unwrap() = value;
    changed
}

fn refusal(document: &Value) -> IntegrityError {
    verify(document, resolve_did_key).unwrap_err()
}

#[test]
fn a_signed_document_verifies_and_says_who_when_and_what_for() {
    let proof = verify(&signed(), resolve_did_key).unwrap();
    assert_eq!(proof.key, coop().public());
    assert_eq!(proof.verification_method, verification_method(&coop().public()));
    assert_eq!(proof.proof_purpose, ASSERTION_METHOD);
    assert_eq!((proof.created, proof.expires), (Some(0), Some(2_000_000_000)));
    assert_eq!(proof.document, document());
}

#[test]
fn the_order_of_members_and_white_space_do_not_matter() {
    let text = serde_json::to_string_pretty(&signed()).unwrap();
    let again: Value = serde_json::from_str(&text).unwrap();
    assert!(verify(&again, resolve_did_key).is_ok());
}

#[test]
fn a_changed_document_or_proof_is_refused() {
    assert!(matches!(refusal(&with("/seats", json!(4))), IntegrityError::Refused { .. }));
    let later = with("/proof/created", json!("1970-01-01T00:00:01Z"));
    assert!(matches!(refusal(&later), IntegrityError::Refused { .. }));
    let purpose = with("/proof/proofPurpose", json!("authentication"));
    assert!(matches!(refusal(&purpose), IntegrityError::Refused { .. }));
    let mut more = signed();
    more["driver"] = json!(true);
    assert!(matches!(refusal(&more), IntegrityError::Refused { .. }));
}

#[test]
fn a_context_added_behind_is_not_part_of_what_was_signed() {
    let longer = with("/@context", json!(["https://www.w3.org/ns/credentials/v2", "https://x.example"]));
    let proof = verify(&longer, resolve_did_key).unwrap();
    assert_eq!(proof.document["@context"], json!(["https://www.w3.org/ns/credentials/v2"]));
    let before = with("/@context", json!(["https://x.example", "https://www.w3.org/ns/credentials/v2"]));
    assert!(matches!(refusal(&before), IntegrityError::OtherContext));
    assert!(matches!(refusal(&with("/@context", json!([]))), IntegrityError::OtherContext));
}

#[test]
fn a_document_without_context_can_be_signed_too() {
    let options = ProofOptions::assertion(&coop().public(), 0);
    let plain = sign(json!({ "versionId": "1" }), &options, &coop()).unwrap();
    assert!(plain["proof"].get("@context").is_none());
    assert!(verify(&plain, resolve_did_key).is_ok());
}

#[test]
fn what_is_no_proof_of_ours_is_named_as_such() {
    assert!(matches!(refusal(&json!([])), IntegrityError::NotAnObject));
    assert!(matches!(refusal(&document()), IntegrityError::NotOneProof));
    assert!(matches!(refusal(&with("/proof", json!([{}, {}]))), IntegrityError::NotOneProof));
    let rdfc = with("/proof/cryptosuite", json!("eddsa-rdfc-2022"));
    assert!(matches!(refusal(&rdfc), IntegrityError::OtherSuite));
    for (member, value) in [
        (ProofMember::Created, json!("yesterday")),
        (ProofMember::Expires, json!(17)),
        (ProofMember::ProofPurpose, json!(null)),
        (ProofMember::VerificationMethod, json!({})),
        (ProofMember::ProofValue, json!("z111")),
        (ProofMember::ProofValue, json!("m".repeat(86))),
        (ProofMember::ProofValue, json!(format!("z{}", "1".repeat(100_000)))),
    ] {
        let refused = refusal(&with(&format!("/proof/{member}"), value));
        assert!(matches!(refused, IntegrityError::BadMember { member: named } if named == member));
    }
}

#[test]
fn signing_what_cannot_be_signed_is_refused() {
    let options = ProofOptions::assertion(&coop().public(), 0);
    assert!(matches!(sign(json!(1), &options, &coop()), Err(IntegrityError::NotAnObject)));
    assert!(matches!(sign(signed(), &options, &coop()), Err(IntegrityError::AlreadySigned)));
    let never = ProofOptions::assertion(&coop().public(), i64::MAX);
    let refused = sign(document(), &never, &coop()).unwrap_err();
    assert!(matches!(refused, IntegrityError::BadMember { member: ProofMember::Created }));
}

#[test]
fn only_a_did_key_with_its_own_fragment_resolves() {
    let key = coop().public();
    let url = verification_method(&key);
    assert_eq!(resolve_did_key(&url), Some(key));
    assert_eq!(resolve_did_key(&key.to_string()), None);
    assert_eq!(resolve_did_key(&format!("{key}#key-1")), None);
    assert_eq!(resolve_did_key(&format!("{url}#x")), None);
    let other = SecretKey::from_seed([2; 32]).public();
    assert_eq!(resolve_did_key(&format!("{key}#{}", other.multibase())), None);
    let elsewhere = with("/proof/verificationMethod", json!("https://coop.example#key-1"));
    assert!(matches!(refusal(&elsewhere), IntegrityError::UnknownKey { .. }));
}

#[test]
fn the_bytes_under_a_proof_are_signed_without_a_domain() {
    let mut object = signed().as_object().unwrap().clone();
    let Some(Value::Object(mut proof)) = object.remove("proof") else { panic!("no proof") };
    let signature = take_signature(&mut proof).unwrap();
    let hashes = hash_data(&proof, &object).unwrap();
    assert!(coop().public().verify_bytes(&hashes, &signature));
    assert!(coop().public().verify(crate::Domain::ENTRY, &hashes, &signature).is_err());
}
