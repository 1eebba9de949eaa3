//! What a membership credential says, as values and as JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::wire::{Claims, Envelope, read_time, write_time};
use super::{CredentialError, TERMS_CONTEXT};
use crate::key::PublicKey;

/// Longest id of a credential, in bytes.
const ID_MAX_BYTES: usize = 128;

/// Names what a member does in its coop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialRole {
    /// Is driven.
    Rider,
    /// Drives.
    Driver,
    /// Takes bookings and plans the day.
    Dispatcher,
    /// Runs the node.
    Operator,
    /// Books for riders who trust them with it.
    Caregiver,
}

/// Names what a coop checks about a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VettingItem {
    /// A driving licence for the vehicle.
    Licence,
    /// The driving record.
    DrivingRecord,
    /// The criminal-record check.
    CriminalRecord,
    /// Insurance that covers the rides.
    Insurance,
    /// The inspection of the vehicle.
    VehicleInspection,
    /// The coop's training.
    Training,
}

/// Says that a check was met, or was not, and until when that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VettingClaim {
    /// What was checked.
    pub item: VettingItem,
    /// Whether it was met.
    pub met: bool,
    /// First second at which the check no longer counts, since 1970.
    pub valid_until: i64,
}

/// Is what a coop says about a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipClaims {
    /// Name of this credential, by which it is revoked: `urn:uuid:…` or `urn:jitney:credential:<hex>`.
    pub id: String,
    /// Coop that vouches.
    pub coop: PublicKey,
    /// Member it vouches for.
    pub subject: PublicKey,
    /// What the member does; each role once.
    pub roles: Vec<CredentialRole>,
    /// What was checked about the member; each item once.
    pub vetting: Vec<VettingClaim>,
    /// First second at which the credential is valid, since 1970.
    pub valid_from: i64,
    /// First second at which it is no longer valid, since 1970.
    pub valid_until: i64,
}

/// Says how claims contradict themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The id is not of the two forms that are allowed.
    #[error("the id of a credential is urn:uuid:… or urn:jitney:credential:… in lower-case hexadecimal")]
    BadId,
    /// The member has no role.
    #[error("a member has at least one role")]
    NoRole,
    /// A role is named twice.
    #[error("the role {0:?} is named twice")]
    RoleTwice(CredentialRole),
    /// A vetting item is named twice.
    #[error("the vetting item {0:?} is named twice")]
    ItemTwice(VettingItem),
    /// The credential ends before it begins.
    #[error("a credential from {valid_from} until {valid_until} is never valid")]
    NeverValid {
        /// First second at which it would be valid, since 1970.
        valid_from: i64,
        /// First second at which it would no longer be valid, since 1970.
        valid_until: i64,
    },
    /// Somebody would act for themselves.
    #[error("nobody acts for themselves by delegation")]
    ForThemselves,
}

impl CredentialRole {
    /// Lists every role.
    pub const ALL: [Self; 5] = [Self::Rider, Self::Driver, Self::Dispatcher, Self::Operator, Self::Caregiver];

    /// Returns the name of the role in a credential.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rider => "rider",
            Self::Driver => "driver",
            Self::Dispatcher => "dispatcher",
            Self::Operator => "operator",
            Self::Caregiver => "caregiver",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

impl VettingItem {
    /// Lists every item.
    pub const ALL: [Self; 6] = [
        Self::Licence,
        Self::DrivingRecord,
        Self::CriminalRecord,
        Self::Insurance,
        Self::VehicleInspection,
        Self::Training,
    ];

    /// Returns the name of the item in a credential.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Licence => "licence",
            Self::DrivingRecord => "driving-record",
            Self::CriminalRecord => "criminal-record",
            Self::Insurance => "insurance",
            Self::VehicleInspection => "vehicle-inspection",
            Self::Training => "training",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == name)
    }
}

impl MembershipClaims {
    /// Tells whether the member has the role.
    pub fn has_role(&self, role: CredentialRole) -> bool {
        self.roles.contains(&role)
    }

    /// Tells whether the member met the check, and it still counts at this time.
    pub fn is_vetted(&self, item: VettingItem, now_unix_s: i64) -> bool {
        self.vetting.iter().any(|claim| claim.item == item && claim.met && now_unix_s < claim.valid_until)
    }
}

/// What is said of a member, as it is written.
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

impl Claims for MembershipClaims {
    const TYPE: &'static str = "MembershipCredential";
    const TERMS: &'static str = TERMS_CONTEXT;

    fn envelope(&self) -> Envelope {
        let Self { coop, valid_from, valid_until, .. } = *self;
        Envelope { id: self.id.clone(), coop, valid_from, valid_until }
    }

