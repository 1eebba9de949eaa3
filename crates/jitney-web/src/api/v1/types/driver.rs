//! Drivers: their terms, vehicles, time, offers and manifests.

use jiff::civil::Weekday;
use jitney_domain::availability;
use jitney_domain::{Metres, Minutes, Step};
use jitney_node::{person, view};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::basic::{Clock, Day, Line, Moment, ReportName, Window, at_most};
use super::member::{Place, Requirement};
use super::words::{Assistance, Consent, Leg, Progress, VettingItem};
use crate::api::problem::Problem;

/// A driver's side of a membership.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DriverSide {
    /// How far from home they go; none means anywhere.
    pub(crate) radius_metres: Option<u32>,
    /// Most trips on one day; none means no limit.
    pub(crate) max_trips: Option<u32>,
    /// How they want to be asked.
    pub(crate) consent: Consent,
    /// The most help they give.
    pub(crate) assistance: Assistance,
    /// The vehicle they usually take.
    pub(crate) vehicle: Option<u32>,
    /// What has been seen.
    pub(crate) vetting: Vec<Vetted>,
    /// What stands in the way today, in words.
    pub(crate) not_vetted: Option<String>,
    /// Their vehicles.
    pub(crate) vehicles: Vec<Vehicle>,
}

/// Something that has been seen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Vetted {
    /// What.
    pub(crate) item: VettingItem,
    /// The last day on which it holds.
    pub(crate) valid_until: Day,
}

/// A vehicle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Vehicle {
    /// Its number.
    pub(crate) vehicle: u32,
    /// What it can carry.
    pub(crate) capability: Capability,
    /// How riders are told to recognise it.
    pub(crate) description: Option<String>,
}

/// What a vehicle can carry.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Capability {
    /// Seats for riders.
    seats: u8,
    /// Wheelchair spaces.
    wheelchairs: u8,
    /// It has a ramp or lift.
    ramp_or_lift: bool,
    /// Service animals are welcome.
    service_animals: bool,
    /// The most help that its driver gives.
    assistance: Assistance,
}

impl From<jitney_domain::Capability> for Capability {
    fn from(can: jitney_domain::Capability) -> Self {
        Capability {
            seats: can.places.seats,
            wheelchairs: can.places.wheelchairs,
            ramp_or_lift: can.ramp_or_lift,
            service_animals: can.service_animals,
            assistance: can.assistance.into(),
        }
    }
}

/// Hours on one day.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hours {
    /// From when.
    from: Clock,
    /// Until when, later than `from`.
    to: Clock,
}

impl From<availability::Hours> for Hours {
    fn from(hours: availability::Hours) -> Self {
        Hours { from: Clock(hours.from), to: Clock(hours.to) }
    }
}

impl From<Hours> for availability::Hours {
    fn from(hours: Hours) -> Self {
        availability::Hours { from: hours.from.0, to: hours.to.0 }
    }
}

/// Hours that come back every week.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeeklyHours {
    /// 1 Monday to 7 Sunday.
    #[schema(minimum = 1, maximum = 7)]
    day: i8,
    /// At which hours.
    hours: Hours,
}

fn weekday(day: i8) -> Result<Weekday, Problem> {
    Weekday::from_monday_one_offset(day)
        .map_err(|_| Problem::invalid("a day of the week goes from 1, Monday, to 7, Sunday; mend it"))
}

impl TryFrom<WeeklyHours> for availability::WeeklyHours {
    type Error = Problem;

    fn try_from(weekly: WeeklyHours) -> Result<Self, Problem> {
        Ok(availability::WeeklyHours { day: weekday(weekly.day)?, hours: weekly.hours.into() })
    }
}

/// A break that comes back every week: so long, at some time between.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeeklyBreak {
    /// 1 Monday to 7 Sunday.
    #[schema(minimum = 1, maximum = 7)]
    day: i8,
    /// It lies within these hours.
    between: Hours,
    /// How long it is.
    minutes: u32,
}

impl TryFrom<WeeklyBreak> for availability::WeeklyBreak {
    type Error = Problem;

    fn try_from(weekly: WeeklyBreak) -> Result<Self, Problem> {
        Ok(availability::WeeklyBreak {
            day: weekday(weekly.day)?,
            between: weekly.between.into(),
            length: Minutes(weekly.minutes),
        })
    }
}

/// All breaks of every week.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Breaks {
    /// In place of those there were.
    #[serde(deserialize_with = "at_most::<21, _, _>")]
    #[schema(max_items = 21)]
    pub(crate) breaks: Vec<WeeklyBreak>,
}

/// All hours of every week.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Week {
    /// In place of those there were.
    #[serde(deserialize_with = "at_most::<50, _, _>")]
    #[schema(max_items = 50)]
    pub(crate) weekly: Vec<WeeklyHours>,
}

