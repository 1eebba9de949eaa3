//! Rules for our own drivers' time: the coop whose driver it is decides what stands in the calendar.

use jitney_identity::PublicKey;
use rand::Rng;

use super::{Context, active, company, coop, originator, trips};
use crate::booking::{
    BookingMessage, Claim, ClaimPhase, Disagreement, Ended, Progress, RefusalReason, TicketBody, TicketPhase,
};
use crate::command::Plan;
use crate::event::Event;
use crate::impossible::{Standing, Wanted};
use crate::member::{Consent, Role, Wish};
use crate::needs::Capability;
use crate::outcome::Statement;
use crate::refusal::Refusal;
use crate::run::{Frame, Leg, Run, Stop};
use crate::state::State;
use crate::time::{Minutes, Timestamp, Window};
use crate::{ClaimId, MemberId, RunId, TicketId, TripId};

/// Longest sealed details that are kept, in base64 characters.
pub const DETAILS_MAX: usize = 24 * 1024;

/// Gives one of our trips to one of our runs: a ticket of our own, claimed by ourselves.
pub(super) fn assign<R: Rng>(
    state: &State,
    trip: TripId,
    plan: Plan,
    agreed: bool,
    cx: &mut Context<'_, R>,
) -> Result<Vec<Event>, Refusal> {
    let us = coop(state)?.key;
    let driver = plan.frame.driver;
    if let Some(rider) = state.trips.get(&trip).map(|t| t.details.rider)
        && state.wish(rider, driver) == Some(Wish::Never)
    {
        return Err(Refusal::KeptApart { driver, rider });
    }
    let existing = state.trips.get(&trip).and_then(|t| t.ticket()).and_then(|t| state.tickets.get(&t));
    let (body, opened) = match existing {
        Some(ticket) if ticket.phase == TicketPhase::Open => {
            trips::to_give(state, trip)?;
            (ticket.body.clone(), None)
        }
        Some(_) if state.trips.get(&trip).is_some_and(|t| t.locked) => return Err(Refusal::Locked(trip)),
        Some(_) => return Err(Refusal::TripTaken(trip)),
        None => {
            let (_, body, event) = originator::open_ticket(state, trip, false, cx)?;
            (body, Some(event))
        }
    };
    // To us both are known to the minute.
    let mut ride = Ride::of(&body);
    if let Some(details) = state.trips.get(&trip).map(|t| &t.details) {
        ride.rider = Some(details.rider);
        ride.most = ride.most.max(details.max_ride);
        if let Some(windows) = details.windows {
            ride.set_down.to = ride.set_down.to.max(windows.drop_off.to);
        }
    }
    let hold = hold(state, body, us, plan, agreed, ride, cx.now)?;
    Ok(opened.into_iter().chain(hold).collect())
}

/// Claims a ticket for one of our runs.
pub(super) fn claim(
    state: &State,
    body: TicketBody,
    originator: PublicKey,
    plan: Plan,
    agreed: bool,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let ride = Ride::of(&body);
    hold(state, body, originator, plan, agreed, ride, now)
}

/// Who rides, when she may be set down, and after how long on board at the most.
struct Ride {
    /// None if she is a partner's: then we do not know her.
    rider: Option<MemberId>,
    set_down: Window,
    most: Minutes,
}

impl Ride {
    /// What partners are told.
    fn of(body: &TicketBody) -> Self {
        Ride { rider: None, set_down: body.drop_off.window(), most: body.max_ride }
    }
}

/// Holds a driver's time for a ticket and says so to its originator.
fn hold(
    state: &State,
    body: TicketBody,
    originator: PublicKey,
    plan: Plan,
    agreed: bool,
    ride: Ride,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let coop = coop(state)?;
    if state.is_barred(&originator) {
        return Err(Refusal::Barred(originator));
    }
    if body.pick_up.window().to < now {
        return Err(Refusal::TicketPast(body.ticket));
    }
    let standing = state.live_claims_on(body.ticket).next().map(|(_, claim)| claim);
    if let Some(standing) = standing.or_else(|| state.claims.get(&plan.claim)) {
        return Err(lift_state(standing, Wanted::ClaimedAgain));
    }
    let capability = qualified(state, &plan.frame, &body)?;
    let (run, known) = place_on_run(state, &plan.frame)?;
    let proposed = Run { frame: plan.frame, stops: plan.stops };
    proposed.check(&capability)?;
    if let Some(known) = known {
        if !proposed.keeps_promises_of(known, plan.claim) {
            return Err(Refusal::BreaksPromise(run));
        }
    } else if proposed.trips() != 1 {
        return Err(Refusal::BreaksPromise(run));
    }
    let pick_up_at = new_stops_fit(&proposed, &plan.claim, &body, &ride, run)?;
    company::refuse_meeting(state, &proposed, plan.claim, ride.rider)?;
    company::refuse_no_break(state, &proposed, now)?;
    let driver = active(state, plan.frame.driver, Role::Driver)?.driver.as_ref();
    let standing = driver.is_some_and(|d| d.terms.consent == Consent::Standing);
    Ok(vec![Event::HoldPlaced {
        claim: plan.claim,
        number: state.next_lift(),
        until: now.after(coop.policy.hold).min(body.pick_up.window().to),
        body,
        originator,
        run,
        frame: proposed.frame,
        stops: proposed.stops,
        pick_up_at,
        agreed_ahead: agreed || standing,
        rate: (originator != coop.key).then(|| state.terms_with(&originator).rate),
    }])
}

