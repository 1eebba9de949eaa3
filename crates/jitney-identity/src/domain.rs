//! Signing domains, so that bytes signed for one purpose are worthless for any other.

use std::fmt;

/// Names what a signature is for.
///
/// What is signed is never the message alone but
///
/// ```text
/// length of the domain, one byte || the domain, ASCII || the message
/// ```
///
/// The length byte makes the split unambiguous: no message of one domain can be read as a message of
/// another whose name it begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(&'static str);

impl Domain {
    /// Is the domain of public log entries.
    pub const ENTRY: Self = Self::new("jitney/entry/1");
    /// Is the domain of direct messages between two coops.
    pub const DIRECT: Self = Self::new("jitney/direct/1");
    /// Is the domain of acts on the roster: admission, expulsion, change of charter.
    pub const ROSTER_ACT: Self = Self::new("jitney/roster-act/1");
    /// Is the domain of the certificates that a coop key gives its node keys.
    pub const NODE_CERT: Self = Self::new("jitney/node-cert/1");
    /// Is the domain of reports for auditors and funders.
    pub const REPORT: Self = Self::new("jitney/report/1");
    /// Is the domain of a newcomer's request to join a federation.
    pub const JOIN: Self = Self::new("jitney/join/1");

    /// Names a domain.
    ///
    /// # Panics
    ///
    /// Refuses to compile in a constant (and panics elsewhere) unless the name is 1 to 255 visible
    /// ASCII characters.
    pub const fn new(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(!bytes.is_empty() && bytes.len() <= 255, "a domain is 1 to 255 bytes long");
        let mut at = 0;
        while at < bytes.len() {
            assert!(bytes[at].is_ascii_graphic(), "a domain is visible ASCII");
            at += 1;
        }
        Self(name)
    }

    /// Returns the name.
    pub const fn as_str(&self) -> &'static str {
        self.0
    }

    /// Returns the bytes that are signed for this message in this domain.
    pub(crate) fn signed_bytes(&self, message: &[u8]) -> Vec<u8> {
        let name = self.0.as_bytes();
        let length = u8::try_from(name.len()).expect("Domain::new refuses names over 255 bytes");
        let mut bytes = Vec::with_capacity(1 + name.len() + message.len());
        bytes.push(length);
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(message);
        bytes
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_bytes_are_length_name_and_message() {
        assert_eq!(Domain::JOIN.signed_bytes(b"hello"), b"\x0djitney/join/1hello");
        assert_eq!(Domain::JOIN.signed_bytes(b""), b"\x0djitney/join/1");
    }

    #[test]
    fn a_domain_that_begins_with_another_signs_other_bytes() {
        let short = Domain::new("a");
        let long = Domain::new("ab");
        assert_ne!(short.signed_bytes(b"bc"), long.signed_bytes(b"c"));
    }
}
