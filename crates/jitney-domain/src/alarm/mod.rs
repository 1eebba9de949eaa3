//! Alarms: what a dispatcher has to see to, how soon, and who must phone whom.
//!
//! An alarm is not an event. It is read from the state at a moment, so it is raised by whatever made it
//! true and clears by itself when that changes. Nothing personal is in it: names, phone numbers and the
//! sentence to read out are added where it is shown.

mod call_back;
mod called_off;
mod lift;
mod partner;
mod trip;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

use crate::booking::{Progress, RefusalReason};
use crate::desk::Taken;
use crate::member::Unvetted;
use crate::needs::Lack;
use crate::state::State;
use crate::time::{Minutes, Timestamp};
use crate::{AlarmId, ClaimId, LiftNumber, MemberId, TripId};

/// What is due within an hour is to be done now.
pub const NOW_WITHIN: Minutes = Minutes(60);
/// A trip that nobody has is worth a dispatcher's time a day before. Status call of the field: 24 hours.
pub const NOBODY_NEAR: Minutes = Minutes(24 * 60);
/// An answer that is awaited is phoned for when the rider is to be fetched within four hours.
pub const ANSWER_NEAR: Minutes = Minutes(4 * 60);
/// What runs out within half an hour is about to end.
pub const ENDING_WITHIN: Minutes = Minutes(30);
/// How long after the time told a driver who has reported nothing is overdue.
pub const OVERDUE_AFTER: Minutes = Minutes(10);
/// How much longer than the longest ride a rider may be on board before somebody asks.
pub const RIDE_GRACE: Minutes = Minutes(10);
/// A driver needs door, name and phone this long before the pick-up.
pub const DETAILS_NEAR: Minutes = Minutes(120);
/// How long a will-call rider is left in peace after arriving.
pub const CALL_EXPECTED_WITHIN: Minutes = Minutes(4 * 60);
/// How long a rider whose way home fell through is kept in view.
pub const LEFT_BEHIND_FOR: Minutes = Minutes(6 * 60);
/// How long a message may wait before its coop counts as out of reach.
pub const UNREACHABLE_AFTER: Minutes = Minutes(30);
/// The same before a lift that was called off, when its driver may be about to leave.
pub const UNTOLD_NEAR: Minutes = Minutes(5);
/// How many days a disputed outcome is kept in view on the side that carried.
pub const DISPUTE_DAYS: i32 = 14;
/// How far ahead round trips that nobody has looked at yet are listed.
pub const PLANNED_WITHIN: Minutes = Minutes(48 * 60);

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// The way home came to nothing while the rider is out, and nothing else is booked since.
    LeftBehind,
    /// Nobody carries the way home.
    ReturnWithoutDriver {
        /// Where the rider is.
        stage: Stage,
        /// Somebody had promised it and failed.
        promise_broken: bool,
    },
    /// The driver should have reported and has not.
    DriverOverdue {
        /// What was last heard.
        progress: Progress,
    },
    /// The driver has waited as long as agreed and nobody came.
    RiderNotAtDoor,
    /// The rider is on board longer than promised.
    OnBoardTooLong,
    /// Whoever had it gave it up, and nobody has confirmed it since.
    ProviderFailed {
        /// Which coop, perhaps ourselves.
        provider: PublicKey,
        /// Why, if they said.
        reason: Option<RefusalReason>,
        /// The rider may have been told "confirmed".
        was_confirmed: bool,
    },
    /// Nobody has it and it is near.
    NobodyHasIt,
    /// The rider takes part in nothing at present, and the trip still stands.
    RiderSuspended,
    /// Driver or vehicle may not serve it any more.
    DriverMayNot {
        /// Whose lift.
        driver: MemberId,
        /// Why not.
        why: Unfit,
    },
    /// A partner has withdrawn the credential of its driver who is to come.
    CredentialWithdrawn {
        /// Which coop.
        provider: PublicKey,
    },
    /// A partner has been awarded it and does not answer.
    AwardUnanswered {
        /// Which coop.
        provider: PublicKey,
        /// Until when the answer counts.
        respond_by: Timestamp,
    },
    /// One of our drivers has been asked and does not answer.
    DriverSilent {
        /// Who.
        driver: MemberId,
        /// Until when the answer counts.
        respond_by: Timestamp,
    },
    /// We have taken it back and the partner's node has not taken our word: its driver may come.
    CalledOffUntold {
        /// Which coop.
        provider: PublicKey,
    },
    /// We had taken it back when the partner's driver already had the rider on board.
    BoardedAnyway {
        /// Which coop.
        provider: PublicKey,
    },
    /// The driver does not know yet whom to fetch and where.
    DetailsMissing,
    /// A driver's time that we hold for a partner is about to be given back.
    HoldEnding {
        /// Until when it is held.
        until: Timestamp,
    },
    /// A partner's claim waits for our decision and is about to run out.
    ClaimEnding {
        /// Which coop.
        provider: PublicKey,
        /// Until when the driver's time is held.
        until: Timestamp,
    },
    /// A claim on one half of a round trip waits: nobody is there for the other half, and neither is given away
    /// by itself.
    WaitsForOtherHalf {
        /// Whose claim.
        provider: PublicKey,
        /// Until when the driver's time is held.
        until: Timestamp,
    },
    /// A will-call rider has been out for long and has not called.
    WillCallSilent,
    /// A partner with whom something is booked for today or tomorrow has not taken our messages for long.
    PartnerUnreachable {
        /// Which coop.
        coop: PublicKey,
    },
    /// A message will never arrive: the two coops may not have the same in their books.
    MessageLost {
        /// Which coop.
        coop: PublicKey,
    },
    /// A partner has signed two different things and has bookings with us.
    PartnerAtOdds {
        /// Which coop.
        coop: PublicKey,
    },
    /// The two coops do not say the same about how it ended.
    OutcomeDisputed,
    /// A rider asked to be called.
    CallBack {
        /// Who.
        rider: MemberId,
    },
    /// A message to somebody of ours did not get through, or may not have.
    NotTold {
        /// To whom.
        member: MemberId,
    },
}

