//! Alarms about lifts of our drivers, for our own riders and for partners'.

use super::{
    ANSWER_NEAR, Alarm, Call, Callee, Caller, Case, DETAILS_NEAR, DISPUTE_DAYS, ENDING_WITHIN, Kind,
    OVERDUE_AFTER, RIDE_GRACE, UNREACHABLE_AFTER, Unfit, Urgency, partner,
};
use crate::booking::{Claim, ClaimPhase, Ended, Progress};
use crate::decide::{active, has_break, met};
use crate::member::Role;
use crate::needs::{Capability, Load};
use crate::run::{Leg, Run};
use crate::time::{Minutes, Timestamp};
use crate::{ClaimId, MemberId, TripId};

/// Returns lifts of the last days whose outcome is stated: a dispute is not over with the ride.
pub(super) fn stated_of_late(case: Case<'_>) -> impl Iterator<Item = (ClaimId, &Claim)> {
    let runs = case.days(-DISPUTE_DAYS, 0).into_iter().flat_map(move |date| case.state.runs_on(date));
    let stops = runs.flat_map(|(_, run)| run.stops.iter()).filter(|stop| stop.leg == Leg::PickUp);
    let claims = stops.filter_map(move |stop| case.state.claims.get(&stop.claim).map(|c| (stop.claim, c)));
    claims.filter(|(_, claim)| matches!(claim.phase, ClaimPhase::Stated { .. }))
}

/// Returns the alarms about a lift for a partner's rider.
pub(super) fn alarms(case: Case<'_>, id: ClaimId, claim: &Claim) -> Vec<Alarm> {
    let Some(run) = case.state.runs.get(&claim.run) else { return Vec::new() };
    let office = Callee::Office(claim.originator);
    let driver = run.frame.driver;
    let about = About { case, id, claim, run };
    let mut alarms = Vec::new();
    alarms.extend(about.may_not().map(|a| calling(a, &[Callee::Driver(driver), office])));
    alarms.extend(about.silent(claim.pick_up_at));
    alarms.extend(about.details_missing().map(|a| calling(a, &[office, Callee::Driver(driver)])));
    alarms.extend(about.hold_ending().map(|a| calling(a, &[office])));
    alarms.extend(about.on_the_day().map(|alarm| match alarm.kind {
        // Whose rider it is stands in the driver's manifest with that coop's number.
        Kind::RiderNotAtDoor => Alarm { calls: vec![driver_phones(driver, office)], ..alarm },
        _ => calling(alarm, &[Callee::Driver(driver), office]),
    }));
    alarms.extend(about.disputed().map(|a| calling(a, &[office])));
    if matches!(claim.phase, ClaimPhase::Awarded { .. } | ClaimPhase::Confirmed { .. }) {
        let booking = partner::Booking { coop: claim.originator, pick_up: claim.pick_up_at, since: None };
        let of_partner = partner::alarms(case, booking).into_iter();
        alarms.extend(of_partner.map(|alarm| Alarm { lifts: vec![claim.number], ..alarm }));
    }
    alarms
}

/// Returns the alarms about the lift that carries one of our own riders; what the day brings is told from
/// the trip. An answer is needed by `needed`.
pub(super) fn of_own_trip(
    case: Case<'_>,
    trip: TripId,
    id: ClaimId,
    claim: &Claim,
    needed: Timestamp,
) -> Vec<Alarm> {
    let Some(run) = case.state.runs.get(&claim.run) else { return Vec::new() };
    let driver = Callee::Driver(run.frame.driver);
    let about = About { case, id, claim, run };
    let mut alarms = Vec::new();
    alarms.extend(about.may_not().map(|a| calling(a, &[driver])));
    alarms.extend(about.silent(needed));
    alarms.extend(about.details_missing().map(|a| calling(a, &[driver])));
    alarms.into_iter().map(|alarm| Alarm { trips: vec![trip], ..alarm }).collect()
}

