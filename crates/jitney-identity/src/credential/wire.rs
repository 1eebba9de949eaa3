//! Claims as the JSON of a Verifiable Credential, and back.

use serde::Deserialize;
use serde_json::{Value, json};

use super::claims::{CredentialRole, MembershipClaims, VettingClaim, VettingItem};
use super::{CredentialError, TERMS_CONTEXT};
use crate::key::PublicKey;
use crate::timestamp;

/// Context of every Verifiable Credential, Data Model 2.0.
const W3C_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: String,
    issuer: PublicKey,
    valid_from: String,
    valid_until: String,
    credential_subject: WireSubject,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSubject {
    id: PublicKey,
    member_of: PublicKey,
    roles: Vec<String>,
    vetting: Vec<WireVetting>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireVetting {
    item: String,
    met: bool,
    valid_until: String,
}

fn context() -> Value {
    json!([W3C_CONTEXT, TERMS_CONTEXT])
}

fn types() -> Value {
    json!(["VerifiableCredential", "MembershipCredential"])
}

/// Returns the credential without its proof.
pub(super) fn write(claims: &MembershipClaims) -> Result<Value, CredentialError> {
    let vetting = claims.vetting.iter().map(|claim| {
        Ok(json!({
            "item": claim.item.as_str(),
            "met": claim.met,
            "validUntil": write_time("vetting.validUntil", claim.valid_until)?,
        }))
    });
    let vetting: Vec<Value> = vetting.collect::<Result<_, CredentialError>>()?;
    let roles: Vec<&str> = claims.roles.iter().map(|role| role.as_str()).collect();
    Ok(json!({
        "@context": context(),
        "type": types(),
        "id": claims.id,
        "issuer": claims.coop,
        "validFrom": write_time("validFrom", claims.valid_from)?,
        "validUntil": write_time("validUntil", claims.valid_until)?,
        "credentialSubject": {
            "id": claims.subject,
            "memberOf": claims.coop,
            "roles": roles,
            "vetting": vetting,
        },
    }))
}

/// Reads what the credential says, with or without its proof.
pub(super) fn read(json: &Value) -> Result<MembershipClaims, CredentialError> {
    for (member, expected) in [("@context", context()), ("type", types())] {
        if json.get(member) != Some(&expected) {
            return Err(CredentialError::OtherKind { member });
        }
    }
    let Wire { id, issuer, valid_from, valid_until, credential_subject: subject } = Wire::deserialize(json)?;
    if subject.member_of != issuer {
        return Err(CredentialError::OtherKind { member: "memberOf" });
    }
    let roles = subject.roles.iter().filter_map(|name| CredentialRole::from_name(name)).collect();
    let known = subject.vetting.iter().filter_map(|wire| Some((VettingItem::from_name(&wire.item)?, wire)));
    let vetting = known.map(|(item, wire)| {
        let valid_until = read_time("vetting.validUntil", &wire.valid_until)?;
        Ok(VettingClaim { item, met: wire.met, valid_until })
    });
    let claims = MembershipClaims {
        id,
        coop: issuer,
        subject: subject.id,
        roles,
        vetting: vetting.collect::<Result<_, CredentialError>>()?,
        valid_from: read_time("validFrom", &valid_from)?,
        valid_until: read_time("validUntil", &valid_until)?,
    };
    claims.check()?;
    Ok(claims)
}

fn write_time(member: &'static str, unix_seconds: i64) -> Result<String, CredentialError> {
    timestamp::format(unix_seconds).ok_or(CredentialError::BadTime { member })
}

fn read_time(member: &'static str, text: &str) -> Result<i64, CredentialError> {
    timestamp::parse_exact(text).ok_or(CredentialError::BadTime { member })
}
