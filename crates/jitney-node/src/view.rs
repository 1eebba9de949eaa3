//! What a node shows: the shape of every answer, for people and for `--json`.

mod access;
mod alarms;
mod driving;
mod federation;
mod health;
mod map;
mod messages;
mod partners;
mod plan;
mod receipts;
pub mod succession;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jitney_domain::availability::Availability;
use jitney_domain::booking::{Card, Progress};
use jitney_domain::member::{DriverTerms, Role, VettingItem, Wish};
use jitney_domain::run::Leg;
use jitney_domain::trip::{Timing, Windows};
use jitney_domain::{
    Capability, CapacityId, ClaimId, Coordinate, LiftNumber, MemberId, Metres, Minutes, Outcome, Requirement,
    RunId, SubscriptionId, TicketId, Timestamp, TripId, VehicleId, Window,
};
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

use crate::person::{Place, Profile, TripPlaces};

pub use crate::refusals::words::{outcome, standing};
pub use access::{AccessCard, Entrusted, NewCard, Session, SignedIn};
pub use alarms::{Alarm, Alarms, Call, Taken};
pub use driving::{Manifest, ManifestStop, Offer};
pub use federation::{FederationStatus, Joining, Node, Roster, RosterCoop, Waiting};
pub use health::{CoopHealth, Health, NodeHealth, OwnHealth, Problem, Reach, TriedAddress};
pub use map::RoadLine;
pub use messages::Message;
pub use partners::{Agreement, Capacity};
pub use plan::{Comes, DayPlan, Given, PlanChange, PlanProgress, PlanUnmet};
pub use receipts::{Receipt, Word};
pub use told::{Fill, Name, Told};

/// A node's condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The coop's public name.
    pub coop: String,
    /// The coop's key.
    pub key: PublicKey,
    /// The coop's key as words to read over the phone.
    pub fingerprint: String,
    /// The node's key.
    pub node: PublicKey,
    /// The coop's time zone.
    pub zone: String,
    /// The node's clock.
    pub now: Timestamp,
    /// Members that are not suspended, by role.
    pub members: BTreeMap<String, usize>,
    /// Trips that are not over.
    pub open_trips: usize,
    /// Last durable step.
    pub sequence: u64,
    /// Digest of all that is stored.
    pub digest: String,
    /// Bytes on disk.
    pub disk: u64,
    /// Where the node listens.
    pub listening: Vec<String>,
    /// The federation, once joined.
    pub federation: Option<FederationStatus>,
    /// What a coop waits for that has asked to join a federation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joining: Option<Joining>,
    /// What is wrong with the server that was to give driving times, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driving_times: Option<Problem>,
    /// Why the federation that it asked last has not admitted it, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_admitted: Option<String>,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Their number.
    pub member: MemberId,
    /// Who they are; none once erased.
    pub profile: Option<Profile>,
    /// What they do.
    pub roles: BTreeSet<Role>,
    /// Take part in nothing at present.
    pub suspended: bool,
    /// Their key, once a device is enrolled.
    pub key: Option<PublicKey>,
    /// For drivers: what was agreed.
    pub terms: Option<DriverTerms>,
    /// For drivers: what has been seen, valid up to and including.
    pub vetting: BTreeMap<VettingItem, Date>,
    /// For drivers: what stands in the way today.
    pub not_vetted: Option<String>,
    /// For drivers: their vehicles.
    pub vehicles: Vec<Vehicle>,
    /// For riders: who acts for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caregivers: Vec<Entrusted>,
    /// For caregivers: for whom they act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts_for: Vec<Entrusted>,
    /// For riders: what they wish of drivers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wishes: Vec<(MemberId, Wish)>,
    /// For riders: since when they wait for a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_asked: Option<Timestamp>,
    /// For riders: with whom they are never on board together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<MemberId>,
}

/// A vehicle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Its number.
    pub vehicle: VehicleId,
    /// What it can carry.
    pub capability: Capability,
    /// How riders are told to recognise it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// An invitation just made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// The link to hand over.
    pub link: String,
    /// Until when it works.
    pub expires: Timestamp,
}

/// A driver's time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hours {
    /// Whose.
    pub member: MemberId,
    /// When.
    pub availability: Availability,
    /// Lifts that are theirs on days on which they are away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promised: Vec<Promised>,
}

