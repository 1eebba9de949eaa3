//! Data Integrity proofs: a signature that travels inside the JSON document that it covers.
//!
//! This is the cryptosuite `eddsa-jcs-2022` of the W3C Recommendation "Data Integrity EdDSA Cryptosuites
//! v1.0", section 3.3, so that other people's verifiers read our proofs and we theirs:
//!
//! ```text
//! signed bytes = SHA-256(JCS(proof without proofValue)) || SHA-256(JCS(document without proof))
//! ```
//!
//! The signature over those 64 bytes is plain ed25519, as the standard asks, without a
//! [`Domain`](crate::Domain). It can still not be passed off as one of ours: bytes signed in a domain
//! begin with its length and name, which nobody can make a hash begin with.

use std::fmt;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::jcs::{self, JcsError};
use crate::key::{PublicKey, SecretKey};
use crate::signature::Signature;
use crate::timestamp;

/// Is the `type` of every proof made and read here.
pub const PROOF_TYPE: &str = "DataIntegrityProof";

/// Is the `cryptosuite` of every proof made and read here.
pub const CRYPTOSUITE: &str = "eddsa-jcs-2022";

/// Is the purpose of a proof by which an issuer vouches for what a document says.
pub const ASSERTION_METHOD: &str = "assertionMethod";

/// Most characters of a `proofValue`: 64 bytes in base58btc and the letter `z`.
const PROOF_VALUE_MAX: usize = 89;

/// Says how a proof is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofOptions {
    /// URL of the key that signs; see [`verification_method`] for keys as `did:key`.
    pub verification_method: String,
    /// What the proof is for, such as [`ASSERTION_METHOD`].
    pub proof_purpose: String,
    /// When the proof was made, in seconds since 1970.
    pub created: Option<i64>,
    /// When the proof ends, in seconds since 1970.
    pub expires: Option<i64>,
}

impl ProofOptions {
    /// Returns the options by which `key` vouches for a document, with a proof that does not end.
    pub fn assertion(key: &PublicKey, created_unix_s: i64) -> Self {
        Self {
            verification_method: verification_method(key),
            proof_purpose: ASSERTION_METHOD.to_owned(),
            created: Some(created_unix_s),
            expires: None,
        }
    }
}

/// Says what a good proof proves.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedProof {
    /// Key that signed.
    pub key: PublicKey,
    /// URL by which the document names that key.
    pub verification_method: String,
    /// What the proof is for; the caller compares it with what it needs.
    pub proof_purpose: String,
    /// When the proof says it was made, in seconds since 1970.
    pub created: Option<i64>,
    /// When the proof ends, in seconds since 1970; the caller, who has a clock, compares.
    pub expires: Option<i64>,
    /// The document exactly as signed, without its proof.
    pub document: Value,
}

/// Says why a proof could not be made or does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntegrityError {
    /// Only a JSON object can carry a proof.
    #[error("only a JSON object can carry a proof")]
    NotAnObject,
    /// The document to be signed has a proof already.
    #[error("the document has a proof already; sign it without")]
    AlreadySigned,
    /// The document has no proof, or a set of them, which is not supported.
    #[error("the document does not have exactly one proof")]
    NotOneProof,
    /// The proof is of a kind that is not understood.
    #[error("the proof is not a {PROOF_TYPE} of cryptosuite {CRYPTOSUITE}; ask its issuer for one")]
    OtherSuite,
    /// A member of the proof is absent or not what the standard says.
    #[error("{member} of the proof is absent or malformed")]
    BadMember {
        /// Name of the member.
        member: ProofMember,
    },
    /// The context of the document does not begin with that of the proof.
    #[error("the document's @context does not begin with the one that was signed")]
    OtherContext,
    /// Nobody knows the key that is said to have signed.
    #[error("the key {verification_method:?} is not known here")]
    UnknownKey {
        /// URL of the key, from the document.
        verification_method: String,
    },
    /// The signature is not one of this key over this document.
    #[error("the document was not signed by {key}, or was altered since")]
    Refused {
        /// Key that is said to have signed.
        key: PublicKey,
    },
    /// The document has no canonical form.
    #[error(transparent)]
    NotCanonical(#[from] JcsError),
}

/// Names a member of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofMember {
    /// `created`
    Created,
    /// `expires`
    Expires,
    /// `verificationMethod`
    VerificationMethod,
    /// `proofPurpose`
    ProofPurpose,
    /// `proofValue`
    ProofValue,
}

impl ProofMember {
    /// Returns the name of the member in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Expires => "expires",
            Self::VerificationMethod => "verificationMethod",
            Self::ProofPurpose => "proofPurpose",
            Self::ProofValue => "proofValue",
        }
    }
}

impl fmt::Display for ProofMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Returns the URL of the one key of a `did:key`: `did:key:z6Mk…#z6Mk…`.
pub fn verification_method(key: &PublicKey) -> String {
    format!("{key}#{}", key.multibase())
}

/// Returns the key that such a URL names, or nothing for any other URL.
///
/// This is the resolver to give to [`verify`]: a `did:key` is its own document and needs no network.
pub fn resolve_did_key(verification_method: &str) -> Option<PublicKey> {
    let (did, fragment) = verification_method.split_once('#')?;
    let key: PublicKey = did.parse().ok()?;
    (fragment == key.multibase()).then_some(key)
}

