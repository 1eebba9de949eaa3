//! Trips: what is asked for, what is booked, who carries it.

use jitney_node::api::{self, PlaceAsked as NodePlace};
use jitney_node::view;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basic::{Claim, Clock, Day, Line, LocalTime, Moment, Note, Ticket, TripNumber, Window, at_most};
use super::member::{Place, Requirement};
use super::words::{Outcome, Progress};
use crate::api::listing::listing;
use crate::api::problem::Problem;

/// What decides a trip's time.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Timing {
    /// The rider is to be fetched then.
    PickUp(LocalTime),
    /// The rider has to be there by then.
    Appointment(LocalTime),
    /// The rider calls when ready, on that day.
    WillCall(Day),
}

impl From<jitney_domain::trip::Timing> for Timing {
    fn from(timing: jitney_domain::trip::Timing) -> Self {
        use jitney_domain::trip::Timing as Inner;
        match timing {
            Inner::PickUp(at) => Timing::PickUp(LocalTime(at)),
            Inner::Appointment(at) => Timing::Appointment(LocalTime(at)),
            Inner::WillCall(day) => Timing::WillCall(Day(day)),
        }
    }
}

impl From<Timing> for jitney_domain::trip::Timing {
    fn from(timing: Timing) -> Self {
        match timing {
            Timing::PickUp(at) => Self::PickUp(at.0),
            Timing::Appointment(at) => Self::Appointment(at.0),
            Timing::WillCall(day) => Self::WillCall(day.0),
        }
    }
}

/// A place as a program names it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PlaceAsked {
    /// The rider's home.
    Home,
    /// A place that the coop has a name for.
    Named(Line),
    /// This very place.
    At(Place),
}

impl TryFrom<PlaceAsked> for NodePlace {
    type Error = Problem;

    fn try_from(asked: PlaceAsked) -> Result<Self, Problem> {
        Ok(match asked {
            PlaceAsked::Home => NodePlace::Home,
            PlaceAsked::Named(name) => NodePlace::Named(name.0),
            PlaceAsked::At(place) => NodePlace::At(place.try_into()?),
        })
    }
}

/// A trip to be booked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TripAsked {
    /// Whose trip.
    rider: u32,
    /// Where it begins.
    from: PlaceAsked,
    /// Where it ends.
    to: PlaceAsked,
    /// When.
    timing: Timing,
    /// The way home, if wanted.
    home: Option<Timing>,
    /// What it requires; the rider's usual if left out.
    requirement: Option<Requirement>,
    /// Minutes to board, if not the coop's usual.
    #[schema(minimum = 0, maximum = 240)]
    dwell_minutes: Option<u8>,
    /// When it comes back: an RRULE of RFC 5545.
    rule: Option<Line>,
    /// Dates left out of the rule.
    #[serde(default, deserialize_with = "at_most::<400, _, _>")]
    #[schema(max_items = 400)]
    except: Vec<Day>,
    /// For the driver's eyes.
    #[serde(default = "nothing")]
    note: Note,
    /// The partner coop to ask before all others.
    offer_to: Option<Line>,
}

fn nothing() -> Note {
    Note(String::new())
}

impl TryFrom<TripAsked> for api::TripAsked {
    type Error = Problem;

    fn try_from(asked: TripAsked) -> Result<Self, Problem> {
        Ok(api::TripAsked {
            rider: jitney_domain::MemberId(asked.rider),
            from: asked.from.try_into()?,
            to: asked.to.try_into()?,
            timing: asked.timing.into(),
            home: asked.home.map(Into::into),
            requirement: asked.requirement.map(Into::into),
            dwell: asked.dwell_minutes.map(|minutes| jitney_domain::Minutes(minutes.into())),
            rule: asked.rule.map(|rule| rule.0),
            except: asked.except.into_iter().map(|day| day.0).collect(),
            note: asked.note.0,
            offer_to: asked.offer_to.map(|line| line.0),
        })
    }
}

