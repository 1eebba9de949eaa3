//! The `jitney:` link: an invitation for a coop to join a federation, or for a member to join a coop.
//!
//! A link is `jitney:` and the unpadded base64url of
//!
//! ```text
//! version u8 = 1 | kind u8 (1 federation, 2 member) | coop [32] | node [32] | secret [16]
//! | expires_at u64 ms | kind 1: federation [32], kind 2: length u8, role
//! | count u8, as often: length u8, address | checksum [4]
//! ```
//!
//! where the checksum is the beginning of BLAKE3 of all before it, so that a link cut off by a mail program
//! is told from a wrong one. White space inside the link, as line breaks of a letter, is ignored.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use jitney_domain::Timestamp;
use jitney_identity::{Hash, PublicKey};
use rand::CryptoRng;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bytes::{Reader, millis, moment};
use crate::ids::{FederationId, SecretHash};
use crate::record::{MAX_ADDRESS_BYTES, MAX_ADDRESSES};

/// Longest link in characters, white space included.
pub const MAX_LINK_CHARS: usize = 4096;
/// Longest role in bytes.
pub const MAX_ROLE_BYTES: usize = 32;
/// What every link begins with, in any case.
pub const LINK_SCHEME: &str = "jitney:";

const LINK_VERSION: u8 = 1;
const KIND_FEDERATION: u8 = 1;
const KIND_MEMBER: u8 = 2;
const CHECKSUM_BYTES: usize = 4;

/// The secret of an invitation: who knows it was invited. Never shown in logs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InvitationSecret(pub [u8; 16]);

impl InvitationSecret {
    /// Draws a new secret.
    pub fn draw(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut secret = [0; 16];
        rng.fill_bytes(&mut secret);
        InvitationSecret(secret)
    }

    /// Returns what the inviter keeps of it.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Hash::of(&self.0))
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(…)")
    }
}

impl Serialize for InvitationSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for InvitationSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(D::Error::custom)?;
        bytes.try_into().map(InvitationSecret).map_err(|_| D::Error::custom("a secret has 16 bytes"))
    }
}

/// What a link invites to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationKind {
    /// A coop to join a federation.
    Federation {
        /// Which.
        federation: FederationId,
    },
    /// A person to become a member of the coop.
    Member {
        /// As what: rider, driver, dispatcher, …
        role: String,
    },
}

/// An invitation, as `jitney:` link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationLink {
    /// What it invites to.
    pub kind: InvitationKind,
    /// The coop that invites.
    pub coop: PublicKey,
    /// The node to ask.
    pub node: PublicKey,
    /// Where that node may be found.
    pub addresses: Vec<String>,
    /// What proves the invitation.
    pub secret: InvitationSecret,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

/// Says why a text is no usable link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The text does not begin with `jitney:`.
    #[error("an invitation begins with {LINK_SCHEME}; copy the whole link")]
    NotALink,
    /// The text is longer than any link.
    #[error("an invitation has at most {MAX_LINK_CHARS} characters, this text has {length}")]
    TooLong {
        /// Bytes there were.
        length: usize,
    },
    /// The checksum does not fit, or there are letters that no link has.
    #[error("the invitation is cut off or a letter was changed; copy the whole link again")]
    Damaged,
    /// The link is of a newer form.
    #[error("invitations of version {version} are not understood; upgrade this program")]
    UnknownVersion {
        /// The version given.
        version: u8,
    },
    /// The link invites to something that this program does not know.
    #[error("invitations of kind {kind} are not understood; upgrade this program")]
    UnknownKind {
        /// The kind given.
        kind: u8,
    },
    /// The link is whole but holds something that no link may hold.
    #[error("the invitation holds a faulty {field}; ask for a new one")]
    BadField {
        /// Which part.
        field: &'static str,
    },
    /// The invitation is past its time.
    #[error("the invitation expired at {expires_at}; ask for a new one")]
    Expired {
        /// When.
        expires_at: Timestamp,
    },
}

impl InvitationLink {
    /// Checks that the link may be used now and holds only what a link can carry.
    ///
    /// # Errors
    ///
    /// [`LinkError::Expired`] past its time, [`LinkError::BadField`] for texts out of bounds.
    pub fn check(&self, now: Timestamp) -> Result<(), LinkError> {
        self.check_fields()?;
        if self.expires_at < now {
            return Err(LinkError::Expired { expires_at: self.expires_at });
        }
        Ok(())
    }

