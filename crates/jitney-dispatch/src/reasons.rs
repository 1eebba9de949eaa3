//! Reasons in plain words, to be read out.

use std::fmt;

use jitney_domain::member::Unvetted;
use jitney_domain::{Lack, Metres, Minutes, Mobility, Timestamp};
use jitney_geo::TravelTimes;
use serde::Serialize;

use crate::model::TripRequest;
use crate::ranking::COMFORTABLE_SLACK;

/// Why a run cannot be asked at all, found by the caller before the engine looks at times and places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "bar")]
pub enum Bar {
    /// The driver is on leave.
    OnLeave,
    /// Something that must be in date for this trip is not.
    VettingLapsed(Unvetted),
    /// The driver takes part in nothing at present.
    Suspended,
    /// The driver has no vehicle.
    NoVehicle,
    /// Another driver has the vehicle in those hours.
    VehicleTaken,
    /// Nobody knows where the driver starts from.
    NoHome,
    /// The driver has given no hours that day.
    NoHours,
    /// This driver and this rider are not to be put together.
    Incompatible,
    /// The driver has said no to this trip already.
    Declined,
    /// The trip stays with another driver, who has it.
    Locked,
    /// The run has been called off or is over.
    Closed,
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bar::OnLeave => write!(f, "on leave"),
            Bar::VettingLapsed(unvetted) => write!(f, "vetting: {unvetted}"),
            Bar::Suspended => write!(f, "suspended"),
            Bar::NoVehicle => write!(f, "has no vehicle"),
            Bar::VehicleTaken => write!(f, "another driver has the vehicle in those hours"),
            Bar::NoHome => write!(f, "has no home address, so no way can be planned"),
            Bar::NoHours => write!(f, "has given no hours that day"),
            Bar::Incompatible => write!(f, "not to be put together with this rider"),
            Bar::Declined => write!(f, "has said no to this trip; ask again, then give it to them as agreed"),
            Bar::Locked => write!(f, "the trip is locked to another driver; unlock it first"),
            Bar::Closed => write!(f, "this run is over"),
        }
    }
}

/// Why a run cannot take the trip. The most telling reason, where several hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum Why {
    /// The caller barred the run.
    Barred(Bar),
    /// The trip is on this run already.
    AlreadyOnThisRun,
    /// The driver has as many trips today as she takes.
    EnoughTrips {
        /// Trips today.
        booked: u32,
        /// The most she takes a day.
        most: u32,
    },
    /// Vehicle or driver cannot offer what the trip requires.
    CannotCarry {
        /// How the rider moves.
        mobility: Mobility,
        /// What is missing.
        missing: Lack,
    },
    /// Pick-up or drop-off is farther from the home base than the driver goes.
    TooFar {
        /// The farther of the two, from the home base.
        away: Metres,
        /// How far the driver goes.
        most: Metres,
    },
    /// The latest moment for the pick-up is past.
    Past,
    /// No road leads from the pick-up to the drop-off.
    NoWay,
    /// The request contradicts itself: who gets in at the beginning of the pick-up window is not there by
    /// the end of the drop-off window.
    WindowsContradict {
        /// Getting in and driving there.
        needed: Minutes,
        /// From the beginning of the one window to the end of the other.
        room: Minutes,
    },
    /// The request contradicts itself: who gets in at the end of the pick-up window still rides too long
    /// before the drop-off window begins.
    WindowsFarApart {
        /// The shortest ride that the windows allow.
        ride: Minutes,
        /// The longest ride there may be.
        most: Minutes,
    },
    /// The driver does not give time then, or not enough to come, drive and get back.
    NotAvailable,
    /// What the run has promised already cannot be kept any more; that has to be solved first.
    RunningLate,
    /// The places are taken by others at that time.
    Full,
    /// There is room in time, but the rider would sit too long.
    RideTooLong {
        /// The shortest ride possible on this run.
        ride: Minutes,
        /// The longest ride there may be.
        most: Minutes,
    },
    /// There is room in time, but a rider already booked would sit too long.
    OthersRideTooLong,
    /// Somebody who may not be left alone would wait in the vehicle while the driver is at a door.
    LeftAlone,
    /// Somebody on board then is not to be put together with this rider.
    Apart,
    /// The driver would not have the break that was agreed.
    NoBreak,
    /// There is no room between the stops of the run.
    Busy,
    /// However far the asked times are moved, within what was looked at, there is no room.
    NoTimeThatDay,
}

impl From<Bar> for Why {
    fn from(bar: Bar) -> Self {
        Why::Barred(bar)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Barred(bar) => bar.fmt(f),
            Why::AlreadyOnThisRun => write!(f, "already on this run"),
            Why::EnoughTrips { booked, most } => {
                write!(f, "has {booked} trips already, takes up to {most} a day")
            }
            Why::CannotCarry { mobility, missing } => match mobility {
                Mobility::Wheelchair => write!(f, "wheelchair: {missing}"),
                Mobility::Scooter => write!(f, "scooter: {missing}"),
                _ => write!(f, "{missing}"),
            },
            Why::TooFar { away, most } => {
                write!(f, "too far: {} from home, drives up to {}", Km(*away), Km(*most))
            }
            Why::Past => write!(f, "the latest moment for the pick-up is past"),
            Why::NoWay => write!(f, "no road leads from the pick-up to the drop-off"),
            Why::WindowsContradict { needed, room } => write!(
                f,
                "the windows contradict each other: getting in and driving takes {} minutes, \
                 they leave {}",
                needed.0, room.0
            ),
            Why::WindowsFarApart { ride, most } => write!(
                f,
                "the windows are too far apart: the ride would take {} minutes, the most is {}",
                ride.0, most.0
            ),
            Why::NotAvailable => write!(f, "not available at that time"),
            Why::RunningLate => write!(f, "cannot keep its own stops any more; solve that first"),
            Why::Full => write!(f, "full: the places are taken at that time"),
            Why::RideTooLong { ride, most } => {
                write!(f, "the ride would take {} minutes, the most is {}", ride.0, most.0)
            }
            Why::OthersRideTooLong => write!(f, "a rider already booked would ride too long"),
            Why::LeftAlone => {
                write!(f, "somebody who may not be left alone would wait in the vehicle")
            }
            Why::Apart => write!(f, "somebody rides then who is not to be put together with this rider"),
            Why::NoBreak => write!(f, "would be left without the break that was agreed"),
            Why::Busy => write!(f, "busy: no room between stops at that time"),
            Why::NoTimeThatDay => write!(f, "no room for this trip at any other time that day"),
        }
    }
}