/// Returns alarms about lifts for partners that we gave up after the award while our messages wait: as long as
/// the partner does not know, its rider waits for a driver who does not come.
pub(super) fn given_up(case: Case<'_>) -> Vec<Alarm> {
    let long = |since: &Timestamp| since.after(UNREACHABLE_AFTER) <= case.now;
    if !case.partners.waiting.values().any(long) {
        return Vec::new();
    }
    let to_come = |claim: &Claim| claim.ticket.pick_up.window().to >= case.now;
    let unsaid = case.state.claims.values().filter(|claim| {
        matches!(claim.phase, ClaimPhase::Ended(Ended::Refused(_)))
            && to_come(claim)
            && case.partners.waiting.get(&claim.originator).is_some_and(long)
    });
    let alarms = unsaid.flat_map(|claim| {
        let booking =
            partner::Booking { coop: claim.originator, pick_up: claim.pick_up_at, since: Some(case.now) };
        partner::alarms(case, booking).into_iter().map(|alarm| (alarm, claim.number))
    });
    let unreachable = alarms.filter(|(alarm, _)| matches!(alarm.kind, Kind::PartnerUnreachable { .. }));
    unreachable.map(|(alarm, lift)| Alarm { lifts: vec![lift], ..alarm }).collect()
}

fn calling(alarm: Alarm, whom: &[Callee]) -> Alarm {
    Alarm { calls: whom.iter().map(|callee| Call::to(*callee)).collect(), ..alarm }
}

/// Returns the call that the driver on the spot makes.
pub(super) fn driver_phones(driver: MemberId, whom: Callee) -> Call {
    Call { who: Caller::Driver(driver), whom }
}

/// Returns when the driver is expected: when the rider was told, or when planned since if that is later.
pub(super) fn expected(case: Case<'_>, id: ClaimId, claim: &Claim) -> Timestamp {
    let stop = case.state.runs.get(&claim.run).and_then(|run| run.stop(id, Leg::PickUp));
    stop.map_or(claim.pick_up_at, |stop| stop.planned.max(claim.pick_up_at))
}

/// A lift on its day, by what was last heard of it.
pub(super) struct Carried {
    pub progress: Progress,
    pub at: Timestamp,
    pub pick_up: Timestamp,
    /// The end of the pick-up window.
    pub latest: Timestamp,
    /// The longest time from boarding to alighting.
    pub longest: Minutes,
}

/// Returns what should have been reported by now and since when.
pub(super) fn on_the_day(case: Case<'_>, carried: &Carried) -> Option<(Kind, Timestamp)> {
    let overdue = carried.pick_up.after(OVERDUE_AFTER);
    let progress = carried.progress;
    let (kind, due) = match progress {
        Progress::Booked => (Kind::DriverOverdue { progress }, overdue.min(carried.latest)),
        Progress::EnRoute => (Kind::DriverOverdue { progress }, overdue.max(carried.latest)),
        Progress::Arrived => {
            let wait = case.state.coop()?.policy.wait_limit;
            (Kind::RiderNotAtDoor, carried.at.max(carried.pick_up).after(wait))
        }
        Progress::OnBoard => (Kind::OnBoardTooLong, carried.at.after(carried.longest).after(RIDE_GRACE)),
        Progress::Done => return None,
    };
    (case.now > due).then_some((kind, due))
}

/// One lift, looked at.
#[derive(Clone, Copy)]
struct About<'a> {
    case: Case<'a>,
    id: ClaimId,
    claim: &'a Claim,
    run: &'a Run,
}