/// Hours on a day, in addition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtraHours {
    /// On which day.
    pub(crate) day: Day,
    /// At which hours.
    pub(crate) hours: Hours,
}

/// Days away, both included.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leave {
    /// The first.
    pub(crate) from: Day,
    /// The last.
    pub(crate) to: Day,
}

/// A driver's time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DriverTime {
    /// Whose.
    member: u32,
    /// Every week.
    weekly: Vec<WeeklyHours>,
    /// On single days, in addition.
    days: Vec<ExtraHours>,
    /// Not at all.
    leave: Vec<Leave>,
    /// Breaks within these hours, every week.
    breaks: Vec<WeeklyBreak>,
    /// Lifts that are theirs on days on which they are away.
    promised: Vec<Promised>,
}

impl From<view::Hours> for DriverTime {
    fn from(hours: view::Hours) -> Self {
        let given = hours.availability;
        let weekly = given
            .weekly
            .into_iter()
            .map(|week| WeeklyHours { day: week.day.to_monday_one_offset(), hours: week.hours.into() });
        let days =
            given.days.into_iter().map(|(day, hours)| ExtraHours { day: Day(day), hours: hours.into() });
        let leave = given.leave.into_iter().map(|leave| Leave { from: Day(leave.from), to: Day(leave.to) });
        let breaks = given.breaks.into_iter().map(|one| WeeklyBreak {
            day: one.day.to_monday_one_offset(),
            between: one.between.into(),
            minutes: one.length.0,
        });
        let promised = hours
            .promised
            .into_iter()
            .map(|lift| Promised { lift: lift.lift.0, pick_up_at: lift.pick_up_at.into() });
        DriverTime {
            member: hours.member.0,
            weekly: weekly.collect(),
            days: days.collect(),
            leave: leave.collect(),
            breaks: breaks.collect(),
            promised: promised.collect(),
        }
    }
}

/// A lift on a day away.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Promised {
    /// Which lift.
    lift: u32,
    /// When the rider is to be fetched.
    pick_up_at: Moment,
}

/// What a driver has agreed to; what is left out stays.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermsAsked {
    /// How far from home they go; null for anywhere.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>)]
    pub(crate) radius_metres: Option<Option<u32>>,
    /// Most trips on one day; null for no limit.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>)]
    pub(crate) max_trips: Option<Option<u32>>,
    /// How they want to be asked.
    pub(crate) consent: Option<Consent>,
    /// The most help they give.
    pub(crate) assistance: Option<Assistance>,
    /// The vehicle they usually take.
    pub(crate) vehicle: Option<u32>,
}

/// Reads a field that is there: null is something else than nothing said.
fn said<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Option<u32>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// A lift that is offered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Offer {
    /// Which lift.
    lift: u32,
    /// When the driver would come.
    pick_up_at: Moment,
    /// By when to answer.
    respond_by: Moment,
    /// What it requires.
    requirement: Requirement,
    /// From about where.
    from: String,
    /// To about where.
    to: String,
    /// Whose rider it is.
    coop: String,
}

impl From<view::Offer> for Offer {
    fn from(offer: view::Offer) -> Self {
        Offer {
            lift: offer.lift.0,
            pick_up_at: offer.pick_up_at.into(),
            respond_by: offer.respond_by.into(),
            requirement: offer.requirement.into(),
            from: offer.from,
            to: offer.to,
            coop: offer.coop,
        }
    }
}

/// Lifts that are offered, by time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Offers {
    /// The lifts.
    pub(crate) items: Vec<Offer>,
}

/// A driver's day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Manifest {
    /// Who drives.
    driver: u32,
    /// Which day.
    day: Day,
    /// The coop's time zone.
    zone: String,
    /// When this was made.
    made_at: Moment,
    /// The coop's name.
    coop: String,
    /// The dispatcher's phone.
    coop_phone: Option<String>,
    /// Minutes to wait before a no-show.
    wait_minutes: u32,
    /// In order of driving.
    stops: Vec<ManifestStop>,
}

impl From<view::Manifest> for Manifest {
    fn from(manifest: view::Manifest) -> Self {
        Manifest {
            driver: manifest.driver.0,
            day: Day(manifest.day),
            zone: manifest.zone,
            made_at: manifest.made_at.into(),
            coop: manifest.coop,
            coop_phone: manifest.coop_phone,
            wait_minutes: manifest.wait_limit.0,
            stops: manifest.stops.into_iter().map(Into::into).collect(),
        }
    }
}