/// A change of a trip; what is left out stays.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TripChange {
    /// Where it begins.
    from: Option<PlaceAsked>,
    /// Where it ends.
    to: Option<PlaceAsked>,
    /// When.
    timing: Option<Timing>,
    /// What it requires.
    requirement: Option<Requirement>,
    /// For the driver's eyes.
    note: Option<Note>,
}

impl TryFrom<TripChange> for api::TripChangeAsked {
    type Error = Problem;

    fn try_from(change: TripChange) -> Result<Self, Problem> {
        Ok(api::TripChangeAsked {
            from: change.from.map(TryInto::try_into).transpose()?,
            to: change.to.map(TryInto::try_into).transpose()?,
            timing: change.timing.map(Into::into),
            requirement: change.requirement.map(Into::into),
            note: change.note.map(|note| note.0),
        })
    }
}

/// How a trip is called off.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancel {
    /// The way home too.
    #[serde(default)]
    pub(crate) with_return: bool,
}

/// When a rider is ready who had said they would call.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ready {
    /// From when; now if left out.
    pub(crate) at: Option<Clock>,
}

/// To whom a trip is given.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assign {
    /// Which driver; the best if left out.
    pub(crate) driver: Option<u32>,
    /// The driver has said yes already.
    #[serde(default)]
    pub(crate) agreed: bool,
}

/// Whether plans leave a trip with the driver it has.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    /// They do.
    pub(crate) locked: bool,
}

/// How a trip ended.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ended {
    /// How.
    pub(crate) outcome: Outcome,
}

/// A partner coop.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferTo {
    /// By name, fingerprint words or did:key.
    pub(crate) to: Line,
}

/// Driver, car and recognition word: what the rider is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DriverCard {
    /// The driver's first name.
    driver: String,
    /// The vehicle as one recognises it.
    vehicle: String,
    /// The word by which the two recognise each other.
    word: String,
}

/// Who carries a trip, or why nobody does yet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub(crate) enum Carriage {
    /// Nobody has it.
    Unassigned,
    /// It waits for the rider's call.
    WillCall,
    /// It is offered.
    Offered {
        /// To partner coops too.
        shared: bool,
        /// Claims that are held.
        claims: usize,
    },
    /// Somebody is asked.
    Asked {
        /// Whom.
        provider: String,
        /// By when they must answer.
        respond_by: Moment,
    },
    /// Somebody comes.
    Confirmed {
        /// Who carries.
        provider: String,
        /// When the driver comes.
        pick_up_at: Moment,
        /// Driver, car and recognition word.
        card: Option<DriverCard>,
        /// How far it has come.
        progress: Progress,
    },
    /// It is over.
    Over {
        /// How it ended.
        outcome: Outcome,
        /// Who carried, if anybody did.
        provider: Option<String>,
    },
}

impl From<view::Carriage> for Carriage {
    fn from(carriage: view::Carriage) -> Self {
        use view::Carriage as Inner;
        match carriage {
            Inner::Unassigned => Carriage::Unassigned,
            Inner::WillCall => Carriage::WillCall,
            Inner::Offered { shared, claims } => Carriage::Offered { shared, claims },
            Inner::Asked { provider, respond_by } => {
                Carriage::Asked { provider, respond_by: respond_by.into() }
            }
            Inner::Confirmed { provider, pick_up_at, card, progress } => Carriage::Confirmed {
                provider,
                pick_up_at: pick_up_at.into(),
                card: card.map(|card| DriverCard {
                    driver: card.driver,
                    vehicle: card.vehicle,
                    word: card.word,
                }),
                progress: progress.into(),
            },
            Inner::Over { outcome, provider } => Carriage::Over { outcome: outcome.into(), provider },
        }
    }
}

/// A claim on a trip's ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldClaim {
    /// Which.
    claim: Claim,
    /// Whose.
    provider: String,
    /// When the driver would come.
    pick_up_at: Moment,
    /// Until when the driver's time is held.
    hold_until: Moment,
}