impl About<'_> {
    fn alarm(&self, kind: Kind, urgency: Urgency, since: Option<Timestamp>) -> Alarm {
        let lifts = vec![self.claim.number];
        Alarm { kind, urgency, since, trips: Vec::new(), lifts, calls: Vec::new() }
    }

    /// Vetting, leave, hours, vehicle: what was there when the lift was taken on may be gone on its day.
    fn may_not(&self) -> Option<Alarm> {
        let riding = matches!(self.claim.phase, ClaimPhase::Confirmed { progress, .. } if progress >= Progress::OnBoard);
        if riding || !self.claim.holds_time() {
            return None;
        }
        let why = self.unfit()?;
        let kind = Kind::DriverMayNot { driver: self.run.frame.driver, why };
        Some(self.alarm(kind, Urgency::by(self.claim.pick_up_at, self.case.now), None))
    }

    fn unfit(&self) -> Option<Unfit> {
        let state = self.case.state;
        let frame = &self.run.frame;
        let coop = state.coop()?;
        let Ok(member) = active(state, frame.driver, Role::Driver) else { return Some(Unfit::NotActive) };
        let driver = member.driver.as_ref()?;
        if let Some(unvetted) = driver.unvetted(&coop.policy.required_vetting, frame.date) {
            return Some(Unfit::Unvetted(unvetted));
        }
        let availability = state.availability.get(&frame.driver)?;
        if availability.on_leave(frame.date) {
            return Some(Unfit::OnLeave);
        }
        let given = availability.blocks_on(frame.date, &coop.zone).unwrap_or_default();
        let stops = self.run.stops.iter().filter(|stop| stop.claim == self.id);
        let mut planned = stops.map(|stop| (stop.planned, stop.planned.after(stop.dwell)));
        let kept = |(from, to): (Timestamp, Timestamp)| given.iter().any(|b| b.from <= from && to <= b.to);
        if !planned.all(kept) {
            return Some(Unfit::HoursGone);
        }
        let Some(vehicle) = state.vehicles.get(&frame.vehicle) else { return Some(Unfit::VehicleGone) };
        if vehicle.capability.places == Load::default() {
            return Some(Unfit::VehicleGone);
        }
        let capability = Capability { assistance: driver.terms.assistance, ..vehicle.capability };
        if let Some(lack) = self.claim.ticket.requirement().unmet_by(&capability) {
            return Some(Unfit::Incapable(lack));
        }
        if self.overfull(&capability) {
            return Some(Unfit::Overfull);
        }
        let rider = state.rider_of_lift(self.id);
        if rider.is_some_and(|rider| met(state, self.run, self.id, rider).is_some()) {
            return Some(Unfit::RidersApart);
        }
        (!has_break(state, self.run, self.case.now)).then_some(Unfit::NoBreak)
    }

    /// Tells whether more people than places are on board at some time of this ride.
    fn overfull(&self, vehicle: &Capability) -> bool {
        let (mut load, mut riding) = (Load::default(), false);
        for stop in &self.run.stops {
            load = match stop.leg {
                Leg::PickUp => load.plus(stop.load),
                Leg::DropOff => load.minus(stop.load),
            };
            riding = if stop.claim == self.id { stop.leg == Leg::PickUp } else { riding };
            if riding && !load.fits(vehicle.places) {
                return true;
            }
        }
        false
    }

    /// The driver has not answered, and it is needed by `needed` or the answer soon counts no more.
    fn silent(&self, needed: Timestamp) -> Option<Alarm> {
        let now = self.case.now;
        let ClaimPhase::Awarded { respond_by } = self.claim.phase else { return None };
        if respond_by > now.after(ENDING_WITHIN) && needed > now.after(ANSWER_NEAR) {
            return None;
        }
        let driver = self.run.frame.driver;
        let alarm = self.alarm(Kind::DriverSilent { driver, respond_by }, Urgency::Before(respond_by), None);
        Some(calling(alarm, &[Callee::Driver(driver)]))
    }

    fn details_missing(&self) -> Option<Alarm> {
        let ClaimPhase::Confirmed { progress, at } = self.claim.phase else { return None };
        let due = self.claim.pick_up_at.before(DETAILS_NEAR);
        if self.claim.details.is_some() || progress > Progress::EnRoute || self.case.now < due {
            return None;
        }
        let since = if progress == Progress::Booked { due.max(at) } else { due };
        Some(self.alarm(Kind::DetailsMissing, Urgency::by(self.claim.pick_up_at, self.case.now), Some(since)))
    }

    fn hold_ending(&self) -> Option<Alarm> {
        let ClaimPhase::Held { until } = self.claim.phase else { return None };
        let ending = self.case.now < until && until <= self.case.now.after(ENDING_WITHIN);
        let since = Some(until.before(ENDING_WITHIN));
        ending.then(|| self.alarm(Kind::HoldEnding { until }, Urgency::Before(until), since))
    }

    fn on_the_day(&self) -> Option<Alarm> {
        let ClaimPhase::Confirmed { progress, at } = self.claim.phase else { return None };
        let body = &self.claim.ticket;
        let carried = Carried {
            progress,
            at,
            pick_up: expected(self.case, self.id, self.claim),
            latest: body.pick_up.window().to,
            longest: body.dwell_pick_up.plus(body.max_ride),
        };
        let (kind, since) = on_the_day(self.case, &carried)?;
        Some(self.alarm(kind, Urgency::Now, Some(since)))
    }

    fn disputed(&self) -> Option<Alarm> {
        let at_odds = matches!(self.claim.phase, ClaimPhase::Stated { agreed: false, disputed: true, .. });
        at_odds.then(|| self.alarm(Kind::OutcomeDisputed, Urgency::Today, None))
    }
}