/// A lift that a driver has said yes to, or has been asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Promised {
    /// Which lift.
    pub lift: LiftNumber,
    /// When the rider is to be fetched.
    pub pick_up_at: Timestamp,
}

/// A place the coop has a name for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedPlace {
    /// The name.
    pub name: String,
    /// The place.
    pub place: Place,
}

/// Who carries a trip, or why nobody does yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Carriage {
    /// Nobody has it.
    Unassigned,
    /// Waits for the rider's call.
    WillCall,
    /// Offered; claims are awaited.
    Offered {
        /// To partner coops too.
        shared: bool,
        /// Claims that are still held.
        claims: usize,
    },
    /// Awarded; an answer is awaited.
    Asked {
        /// Whom.
        provider: String,
        /// By when they must answer.
        respond_by: Timestamp,
    },
    /// In the provider's calendar: this is what the rider is told.
    Confirmed {
        /// Who carries.
        provider: String,
        /// When the driver comes.
        pick_up_at: Timestamp,
        /// Driver, car and recognition word.
        card: Option<Card>,
        /// How far it has come.
        progress: Progress,
    },
    /// Over.
    Over {
        /// How it ended.
        outcome: Outcome,
        /// Who carried, if anybody did.
        provider: Option<String>,
    },
}

/// A trip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trip {
    /// Its confirmation number.
    pub trip: TripId,
    /// The same as text with check digit.
    pub confirmation: String,
    /// Whose.
    pub rider: MemberId,
    /// The rider's name; none once erased.
    pub rider_name: Option<String>,
    /// The day.
    pub date: Date,
    /// When, as booked.
    pub timing: Timing,
    /// When driver and rider may meet and part.
    pub windows: Option<Windows>,
    /// The two ends; none once erased.
    pub places: Option<TripPlaces>,
    /// What it requires.
    pub requirement: Requirement,
    /// Driving time without detour.
    pub direct: Minutes,
    /// Its return, if this is the way out.
    pub return_trip: Option<TripId>,
    /// Its way out, if this is the return.
    pub outbound: Option<TripId>,
    /// The subscription it belongs to.
    pub subscription: Option<SubscriptionId>,
    /// Its ticket.
    pub ticket: Option<TicketId>,
    /// Claims on the ticket that are still held.
    pub claims: Vec<Claim>,
    /// Who carries it.
    pub carriage: Carriage,
    /// The partner coop that has it, or is asked for it before all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// It is not taken from whoever has it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// How far a driver of ours has reported to have driven with the rider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driven: Option<Metres>,
    /// What a dispatcher should look at.
    pub attention: Vec<String>,
}

/// A claim on one of our tickets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Its name.
    pub claim: ClaimId,
    /// Whose.
    pub provider: String,
    /// When the driver would come.
    pub pick_up_at: Timestamp,
    /// Until when the driver's time is held.
    pub hold_until: Timestamp,
}

/// What was booked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Booked {
    /// The trips, way out before way home.
    pub trips: Vec<Trip>,
    /// The subscription they belong to.
    pub subscription: Option<SubscriptionId>,
    /// The first day of a subscription that begins later than the coop books ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins: Option<Date>,
}

/// Who could take a trip and why not the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidates {
    /// Which trip.
    pub trip: TripId,
    /// Best first.
    pub can: Vec<Candidate>,
    /// With the one reason.
    pub cannot: Vec<Unable>,
}

/// A run that could take a trip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who would drive.
    pub driver: MemberId,
    /// The driver's name.
    pub name: String,
    /// On which run, if there is one already.
    pub run: Option<RunId>,
    /// When the driver would come.
    pub pick_up_at: Timestamp,
    /// When the rider would be there.
    pub drop_off_at: Timestamp,
    /// Further driving for it.
    pub added: Minutes,
    /// Waits for the driver's yes.
    pub ask: bool,
    /// In words that can be read out.
    pub reasons: Vec<String>,
}

/// When each driver could take a trip that day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Openings {
    /// Which trip.
    pub trip: TripId,
    /// Nearest to the time asked for first.
    pub can: Vec<Opening>,
    /// With the one reason.
    pub cannot: Vec<Unable>,
}

