//! Members: who belongs to the coop, in which roles, and what a driver has been vetted for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jitney_identity::PublicKey;
use jitney_identity::credential::CredentialId;
use serde::{Deserialize, Serialize};

use crate::gossip_body;
use crate::needs::Assistance;
use crate::place::Metres;
use crate::{IdError, MemberId, Timestamp, VehicleId};

gossip_body! {
    /// A credential no longer holds. It is revoked by its id alone: nothing about the member is told.
    kind 32;
    pub struct CredentialRevoked {
        /// Which.
        pub credential: CredentialId,
    }
}

/// What a member does in the coop. One member may have several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Is carried.
    Rider,
    /// Carries.
    Driver,
    /// Takes calls and runs the day.
    Dispatcher,
    /// Runs the node.
    Operator,
    /// Books for riders who asked them to.
    Caregiver,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Rider => "rider",
            Role::Driver => "driver",
            Role::Dispatcher => "dispatcher",
            Role::Operator => "operator",
            Role::Caregiver => "caregiver",
        })
    }
}

impl FromStr for Role {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Ok(match text {
            "rider" => Role::Rider,
            "driver" => Role::Driver,
            "dispatcher" => Role::Dispatcher,
            "operator" => Role::Operator,
            "caregiver" => Role::Caregiver,
            _ => {
                return Err(IdError::Malformed {
                    kind: "role",
                    text: text.to_owned(),
                    expected: "rider, driver, dispatcher, operator or caregiver",
                });
            }
        })
    }
}

/// Something a driver must have, each with an expiry. The coop keeps the yes and the date, never the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VettingItem {
    /// Driving licence.
    Licence,
    /// Driving record.
    DrivingRecord,
    /// Criminal-record check.
    CriminalRecord,
    /// Motor insurance.
    Insurance,
    /// Vehicle inspection.
    VehicleInspection,
    /// Training, such as passenger assistance.
    Training,
}

impl VettingItem {
    /// All items, in the order in which forms list them.
    pub const ALL: [VettingItem; 6] = [
        VettingItem::Licence,
        VettingItem::DrivingRecord,
        VettingItem::CriminalRecord,
        VettingItem::Insurance,
        VettingItem::VehicleInspection,
        VettingItem::Training,
    ];
}

impl fmt::Display for VettingItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VettingItem::Licence => "licence",
            VettingItem::DrivingRecord => "driving-record",
            VettingItem::CriminalRecord => "criminal-record",
            VettingItem::Insurance => "insurance",
            VettingItem::VehicleInspection => "vehicle-inspection",
            VettingItem::Training => "training",
        })
    }
}

impl FromStr for VettingItem {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        VettingItem::ALL.into_iter().find(|item| item.to_string() == text).ok_or_else(|| IdError::Malformed {
            kind: "vetting item",
            text: text.to_owned(),
            expected: "licence, driving-record, criminal-record, insurance, vehicle-inspection or training",
        })
    }
}

/// How a driver wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// Every lift is offered and waits for the driver's yes.
    #[default]
    Ask,
    /// Time given as available is a standing yes.
    Standing,
}

/// What a driver has agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DriverTerms {
    /// How far from home the driver goes for a pick-up or drop-off; none means anywhere.
    pub radius: Option<Metres>,
    /// Most trips on one day; none means no limit.
    pub max_trips: Option<u32>,
    /// How the driver wants to be asked.
    pub consent: Consent,
    /// The most help the driver gives.
    pub assistance: Assistance,
    /// The vehicle the driver usually takes.
    pub vehicle: Option<VehicleId>,
}

/// What a rider wishes of a driver, or the coop for both of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// This driver rather than others.
    Preferred,
    /// Never this driver.
    Never,
}

/// Most wishes of one rider.
pub const WISHES_MAX: usize = 50;
/// Most riders from whom one rider is kept apart.
pub const APART_MAX: usize = 50;

/// A driver's side of a membership.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Driver {
    /// What was agreed.
    pub terms: DriverTerms,
    /// What has been seen, valid up to and including the date.
    pub vetting: BTreeMap<VettingItem, Date>,
}

impl Driver {
    /// Returns the first required item that is missing or has expired by `date`.
    pub fn unvetted(&self, required: &BTreeSet<VettingItem>, date: Date) -> Option<Unvetted> {
        required.iter().find_map(|item| match self.vetting.get(item) {
            None => Some(Unvetted { item: *item, expired: None }),
            Some(until) if *until < date => Some(Unvetted { item: *item, expired: Some(*until) }),
            Some(_) => None,
        })
    }
}

/// A vetting item that stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unvetted {
    /// Which item.
    pub item: VettingItem,
    /// When it expired; none if it was never seen.
    pub expired: Option<Date>,
}

impl fmt::Display for Unvetted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.expired {
            Some(date) => write!(f, "{} expired on {date}", self.item),
            None => write!(f, "{} has not been seen", self.item),
        }
    }
}

/// A member as everyone in the coop's software may know them. Names and addresses are in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What they do.
    pub roles: BTreeSet<Role>,
    /// Suspended members keep their history and take part in nothing.
    pub suspended: bool,
    /// Since when.
    pub joined: Timestamp,
    /// Their own key, once they have enrolled a device.
    pub key: Option<PublicKey>,
    /// For drivers.
    pub driver: Option<Driver>,
    /// For riders: what they wish of drivers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub wishes: BTreeMap<MemberId, Wish>,
    /// For riders: with whom they are never on board together. It stands with both.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub apart: BTreeSet<MemberId>,
}

impl Member {
    /// Tells whether the member may act in `role` at present.
    pub fn acts_as(&self, role: Role) -> bool {
        !self.suspended && self.roles.contains(&role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_credential_has_no_room_for_anything_else() {
        for id in ["urn:jitney:credential:00ff", "urn:uuid:0190f2c4-7e1a-7000-8000-000000000001"] {
            let body = format!(r#"{{"credential":"{id}"}}"#);
            let read: CredentialRevoked = serde_json::from_str(&body).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), body);
        }
        let long = format!("urn:uuid:{}", "0".repeat(120));
        for id in ["", "urn:uuid:", "urn:uuid:Rosa", "urn:jitney:credential:00 12 Mill Lane", "Ana", &long] {
            let body = format!(r#"{{"credential":"{id}"}}"#);
            assert!(serde_json::from_str::<CredentialRevoked>(&body).is_err(), "{id:?}");
        }
    }
}