/// Returns what vehicle and driver offer together, if both may serve the ticket on that day.
fn qualified(state: &State, frame: &Frame, body: &TicketBody) -> Result<Capability, Refusal> {
    let coop = coop(state)?;
    let member = active(state, frame.driver, Role::Driver)?;
    let driver =
        member.driver.as_ref().ok_or(Refusal::LacksRole { member: frame.driver, role: Role::Driver })?;
    if let Some(unvetted) = driver.unvetted(&coop.policy.required_vetting, frame.date) {
        return Err(Refusal::NotVetted { driver: frame.driver, date: frame.date, unvetted });
    }
    let vehicle = state.vehicles.get(&frame.vehicle).ok_or(Refusal::NoVehicle(frame.vehicle))?;
    let capability = Capability { assistance: driver.terms.assistance, ..vehicle.capability };
    match body.requirement().unmet_by(&capability) {
        Some(why) => Err(Refusal::Incapable { vehicle: frame.vehicle, why }),
        None => Ok(capability),
    }
}

/// Refuses a claim whose driver or vehicle may not serve it any more.
pub(super) fn still_qualified(state: &State, claim: &Claim) -> Result<(), Refusal> {
    let run = state.runs.get(&claim.run).ok_or(Refusal::NoRun(claim.run))?;
    qualified(state, &run.frame, &claim.ticket).map(|_| ())
}

/// Tells whether the driver has taken leave since: what was agreed ahead is not meant for those days.
fn on_leave(state: &State, claim: &Claim) -> bool {
    let frame = state.runs.get(&claim.run).map(|run| run.frame);
    frame.is_some_and(|f| state.availability.get(&f.driver).is_some_and(|a| a.on_leave(f.date)))
}

/// Returns the run that the frame names, the standing one or a new one, in time the driver has given and
/// in which neither driver nor vehicle is anywhere else.
fn place_on_run<'a>(state: &'a State, frame: &Frame) -> Result<(RunId, Option<&'a Run>), Refusal> {
    let elsewhere =
        |run: &Run| run.frame != *frame && run.frame.block.overlaps(&frame.block) && !run.stops.is_empty();
    if let Some((run, _)) = state.runs_of(frame.driver).find(|(_, run)| elsewhere(run)) {
        return Err(Refusal::DriverBusy { driver: frame.driver, run });
    }
    let same_vehicle = |run: &Run| run.frame.vehicle == frame.vehicle;
    if let Some((run, _)) = state.runs_on(frame.date).find(|(_, run)| same_vehicle(run) && elsewhere(run)) {
        return Err(Refusal::VehicleBusy { vehicle: frame.vehicle, run });
    }
    let zone = &coop(state)?.zone;
    let given = match state.availability.get(&frame.driver) {
        Some(availability) => availability.blocks_on(frame.date, zone)?,
        None => Vec::new(),
    };
    if !given.iter().any(|block| block.covers(&frame.block)) {
        return Err(Refusal::NotAvailable { driver: frame.driver, date: frame.date });
    }
    let standing = state.runs_of(frame.driver).find(|(_, run)| run.frame == *frame);
    Ok(standing.map_or_else(|| (state.next_run(), None), |(id, run)| (id, Some(run))))
}

/// Checks the two new stops against the ticket: what they allow later plans must lie within it too. Returns
/// when the driver comes.
fn new_stops_fit(
    run: &Run,
    claim: &ClaimId,
    body: &TicketBody,
    ride: &Ride,
    id: RunId,
) -> Result<Timestamp, Refusal> {
    let (Some(pick_up), Some(drop_off)) = (run.stop(*claim, Leg::PickUp), run.stop(*claim, Leg::DropOff))
    else {
        return Err(Refusal::BreaksPromise(id));
    };
    let as_asked = |stop: &Stop, window: Window, dwell: Minutes| {
        window.covers(&stop.window) && stop.dwell >= dwell && stop.load == body.load && stop.done.is_none()
    };
    let honest = as_asked(pick_up, body.pick_up.window(), body.dwell_pick_up)
        && as_asked(drop_off, ride.set_down, body.dwell_drop_off)
        && drop_off.max_ride <= ride.most;
    if honest { Ok(pick_up.planned) } else { Err(Refusal::BreaksPromise(id)) }
}