/// A time at which a driver could take a trip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// So many minutes later than asked; negative is earlier.
    pub shift: i32,
    /// The same in words.
    pub moved: String,
    /// When the driver might come then.
    pub pick_up: Window,
    /// When the rider would have to be there at the latest then.
    pub there_by: Timestamp,
    /// How it would go.
    #[serde(flatten)]
    pub candidate: Candidate,
}

/// A driver who cannot take a trip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unable {
    /// Who.
    pub driver: MemberId,
    /// The driver's name.
    pub name: String,
    /// Why not.
    pub why: String,
}

/// A standing order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its number.
    pub subscription: SubscriptionId,
    /// Whose.
    pub rider: MemberId,
    /// The rider's name.
    pub rider_name: Option<String>,
    /// The rule.
    pub rule: String,
    /// When, on the first date.
    pub timing: Timing,
    /// The way home, on the first date.
    pub home: Option<Timing>,
    /// Dates left out.
    pub except: BTreeSet<Date>,
    /// Booked up to.
    pub booked_until: Option<Date>,
    /// The last day, if it has ended.
    pub ended: Option<Date>,
    /// The partner to whom every date is offered first.
    pub carried_by: Option<String>,
}

/// The day at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// Which day.
    pub day: Date,
    /// The coop's time zone.
    pub zone: String,
    /// How many alarms there are at this moment, of all days.
    pub alarms: usize,
    /// The first of them.
    pub most_urgent: Option<Alarm>,
    /// Trips of our riders, by time; those that need attention first.
    pub trips: Vec<Trip>,
    /// Runs of our drivers.
    pub runs: Vec<Run>,
    /// How many ended how.
    pub outcomes: BTreeMap<Outcome, usize>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub run: RunId,
    /// Who drives.
    pub driver: MemberId,
    /// The driver's name.
    pub driver_name: String,
    /// In which vehicle.
    pub vehicle: VehicleId,
    /// The block of time.
    pub block: Window,
    /// In order of driving.
    pub stops: Vec<Stop>,
}

/// A stop of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Which lift.
    pub lift: LiftNumber,
    /// Which end.
    pub leg: Leg,
    /// When the driver is planned to arrive.
    pub planned: Timestamp,
    /// When the driver may arrive.
    pub window: Window,
    /// When it was done.
    pub done: Option<Timestamp>,
    /// Where the lift stands, in a word.
    pub state: String,
    /// The same for who says it in another language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands: Option<Told>,
    /// Our own trip, if it is one.
    pub trip: Option<TripId>,
    /// The partner coop whose trip it is.
    pub partner: Option<String>,
}

/// A ticket, ours or a neighbour's, that is open to partners.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its name.
    pub ticket: TicketId,
    /// Whose.
    pub coop: String,
    /// It is ours.
    pub ours: bool,
    /// Until when we alone are asked, if it is not open to all.
    pub offered_until: Option<Timestamp>,
    /// The spare places of ours that it is meant for.
    pub capacity: Option<CapacityId>,
    /// When the driver may come.
    pub pick_up: Window,
    /// When the rider may be set down.
    pub drop_off: Window,
    /// Where it begins, coarsely.
    pub from: String,
    /// Where it ends, coarsely.
    pub to: String,
    /// The middle of the cell where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_at: Option<Coordinate>,
    /// The middle of the cell where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_at: Option<Coordinate>,
    /// About how far.
    pub metres: Metres,
    /// What it requires.
    pub requirement: Requirement,
    /// Our claim on it, if we made one.
    pub claimed: Option<LiftNumber>,
    /// A claim of ours on it has ended: another was chosen, or we gave it up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub claimed_before: bool,
    /// Who of ours could take it, best first.
    pub can: Vec<Candidate>,
    /// Why nobody of ours could, where that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_nobody: Option<WhyNobody>,
}

/// The reason for which most of our drivers cannot take a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhyNobody {
    /// Why not, as it was said of the first of them.
    pub why: String,
    /// How many drivers cannot for that reason.
    pub drivers: usize,
    /// How many drivers there are.
    pub of: usize,
}

/// What a member's device learns of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Me {
    /// The member's number.
    pub member: MemberId,
    /// In which roles.
    pub roles: BTreeSet<Role>,
    /// The coop's name.
    pub coop: String,
    /// The coop's time zone.
    pub zone: String,
    /// The newest credential.
    pub credential: Option<serde_json::Value>,
}
