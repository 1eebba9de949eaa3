//! Puts the coop's state before the dispatch engine and its answer back into the domain's words.

mod day;
mod proposal;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jitney_dispatch::{self as dispatch, Bar, Openings, Pause, PlannedStop, Ranking, RunState, TripRequest};
use jitney_domain::booking::{ClaimPhase, Ended, RefusalReason, TicketBody};
use jitney_domain::member::{Role, Wish};
use jitney_domain::run::{Frame, Leg, Run, Stop};
use jitney_domain::trip::Trip;
use jitney_domain::{
    Assistance, Capability, Cell, ClaimId, Coordinate, MemberId, Minutes, Plan, RunId, State, Timestamp,
    TripId, VehicleId, Window,
};
use jitney_geo::{TravelTimes, centre};

use crate::api::Fault;
use crate::refusals::erased;
use crate::travel::DrivingTimes;
use crate::vault::Vault;

pub use day::Survey;
pub use proposal::Proposal;

/// How far a trip is moved to find a time for it: the drivers' hours of its day end the search before.
const A_DAY: Minutes = Minutes(24 * 60);

/// A driver's block of time that could become or is a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Who would drive.
    pub driver: MemberId,
    /// When.
    pub block: (Timestamp, Timestamp),
    /// In what; none if the driver has no vehicle yet.
    pub vehicle: Option<VehicleId>,
    /// The run, if there is one already.
    pub run: Option<RunId>,
}

/// What the engine answered.
pub type Answer = Ranking<Slot, ClaimId>;

/// A trip as the planner needs it: from our own vault exactly, from a partner's ticket coarsely.
pub struct Wanted {
    /// Under which name it would be claimed.
    pub claim: ClaimId,
    /// What is known of it.
    pub body: TicketBody,
    /// Where it begins.
    pub from: Coordinate,
    /// Where it ends.
    pub to: Coordinate,
    /// When the driver may come.
    pub pick_up: Window,
    /// When the rider may be set down.
    pub drop_off: Window,
    /// The longest time on board.
    pub max_ride: Minutes,
    /// The pick-up to aim at.
    pub preferred: Timestamp,
    /// The day.
    pub date: Date,
    /// The rider, if ours: to prefer drivers they know.
    pub trip: Option<TripId>,
    /// The lifts of those with whom the rider is not to be on board.
    pub apart: Vec<ClaimId>,
    /// A driver has been asked again and agrees: that they said no before does not count.
    pub agreed: bool,
}

impl Wanted {
    fn request(&self) -> TripRequest<ClaimId> {
        TripRequest {
            key: self.claim,
            pick_up: self.from,
            drop_off: self.to,
            pick_up_window: self.pick_up,
            drop_off_window: self.drop_off,
            dwell_pick_up: self.body.dwell_pick_up,
            dwell_drop_off: self.body.dwell_drop_off,
            requirement: self.body.requirement(),
            max_ride: self.max_ride,
            preferred_pick_up: self.preferred,
            apart: self.apart.clone(),
        }
    }
}

/// All that planning reads.
pub struct Planner<'a> {
    /// What the coop knows.
    pub state: &'a State,
    /// Where people live.
    pub vault: &'a Vault,
    /// How long driving takes.
    pub travel: &'a DrivingTimes,
    /// The moment from which plans can begin.
    pub now: Timestamp,
}

