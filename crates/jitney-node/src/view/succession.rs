//! A coop that is to sign with another key.

use data_encoding::BASE64URL_NOPAD;
use jitney_federation::{CoopRecord, FederationId, SignedRecord};
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

/// What a coop's next key has to sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Succession {
    /// The federation.
    pub federation: FederationId,
    /// What is to stand on the roster, still with the present key.
    pub record: CoopRecord,
    /// With which key the coop signs by the roster.
    pub signing: PublicKey,
}

const SCHEME: &str = "jitney-succession:";

/// Writes a record with a new key as one word that can be mailed.
pub fn write_succession(record: &SignedRecord) -> String {
    let json = serde_json::to_vec(record).unwrap_or_default();
    format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&json))
}

/// Reads what [`write_succession`] wrote; none for anything else.
pub fn read_succession(text: &str) -> Option<SignedRecord> {
    let bytes = BASE64URL_NOPAD.decode(text.trim().strip_prefix(SCHEME)?.as_bytes()).ok()?;
    serde_json::from_slice(&bytes).ok()
}