/// What speaks for or against a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// The run drives on top of what it drives now.
    AddedDriving {
        /// Driving time.
        drive: Minutes,
        /// Way.
        way: Metres,
    },
    /// The trip lies on the way.
    OnTheWay,
    /// The pick-up begins when the rider would like it best.
    AsAsked,
    /// The pick-up begins earlier than the rider would like best.
    Earlier {
        /// By how much.
        by: Minutes,
    },
    /// The pick-up begins later than the rider would like best.
    Later {
        /// By how much.
        by: Minutes,
    },
    /// The rider is driven round by other stops.
    LongerRide {
        /// The whole ride.
        ride: Minutes,
        /// Longer than the direct drive by so much.
        by: Minutes,
    },
    /// Riders who were told a time would be picked up at another one, within their windows.
    MovesPickUps {
        /// How many.
        pick_ups: u32,
        /// The largest shift.
        by: Minutes,
    },
    /// How late the run could fall before a promise breaks.
    Slack {
        /// So late.
        spare: Minutes,
    },
    /// What the driver has on today already.
    TripsToday {
        /// How many trips.
        trips: u32,
    },
    /// The rider has asked for this driver.
    Preferred,
    /// The driver has driven this rider before.
    KnowsRider,
}

impl Reason {
    /// Tells whether so little time is left that it has to be said.
    pub fn is_tight(&self) -> bool {
        matches!(self, Reason::Slack { spare } if *spare < COMFORTABLE_SLACK)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::AddedDriving { drive, way } => {
                write!(f, "adds {} min of driving ({})", drive.0, Km(*way))
            }
            Reason::OnTheWay => write!(f, "lies on the way"),
            Reason::AsAsked => write!(f, "picks up at the time asked for"),
            Reason::Earlier { by } => write!(f, "picks up {} min earlier than asked", by.0),
            Reason::Later { by } => write!(f, "picks up {} min later than asked", by.0),
            Reason::LongerRide { ride, by } => {
                write!(f, "rides {} min, {} min longer than direct", ride.0, by.0)
            }
            Reason::MovesPickUps { pick_ups: 1, by } => write!(f, "moves 1 pick-up by {} min", by.0),
            Reason::MovesPickUps { pick_ups, by } => {
                write!(f, "moves {pick_ups} pick-ups by up to {} min", by.0)
            }
            Reason::Slack { spare } if self.is_tight() => {
                write!(f, "tight: {} min to spare", spare.0)
            }
            Reason::Slack { spare } => write!(f, "{} min to spare", spare.0),
            Reason::TripsToday { trips: 0 } => write!(f, "no other trip today"),
            Reason::TripsToday { trips: 1 } => write!(f, "1 trip today already"),
            Reason::TripsToday { trips } => write!(f, "{trips} trips today already"),
            Reason::Preferred => write!(f, "the rider asked for this driver"),
            Reason::KnowsRider => write!(f, "has driven this rider before"),
        }
    }
}

/// Whole kilometres; one decimal below ten, so that "too far: 4.3 km, drives up to 4.0 km" makes sense.
struct Km(Metres);

impl fmt::Display for Km {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.0 < 10_000 {
            write!(f, "{:.1} km", self.0.km())
        } else {
            write!(f, "{:.0} km", self.0.km())
        }
    }
}

/// Returns why no run at all could drive this request directly, if that is so: its windows contradict
/// each other or its longest ride, it lies in the past, or no road leads there. Worth asking while the
/// caller is still on the phone.
pub fn contradiction<S>(request: &TripRequest<S>, travel: &impl TravelTimes, now: Timestamp) -> Option<Why> {
    let (get_in, get_out) = (request.pick_up_window, request.drop_off_window);
    if get_in.to < now {
        return Some(Why::Past);
    }
    let Some(direct) = travel.travel(request.pick_up, request.drop_off) else {
        return Some(Why::NoWay);
    };
    let most = request.max_ride;
    if direct.millis > most.millis() {
        return Some(Why::RideTooLong { ride: direct.minutes(), most });
    }
    let needed = request.dwell_pick_up.plus(direct.minutes());
    let earliest_in = get_in.from.max(now);
    let earliest_out =
        earliest_in.0.saturating_add(request.dwell_pick_up.millis()).saturating_add(direct.millis);
    if get_in.from > get_in.to || get_out.from > get_out.to || earliest_out > get_out.to.0 {
        // Rounded down, so that the words never say that 25 minutes do not fit into 25.
        let room = Minutes((get_out.to.0.saturating_sub(earliest_in.0) / 60_000).clamp(0, 1 << 30) as u32);
        return Some(Why::WindowsContradict { needed, room });
    }
    let latest_in = get_in.to.after(request.dwell_pick_up);
    if get_out.from.0.saturating_sub(latest_in.0) > most.millis() {
        return Some(Why::WindowsFarApart { ride: get_out.from.minutes_since(latest_in), most });
    }
    None
}
