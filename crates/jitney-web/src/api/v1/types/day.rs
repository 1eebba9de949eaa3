//! The day: runs, alarms, places, messages, the node's condition.

use jitney_node::view;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basic::{AlarmName, Day, Line, MessageName, Moment, Note, TripNumber, Window};
use super::member::Place;
use super::trip::Trip;
use super::words::{Leg, Outcome, Reach};
use crate::api::listing::listing;

/// The day at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Board {
    /// Which day.
    day: Day,
    /// The coop's time zone.
    zone: String,
    /// How many alarms there are at this moment, of all days.
    alarms: usize,
    /// The first of them.
    most_urgent: Option<Alarm>,
    /// Trips of our riders; those that need attention first.
    trips: Vec<Trip>,
    /// Runs of our drivers.
    runs: Vec<Run>,
    /// How many ended how.
    outcomes: Vec<Count>,
}

impl From<view::Board> for Board {
    fn from(board: view::Board) -> Self {
        let outcomes =
            board.outcomes.into_iter().map(|(outcome, trips)| Count { outcome: outcome.into(), trips });
        Board {
            day: board.day.into(),
            zone: board.zone,
            alarms: board.alarms,
            most_urgent: board.most_urgent.map(Into::into),
            trips: board.trips.into_iter().map(Into::into).collect(),
            runs: board.runs.into_iter().map(Into::into).collect(),
            outcomes: outcomes.collect(),
        }
    }
}

/// How many trips ended so.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Count {
    /// How.
    outcome: Outcome,
    /// How many.
    trips: usize,
}

/// A run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Run {
    /// Its number.
    run: u32,
    /// Who drives.
    driver: u32,
    /// The driver's name.
    driver_name: String,
    /// In which vehicle.
    vehicle: u32,
    /// The block of time.
    block: Window,
    /// In order of driving.
    stops: Vec<Stop>,
}

impl From<view::Run> for Run {
    fn from(run: view::Run) -> Self {
        let stops = run.stops.into_iter().map(|stop| Stop {
            lift: stop.lift.0,
            leg: stop.leg.into(),
            planned: stop.planned.into(),
            window: stop.window.into(),
            done: stop.done.map(Into::into),
            state: stop.state,
            trip: stop.trip.map(Into::into),
            partner: stop.partner,
        });
        Run {
            run: run.run.0,
            driver: run.driver.0,
            driver_name: run.driver_name,
            vehicle: run.vehicle.0,
            block: run.block.into(),
            stops: stops.collect(),
        }
    }
}

/// A stop of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stop {
    /// Which lift.
    lift: u32,
    /// Which end.
    leg: Leg,
    /// When the driver is planned to arrive.
    planned: Moment,
    /// When the driver may arrive.
    window: Window,
    /// When it was done.
    done: Option<Moment>,
    /// Where the lift stands, in words.
    state: String,
    /// Our own trip, if it is one.
    trip: Option<TripNumber>,
    /// The partner coop whose trip it is.
    partner: Option<String>,
}

/// How soon an alarm has to be seen to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Urgency {
    /// At once.
    Now,
    /// Before this moment.
    Before(Moment),
    /// In the course of the day.
    Today,
}

/// Something that somebody has to see to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alarm {
    /// Its name, the same for as long as it lasts.
    alarm: AlarmName,
    /// What is wrong, in a word for programs; there may be new ones.
    kind: String,
    /// How soon it has to be seen to.
    urgency: Urgency,
    /// Since when it is so, where that is recorded.
    since: Option<Moment>,
    /// Trips of our riders, the one to act on first.
    trips: Vec<TripNumber>,
    /// Lifts of our drivers, the one to act on first.
    lifts: Vec<u32>,
    /// What it is about, in a few words.
    about: String,
    /// What is wrong, in words.
    says: String,
    /// Phone calls to make, in this order.
    calls: Vec<Call>,
    /// Who has it in hand.
    taken: Option<Taken>,
}

impl From<view::Alarm> for Alarm {
    fn from(alarm: view::Alarm) -> Self {
        use jitney_domain::alarm::Urgency as Inner;
        let calls = alarm.calls.into_iter().map(|call| Call {
            by: call.by,
            whom: call.whom,
            phone: call.phone,
            say: call.say,
        });
        Alarm {
            alarm: alarm.id.into(),
            kind: alarm.kind.name().to_owned(),
            urgency: match alarm.urgency {
                Inner::Now => Urgency::Now,
                Inner::Before(at) => Urgency::Before(at.into()),
                Inner::Today => Urgency::Today,
            },
            since: alarm.since.map(Into::into),
            trips: alarm.trips.into_iter().map(Into::into).collect(),
            lifts: alarm.lifts.into_iter().map(|lift| lift.0).collect(),
            about: alarm.about,
            says: alarm.says,
            calls: calls.collect(),
            taken: alarm.taken.map(Into::into),
        }
    }
}