/// A stop on a manifest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManifestStop {
    /// Which lift.
    lift: u32,
    /// Which end.
    leg: Leg,
    /// When to be there.
    planned: Moment,
    /// From when to when it still counts as agreed.
    window: Window,
    /// When it was done.
    done: Option<Moment>,
    /// Where the lift stands, in words.
    state: String,
    /// How far it has come, once it is confirmed and while it is not over.
    progress: Option<Progress>,
    /// From when on the driver may report that nobody is there.
    no_show_from: Option<Moment>,
    /// What the trip requires.
    requirement: Requirement,
    /// About where.
    about: String,
    /// The rider's details, if the node may read them; else they are sealed to the driver's own device.
    details: Option<RiderDetails>,
}

impl From<view::ManifestStop> for ManifestStop {
    fn from(stop: view::ManifestStop) -> Self {
        ManifestStop {
            lift: stop.lift.0,
            leg: stop.leg.into(),
            planned: stop.planned.into(),
            window: stop.window.into(),
            done: stop.done.map(Into::into),
            state: stop.state,
            progress: stop.progress.map(Into::into),
            no_show_from: stop.no_show_from.map(Into::into),
            requirement: stop.requirement.into(),
            about: stop.about,
            details: stop.details.map(Into::into),
        }
    }
}

/// What a driver gets to know of a rider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiderDetails {
    /// The rider's confirmation number.
    confirmation: String,
    /// The rider's name.
    name: String,
    /// The rider's phone number.
    phone: Option<String>,
    /// Where it begins.
    from: Place,
    /// Where it ends.
    to: Place,
    /// For the driver's eyes.
    note: String,
    /// Whose rider it is.
    coop: String,
    /// That coop's phone.
    coop_phone: Option<String>,
    /// The word by which the two recognise each other.
    word: String,
}

impl From<person::RiderDetails> for RiderDetails {
    fn from(details: person::RiderDetails) -> Self {
        RiderDetails {
            confirmation: details.confirmation,
            name: details.name,
            phone: details.phone,
            from: details.places.from.into(),
            to: details.places.to.into(),
            note: details.places.note,
            coop: details.coop,
            coop_phone: details.coop_phone,
            word: details.word,
        }
    }
}

/// A step of a lift.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ReportStep {
    /// Yes to an offered lift.
    Accept,
    /// No to an offered or accepted lift.
    Decline,
    /// On the way to the rider.
    EnRoute,
    /// At the door.
    Arrived,
    /// The rider is on board.
    PickUp,
    /// The rider has arrived.
    DropOff,
    /// The rider was not there.
    NoShow,
    /// The rider called it off at the door.
    CancelledAtDoor,
    /// How far it was with the rider: `metres`.
    Distance,
}

/// A driver's report.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportAsked {
    /// What names it: sent again it counts once, for good.
    pub(crate) report: ReportName,
    /// Which lift.
    pub(crate) lift: u32,
    /// Which step.
    pub(crate) step: ReportStep,
    /// When it happened; now if left out.
    pub(crate) at: Option<Moment>,
    /// How far, if that is the step.
    pub(crate) metres: Option<u32>,
}

impl ReportAsked {
    /// Returns the step as the node knows it.
    pub(crate) fn step(&self) -> Result<Step, Problem> {
        Ok(match self.step {
            ReportStep::Accept => Step::Accept,
            ReportStep::Decline => Step::Decline,
            ReportStep::EnRoute => Step::EnRoute,
            ReportStep::Arrived => Step::Arrived,
            ReportStep::PickUp => Step::PickUp,
            ReportStep::DropOff => Step::DropOff,
            ReportStep::NoShow => Step::NoShow,
            ReportStep::CancelledAtDoor => Step::CancelledAtDoor,
            ReportStep::Distance => {
                let metres = self.metres.ok_or_else(|| Problem::invalid("say how far it was in metres"))?;
                Step::Miles(Metres(metres))
            }
        })
    }
}

/// A vehicle as it is to be noted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VehicleAsked {
    /// As one recognises it.
    pub(crate) description: Line,
    /// Seats for riders.
    #[schema(minimum = 0, maximum = 255)]
    pub(crate) seats: u8,
    /// Wheelchair spaces.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 255)]
    pub(crate) wheelchairs: u8,
    /// It has a ramp or lift.
    #[serde(default)]
    pub(crate) ramp_or_lift: bool,
    /// Service animals are welcome.
    #[serde(default)]
    pub(crate) service_animals: bool,
}

impl VehicleAsked {
    /// Returns what it can carry.
    pub(crate) fn capability(&self) -> jitney_domain::Capability {
        jitney_domain::Capability {
            places: jitney_domain::Load { seats: self.seats, wheelchairs: self.wheelchairs },
            ramp_or_lift: self.ramp_or_lift,
            service_animals: self.service_animals,
            // How far riders are accompanied is the driver's to say, not the vehicle's.
            assistance: jitney_domain::Assistance::HandToHand,
        }
    }
}
