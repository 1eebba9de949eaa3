//! What dispatchers have to be shown: the alarms that ship, held against the truth of the world.
//!
//! What has to be shown is reckoned here from trips, tickets and members, without a look at how the alarms are
//! made; then [`alarm::all`] must have it.

use std::collections::BTreeMap;

use jitney_domain::alarm::{self, Alarm, Kind, Partners, UNREACHABLE_AFTER};
use jitney_domain::booking::{Claim, ClaimPhase, Progress, TicketPhase};
use jitney_domain::trip::{Link, Phase};
use jitney_domain::{LiftNumber, Load, Minutes, Outcome, State, Timestamp, TripId};

use crate::coop::Letter;
use crate::explore::Explore;
use crate::fault::Fault;
use crate::world::World;

/// What is kept back from a dispatcher, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Marks(u8);

impl Marks {
    /// Whoever had confirmed gave it up, and nobody has confirmed since.
    pub const FAILURE: Marks = Marks(1);
    /// A rider counts on the way out, and the way home is not settled.
    pub const RETURN: Marks = Marks(2);
    /// Driver or vehicle may not serve a lift to come.
    pub const UNFIT: Marks = Marks(4);

    fn has(self, other: Marks) -> bool {
        self.0 & other.0 != 0
    }
}

/// An answer that is awaited is phoned for when the rider leaves within this time.
const ANSWER_NEAR: Minutes = Minutes(240);

/// Tells whether every dispatcher is shown all of a kind that they have to be.
pub(crate) fn nothing_is_kept_back(model: &Explore, world: &World, kind: Marks) -> bool {
    let now = model.now(world);
    world.coops.iter().all(|coop| {
        let known = coop.unshown.get(usize::from(world.moment));
        let reckon = || kept_back(&coop.state, now, model.fault);
        !known.map_or_else(reckon, |known| *known.get_or_init(reckon)).has(kind)
    })
}

/// Tells whether somebody is shown that the word of a provider that cannot come does not get through, once it
/// has waited for long: before the pick-up the provider's dispatcher, after it the originator's.
pub(crate) fn undelivered(model: &Explore, world: &World, letter: &Letter) -> bool {
    let (Some(coop), Some(to), Some(originator)) = (
        world.coops.get(usize::from(letter.from)),
        model.keys.get(usize::from(letter.to)),
        world.coops.get(usize::from(letter.to)),
    ) else {
        return false;
    };
    let now = model.now(world);
    let trip = letter.message.claim().and_then(|claim| originator.state.ticket_of_claim(claim));
    if let Some((_, ticket)) = trip
        && alarms(&originator.state, &Partners::default(), now, model.fault)
            .iter()
            .any(|alarm| matches!(alarm.kind, Kind::DriverOverdue { .. }) && alarm.touches(ticket.trip))
    {
        return true;
    }
    let waiting = BTreeMap::from([(*to, now.before(UNREACHABLE_AFTER))]);
    let partners = Partners { waiting, ..Partners::default() };
    let alarms = alarms(&coop.state, &partners, now, model.fault);
    alarms.iter().any(|alarm| matches!(alarm.kind, Kind::PartnerUnreachable { coop } if coop == *to))
}

fn alarms(state: &State, partners: &Partners, now: Timestamp, fault: Option<Fault>) -> Vec<Alarm> {
    let mut alarms = alarm::all(state, partners, now);
    alarms.retain(|alarm| !fault.is_some_and(|fault| fault.hides(&alarm.kind)));
    alarms
}

fn kept_back(state: &State, now: Timestamp, fault: Option<Fault>) -> Marks {
    let failed: Vec<TripId> = broken_promises(state).collect();
    let returns: Vec<Unsettled> = unsettled_returns(state, now).collect();
    let unfit: Vec<LiftNumber> = unfit_lifts(state).collect();
    if failed.is_empty() && returns.is_empty() && unfit.is_empty() {
        return Marks::default();
    }
    let alarms = alarms(state, &Partners::default(), now, fault);
    let shown = |trip: TripId, fits: &dyn Fn(&Kind) -> bool| {
        alarms.iter().any(|alarm| alarm.touches(trip) && fits(&alarm.kind))
    };
    let broken = |kind: &Kind| match kind {
        Kind::ProviderFailed { was_confirmed, .. } => *was_confirmed,
        Kind::ReturnWithoutDriver { promise_broken, .. } => *promise_broken,
        _ => false,
    };
    let mut marks = Marks::default();
    if !failed.iter().all(|trip| shown(*trip, &broken)) {
        marks.0 |= Marks::FAILURE.0;
    }
    let told = |unsettled: &Unsettled| match unsettled {
        Unsettled::Nobody(home) => shown(*home, &|kind| matches!(kind, Kind::ReturnWithoutDriver { .. })),
        Unsettled::Unanswered(home) => shown(*home, &|kind| {
            matches!(
                kind,
                Kind::AwardUnanswered { .. } | Kind::DriverSilent { .. } | Kind::ProviderFailed { .. }
            )
        }),
        Unsettled::Gone(home) => shown(*home, &|kind| matches!(kind, Kind::LeftBehind)),
        Unsettled::Silent(home) => shown(*home, &|kind| matches!(kind, Kind::WillCallSilent)),
    };
    if !returns.iter().all(told) {
        marks.0 |= Marks::RETURN.0;
    }
    let flagged = |lift: &LiftNumber| {
        alarms.iter().any(|a| matches!(a.kind, Kind::DriverMayNot { .. }) && a.lifts.contains(lift))
    };
    if !unfit.iter().all(flagged) {
        marks.0 |= Marks::UNFIT.0;
    }
    marks
}

