//! What a driver is shown: lifts offered, and the day.

use jiff::civil::Date;
use jitney_domain::booking::Progress;
use jitney_domain::run::Leg;
use jitney_domain::{ClaimId, Coordinate, LiftNumber, MemberId, Minutes, Requirement, Timestamp, Window};
use serde::{Deserialize, Serialize};

use super::Told;

/// A lift offered to a driver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// What to call it.
    pub lift: LiftNumber,
    /// When the driver would come.
    pub pick_up_at: Timestamp,
    /// By when to answer.
    pub respond_by: Timestamp,
    /// What it requires.
    pub requirement: Requirement,
    /// From about where.
    pub from: String,
    /// To about where.
    pub to: String,
    /// The middle of the cell where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_at: Option<Coordinate>,
    /// The middle of the cell where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_at: Option<Coordinate>,
    /// Whose rider it is.
    pub coop: String,
}

/// A driver's day, readable with no network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Who drives.
    pub driver: MemberId,
    /// Which day.
    pub day: Date,
    /// The coop's time zone.
    pub zone: String,
    /// When this was made.
    pub made_at: Timestamp,
    /// The coop's name.
    pub coop: String,
    /// The dispatcher's phone.
    pub coop_phone: Option<String>,
    /// Minutes to wait before a no-show.
    pub wait_limit: Minutes,
    /// In order of driving.
    pub stops: Vec<ManifestStop>,
}

/// A stop on a manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManifestStop {
    /// Which lift.
    pub lift: LiftNumber,
    /// Which end.
    pub leg: Leg,
    /// When to be there.
    pub planned: Timestamp,
    /// From when to when it still counts as agreed.
    pub window: Window,
    /// When it was done.
    pub done: Option<Timestamp>,
    /// Where the lift stands.
    pub state: String,
    /// The same for who says it in another language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands: Option<Told>,
    /// How far it has come, once it is confirmed and while it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// From when on the driver may report that nobody is there; none at the other end, and once the rider is on board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_show_from: Option<Timestamp>,
    /// What the trip requires.
    pub requirement: Requirement,
    /// About where, before the details are there.
    pub about: String,
    /// The middle of the cell in which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_at: Option<Coordinate>,
    /// The rider's details, sealed to the driver's key, base64.
    pub sealed: Option<String>,
    /// What binds them to this lift: the claim, needed to open them.
    pub claim: ClaimId,
    /// The rider's details, where the node itself may read them.
    pub details: Option<crate::person::RiderDetails>,
}