/// Where a rider is whose way home nobody carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// At home, and nobody has the way out either.
    Planned,
    /// At home, and somebody has the way out.
    AtHome,
    /// On the way out, there, or waiting to be fetched.
    Out,
}

/// Why a driver or vehicle may not serve a lift any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unfit {
    /// Suspended, or no driver any more.
    NotActive,
    /// A paper will be missing on that day.
    Unvetted(Unvetted),
    /// On leave on that day.
    OnLeave,
    /// The hours that the lift lies in are not given any more.
    HoursGone,
    /// The vehicle is not in use any more.
    VehicleGone,
    /// Vehicle and driver cannot do what the trip requires.
    Incapable(Lack),
    /// Not everybody on board would have a place.
    Overfull,
    /// The driver has no time left for the break that was agreed.
    NoBreak,
    /// Two riders would be on board together who are kept apart.
    RidersApart,
}

/// How soon something has to be done; what is more urgent is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// At once.
    Now,
    /// Before this moment.
    Before(Timestamp),
    /// In the course of the day.
    Today,
}

impl Urgency {
    /// Returns how soon that is: now for what is due within [`NOW_WITHIN`].
    pub fn by(moment: Timestamp, now: Timestamp) -> Self {
        if moment <= now.after(NOW_WITHIN) { Urgency::Now } else { Urgency::Before(moment) }
    }
}

/// Who phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caller {
    /// The dispatcher who reads this.
    Dispatcher,
    /// This driver, who is on the spot.
    Driver(MemberId),
}

/// Who is phoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Callee {
    /// A rider of ours.
    Rider(MemberId),
    /// A driver of ours.
    Driver(MemberId),
    /// A partner coop's office: its riders and drivers are phoned by nobody else.
    Office(PublicKey),
}

/// A phone call to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Who phones.
    pub who: Caller,
    /// Whom.
    pub whom: Callee,
}

impl Call {
    fn to(whom: Callee) -> Self {
        Call { who: Caller::Dispatcher, whom }
    }
}

/// Something that a dispatcher has to see to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// What is wrong.
    pub kind: Kind,
    /// How soon it has to be seen to.
    pub urgency: Urgency,
    /// Since when it is so, where that follows from what is recorded.
    pub since: Option<Timestamp>,
    /// Trips of our riders that it touches, the one to act on first.
    pub trips: Vec<TripId>,
    /// Lifts of our drivers that it touches, the one to act on first.
    pub lifts: Vec<LiftNumber>,
    /// Phone calls to make, in this order.
    pub calls: Vec<Call>,
}

/// What is known of partners besides what is booked with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partners {
    /// Coops for which messages wait, with since when the oldest does.
    pub waiting: BTreeMap<PublicKey, Timestamp>,
    /// Coops to which a message was given up, with when that last happened.
    pub lost: BTreeMap<PublicKey, Timestamp>,
    /// Coops that have contradicted themselves.
    pub at_odds: BTreeSet<PublicKey>,
    /// Claims of partners on trips of ours whose driver has lost their credential since.
    pub withdrawn: BTreeSet<ClaimId>,
}