    fn subject(&self) -> Result<Value, CredentialError> {
        let vetting = self.vetting.iter().map(|claim| {
            Ok(json!({
                "item": claim.item.as_str(),
                "met": claim.met,
                "validUntil": write_time("vetting.validUntil", claim.valid_until)?,
            }))
        });
        let vetting: Vec<Value> = vetting.collect::<Result<_, CredentialError>>()?;
        let roles: Vec<&str> = self.roles.iter().map(|role| role.as_str()).collect();
        Ok(json!({ "id": self.subject, "memberOf": self.coop, "roles": roles, "vetting": vetting }))
    }

    fn read(envelope: Envelope, subject: &Value) -> Result<Self, CredentialError> {
        let subject = WireSubject::deserialize(subject)?;
        let Envelope { id, coop, valid_from, valid_until } = envelope;
        if subject.member_of != coop {
            return Err(CredentialError::OtherKind { member: "memberOf" });
        }
        let roles = subject.roles.iter().filter_map(|name| CredentialRole::from_name(name)).collect();
        let known =
            subject.vetting.iter().filter_map(|wire| Some((VettingItem::from_name(&wire.item)?, wire)));
        let vetting = known.map(|(item, wire)| {
            let valid_until = read_time("vetting.validUntil", &wire.valid_until)?;
            Ok(VettingClaim { item, met: wire.met, valid_until })
        });
        let vetting = vetting.collect::<Result<_, CredentialError>>()?;
        let claims = Self { id, coop, subject: subject.id, roles, vetting, valid_from, valid_until };
        claims.check_sets()?;
        Ok(claims)
    }

    fn check_for_issue(&self) -> Result<(), ClaimsError> {
        if self.roles.is_empty() {
            return Err(ClaimsError::NoRole);
        }
        self.check_sets()
    }
}

impl MembershipClaims {
    /// Checks that nothing is named twice. Roles may be none: those of a newer version are not seen.
    fn check_sets(&self) -> Result<(), ClaimsError> {
        if let Some(role) = first_twice(self.roles.iter().copied()) {
            return Err(ClaimsError::RoleTwice(role));
        }
        match first_twice(self.vetting.iter().map(|claim| claim.item)) {
            Some(item) => Err(ClaimsError::ItemTwice(item)),
            None => Ok(()),
        }
    }
}

/// Checks what any credential must hold to.
pub(super) fn check_envelope(envelope: &Envelope) -> Result<(), ClaimsError> {
    if !is_credential_id(&envelope.id) {
        return Err(ClaimsError::BadId);
    }
    let Envelope { valid_from, valid_until, .. } = *envelope;
    if valid_from >= valid_until {
        return Err(ClaimsError::NeverValid { valid_from, valid_until });
    }
    Ok(())
}

/// Returns the first value that has come before. The sets are small.
fn first_twice<T: PartialEq + Clone>(values: impl Iterator<Item = T> + Clone) -> Option<T> {
    let all = values.clone();
    values
        .enumerate()
        .find(|(at, value)| all.clone().take(*at).any(|earlier| earlier == *value))
        .map(|(_, v)| v)
}

/// Tells whether the id is `urn:uuid:` and a UUID (RFC 9562) or `urn:jitney:credential:` and hex digits,
/// all in lower case.
fn is_credential_id(id: &str) -> bool {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if let Some(uuid) = id.strip_prefix("urn:uuid:") {
        return uuid.len() == 36
            && uuid.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => is_hex(byte),
            });
    }
    id.len() <= ID_MAX_BYTES
        && id
            .strip_prefix("urn:jitney:credential:")
            .is_some_and(|hex| !hex.is_empty() && hex.bytes().all(is_hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_credentials_and_in_serde_are_the_same() {
        for role in CredentialRole::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(CredentialRole::from_name(role.as_str()), Some(role));
        }
        for item in VettingItem::ALL {
            assert_eq!(serde_json::to_value(item).unwrap(), item.as_str());
            assert_eq!(VettingItem::from_name(item.as_str()), Some(item));
        }
    }

    #[test]
    fn ids_are_uuids_or_our_own_in_lower_case() {
        assert!(is_credential_id("urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33"));
        assert!(is_credential_id("urn:jitney:credential:00ff"));
        let wrong = [
            "",
            "urn:uuid:58172AAC-d8ba-11ed-83dd-0b3aef56cc33",
            "urn:uuid:58172aacd8ba11ed83dd0b3aef56cc330000",
            "urn:jitney:credential:",
            "urn:jitney:credential:mrs-smith",
            "https://coop.example/1",
        ];
        for id in wrong {
            assert!(!is_credential_id(id), "{id}");
        }
        assert!(!is_credential_id(&format!("urn:jitney:credential:{}", "0".repeat(ID_MAX_BYTES))));
    }
}