/// A trip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trip {
    /// Its confirmation number.
    trip: TripNumber,
    /// Whose.
    rider: u32,
    /// The rider's name; none once erased.
    rider_name: Option<String>,
    /// The day.
    day: Day,
    /// When, as booked.
    timing: Timing,
    /// When the driver may come; none while it waits for the rider's call.
    pick_up: Option<Window>,
    /// When the rider may be set down.
    drop_off: Option<Window>,
    /// Where it begins; none once erased.
    from: Option<Place>,
    /// Where it ends; none once erased.
    to: Option<Place>,
    /// For the driver's eyes.
    note: Option<String>,
    /// What it requires.
    requirement: Requirement,
    /// Minutes of driving without detour.
    direct_minutes: u32,
    /// Its return, if this is the way out.
    return_trip: Option<TripNumber>,
    /// Its way out, if this is the return.
    outbound: Option<TripNumber>,
    /// The subscription it belongs to.
    subscription: Option<u32>,
    /// Its ticket.
    ticket: Option<Ticket>,
    /// Claims on the ticket that are held.
    claims: Vec<HeldClaim>,
    /// Who carries it.
    carriage: Carriage,
    /// The partner coop that has it, or is asked for it before all others.
    partner: Option<String>,
    /// No plan gives it to another driver.
    locked: bool,
    /// How far a driver of ours has reported to have driven with the rider.
    driven_metres: Option<u32>,
    /// What a dispatcher should look at, in words: of a trip that is shown or listed in the caller's language, in the
    /// answer to a change in English.
    attention: Vec<String>,
}

impl From<view::Trip> for Trip {
    fn from(trip: view::Trip) -> Self {
        let claims = trip.claims.into_iter().map(|claim| HeldClaim {
            claim: claim.claim.into(),
            provider: claim.provider,
            pick_up_at: claim.pick_up_at.into(),
            hold_until: claim.hold_until.into(),
        });
        let (from, to, note) = match trip.places {
            Some(places) => (Some(places.from.into()), Some(places.to.into()), Some(places.note)),
            None => (None, None, None),
        };
        Trip {
            trip: trip.trip.into(),
            rider: trip.rider.0,
            rider_name: trip.rider_name,
            day: trip.date.into(),
            timing: trip.timing.into(),
            pick_up: trip.windows.map(|windows| windows.pick_up.into()),
            drop_off: trip.windows.map(|windows| windows.drop_off.into()),
            from,
            to,
            note,
            requirement: trip.requirement.into(),
            direct_minutes: trip.direct.0,
            return_trip: trip.return_trip.map(Into::into),
            outbound: trip.outbound.map(Into::into),
            subscription: trip.subscription.map(|order| order.0),
            ticket: trip.ticket.map(Into::into),
            claims: claims.collect(),
            carriage: trip.carriage.into(),
            partner: trip.partner,
            locked: trip.locked,
            driven_metres: trip.driven.map(|driven| driven.0),
            attention: trip.attention,
        }
    }
}

listing!(
    /// Trips, by day and time.
    Trips of Trip
);

/// What was booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Booked {
    /// The trips, way out before way home.
    trips: Vec<Trip>,
    /// The subscription they belong to.
    subscription: Option<u32>,
    /// The first day of a subscription that begins later than the coop books ahead.
    begins: Option<Day>,
}

impl From<view::Booked> for Booked {
    fn from(booked: view::Booked) -> Self {
        Booked {
            trips: booked.trips.into_iter().map(Into::into).collect(),
            subscription: booked.subscription.map(|order| order.0),
            begins: booked.begins.map(Into::into),
        }
    }
}

/// A run that could take a trip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candidate {
    /// Who would drive.
    driver: u32,
    /// The driver's name.
    name: String,
    /// On which run, if there is one already.
    run: Option<u32>,
    /// When the driver would come.
    pick_up_at: Moment,
    /// When the rider would be there.
    drop_off_at: Moment,
    /// Further minutes of driving for it.
    added_minutes: u32,
    /// It waits for the driver's yes.
    ask: bool,
    /// In words that can be read out.
    reasons: Vec<String>,
}