/// What the rules look at.
#[derive(Clone, Copy)]
struct Case<'a> {
    state: &'a State,
    partners: &'a Partners,
    now: Timestamp,
}

/// Returns all alarms of this moment, the most urgent first.
pub fn all(state: &State, partners: &Partners, now: Timestamp) -> Vec<Alarm> {
    let case = Case { state, partners, now };
    let mut alarms: Vec<Alarm> = Vec::new();
    for (id, trip) in state.open_trips().chain(trip::closed_of_late(case)) {
        alarms.extend(trip::alarms(case, id, trip));
    }
    let us = state.coop().map(|coop| coop.key);
    let theirs = state.live_claims().chain(lift::stated_of_late(case));
    for (id, claim) in theirs.filter(|(_, claim)| Some(claim.originator) != us) {
        alarms.extend(lift::alarms(case, id, claim));
    }
    alarms.extend(lift::given_up(case));
    alarms.extend(called_off::alarms(case, None));
    alarms.extend(call_back::alarms(case));
    alarms.retain(|alarm| alarm.is_due(now));
    let mut alarms = partner::one_call_each(alarms);
    sort(&mut alarms);
    alarms
}

/// Returns alarms with others in their place among them, the most urgent first.
pub fn with(mut alarms: Vec<Alarm>, others: Vec<Alarm>) -> Vec<Alarm> {
    alarms.extend(others);
    sort(&mut alarms);
    alarms
}

/// Returns the alarms that touch a trip, the most urgent first.
pub fn of_trip(state: &State, partners: &Partners, id: TripId, now: Timestamp) -> Vec<Alarm> {
    let case = Case { state, partners, now };
    let Some(trip) = state.trips.get(&id) else { return Vec::new() };
    let mut alarms = trip::alarms(case, id, trip);
    alarms.extend(called_off::alarms(case, Some(id)));
    if let Some(crate::trip::Link::Return(home)) = trip.link
        && let Some(row) = state.trips.get(&home)
    {
        alarms.extend(trip::alarms(case, home, row).into_iter().filter(|alarm| alarm.touches(id)));
    }
    sort(&mut alarms);
    alarms
}

/// Tells whether anything is agreed with the coop that is not over.
pub fn is_booked_with(state: &State, coop: &PublicKey) -> bool {
    let carries = |award: &crate::booking::Award| award.provider == *coop;
    state.live_tickets().any(|(_, ticket)| ticket.award().is_some_and(carries))
        || state.live_claims().any(|(_, claim)| claim.originator == *coop)
}

fn sort(alarms: &mut [Alarm]) {
    alarms.sort_by_key(|alarm| {
        (alarm.urgency, alarm.kind.rank(), alarm.trips.first().copied(), alarm.lifts.first().copied())
    });
}

/// What tells one alarm from another as time passes.
pub type Key = (&'static str, Option<TripId>, Option<LiftNumber>, Option<PublicKey>, Option<MemberId>);

impl Alarm {
    /// Returns what stays the same for as long as the alarm lasts.
    pub fn key(&self) -> Key {
        let name = self.kind.name();
        match (self.kind.coop(), self.kind.member()) {
            (Some(coop), _) => (name, None, None, Some(coop), None),
            (None, member) => (name, self.trips.first().copied(), self.lifts.first().copied(), None, member),
        }
    }

    /// Returns a name for the alarm that stays the same for as long as it lasts.
    pub fn id(&self) -> AlarmId {
        let hash = jitney_identity::Hash::of(format!("{:?}", self.key()).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        AlarmId::from_bytes(bytes)
    }

    /// Returns who has taken the alarm, if somebody has it in hand.
    pub fn taken<'a>(&self, state: &'a State, now: Timestamp) -> Option<&'a Taken> {
        state.taken.get(&self.id()).filter(|taken| taken.covers(self.since, now))
    }

    /// Tells whether the alarm touches the trip.
    pub fn touches(&self, trip: TripId) -> bool {
        self.trips.contains(&trip)
    }

    /// Tells whether it is worth a place on the list yet. On its own day's board it always is.
    fn is_due(&self, now: Timestamp) -> bool {
        match (&self.kind, self.urgency) {
            (
                Kind::ReturnWithoutDriver { stage: Stage::Planned, .. } | Kind::RiderSuspended,
                Urgency::Before(moment),
            ) => moment <= now.after(PLANNED_WITHIN),
            _ => true,
        }
    }
}

