//! Calls answered, runs planned the evening before, and mended in the morning.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use jiff::civil::{Date, time};
use jitney_dispatch::day::{Day, DayRun, DayTrip, Incident};
use jitney_dispatch::plan::Budget;
use jitney_dispatch::{Bar, Candidate, Leg, RunState, TripRequest, candidates, remove};
use jitney_domain::{Outcome, Timestamp};

use super::demand::{Demand, FIRST, Fate, days_of, later};
use super::driving::{self, End, Weather};
use super::figures::{Figures, Tally};
use super::luck::{self, Of};
use super::region::Region;

/// Of a thousand driver's days with trips so many are called off in the morning: ill, or the car does not start.
const ILL: u32 = 12;

/// How calls are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By hand: the first driver of the list who can. What he can is found out as exactly as by the engine.
    FirstOfList,
    /// By the best place in all runs.
    Insertion,
    /// By the best place, and the day is planned anew the evening before and when a driver falls ill.
    NightlyPlan,
}

type Run = RunState<u32, u32>;

/// How far a trip has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nobody has it.
    Open,
    /// It is on a run of this coop.
    Booked(usize),
    /// It is over.
    Over(Outcome),
}

/// A year's desk.
struct Office<'a> {
    region: &'a Region,
    demand: &'a Demand,
    method: Method,
    federated: bool,
    trips_of: BTreeMap<Date, Vec<u32>>,
    /// Runs of the days to come, by coop, in the order of the list.
    days: BTreeMap<Date, Vec<Vec<Run>>>,
    standing: Vec<Standing>,
    /// Drivers and riders who have met.
    met: BTreeSet<(u32, usize)>,
    tally: Tally,
}

/// Answers and drives a year.
pub fn run(region: &Region, demand: &Demand, method: Method, federated: bool) -> Figures {
    let mut office = Office {
        region,
        demand,
        method,
        federated,
        trips_of: demand.by_day(),
        days: BTreeMap::new(),
        standing: vec![Standing::Open; demand.trips.len()],
        met: BTreeSet::new(),
        tally: Tally::new(demand.people.drivers.len()),
    };
    let mut called_off: BTreeMap<Date, Vec<u32>> = BTreeMap::new();
    for trip in &demand.trips {
        if let Fate::CalledOff(on) = trip.fate {
            called_off.entry(on).or_default().push(trip.request.key);
        }
    }
    let mut calls = demand.calls.iter().enumerate().peekable();
    let mut day = demand.calls.first().map_or(FIRST, |call| call.on.min(FIRST));
    while day <= demand.last {
        office.morning(day);
        office.drive(day);
        while let Some((call, _)) = calls.next_if(|(_, call)| call.on <= day) {
            office.answer(call, office.moment(day, 12));
        }
        for trip in called_off.remove(&day).unwrap_or_default() {
            office.take_off(trip, office.moment(day, 16));
            office.standing[trip as usize] = Standing::Over(Outcome::Cancelled);
        }
        office.evening(later(day, 1), office.moment(day, 18));
        day = later(day, 1);
    }
    for standing in &office.standing {
        office.tally.outcome(match standing {
            Standing::Over(outcome) => *outcome,
            Standing::Open | Standing::Booked(_) => Outcome::Unmet,
        });
    }
    office.tally.figures()
}