    fn check_fields(&self) -> Result<(), LinkError> {
        if let InvitationKind::Member { role } = &self.kind {
            let plain = role.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            if role.is_empty() || role.len() > MAX_ROLE_BYTES || !plain {
                return Err(LinkError::BadField { field: "role" });
            }
        }
        let plain = |text: &String| {
            !text.is_empty() && text.len() <= MAX_ADDRESS_BYTES && text.bytes().all(|b| b.is_ascii_graphic())
        };
        if self.addresses.len() > MAX_ADDRESSES || !self.addresses.iter().all(plain) {
            return Err(LinkError::BadField { field: "address" });
        }
        if self.expires_at.0 < 0 {
            return Err(LinkError::BadField { field: "time" });
        }
        Ok(())
    }

    fn encode(&self) -> Vec<u8> {
        let kind = match self.kind {
            InvitationKind::Federation { .. } => KIND_FEDERATION,
            InvitationKind::Member { .. } => KIND_MEMBER,
        };
        let mut bytes = vec![LINK_VERSION, kind];
        bytes.extend_from_slice(self.coop.as_bytes());
        bytes.extend_from_slice(self.node.as_bytes());
        bytes.extend_from_slice(&self.secret.0);
        bytes.extend_from_slice(&millis(self.expires_at));
        match &self.kind {
            InvitationKind::Federation { federation } => bytes.extend_from_slice(federation.0.as_bytes()),
            InvitationKind::Member { role } => push_text(&mut bytes, role),
        }
        bytes.push(u8::try_from(self.addresses.len()).unwrap_or(u8::MAX));
        for address in &self.addresses {
            push_text(&mut bytes, address);
        }
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, LinkError> {
        let (bytes, found) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(LinkError::Damaged)?;
        if checksum(bytes) != *found {
            return Err(LinkError::Damaged);
        }
        let mut reader = Reader::new(bytes);
        let short = LinkError::BadField { field: "length" };
        let version = reader.u8().ok_or(short.clone())?;
        if version != LINK_VERSION {
            return Err(LinkError::UnknownVersion { version });
        }
        let kind = reader.u8().ok_or(short.clone())?;
        let coop = read_key(&mut reader)?;
        let node = read_key(&mut reader)?;
        let secret = InvitationSecret(reader.array().ok_or(short.clone())?);
        let expires_at = reader.u64().and_then(moment).ok_or(LinkError::BadField { field: "time" })?;
        let kind = match kind {
            KIND_FEDERATION => {
                let federation = FederationId(Hash::from_bytes(reader.array().ok_or(short.clone())?));
                InvitationKind::Federation { federation }
            }
            KIND_MEMBER => InvitationKind::Member { role: read_text(&mut reader, "role")? },
            kind => return Err(LinkError::UnknownKind { kind }),
        };
        let count = reader.u8().ok_or(short.clone())?;
        let addresses =
            (0..count).map(|_| read_text(&mut reader, "address")).collect::<Result<Vec<_>, _>>()?;
        if reader.remaining() > 0 {
            return Err(short);
        }
        let link = InvitationLink { kind, coop, node, addresses, secret, expires_at };
        link.check_fields()?;
        Ok(link)
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let [a, b, c, d, ..] = *Hash::of(bytes).as_bytes();
    [a, b, c, d]
}

/// Appends a text of at most 255 bytes; [`InvitationLink::check`] refuses longer ones, which are cut here.
fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let text = text.as_bytes().iter().take(usize::from(u8::MAX));
    bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    bytes.extend(text);
}

fn read_text(reader: &mut Reader<'_>, field: &'static str) -> Result<String, LinkError> {
    let text = reader.u8().and_then(|length| reader.take(usize::from(length)));
    let text = text.and_then(|text| std::str::from_utf8(text).ok());
    text.map(str::to_owned).ok_or(LinkError::BadField { field })
}

fn read_key(reader: &mut Reader<'_>) -> Result<PublicKey, LinkError> {
    let key = reader.array().and_then(|bytes| PublicKey::from_bytes(&bytes).ok());
    key.ok_or(LinkError::BadField { field: "key" })
}

impl fmt::Display for InvitationLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{LINK_SCHEME}{}", BASE64URL_NOPAD.encode(&self.encode()))
    }
}

impl FromStr for InvitationLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        if text.len() > MAX_LINK_CHARS {
            return Err(LinkError::TooLong { length: text.len() });
        }
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (scheme, rest) = text.split_at_checked(LINK_SCHEME.len()).ok_or(LinkError::NotALink)?;
        if !scheme.eq_ignore_ascii_case(LINK_SCHEME) {
            return Err(LinkError::NotALink);
        }
        Self::decode(&BASE64URL_NOPAD.decode(rest.as_bytes()).map_err(|_| LinkError::Damaged)?)
    }
}