/// Somebody who has taken an alarm.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Taken {
    /// By name; the operator on the machine itself if none.
    by: Option<String>,
    /// When.
    at: Moment,
}

impl From<view::Taken> for Taken {
    fn from(taken: view::Taken) -> Self {
        Taken { by: taken.by, at: taken.at.into() }
    }
}

/// A phone call to make.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Call {
    /// Which driver phones; the dispatcher if none.
    by: Option<String>,
    /// Whom, by name.
    whom: String,
    /// The number, if the coop knows it.
    phone: Option<String>,
    /// What to say.
    say: String,
}

/// All that somebody has to see to at this moment, the most urgent first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alarms {
    /// The alarms.
    pub(crate) items: Vec<Alarm>,
}

/// A place that the coop has a name for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedPlace {
    /// The name.
    pub(crate) name: String,
    /// The place.
    place: Place,
}

impl From<view::NamedPlace> for NamedPlace {
    fn from(named: view::NamedPlace) -> Self {
        NamedPlace { name: named.name, place: named.place.into() }
    }
}

listing!(
    /// Places, by name.
    Places of NamedPlace
);

/// A place to be named.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceToName {
    /// What it is called or its postal address.
    pub(crate) label: Line,
    /// Latitude in degrees, WGS 84.
    #[schema(minimum = -90, maximum = 90)]
    pub(crate) lat: f64,
    /// Longitude in degrees, WGS 84.
    #[schema(minimum = -180, maximum = 180)]
    pub(crate) lon: f64,
    /// How to find the door.
    pub(crate) note: Option<Note>,
    /// In place of one of that name.
    #[serde(default)]
    pub(crate) replace: bool,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MessagePhase {
    /// To be sent then or later.
    Waiting,
    /// Being sent since.
    Sending,
    /// Handed over.
    Sent,
    /// Not needed any more.
    Dropped,
    /// It did not get through: phone.
    Failed,
    /// It may or may not have got through: phone.
    Unsure,
    /// Somebody has told the person otherwise.
    Told,
}

/// A message to one person on one channel; what it says is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    /// Which.
    message: MessageName,
    /// What it is for, in a word for programs; there may be new ones.
    kind: String,
    /// To whom.
    member: u32,
    /// Their name.
    name: String,
    /// On which channel.
    channel: Reach,
    /// Since when.
    made: Moment,
    /// How often it was tried.
    tries: u32,
    /// How far it has come.
    phase: MessagePhase,
    /// Since when, or for `waiting` until when.
    at: Moment,
}

impl From<view::Message> for Message {
    fn from(message: view::Message) -> Self {
        use jitney_node::notify::Phase;
        let (phase, at) = match message.phase {
            Phase::Waiting(at) => (MessagePhase::Waiting, at),
            Phase::Sending(at) => (MessagePhase::Sending, at),
            Phase::Sent(at) => (MessagePhase::Sent, at),
            Phase::Dropped(at, _) => (MessagePhase::Dropped, at),
            Phase::Failed(at, _) => (MessagePhase::Failed, at),
            Phase::Unsure(at) => (MessagePhase::Unsure, at),
            Phase::Told(at) => (MessagePhase::Told, at),
        };
        Message {
            message: message.id.into(),
            kind: message.kind.name().to_owned(),
            member: message.member.0,
            name: message.name,
            channel: message.channel.into(),
            made: message.made.into(),
            tries: message.tries,
            phase,
            at: at.into(),
        }
    }
}

listing!(
    /// Messages, the oldest first.
    Messages of Message
);

/// The node's condition.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Status {
    /// The coop's public name.
    coop: String,
    /// The coop's key, as words to read over the phone.
    fingerprint: String,
    /// The coop's time zone.
    zone: String,
    /// The node's clock.
    now: Moment,
    /// Members that are not suspended, by role.
    members: std::collections::BTreeMap<String, usize>,
    /// Trips that are not over.
    open_trips: usize,
    /// Last durable step.
    sequence: u64,
    /// Bytes on disk.
    disk_bytes: u64,
    /// It belongs to a federation.
    federated: bool,
}

impl From<view::Status> for Status {
    fn from(status: view::Status) -> Self {
        Status {
            coop: status.coop,
            fingerprint: status.fingerprint,
            zone: status.zone,
            now: status.now.into(),
            members: status.members,
            open_trips: status.open_trips,
            sequence: status.sequence,
            disk_bytes: status.disk,
            federated: status.federation.is_some(),
        }
    }
}