impl Planner<'_> {
    /// Describes one of our own trips.
    ///
    /// # Errors
    /// A [`Fault`] if the trip has no time yet or its places have been erased.
    pub fn own(&self, trip: TripId, claim: ClaimId) -> Result<Wanted, Fault> {
        let row = self.state.trips.get(&trip).ok_or(jitney_domain::Refusal::NoTrip(trip))?;
        let windows = row.details.windows.ok_or(jitney_domain::Refusal::NoTimeYet(trip))?;
        let places = self.vault.places(trip).ok_or_else(|| erased(trip))?;
        let ticket = jitney_domain::TicketId::from_bytes([0; 16]);
        let policy = &self.state.coop().ok_or(jitney_domain::Refusal::NoCoop)?.policy;
        let body = row
            .ticket()
            .and_then(|t| self.state.tickets.get(&t))
            .map_or_else(|| TicketBody::of(ticket, &row.details, &windows, policy), |t| t.body.clone());
        Ok(Wanted {
            claim,
            body,
            from: places.from.at,
            to: places.to.at,
            pick_up: windows.pick_up,
            drop_off: windows.drop_off,
            max_ride: row.details.max_ride,
            preferred: windows.preferred,
            date: row.details.timing.date(),
            trip: Some(trip),
            apart: self.lifts_apart(row),
            agreed: false,
        })
    }

    /// Describes a partner's ticket.
    ///
    /// # Errors
    /// A [`Fault`] if its cells are not on the grid.
    pub fn foreign(&self, body: &TicketBody, claim: ClaimId) -> Result<Wanted, Fault> {
        let point = |cell| centre(cell).map_err(|e| Fault::invalid(e.to_string()));
        let zone = &self.state.coop().ok_or(jitney_domain::Refusal::NoCoop)?.zone;
        let pick_up = body.pick_up.window();
        let middle = Timestamp(pick_up.from.0 / 2 + pick_up.to.0 / 2);
        Ok(Wanted {
            claim,
            body: body.clone(),
            from: point(body.from.cell())?,
            to: point(body.to.cell())?,
            pick_up,
            drop_off: body.drop_off.window(),
            max_ride: body.max_ride,
            preferred: middle,
            date: middle.local(zone).date(),
            trip: None,
            apart: Vec::new(),
            agreed: false,
        })
    }

    /// Returns who could take it, best first, and why the others cannot.
    pub fn candidates(&self, wanted: &Wanted, only: Option<MemberId>) -> Answer {
        self.candidates_among(wanted, |driver| only.is_none_or(|only| only == driver))
    }

    /// As [`Planner::candidates`], of these drivers alone.
    pub fn candidates_among(&self, wanted: &Wanted, who: impl Fn(MemberId) -> bool) -> Answer {
        dispatch::candidates(&self.runs(wanted, who), &wanted.request(), self.travel, self.now)
    }

    /// As [`Planner::candidates`], once these claims have left the runs they are on.
    pub fn candidates_without(
        &self,
        wanted: &Wanted,
        only: Option<MemberId>,
        leaving: &BTreeSet<ClaimId>,
    ) -> Answer {
        let mut runs = self.runs(wanted, |driver| only.is_none_or(|only| only == driver));
        for run in &mut runs {
            let before = run.stops.len();
            run.stops.retain(|stop| stop.done.is_some() || !leaving.contains(&stop.stop));
            // Each trip that leaves has two stops here.
            let left = u32::try_from(before.saturating_sub(run.stops.len()) / 2).unwrap_or(0);
            run.booked_today = run.booked_today.saturating_sub(left);
        }
        dispatch::candidates(&runs, &wanted.request(), self.travel, self.now)
    }

    /// Returns when each driver could take it that day, nearest to the time asked for first.
    pub fn openings(&self, wanted: &Wanted) -> Openings<Slot, ClaimId> {
        dispatch::openings(&self.runs(wanted, |_| true), &wanted.request(), self.travel, self.now, A_DAY)
    }

    fn runs(&self, wanted: &Wanted, who: impl Fn(MemberId) -> bool) -> Vec<RunState<Slot, ClaimId>> {
        let mut runs = Vec::new();
        for (driver, member) in self.state.members.iter() {
            if member.roles.contains(&Role::Driver) && who(*driver) {
                runs.extend(self.driver_runs(*driver, wanted.date, Some(wanted)));
            }
        }
        runs
    }

    /// Every block of time the driver has given that day, or one barred entry that says why there is none; to
    /// be asked for `wanted`, or for whatever the day brings.
    fn driver_runs(
        &self,
        driver: MemberId,
        date: Date,
        wanted: Option<&Wanted>,
    ) -> Vec<RunState<Slot, ClaimId>> {
        let Some(member) = self.state.members.get(&driver) else { return Vec::new() };
        let Some(coop) = self.state.coop() else { return Vec::new() };
        let terms = member.driver.clone().unwrap_or_default();
        let usual = self.state.vehicle_of(driver);
        let availability = self.state.availability.get(&driver).cloned().unwrap_or_default();
        let blocks = availability.blocks_on(date, &coop.zone).unwrap_or_default();
        let home = self.vault.profile(driver).and_then(|p| p.home.as_ref()).map(|h| h.at);
        let unvetted = terms.unvetted(&coop.policy.required_vetting, date);
        let wish = wanted.and_then(|wanted| self.wish(wanted.trip, driver));
        let bar = if member.suspended {
            Some(Bar::Suspended)
        } else if let Some(unvetted) = unvetted {
            Some(Bar::VettingLapsed(unvetted))
        } else if availability.on_leave(date) {
            Some(Bar::OnLeave)
        } else if wanted.is_some_and(|wanted| !wanted.agreed && self.has_declined(driver, &wanted.body)) {
            Some(Bar::Declined)
        } else if wish == Some(Wish::Never) {
            Some(Bar::Incompatible)
        } else if usual.is_none() {
            Some(Bar::NoVehicle)
        } else if home.is_none() {
            Some(Bar::NoHome)
        } else if blocks.is_empty() {
            Some(Bar::NoHours)
        } else {
            None
        };
        let bar = bar.or_else(|| self.is_another_drivers(driver, wanted?.trip?).then_some(Bar::Locked));
        let breaks = availability.breaks_on(date, &coop.zone).unwrap_or_default();
        let barred_block = Window { from: self.now, to: self.now };
        let blocks = if bar.is_some() { vec![barred_block] } else { self.slots(driver, date, &blocks) };
        // Without a home the run is barred, and where it begins is all one.
        let home = home.or(wanted.map(|wanted| wanted.from)).unwrap_or_else(null_island);
        let booked_today = self.trips_on(driver, date);
        blocks
            .iter()
            .map(|block| {
                let standing = self.standing_run(driver, date, block);
                // What stands is driven in the vehicle it was promised with.
                let vehicle = standing.map(|(_, run)| run.frame.vehicle).or(usual);
                let capability = vehicle.and_then(|v| self.state.vehicles.get(&v)).map(|v| v.capability);
                let taken = vehicle.is_some_and(|vehicle| self.is_taken(vehicle, driver, date, block));
                RunState {
                    key: Slot {
                        driver,
                        block: (block.from, block.to),
                        vehicle,
                        run: standing.map(|(id, _)| id),
                    },
                    capability: Capability {
                        assistance: terms.terms.assistance,
                        ..capability.unwrap_or_default()
                    },
                    block: *block,
                    start: home,
                    end: home,
                    radius: terms.terms.radius,
                    stops: standing.map(|(_, run)| self.planned_stops(run)).unwrap_or_default(),
                    pauses: breaks
                        .iter()
                        .filter(|pause| pause.lies_in(block))
                        .map(|pause| Pause { window: pause.begin, length: pause.length })
                        .collect(),
                    barred: bar.clone().or(taken.then_some(Bar::VehicleTaken)),
                    booked_today,
                    max_trips: terms.terms.max_trips,
                    preferred: wish == Some(Wish::Preferred),
                    knows_rider: wanted.is_some_and(|wanted| self.has_driven(driver, wanted.trip)),
                }
            })
            .collect()
    }

    fn has_declined(&self, driver: MemberId, body: &TicketBody) -> bool {
        let no = ClaimPhase::Ended(Ended::Refused(RefusalReason::DriverDeclined));
        self.state
            .claims_on(body.ticket)
            .filter(|(_, claim)| claim.phase == no)
            .any(|(_, claim)| self.state.runs.get(&claim.run).is_some_and(|r| r.frame.driver == driver))
    }

    /// Tells whether a trip is locked to somebody else.
    fn is_another_drivers(&self, driver: MemberId, trip: TripId) -> bool {
        let Some(row) = self.state.trips.get(&trip).filter(|row| row.locked) else { return false };
        let theirs = row.ticket().into_iter().flat_map(|ticket| self.state.live_claims_on(ticket));
        let mut runs = theirs.filter_map(|(_, claim)| self.state.runs.get(&claim.run));
        runs.any(|run| run.frame.driver != driver)
    }

    /// Returns the trips of that day whose riders are kept apart from the rider of this one.
    fn trips_apart<'b>(&'b self, trip: &'b Trip) -> impl Iterator<Item = (TripId, &'b Trip)> {
        let apart = self.state.members.get(&trip.details.rider).map(|rider| &rider.apart);
        let apart = apart.filter(|apart| !apart.is_empty());
        apart.into_iter().flat_map(|apart| {
            let trips = self.state.trips_on(trip.details.timing.date());
            trips.filter(|(_, other)| !other.is_closed() && apart.contains(&other.details.rider))
        })
    }

    /// Returns their lifts.
    fn lifts_apart(&self, trip: &Trip) -> Vec<ClaimId> {
        let tickets = self.trips_apart(trip).filter_map(|(_, other)| other.ticket());
        tickets.flat_map(|ticket| self.state.live_claims_on(ticket)).map(|(claim, _)| claim).collect()
    }

    /// Returns what the rider of one of our trips wishes of a driver.
    fn wish(&self, trip: Option<TripId>, driver: MemberId) -> Option<Wish> {
        self.state.wish(self.state.trips.get(&trip?)?.details.rider, driver)
    }

    /// Returns the stretches of the driver's time in which a run may be: those that the day's runs have taken, as
    /// they were planned, and what is left of the hours around them, which may have been changed since.
    fn slots(&self, driver: MemberId, date: Date, hours: &[Window]) -> Vec<Window> {
        let runs = self.state.runs_of(driver).map(|(_, run)| run);
        let taken = runs.filter(|run| run.frame.date == date && !run.stops.is_empty());
        let mut taken: Vec<Window> = taken.map(|run| run.frame.block).collect();
        taken.sort_unstable_by_key(|block| block.from);
        let mut slots = Vec::new();
        for block in hours {
            let mut from = block.from;
            for run in taken.iter().filter(|run| run.overlaps(block)) {
                slots.extend(Window::new(from, run.from.min(block.to)).filter(|gap| gap.from < gap.to));
                slots.extend(block.covers(run).then_some(*run));
                from = from.max(run.to);
            }
            slots.extend(Window::new(from, block.to).filter(|gap| gap.from < gap.to));
        }
        slots
    }

    fn standing_run(&self, driver: MemberId, date: Date, block: &Window) -> Option<(RunId, &Run)> {
        self.state.runs_of(driver).find(|(_, run)| run.frame.date == date && run.frame.block == *block)
    }

    /// Tells whether another driver has the vehicle on a run in that time.
    fn is_taken(&self, vehicle: VehicleId, driver: MemberId, date: Date, block: &Window) -> bool {
        self.state.runs_on(date).any(|(_, run)| {
            let frame = &run.frame;
            frame.vehicle == vehicle
                && frame.driver != driver
                && frame.block.overlaps(block)
                && !run.stops.is_empty()
        })
    }

    fn trips_on(&self, driver: MemberId, date: Date) -> u32 {
        let runs = self.state.runs_of(driver).filter(|(_, run)| run.frame.date == date);
        runs.map(|(_, run)| u32::try_from(run.trips()).unwrap_or(u32::MAX)).fold(0, u32::saturating_add)
    }

    fn has_driven(&self, driver: MemberId, trip: Option<TripId>) -> bool {
        let rider = trip.and_then(|t| self.state.trips.get(&t)).map(|t| t.details.rider);
        let Some(rider) = rider else { return false };
        self.state.runs_of(driver).flat_map(|(_, run)| &run.stops).any(|stop| {
            let ticket = self.state.ticket_of_claim(stop.claim).map(|(_, t)| t.trip);
            ticket.and_then(|t| self.state.trips.get(&t)).is_some_and(|t| t.details.rider == rider)
        })
    }

    fn planned_stops(&self, run: &Run) -> Vec<PlannedStop<ClaimId>> {
        run.stops
            .iter()
            .map(|stop| (stop, self.state.claims.get(&stop.claim).map(|claim| claim.ticket.requirement())))
            .map(|(stop, needs)| PlannedStop {
                stop: stop.claim,
                leg: stop.leg,
                at: self.where_is(stop, run),
                window: stop.window,
                dwell: stop.dwell,
                load: stop.load,
                max_ride: stop.max_ride,
                guarded: needs.is_some_and(|needs| needs.never_leave_alone),
                leaves_vehicle: needs.is_some_and(|needs| needs.assistance > Assistance::CurbToCurb),
                planned: stop.planned,
                done: stop.done,
            })
            .collect()
    }

    /// Exact for our own trips, the cell's centre for a partner's.
    fn where_is(&self, stop: &Stop, run: &Run) -> Coordinate {
        let own = self.state.ticket_of_claim(stop.claim).and_then(|(_, t)| self.vault.places(t.trip));
        if let Some(places) = own {
            return match stop.leg {
                Leg::PickUp => places.from.at,
                Leg::DropOff => places.to.at,
            };
        }
        let cell = self.state.claims.get(&stop.claim).map(|c| match stop.leg {
            Leg::PickUp => c.ticket.from.cell(),
            Leg::DropOff => c.ticket.to.cell(),
        });
        let home = || self.vault.profile(run.frame.driver).and_then(|p| p.home.as_ref()).map(|h| h.at);
        cell.and_then(|c| centre(c).ok()).or_else(home).unwrap_or_else(null_island)
    }
}