/// Returns trips that somebody had confirmed and gave up, and that nobody has confirmed since.
pub(crate) fn broken_promises(state: &State) -> impl Iterator<Item = TripId> {
    state.open_trips().filter_map(|(id, trip)| {
        let ticket = state.tickets.get(&trip.ticket()?)?;
        let waits = matches!(ticket.phase, TicketPhase::Open | TicketPhase::Awarded(_));
        (waits && ticket.failed.is_some_and(|failed| failed.was_confirmed)).then_some(id)
    })
}

/// A way home that the rider cannot count on while they count on the way out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unsettled {
    /// Nobody has it.
    Nobody(TripId),
    /// Whoever has it has not said yes, and the rider leaves soon.
    Unanswered(TripId),
    /// Time has run out for it.
    Gone(TripId),
    /// The rider has been out for hours and has not called.
    Silent(TripId),
}

/// How far a way out is that a rider counts on.
enum Out {
    /// Somebody is to fetch the rider at that time, or has the award.
    Leaves(Timestamp),
    /// The rider is there since then.
    There(Timestamp),
    /// The rider is out, or the two coops do not agree whether.
    Away,
}

fn way_out(state: &State, trip: &jitney_domain::trip::Trip) -> Option<Out> {
    let asked = trip.details.windows.map(|windows| windows.preferred)?;
    match &trip.phase {
        Phase::Closed(Outcome::Completed, at) => Some(Out::There(*at)),
        Phase::Ticketed(id) => match &state.tickets.get(id)?.phase {
            TicketPhase::Awarded(_) => Some(Out::Leaves(asked)),
            TicketPhase::Confirmed(_, c) if c.progress >= Progress::OnBoard => Some(Out::Away),
            TicketPhase::Confirmed(_, c) => Some(Out::Leaves(c.pick_up_at)),
            TicketPhase::Settled(..) | TicketPhase::Disputed(..) => Some(Out::Away),
            TicketPhase::Open | TicketPhase::Closed => None,
        },
        _ => None,
    }
}

/// Returns the ways home about which a dispatcher has to do something.
pub(crate) fn unsettled_returns(state: &State, now: Timestamp) -> impl Iterator<Item = Unsettled> {
    state.trips.iter().filter_map(move |(_, trip)| {
        let Some(Link::Return(id)) = trip.link else { return None };
        let out = way_out(state, trip)?;
        let home = state.trips.get(&id)?;
        let soon = match out {
            Out::Leaves(at) => at <= now.after(ANSWER_NEAR),
            Out::There(_) | Out::Away => {
                home.details.windows.is_some_and(|w| w.preferred <= now.after(ANSWER_NEAR))
            }
        };
        match &home.phase {
            Phase::Requested => Some(Unsettled::Nobody(id)),
            Phase::WillCall => match out {
                Out::There(at) if at.after(ANSWER_NEAR) <= now => Some(Unsettled::Silent(id)),
                _ => None,
            },
            Phase::Ticketed(ticket) => match state.tickets.get(ticket).map(|t| &t.phase) {
                Some(TicketPhase::Awarded(_)) => soon.then_some(Unsettled::Unanswered(id)),
                Some(TicketPhase::Confirmed(..) | TicketPhase::Settled(..) | TicketPhase::Disputed(..)) => {
                    None
                }
                Some(TicketPhase::Open | TicketPhase::Closed) | None => Some(Unsettled::Nobody(id)),
            },
            // Only the clock closes it so; a person who gave it up has spoken with the rider.
            Phase::Closed(Outcome::Unmet, _) => match out {
                Out::Leaves(_) => None,
                Out::There(_) | Out::Away => Some(Unsettled::Gone(id)),
            },
            Phase::Closed(..) => None,
        }
    })
}

/// Returns lifts to come that driver or vehicle may not serve any more.
pub(crate) fn unfit_lifts(state: &State) -> impl Iterator<Item = LiftNumber> {
    let to_come = |claim: &Claim| match claim.phase {
        ClaimPhase::Held { .. } | ClaimPhase::Awarded { .. } => true,
        ClaimPhase::Confirmed { progress, .. } => progress < Progress::OnBoard,
        _ => false,
    };
    let claims = state.live_claims().filter(move |(_, claim)| to_come(claim));
    claims.filter(|(_, claim)| !is_fit(state, claim).unwrap_or(false)).map(|(_, claim)| claim.number)
}

fn is_fit(state: &State, claim: &Claim) -> Option<bool> {
    let frame = state.runs.get(&claim.run)?.frame;
    let member = state.members.get(&frame.driver)?;
    let vetting = &member.driver.as_ref()?.vetting;
    let required = &state.coop()?.policy.required_vetting;
    let vetted = required.iter().all(|item| vetting.get(item).is_some_and(|until| *until >= frame.date));
    let places = state.vehicles.get(&frame.vehicle)?.capability.places;
    let Load { seats, wheelchairs } = claim.ticket.load;
    Some(!member.suspended && vetted && seats <= places.seats && wheelchairs <= places.wheelchairs)
}