/// Returns the document with a proof by the key.
///
/// # Errors
///
/// [`IntegrityError`] if the document is no object, has a proof, or has no canonical JSON, or if a time
/// lies outside the years 0000 to 9999.
pub fn sign(
    mut document: Value,
    options: &ProofOptions,
    secret: &SecretKey,
) -> Result<Value, IntegrityError> {
    let object = document.as_object_mut().ok_or(IntegrityError::NotAnObject)?;
    if object.contains_key("proof") {
        return Err(IntegrityError::AlreadySigned);
    }
    let mut proof = proof_config(options)?;
    if let Some(context) = object.get("@context") {
        proof.insert("@context".to_owned(), context.clone());
    }
    let signature = secret.sign_bytes(&hash_data(&proof, object)?);
    let value = format!("z{}", bs58::encode(signature.as_bytes()).into_string());
    proof.insert(ProofMember::ProofValue.as_str().to_owned(), Value::String(value));
    object.insert("proof".to_owned(), Value::Object(proof));
    Ok(document)
}

/// Checks the one proof of the document.
///
/// `resolve` says which key a verification method names: [`resolve_did_key`], or a table of known keys.
/// Whether that key may vouch for this document, for this purpose and at this time is for the caller to
/// judge from what is returned.
///
/// # Errors
///
/// [`IntegrityError`] saying what is wrong with the document or its proof.
pub fn verify(
    document: &Value,
    resolve: impl Fn(&str) -> Option<PublicKey>,
) -> Result<VerifiedProof, IntegrityError> {
    let mut unsecured = document.as_object().ok_or(IntegrityError::NotAnObject)?.clone();
    let Some(Value::Object(mut proof)) = unsecured.remove("proof") else {
        return Err(IntegrityError::NotOneProof);
    };
    let is = |name: &str, expected: &str| proof.get(name).and_then(Value::as_str) == Some(expected);
    if !is("type", PROOF_TYPE) || !is("cryptosuite", CRYPTOSUITE) {
        return Err(IntegrityError::OtherSuite);
    }
    let verification_method = text_member(&proof, ProofMember::VerificationMethod)?;
    let proof_purpose = text_member(&proof, ProofMember::ProofPurpose)?;
    let created = time_member(&proof, ProofMember::Created)?;
    let expires = time_member(&proof, ProofMember::Expires)?;
    let signature = take_signature(&mut proof)?;
    if let Some(signed) = proof.get("@context") {
        let carried = unsecured.get("@context").ok_or(IntegrityError::OtherContext)?;
        if !begins_with(carried, signed) {
            return Err(IntegrityError::OtherContext);
        }
        unsecured.insert("@context".to_owned(), signed.clone());
    }
    let Some(key) = resolve(&verification_method) else {
        return Err(IntegrityError::UnknownKey { verification_method });
    };
    if !key.verify_bytes(&hash_data(&proof, &unsecured)?, &signature) {
        return Err(IntegrityError::Refused { key });
    }
    let document = Value::Object(unsecured);
    Ok(VerifiedProof { key, verification_method, proof_purpose, created, expires, document })
}

/// Writes the proof as it is before it has a value.
fn proof_config(options: &ProofOptions) -> Result<Map<String, Value>, IntegrityError> {
    let mut proof = Map::new();
    let mut put = |name: &str, value: String| proof.insert(name.to_owned(), Value::String(value));
    put("type", PROOF_TYPE.to_owned());
    put("cryptosuite", CRYPTOSUITE.to_owned());
    put(ProofMember::VerificationMethod.as_str(), options.verification_method.clone());
    put(ProofMember::ProofPurpose.as_str(), options.proof_purpose.clone());
    let times = [(ProofMember::Created, options.created), (ProofMember::Expires, options.expires)];
    for (member, time) in times {
        if let Some(unix_seconds) = time {
            let text = timestamp::format(unix_seconds).ok_or(IntegrityError::BadMember { member })?;
            put(member.as_str(), text);
        }
    }
    Ok(proof)
}

/// Returns the 64 bytes that are signed.
fn hash_data(proof: &Map<String, Value>, document: &Map<String, Value>) -> Result<[u8; 64], JcsError> {
    let mut hashes = [0; 64];
    let (first, second) = hashes.split_at_mut(32);
    first.copy_from_slice(&Sha256::digest(jcs::canonical(proof)?));
    second.copy_from_slice(&Sha256::digest(jcs::canonical(document)?));
    Ok(hashes)
}

fn text_member(proof: &Map<String, Value>, member: ProofMember) -> Result<String, IntegrityError> {
    let text = proof.get(member.as_str()).and_then(Value::as_str);
    text.map(str::to_owned).ok_or(IntegrityError::BadMember { member })
}

fn time_member(proof: &Map<String, Value>, member: ProofMember) -> Result<Option<i64>, IntegrityError> {
    let Some(value) = proof.get(member.as_str()) else { return Ok(None) };
    let time = value.as_str().and_then(timestamp::parse);
    time.map(Some).ok_or(IntegrityError::BadMember { member })
}

/// Takes the `proofValue` out of the proof.
fn take_signature(proof: &mut Map<String, Value>) -> Result<Signature, IntegrityError> {
    let value = proof.remove(ProofMember::ProofValue.as_str());
    value
        .as_ref()
        .and_then(Value::as_str)
        .filter(|text| text.len() <= PROOF_VALUE_MAX)
        .and_then(|text| text.strip_prefix('z'))
        .and_then(|text| bs58::decode(text).into_vec().ok())
        .and_then(|bytes| bytes.try_into().ok())
        .map(Signature::from_bytes)
        .ok_or(IntegrityError::BadMember { member: ProofMember::ProofValue })
}

/// Tells whether the values of one context are the first of another's; a lone value is a list of one.
fn begins_with(carried: &Value, signed: &Value) -> bool {
    as_list(carried).starts_with(as_list(signed))
}

fn as_list(context: &Value) -> &[Value] {
    context.as_array().map_or(std::slice::from_ref(context), Vec::as_slice)
}

#[cfg(test)]
mod tests;