impl Serialize for InvitationLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InvitationLink {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{key, node, now};
    use proptest::prelude::*;

    fn link(kind: InvitationKind) -> InvitationLink {
        InvitationLink {
            kind,
            coop: key("orchard").public(),
            node: node("orchard").public(),
            addresses: vec!["/dns/orchard.example/tcp/4170".into()],
            secret: InvitationSecret([5; 16]),
            expires_at: now(),
        }
    }

    fn member(role: &str) -> InvitationLink {
        link(InvitationKind::Member { role: role.into() })
    }

    #[test]
    fn a_link_survives_a_letter_that_breaks_its_lines() {
        let link = link(InvitationKind::Federation { federation: FederationId(Hash::of(b"f")) });
        let text = link.to_string();
        let letter = format!("  {}\r\n  {}\n", text[..60].replace("jitney:", "Jitney:"), &text[60..]);
        assert_eq!(letter.parse(), Ok(link));
    }

    #[test]
    fn a_link_cut_off_anywhere_is_refused() {
        let text = member("driver").to_string();
        for length in 0..text.len() {
            let expected = if length < 7 { LinkError::NotALink } else { LinkError::Damaged };
            assert_eq!(text[..length].parse::<InvitationLink>(), Err(expected));
        }
    }

    #[test]
    fn a_link_past_its_time_says_so() {
        let link = member("driver");
        assert_eq!(link.check(now()), Ok(()));
        let late = Timestamp(now().0 + 1);
        assert_eq!(link.check(late), Err(LinkError::Expired { expires_at: now() }));
    }

    #[test]
    fn what_this_program_does_not_know_is_named() {
        let sealed = |change: fn(&mut Vec<u8>)| {
            let mut bytes = member("driver").encode();
            bytes.truncate(bytes.len() - CHECKSUM_BYTES);
            change(&mut bytes);
            let sum = checksum(&bytes);
            bytes.extend_from_slice(&sum);
            format!("jitney:{}", BASE64URL_NOPAD.encode(&bytes)).parse::<InvitationLink>()
        };
        assert_eq!(sealed(|bytes| bytes[0] = 2), Err(LinkError::UnknownVersion { version: 2 }));
        assert_eq!(sealed(|bytes| bytes[1] = 9), Err(LinkError::UnknownKind { kind: 9 }));
        assert_eq!(sealed(|bytes| bytes[2..34].fill(0)), Err(LinkError::BadField { field: "key" }));
        assert_eq!(sealed(|bytes| bytes.push(0)), Err(LinkError::BadField { field: "length" }));
    }

    #[test]
    fn roles_and_addresses_are_bounded() {
        assert_eq!(member("Driver!").check(now()), Err(LinkError::BadField { field: "role" }));
        let mut far = member("driver");
        far.addresses = vec!["/x".into(); MAX_ADDRESSES + 1];
        assert_eq!(far.check(now()), Err(LinkError::BadField { field: "address" }));
        assert_eq!(far.to_string().parse::<InvitationLink>(), Err(LinkError::BadField { field: "address" }));
    }

    #[test]
    fn a_secret_is_never_shown() {
        assert!(!format!("{:?}", member("driver")).contains("5, 5"));
    }

    proptest! {
        #[test]
        fn a_link_reads_back_as_it_was_written(
            federation in any::<Option<[u8; 32]>>(), role in "[a-z-]{1,32}", secret in any::<[u8; 16]>(),
            expires_at in 0i64.., addresses in prop::collection::vec("[!-~]{1,255}", 0..=8),
        ) {
            let kind = match federation {
                Some(id) => InvitationKind::Federation { federation: FederationId(Hash::from_bytes(id)) },
                None => InvitationKind::Member { role },
            };
            let secret = InvitationSecret(secret);
            let link = InvitationLink { secret, expires_at: Timestamp(expires_at), addresses, ..link(kind) };
            let text = link.to_string();
            prop_assert!(text.len() <= MAX_LINK_CHARS);
            prop_assert_eq!(text.parse(), Ok(link.clone()));
            let json = serde_json::to_string(&link).unwrap();
            prop_assert_eq!(serde_json::from_str::<InvitationLink>(&json).unwrap(), link);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "(jitney:)?[ -~é]{0,200}") {
            prop_assert!(text.parse::<InvitationLink>().is_err());
        }
    }
}