/// Where nothing is known of a place at all, which takes an erased driver with standing stops.
fn null_island() -> Coordinate {
    #[allow(clippy::unwrap_used)] // 0, 0 lies on the globe.
    Coordinate::new(0.0, 0.0).unwrap()
}

/// Returns the engine's best place as a plan the domain can decide on.
pub fn plan(
    candidate: &dispatch::Candidate<Slot, ClaimId>,
    claim: ClaimId,
    date: Date,
) -> Option<(Plan, MemberId)> {
    let slot = &candidate.run;
    let block = Window::new(slot.block.0, slot.block.1)?;
    let frame = Frame { driver: slot.driver, vehicle: slot.vehicle?, date, block };
    Some((Plan { claim, frame, stops: domain_stops(&candidate.stops) }, slot.driver))
}

/// Returns the engine's stops in the domain's words.
fn domain_stops(stops: &[PlannedStop<ClaimId>]) -> Vec<Stop> {
    let stop = |stop: &PlannedStop<ClaimId>| Stop {
        claim: stop.stop,
        leg: stop.leg,
        window: stop.window,
        planned: stop.planned,
        dwell: stop.dwell,
        load: stop.load,
        max_ride: stop.max_ride,
        done: stop.done,
    };
    stops.iter().map(stop).collect()
}

/// Returns driving time and length from one place to another, rounded up to whole minutes.
pub fn direct(
    travel: &impl TravelTimes,
    from: Coordinate,
    to: Coordinate,
) -> (Minutes, jitney_domain::Metres) {
    match travel.travel(from, to) {
        Some(way) => (way.minutes(), way.metres),
        None => (Minutes(u32::MAX), jitney_domain::Metres(u32::MAX)),
    }
}

/// Returns the driving time between the middles of two cells.
pub fn by_cells(travel: &impl TravelTimes, from: Cell, to: Cell) -> Minutes {
    let middles = centre(from).ok().zip(centre(to).ok());
    middles.map_or(Minutes(0), |(from, to)| direct(travel, from, to).0)
}