fn lift_state(claim: &Claim, wanted: Wanted) -> Refusal {
    Refusal::LiftState { lift: claim.number, state: stands(&claim.phase), wanted }
}

/// Returns where a claim stands.
pub(super) fn stands(phase: &ClaimPhase) -> Standing {
    match phase {
        ClaimPhase::Held { .. } => Standing::Held,
        ClaimPhase::Awarded { .. } => Standing::Awarded,
        ClaimPhase::Confirmed { .. } => Standing::Confirmed,
        ClaimPhase::Stated { .. } => Standing::Over,
        ClaimPhase::Ended(_) => Standing::GivenUp,
    }
}

/// Returns the claim if the message comes from its originator.
fn theirs(state: &State, from: PublicKey, id: ClaimId) -> Result<Option<&Claim>, Refusal> {
    match state.claims.get(&id) {
        Some(claim) if claim.originator == from => Ok(Some(claim)),
        Some(_) => Err(Refusal::NotTheirs),
        None => Ok(None),
    }
}

/// The originator chose us: ask the driver, or confirm at once on a standing yes.
pub(super) fn awarded(
    state: &State,
    from: PublicKey,
    ticket: TicketId,
    id: ClaimId,
    respond_by: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let refuse = |reason| {
        Ok(vec![Event::Answered { to: from, message: BookingMessage::Refuse { claim: id, reason } }])
    };
    let Some(claim) = theirs(state, from, id)? else { return refuse(RefusalReason::UnknownClaim) };
    if claim.ticket.ticket != ticket {
        return Err(Refusal::NotTheirs);
    }
    match &claim.phase {
        ClaimPhase::Held { .. } => {
            if still_qualified(state, claim).is_err() || claim.agreed_ahead && on_leave(state, claim) {
                let why = Ended::Refused(RefusalReason::NoLongerQualified);
                return Ok(vec![Event::LiftEnded { claim: id, why }]);
            }
            let respond_by = respond_by.min(claim.ticket.pick_up.window().to);
            let mut events = vec![Event::AwardTaken { claim: id, respond_by }];
            if claim.agreed_ahead {
                events.push(Event::LiftConfirmed { claim: id });
            }
            Ok(events)
        }
        ClaimPhase::Awarded { .. } | ClaimPhase::Confirmed { .. } | ClaimPhase::Stated { .. } => {
            Ok(Vec::new())
        }
        ClaimPhase::Ended(_) => refuse(RefusalReason::HoldExpired),
    }
}

/// It went to somebody else: the driver's time is free again.
pub(super) fn turned_down(state: &State, from: PublicKey, id: ClaimId) -> Result<Vec<Event>, Refusal> {
    Ok(match theirs(state, from, id)?.map(|c| &c.phase) {
        Some(ClaimPhase::Held { .. }) => vec![Event::LiftEnded { claim: id, why: Ended::TurnedDown }],
        _ => Vec::new(),
    })
}

/// The originator called it off. A rider who is already on board is brought home all the same.
pub(super) fn cancelled(state: &State, from: PublicKey, id: ClaimId) -> Result<Vec<Event>, Refusal> {
    Ok(match theirs(state, from, id)? {
        Some(claim) if claim.holds_time() => {
            let riding = matches!(claim.phase, ClaimPhase::Confirmed { progress, .. } if progress >= Progress::OnBoard);
            if riding { Vec::new() } else { vec![Event::LiftEnded { claim: id, why: Ended::Cancelled }] }
        }
        _ => Vec::new(),
    })
}

/// The rider's details arrive, readable for the driver alone.
pub(super) fn details(
    state: &State,
    from: PublicKey,
    id: ClaimId,
    sealed: String,
) -> Result<Vec<Event>, Refusal> {
    Ok(match theirs(state, from, id)?.map(|c| &c.phase) {
        Some(ClaimPhase::Confirmed { .. }) if sealed.len() <= DETAILS_MAX => {
            vec![Event::DetailsTaken { claim: id, sealed }]
        }
        _ => Vec::new(),
    })
}

/// The originator countersigned our statement.
pub(super) fn agreed(state: &State, from: PublicKey, theirs_says: &Statement) -> Result<Vec<Event>, Refusal> {
    let id = theirs_says.claim;
    Ok(match theirs(state, from, id)?.map(|c| &c.phase) {
        Some(ClaimPhase::Stated { statement, agreed: false, .. }) if statement == theirs_says => {
            vec![Event::StatementAgreed { claim: id }]
        }
        _ => Vec::new(),
    })
}

/// The originator disputes our statement.
pub(super) fn disputed(
    state: &State,
    from: PublicKey,
    id: ClaimId,
    why: Disagreement,
) -> Result<Vec<Event>, Refusal> {
    Ok(match theirs(state, from, id)?.map(|c| &c.phase) {
        Some(ClaimPhase::Stated { disputed: false, .. }) => {
            vec![Event::StatementDisputed { claim: id, why }]
        }
        _ => Vec::new(),
    })
}
