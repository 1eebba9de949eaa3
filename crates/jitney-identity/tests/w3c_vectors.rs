//! Checks the Data Integrity proofs against the vectors that the W3C publishes: see `vectors/README.md`.

use jitney_identity::integrity::{self, ASSERTION_METHOD, ProofOptions};
use jitney_identity::{PublicKey, SecretKey, jcs};
use serde_json::{Value, json};

/// 2023-02-24T23:36:38Z, when every published proof was made.
const CREATED: i64 = 1_677_281_798;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/eddsa-jcs-2022.json")).expect("the vectors are JSON")
}

fn text<'a>(vectors: &'a Value, pointer: &str) -> &'a str {
    vectors.pointer(pointer).and_then(Value::as_str).expect("the vectors have this text")
}

fn published_key() -> PublicKey {
    format!("did:key:{}", text(&vectors(), "/keyPair/publicKeyMultibase"))
        .parse()
        .expect("the published key is a key")
}

fn published_secret() -> SecretKey {
    let vectors = vectors();
    let encoded = text(&vectors, "/keyPair/privateKeyMultibase").strip_prefix('z').unwrap_or_default();
    let mut bytes = [0; 34];
    bs58::decode(encoded).onto(&mut bytes).expect("the published secret is 34 bytes of base58");
    // The multicodec ed25519-priv, 0x1300, and the seed.
    let [0x80, 0x26, seed @ ..] = bytes else { panic!("the published secret is not of ed25519") };
    SecretKey::from_seed(seed)
}

/// Knows the one key of the example issuer.
fn resolve(verification_method: &str) -> Option<PublicKey> {
    let expected = format!("https://vc.example/issuers/5678#{}", published_key().multibase());
    (verification_method == expected).then(published_key)
}

#[test]
fn the_published_key_pair_belongs_together() {
    assert_eq!(published_secret().public(), published_key());
}

#[test]
fn the_canonical_document_is_the_published_one() {
    let vectors = vectors();
    let canonical = String::from_utf8(jcs::canonical(&vectors["unsigned"]).unwrap()).unwrap();
    assert_eq!(canonical, text(&vectors, "/canonicalDocument"));
}

#[test]
fn signing_the_published_document_gives_the_published_proof() {
    let vectors = vectors();
    for signed in ["signed", "signedWithDidKey"] {
        let options = ProofOptions {
            verification_method: text(&vectors[signed], "/proof/verificationMethod").to_owned(),
            proof_purpose: ASSERTION_METHOD.to_owned(),
            created: Some(CREATED),
            expires: None,
        };
        let document = integrity::sign(vectors["unsigned"].clone(), &options, &published_secret()).unwrap();
        assert_eq!(document, vectors[signed], "{signed}");
    }
}

#[test]
fn the_published_signature_is_the_one_in_the_proof() {
    let vectors = vectors();
    let value = text(&vectors, "/signed/proof/proofValue").strip_prefix('z').unwrap();
    let signature = data_encoding::HEXLOWER.encode(&bs58::decode(value).into_vec().unwrap());
    assert_eq!(signature, text(&vectors, "/signature"));
}

#[test]
fn the_published_documents_verify() {
    let vectors = vectors();
    let proof = integrity::verify(&vectors["signed"], resolve).unwrap();
    assert_eq!(proof.key, published_key());
    assert_eq!(proof.created, Some(CREATED));
    assert_eq!(proof.document, vectors["unsigned"]);
    for signed in ["signedWithDidKey", "signedWithoutProofContext"] {
        let proof = integrity::verify(&vectors[signed], integrity::resolve_did_key).unwrap();
        assert_eq!(proof.key, published_key(), "{signed}");
    }
}

#[test]
fn a_published_document_that_was_altered_does_not_verify() {
    let mut vectors = vectors();
    vectors["signed"]["name"] = json!("Alumna Credential");
    assert!(integrity::verify(&vectors["signed"], resolve).is_err());
}
