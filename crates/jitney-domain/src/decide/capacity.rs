//! Open capacity: places to spare on planned runs are told to partners, coarsely, and taken back when they are
//! gone. A neighbour asks for one by offering a ticket for it; from there on it is a claim like any other.

use rand::Rng;

use super::{Context, coop};
use crate::booking::{CapacityBody, TimeBucket};
use crate::event::Event;
use crate::member::Consent;
use crate::needs::{Capability, Load};
use crate::place::Cell;
use crate::refusal::Refusal;
use crate::run::{Leg, Run, Stop};
use crate::state::State;
use crate::time::{Minutes, Timestamp, Window};
use crate::{CapacityId, RunId};

/// A run that begins sooner than this is no longer told: no partner could still decide.
const LEAST_AHEAD: Minutes = Minutes(60);
/// Most spare places that are told at one time; the log of a coop holds few thousand entries.
pub const CAPACITIES_MAX: usize = 500;

/// Tells partners of the places to spare on a run.
pub(super) fn post<R: Rng>(
    state: &State,
    run: RunId,
    cx: &mut Context<'_, R>,
) -> Result<Vec<Event>, Refusal> {
    let row = state.runs.get(&run).ok_or(Refusal::NoRun(run))?;
    if state.capacities.values().any(|c| c.run == run) {
        return Ok(Vec::new());
    }
    if state.capacities.len() >= CAPACITIES_MAX {
        return Err(Refusal::NothingSpare(run));
    }
    let capacity = CapacityId::fresh(cx.rng);
    let body = body(state, row, capacity, cx.now).ok_or(Refusal::NothingSpare(run))?;
    Ok(vec![Event::CapacityPosted { run, body }])
}

/// Takes back what was told.
pub(super) fn withdraw(state: &State, capacity: CapacityId) -> Result<Vec<Event>, Refusal> {
    if !state.capacities.contains(&capacity) {
        return Err(Refusal::NoCapacity(capacity));
    }
    Ok(vec![Event::CapacityWithdrawn { capacity }])
}

/// Takes back what is true no more, tells it anew, and tells of further runs if that is the coop's policy.
pub(super) fn review<R: Rng>(state: &State, cx: &mut Context<'_, R>) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    for (id, told) in state.capacities.iter() {
        let now_true = state.runs.get(&told.run).and_then(|run| body(state, run, *id, cx.now));
        if now_true.as_ref() == Some(&told.body) {
            continue;
        }
        events.push(Event::CapacityWithdrawn { capacity: *id });
        if let Some(changed) = now_true {
            // Under a new name: what was asked for under the old one may not be there any more.
            let capacity = CapacityId::fresh(cx.rng);
            events.push(Event::CapacityPosted { run: told.run, body: CapacityBody { capacity, ..changed } });
        }
    }
    if coop(state)?.policy.post_capacity {
        let today = cx.now.local(&coop(state)?.zone).date();
        for (run, row) in state.runs_from(today) {
            let known = state.capacities.values().any(|c| c.run == run);
            let room = state.capacities.len().saturating_add(events.len()) < CAPACITIES_MAX;
            if known || !room || !is_welcome(state, row) {
                continue;
            }
            let capacity = CapacityId::fresh(cx.rng);
            if let Some(body) = body(state, row, capacity, cx.now) {
                events.push(Event::CapacityPosted { run, body });
            }
        }
    }
    Ok(events)
}

/// Only drivers who have said yes to anybody are told of without asking them.
fn is_welcome(state: &State, run: &Run) -> bool {
    let member = state.members.get(&run.frame.driver);
    member.is_some_and(|m| {
        !m.suspended && m.driver.as_ref().is_some_and(|d| d.terms.consent == Consent::Standing)
    })
}

/// Returns what may be told of the rest of a run, if there is anything to spare and time enough.
fn body(state: &State, run: &Run, capacity: CapacityId, now: Timestamp) -> Option<CapacityBody> {
    let ahead = || run.stops.iter().filter(|stop| stop.done.is_none());
    let (first, last) = (ahead().next()?, ahead().next_back()?);
    if first.planned < now.after(LEAST_AHEAD) {
        return None;
    }
    let vehicle = state.vehicles.get(&run.frame.vehicle)?.capability;
    let terms = &state.members.get(&run.frame.driver)?.driver.as_ref()?.terms;
    let spare = spare(run, &vehicle);
    if spare == Load::default() {
        return None;
    }
    let at = |moment: Timestamp| TimeBucket::around(Window { from: moment, to: moment });
    Some(CapacityBody {
        capacity,
        from: cell(state, first)?,
        to: cell(state, last)?,
        leaves: at(first.planned),
        arrives: at(last.planned.after(last.dwell)),
        spare,
        ramp: vehicle.ramp_or_lift,
        service_animals: vehicle.service_animals,
        assistance: terms.assistance.min(vehicle.assistance),
    })
}

/// Returns where a stop is, as coarsely as its ticket says.
fn cell(state: &State, stop: &Stop) -> Option<Cell> {
    let ticket = &state.claims.get(&stop.claim)?.ticket;
    Some(match stop.leg {
        Leg::PickUp => ticket.from,
        Leg::DropOff => ticket.to,
    })
}

/// Returns the places that stay free on all that is still to be driven.
fn spare(run: &Run, vehicle: &Capability) -> Load {
    let mut load = Load::default();
    let mut most = Load::default();
    for stop in &run.stops {
        load = match stop.leg {
            Leg::PickUp => load.plus(stop.load),
            Leg::DropOff => load.minus(stop.load),
        };
        if stop.done.is_none() {
            let more = load.plus(if stop.leg == Leg::DropOff { stop.load } else { Load::default() });
            most = Load {
                seats: most.seats.max(more.seats),
                wheelchairs: most.wheelchairs.max(more.wheelchairs),
            };
        }
    }
    vehicle.places.minus(most)
}
