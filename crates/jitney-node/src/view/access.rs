//! Cards, sessions and caregivers as they are shown.

use jitney_domain::access::Scope;
use jitney_domain::{CardId, MemberId, Role, Timestamp};
use serde::{Deserialize, Serialize};

/// A card just issued: the only time that its code is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCard {
    /// Which card.
    pub card: CardId,
    /// The code to print on it.
    pub code: String,
    /// Whose.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// In which role it lets them act.
    pub role: Role,
}

/// A card that is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessCard {
    /// Which card.
    pub card: CardId,
    /// Whose.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// In which role it lets them act.
    pub role: Role,
    /// Since when.
    pub issued: Timestamp,
    /// On how many devices they are signed in with it.
    pub devices: usize,
}

/// A session just opened: the only time that its token is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// What the device shows from now on.
    pub token: String,
    /// Who it stands for.
    pub session: Session,
}

/// Who is signed in on a device, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// In which language they want to be spoken to, as a BCP 47 tag, if the coop knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The coop's public name.
    pub coop: String,
    /// The dispatcher's phone.
    pub coop_phone: Option<String>,
    /// The coop's time zone.
    pub zone: String,
    /// The node's clock.
    pub now: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Somebody who may act for somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrusted {
    /// The other one: the caregiver of a rider, the rider of a caregiver.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// What the caregiver may do.
    pub scope: Scope,
    /// Since when.
    pub since: Timestamp,
    /// Until when what the coop has signed about it holds; it is signed anew before. None while it counts for nothing,
    /// because one of the two takes part no more.
    #[serde(default)]
    pub signed_until: Option<Timestamp>,
}