impl Office<'_> {
    fn moment(&self, day: Date, hour: i8) -> Timestamp {
        // At none of these hours clocks jump.
        self.demand.zone.moment(day.to_datetime(time(hour, 0, 0, 0))).unwrap_or_default()
    }

    /// Returns the runs of a day, by coop.
    fn runs(&mut self, day: Date) -> &mut Vec<Vec<Run>> {
        let demand = self.demand;
        self.days.entry(day).or_insert_with(|| {
            let mut runs = vec![Vec::new(); demand.coops];
            for (key, driver) in (0..).zip(&demand.people.drivers) {
                let blocks = driver.availability.blocks_on(day, &demand.zone).unwrap_or_default();
                runs[driver.coop].extend(blocks.into_iter().map(|block| Run {
                    key,
                    capability: driver.capability,
                    block,
                    start: driver.home,
                    end: driver.home,
                    radius: Some(driver.radius),
                    stops: Vec::new(),
                    pauses: Vec::new(),
                    barred: None,
                    booked_today: 0,
                    max_trips: Some(driver.max_trips),
                    knows_rider: false,
                    preferred: false,
                }));
            }
            runs
        })
    }

    /// Finds somebody for all trips of a call, or for none of them.
    fn answer(&mut self, call: usize, now: Timestamp) -> bool {
        let trips = &self.demand.calls[call].trips;
        for (k, trip) in trips.iter().enumerate() {
            if self.standing[*trip as usize] == Standing::Open && !self.place(*trip, now) {
                trips[..k].iter().for_each(|other| self.take_off(*other, now));
                return false;
            }
        }
        true
    }

    /// Finds somebody for one trip: in her coop, then, federated, in one of the others.
    fn place(&mut self, trip: u32, now: Timestamp) -> bool {
        let asked = &self.demand.trips[trip as usize];
        if self.place_in(asked.coop, trip, &asked.request, now) {
            return true;
        }
        if !self.federated {
            return false;
        }
        let partners = (0..self.demand.coops).filter(|coop| *coop != asked.coop);
        let claims = partners.filter_map(|coop| Some((self.best(coop, trip, &asked.ticket, now)?, coop)));
        let best = claims.min_by_key(|(claim, _)| (claim.cost.total(), claim.cost.drive, claim.run));
        best.is_some_and(|(found, coop)| {
            self.put(coop, trip, found);
            true
        })
    }

    fn place_in(&mut self, coop: usize, trip: u32, request: &TripRequest<u32>, now: Timestamp) -> bool {
        let found = self.best(coop, trip, request, now);
        found.is_some_and(|found| {
            self.put(coop, trip, found);
            true
        })
    }

    fn best(
        &mut self,
        coop: usize,
        trip: u32,
        request: &TripRequest<u32>,
        now: Timestamp,
    ) -> Option<Candidate<u32, u32>> {
        let asked = &self.demand.trips[trip as usize];
        let (region, method, met) = (self.region, self.method, std::mem::take(&mut self.met));
        let runs = self.runs(asked.date).get_mut(coop)?;
        // A partner is not told whom it would drive.
        runs.iter_mut()
            .for_each(|run| run.knows_rider = coop == asked.coop && met.contains(&(run.key, asked.rider)));
        let of = |runs: &[Run]| candidates(runs, request, region, now).candidates.into_iter().next();
        let found = match method {
            Method::FirstOfList => runs.iter().find_map(|run| of(slice::from_ref(run))),
            Method::Insertion | Method::NightlyPlan => of(runs),
        };
        self.met = met;
        found
    }

    fn put(&mut self, coop: usize, trip: u32, found: Candidate<u32, u32>) {
        let day = self.demand.trips[trip as usize].date;
        if let Some(run) = self.runs(day)[coop].iter_mut().find(|run| run.key == found.run) {
            run.stops = found.stops;
            count(run);
            self.standing[trip as usize] = Standing::Booked(coop);
        }
    }

    /// Takes a trip off the run it is on.
    fn take_off(&mut self, trip: u32, now: Timestamp) {
        let Standing::Booked(coop) = self.standing[trip as usize] else { return };
        let (region, day) = (self.region, self.demand.trips[trip as usize].date);
        let on = |run: &&mut Run| run.stops.iter().any(|stop| stop.stop == trip);
        if let Some(run) = self.runs(day)[coop].iter_mut().find(on) {
            run.stops = remove(run, &trip, region, now);
            count(run);
        }
        self.standing[trip as usize] = Standing::Open;
    }

    /// Tries once more whoever nobody could take, and plans the next day.
    fn evening(&mut self, day: Date, now: Timestamp) {
        self.try_again(day, now);
        if self.method == Method::NightlyPlan {
            (0..self.demand.coops).for_each(|coop| self.plan(coop, day, now, None));
            self.try_again(day, now);
        }
    }

    fn try_again(&mut self, day: Date, now: Timestamp) {
        let open = self.trips_of.get(&day).into_iter().flatten();
        let open = open.filter(|trip| self.standing[**trip as usize] == Standing::Open);
        let calls: BTreeSet<usize> = open.map(|trip| self.demand.trips[*trip as usize].call).collect();
        for call in calls {
            self.answer(call, now);
        }
    }

    /// Plans a coop's day; with somebody ill, what is left of it.
    fn plan(&mut self, coop: usize, day: Date, now: Timestamp, ill: Option<u32>) {
        let demand = self.demand;
        let trips = self.trips_of.get(&day).into_iter().flatten().copied();
        let ours = |trip: &u32| {
            let open = self.standing[*trip as usize] == Standing::Open && ill.is_none();
            demand.trips[*trip as usize].coop == coop
                && (open || self.standing[*trip as usize] == Standing::Booked(coop))
        };
        let trips: Vec<u32> = trips.filter(ours).collect();
        if trips.is_empty() {
            return;
        }
        let wanted = trips.iter().map(|trip| {
            let asked = &demand.trips[*trip as usize];
            let call = &demand.calls[asked.call].trips;
            DayTrip {
                promised: self.standing[*trip as usize] != Standing::Open,
                linked: call.iter().copied().find(|other| other != trip && trips.contains(other)),
                ..DayTrip::plain(asked.request.clone())
            }
        });
        let wanted: Vec<_> = wanted.collect();
        let knows = |run: &Run| {
            let met = |trip: &&u32| self.met.contains(&(run.key, demand.trips[**trip as usize].rider));
            trips.iter().filter(met).copied().collect::<Vec<u32>>()
        };
        let runs = self.days.get(&day).and_then(|runs| runs.get(coop)).into_iter().flatten();
        let runs: Vec<_> =
            runs.map(|run| DayRun { knows: knows(run), ..DayRun::plain(run.clone()) }).collect();
        let work = demand.work * trips.len() as u64;
        let budget = Budget { work, threads: 1, seed: demand.seed ^ days_of(day) };
        let planned = Day::new(runs, wanted, self.region, now).and_then(|standing| match ill {
            Some(run) => standing.after(&Incident::DriverIll { run }, self.region, now),
            None => Ok(standing),
        });
        #[allow(clippy::panic)]
        // The figures are our own: a day that cannot be planned is a fault of the program.
        let planned = planned.unwrap_or_else(|fault| panic!("{day}: {fault}")).plan(budget, |_| 0.0);
        let moved = planned.changes.iter().filter(|change| change.to.is_some());
        for change in moved {
            self.tally.moved(change.to != Some(change.from), change.pick_up != Some(change.told));
        }
        trips.iter().for_each(|trip| self.standing[*trip as usize] = Standing::Open);
        for (run, plan) in self.runs(day)[coop].iter_mut().zip(planned.runs) {
            run.stops = plan.stops;
            count(run);
        }
        let on: Vec<u32> =
            self.runs(day)[coop].iter().flat_map(|run| &run.stops).map(|stop| stop.stop).collect();
        on.into_iter().for_each(|trip| self.standing[trip as usize] = Standing::Booked(coop));
    }

    /// Finds others where drivers are ill this morning.
    fn morning(&mut self, day: Date) {
        let now = self.moment(day, 6);
        let ill = |run: &Run| {
            let mut chance = luck::of(self.demand.seed, Of::Day, u64::from(run.key) | 1 << 40, days_of(day));
            !run.stops.is_empty() && chance.per_mille(ILL)
        };
        let runs = self.days.get(&day).into_iter().flatten().enumerate();
        let ill: Vec<(usize, u32)> = runs
            .flat_map(|(coop, runs)| runs.iter().filter(|run| ill(run)).map(move |run| (coop, run.key)))
            .collect();
        let mut hit: Vec<u32> = Vec::new();
        for (coop, key) in &ill {
            let Some(run) = self.runs(day)[*coop].iter().find(|run| run.key == *key) else { continue };
            let on = run.stops.iter().filter(|stop| stop.leg == Leg::PickUp).map(|stop| stop.stop);
            let on: Vec<u32> = on.collect();
            let planned = |trip: &u32| {
                self.method == Method::NightlyPlan && self.demand.trips[*trip as usize].coop == *coop
            };
            let (planned, others): (Vec<u32>, Vec<u32>) = on.iter().copied().partition(planned);
            others.iter().for_each(|trip| self.take_off(*trip, now));
            if !planned.is_empty() {
                self.plan(*coop, day, now, Some(*key));
            }
            let run = self.runs(day)[*coop].iter_mut().find(|run| run.key == *key);
            run.into_iter().for_each(|run| run.barred = Some(Bar::Closed));
            hit.extend(on);
        }
        for trip in &hit {
            if self.standing[*trip as usize] == Standing::Open {
                self.place(*trip, now);
            }
        }
        // Nobody is brought out who is not brought home.
        for trip in hit {
            if self.standing[trip as usize] == Standing::Open {
                for leg in &self.demand.calls[self.demand.trips[trip as usize].call].trips {
                    self.take_off(*leg, now);
                    self.standing[*leg as usize] = Standing::Over(Outcome::MissedTrip);
                }
            }
        }
    }

    /// Drives a day; then all its trips are over.
    fn drive(&mut self, day: Date) {
        let runs = self.days.remove(&day).unwrap_or_default();
        for run in runs.iter().flatten().filter(|run| !run.stops.is_empty()) {
            let planned = driving::drive(self.region, self.demand, day, run, Weather::AsPlanned);
            let driven = driving::drive(self.region, self.demand, day, run, Weather::Real);
            let coop = self.demand.people.drivers[run.key as usize].coop;
            for (trip, end) in &driven.trips {
                let asked = &self.demand.trips[*trip as usize];
                let outcome = match end {
                    End::Completed(ride) => {
                        self.met.insert((run.key, asked.rider));
                        self.tally.ride(ride, coop != asked.coop);
                        Outcome::Completed
                    }
                    End::NotThere => Outcome::NoShow,
                    End::AtDoor => Outcome::CancelledAtDoor,
                    End::CalledOff => Outcome::LateCancelled,
                };
                self.standing[*trip as usize] = Standing::Over(outcome);
            }
            self.tally.run(run.key as usize, &planned, &driven);
        }
        for trip in self.trips_of.get(&day).into_iter().flatten() {
            let standing = &mut self.standing[*trip as usize];
            let called_off = matches!(self.demand.trips[*trip as usize].fate, Fate::CalledOffLate(_));
            if *standing == Standing::Open {
                *standing = Standing::Over(if called_off { Outcome::LateCancelled } else { Outcome::Unmet });
            }
        }
    }
}

fn count(run: &mut Run) {
    let trips = run.stops.iter().filter(|stop| stop.leg == Leg::PickUp).count();
    run.booked_today = u32::try_from(trips).unwrap_or(u32::MAX);
}