impl From<view::Candidate> for Candidate {
    fn from(can: view::Candidate) -> Self {
        Candidate {
            driver: can.driver.0,
            name: can.name,
            run: can.run.map(|run| run.0),
            pick_up_at: can.pick_up_at.into(),
            drop_off_at: can.drop_off_at.into(),
            added_minutes: can.added.0,
            ask: can.ask,
            reasons: can.reasons,
        }
    }
}

/// A driver who cannot take a trip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Unable {
    /// Who.
    driver: u32,
    /// The driver's name.
    name: String,
    /// Why not, in words.
    why: String,
}

impl From<view::Unable> for Unable {
    fn from(cannot: view::Unable) -> Self {
        Unable { driver: cannot.driver.0, name: cannot.name, why: cannot.why }
    }
}

/// Who could take a trip and why not the others.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candidates {
    /// Which trip.
    trip: TripNumber,
    /// Best first.
    can: Vec<Candidate>,
    /// With the one reason.
    cannot: Vec<Unable>,
}

impl From<view::Candidates> for Candidates {
    fn from(all: view::Candidates) -> Self {
        Candidates {
            trip: all.trip.into(),
            can: all.can.into_iter().map(Into::into).collect(),
            cannot: all.cannot.into_iter().map(Into::into).collect(),
        }
    }
}

/// A time at which a driver could take a trip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Opening {
    /// So many minutes later than asked; negative is earlier.
    shift_minutes: i32,
    /// When the driver might come then.
    pick_up: Window,
    /// When the rider would have to be there at the latest then.
    there_by: Moment,
    /// How it would go.
    candidate: Candidate,
}

/// When each driver could take a trip that day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Openings {
    /// Which trip.
    trip: TripNumber,
    /// Nearest to the time asked for first.
    can: Vec<Opening>,
    /// With the one reason.
    cannot: Vec<Unable>,
}

impl From<view::Openings> for Openings {
    fn from(all: view::Openings) -> Self {
        let can = all.can.into_iter().map(|opening| Opening {
            shift_minutes: opening.shift,
            pick_up: opening.pick_up.into(),
            there_by: opening.there_by.into(),
            candidate: opening.candidate.into(),
        });
        Openings {
            trip: all.trip.into(),
            can: can.collect(),
            cannot: all.cannot.into_iter().map(Into::into).collect(),
        }
    }
}

/// A standing order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subscription {
    /// Its number.
    pub(crate) subscription: u32,
    /// Whose.
    rider: u32,
    /// The rider's name.
    rider_name: Option<String>,
    /// The rule, as RFC 5545 has it.
    rule: String,
    /// When, on the first date.
    timing: Timing,
    /// The way home, on the first date.
    home: Option<Timing>,
    /// Dates left out.
    except: Vec<Day>,
    /// Booked up to.
    booked_until: Option<Day>,
    /// The last day, if it has ended.
    ended: Option<Day>,
    /// The partner to whom every date is offered first.
    carried_by: Option<String>,
}

impl From<view::Subscription> for Subscription {
    fn from(order: view::Subscription) -> Self {
        Subscription {
            subscription: order.subscription.0,
            rider: order.rider.0,
            rider_name: order.rider_name,
            rule: order.rule,
            timing: order.timing.into(),
            home: order.home.map(Into::into),
            except: order.except.into_iter().map(Into::into).collect(),
            booked_until: order.booked_until.map(Into::into),
            ended: order.ended.map(Into::into),
            carried_by: order.carried_by,
        }
    }
}

listing!(
    /// Standing orders, by number.
    Subscriptions of Subscription
);

/// The last day of something.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LastDay {
    /// That day is still driven.
    pub(crate) last: Day,
}
