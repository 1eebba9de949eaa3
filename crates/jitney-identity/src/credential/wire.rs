//! Claims as the JSON of a Verifiable Credential, and back.

use serde::Deserialize;
use serde_json::{Value, json};

use super::claims::ClaimsError;
use super::{CredentialError, claims};
use crate::key::PublicKey;
use crate::timestamp;

/// Context of every Verifiable Credential, Data Model 2.0.
const W3C_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

/// Is what every credential says, whatever it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Name of this credential, by which it is revoked: `urn:uuid:…` or `urn:jitney:credential:<hex>`.
    pub id: String,
    /// Coop that vouches.
    pub coop: PublicKey,
    /// First second at which the credential is valid, since 1970.
    pub valid_from: i64,
    /// First second at which it is no longer valid, since 1970.
    pub valid_until: i64,
}

/// Is something that a coop vouches for in a credential.
pub trait Claims: Clone + PartialEq {
    /// Type of the credential, beside `VerifiableCredential`.
    const TYPE: &'static str;
    /// Name of the JSON-LD context that gives its words their meaning.
    const TERMS: &'static str;

    /// Returns what every credential says.
    fn envelope(&self) -> Envelope;

    /// Returns what is said of the subject, as the member `credentialSubject`.
    ///
    /// # Errors
    ///
    /// [`CredentialError::BadTime`] for a time outside the years 0000 to 9999.
    fn subject(&self) -> Result<Value, CredentialError>;

    /// Reads what is said of the subject.
    ///
    /// # Errors
    ///
    /// [`CredentialError`] saying why it is not what these claims say.
    fn read(envelope: Envelope, subject: &Value) -> Result<Self, CredentialError>;

    /// Checks what a coop may vouch for, besides what every credential must hold to.
    ///
    /// # Errors
    ///
    /// [`ClaimsError`] saying how the claims contradict themselves.
    fn check_for_issue(&self) -> Result<(), ClaimsError>;
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: String,
    issuer: PublicKey,
    valid_from: String,
    valid_until: String,
    credential_subject: Value,
}

fn context<C: Claims>() -> Value {
    json!([W3C_CONTEXT, C::TERMS])
}

fn types<C: Claims>() -> Value {
    json!(["VerifiableCredential", C::TYPE])
}

/// Returns the credential without its proof.
pub(super) fn write<C: Claims>(claims: &C) -> Result<Value, CredentialError> {
    let Envelope { id, coop, valid_from, valid_until } = claims.envelope();
    Ok(json!({
        "@context": context::<C>(),
        "type": types::<C>(),
        "id": id,
        "issuer": coop,
        "validFrom": write_time("validFrom", valid_from)?,
        "validUntil": write_time("validUntil", valid_until)?,
        "credentialSubject": claims.subject()?,
    }))
}

/// Reads what the credential says, with or without its proof.
pub(super) fn read<C: Claims>(json: &Value) -> Result<C, CredentialError> {
    for (member, expected) in [("@context", context::<C>()), ("type", types::<C>())] {
        if json.get(member) != Some(&expected) {
            return Err(CredentialError::OtherKind { member });
        }
    }
    let Wire { id, issuer, valid_from, valid_until, credential_subject } = Wire::deserialize(json)?;
    let envelope = Envelope {
        id,
        coop: issuer,
        valid_from: read_time("validFrom", &valid_from)?,
        valid_until: read_time("validUntil", &valid_until)?,
    };
    claims::check_envelope(&envelope)?;
    C::read(envelope, &credential_subject)
}

pub(super) fn write_time(member: &'static str, unix_seconds: i64) -> Result<String, CredentialError> {
    timestamp::format(unix_seconds).ok_or(CredentialError::BadTime { member })
}

pub(super) fn read_time(member: &'static str, text: &str) -> Result<i64, CredentialError> {
    timestamp::parse_exact(text).ok_or(CredentialError::BadTime { member })
}