impl Kind {
    /// Returns the place among what is equally urgent: people who are out of doors come first.
    fn rank(&self) -> u8 {
        match self {
            Kind::LeftBehind => 0,
            Kind::ReturnWithoutDriver { stage: Stage::Out, .. } => 1,
            Kind::DriverOverdue { .. } => 2,
            Kind::OnBoardTooLong | Kind::BoardedAnyway { .. } => 3,
            Kind::RiderNotAtDoor => 4,
            Kind::ProviderFailed { was_confirmed: true, .. } => 5,
            Kind::ReturnWithoutDriver { .. } => 6,
            Kind::NobodyHasIt | Kind::ProviderFailed { .. } => 7,
            Kind::RiderSuspended | Kind::DriverMayNot { .. } | Kind::CredentialWithdrawn { .. } => 8,
            Kind::AwardUnanswered { .. } | Kind::CalledOffUntold { .. } => 9,
            Kind::DriverSilent { .. } => 10,
            Kind::DetailsMissing => 11,
            Kind::ClaimEnding { .. } | Kind::WaitsForOtherHalf { .. } => 12,
            Kind::HoldEnding { .. } => 13,
            Kind::WillCallSilent | Kind::CallBack { .. } => 14,
            Kind::MessageLost { .. } => 15,
            Kind::PartnerUnreachable { .. } => 16,
            Kind::PartnerAtOdds { .. } => 17,
            Kind::NotTold { .. } => 18,
            Kind::OutcomeDisputed => 19,
        }
    }

    /// Returns the coop that is the subject, where one phone call serves all that is booked with it.
    fn coop(&self) -> Option<PublicKey> {
        match self {
            Kind::PartnerUnreachable { coop } | Kind::MessageLost { coop } | Kind::PartnerAtOdds { coop } => {
                Some(*coop)
            }
            _ => None,
        }
    }

    /// Returns the member who is the subject, where no trip is.
    fn member(&self) -> Option<MemberId> {
        match self {
            Kind::CallBack { rider: member } | Kind::NotTold { member } => Some(*member),
            _ => None,
        }
    }

    /// Returns the kind in a word, for logs and counts.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::LeftBehind => "left-behind",
            Kind::ReturnWithoutDriver { .. } => "return-without-driver",
            Kind::DriverOverdue { .. } => "driver-overdue",
            Kind::RiderNotAtDoor => "rider-not-at-door",
            Kind::OnBoardTooLong => "on-board-too-long",
            Kind::ProviderFailed { .. } => "provider-failed",
            Kind::NobodyHasIt => "nobody-has-it",
            Kind::RiderSuspended => "rider-suspended",
            Kind::DriverMayNot { .. } => "driver-may-not",
            Kind::CredentialWithdrawn { .. } => "credential-withdrawn",
            Kind::AwardUnanswered { .. } => "award-unanswered",
            Kind::DriverSilent { .. } => "driver-silent",
            Kind::CalledOffUntold { .. } => "called-off-untold",
            Kind::BoardedAnyway { .. } => "boarded-anyway",
            Kind::DetailsMissing => "details-missing",
            Kind::HoldEnding { .. } => "hold-ending",
            Kind::ClaimEnding { .. } => "claim-ending",
            Kind::WaitsForOtherHalf { .. } => "waits-for-other-half",
            Kind::WillCallSilent => "will-call-silent",
            Kind::PartnerUnreachable { .. } => "partner-unreachable",
            Kind::MessageLost { .. } => "message-lost",
            Kind::PartnerAtOdds { .. } => "partner-at-odds",
            Kind::OutcomeDisputed => "outcome-disputed",
            Kind::CallBack { .. } => "call-back",
            Kind::NotTold { .. } => "not-told",
        }
    }
}

impl Case<'_> {
    fn us(&self) -> Option<PublicKey> {
        self.state.coop().map(|coop| coop.key)
    }

    /// Returns the days from `first` to `last`, counted from today on the coop's calendar.
    fn days(&self, first: i32, last: i32) -> Vec<jiff::civil::Date> {
        let Some(coop) = self.state.coop() else { return Vec::new() };
        let today = self.now.local(&coop.zone).date();
        (first..=last).filter_map(|n| today.checked_add(Span::new().days(n)).ok()).collect()
    }
}
