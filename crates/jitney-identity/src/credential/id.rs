//! The name of a credential.

use serde::{Deserialize, Serialize};

/// Longest id of a credential, in bytes.
const ID_MAX: usize = 128;

/// Name of a credential. It can hold nothing but what a credential's id is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CredentialId(String);

impl TryFrom<String> for CredentialId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        let rest = id.strip_prefix("urn:uuid:").or_else(|| id.strip_prefix("urn:jitney:credential:"));
        let plain = |rest: &str| rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        match rest {
            Some(rest) if !rest.is_empty() && plain(rest) && id.len() <= ID_MAX => Ok(CredentialId(id)),
            _ => Err("not the id of a credential"),
        }
    }
}

impl From<CredentialId> for String {
    fn from(id: CredentialId) -> String {
        id.0
    }
}

impl CredentialId {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
