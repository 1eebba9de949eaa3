//! A year of calls, and what becomes of each whoever drives it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::{Date, date};
use jitney_dispatch::TripRequest;
use jitney_domain::booking::TicketBody;
use jitney_domain::subscription;
use jitney_domain::trip::{Dwell, Timing, TripDetails, Way, Windows, windows};
use jitney_domain::{Coordinate, MemberId, Minutes, Policy, Requirement, TicketId, Zone};
use jitney_geo::{GOSSIP_RESOLUTION, TravelTimes, cell_of, centre};

use super::Size;
use super::luck::{self, Of, weighted};
use super::people::{People, Rider};
use super::region::Region;
use crate::rng::Chance;

/// The first day, a Monday.
pub const FIRST: Date = date(2026, 1, 5);
/// One rider of so many goes to dialysis.
const RIDERS_PER_DIALYSIS: usize = 90;
/// Calls by weekday, Monday to Sunday.
pub const WEEKDAYS: [u32; 7] = [180, 220, 210, 215, 150, 20, 5];
/// Appointments by hour from eight on.
const HOURS: [u32; 8] = [4, 18, 24, 16, 8, 14, 11, 5];
/// Calls by how many days ahead they come, from one day on.
const DAYS_AHEAD: [u32; 14] = [10, 12, 14, 8, 8, 8, 16, 5, 4, 3, 3, 3, 3, 3];
/// Of a hundred calls so many want one way only.
const ONE_WAY: u32 = 6;
/// Of a thousand calls so many are cancelled (London, Ontario, 2019), and of a hundred of those so many late.
const CANCELLED: u32 = 107;
const LATE: u32 = 46;
/// Of a thousand riders so many are not there (the same).
const NO_SHOW: u32 = 19;

/// What becomes of a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// She comes along.
    Comes,
    /// She calls off on an earlier day.
    CalledOff(Date),
    /// She calls off on the day, so long before the first pick-up of her call.
    CalledOffLate(Minutes),
    /// She is not there.
    NotThere,
    /// She was not there for the way out, and need not be brought home.
    NotNeeded,
}

/// A one-way trip asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose.
    pub rider: usize,
    /// Her coop.
    pub coop: usize,
    /// Where from.
    pub from: Coordinate,
    /// Where to.
    pub to: Coordinate,
    /// The day.
    pub date: Date,
    /// When, as the caller said it.
    pub timing: Timing,
    /// When driver and rider may meet and part.
    pub windows: Windows,
    /// What the planner of her coop is asked.
    pub request: TripRequest<u32>,
    /// What partners are asked: as much as a ticket says.
    pub ticket: TripRequest<u32>,
    /// What becomes of it.
    pub fate: Fate,
    /// How much later than told she can get in.
    pub ready_late: Minutes,
    /// The call it belongs to.
    pub call: usize,
}

/// A call: one trip, or a trip and the way home.
#[derive(Debug, Clone)]
pub struct Call {
    /// The day on which it comes.
    pub on: Date,
    /// Its trips, in driving order.
    pub trips: Vec<u32>,
}

/// Everything that does not depend on how calls are answered.
#[derive(Debug, Clone)]
pub struct Demand {
    /// Everybody.
    pub people: People,
    /// Trips, by number.
    pub trips: Vec<Asked>,
    /// Calls, in the order in which they come.
    pub calls: Vec<Call>,
    /// The rules of service.
    pub policy: Policy,
    /// The clock on the wall.
    pub zone: Zone,
    /// Coops.
    pub coops: usize,
    /// Last day of driving.
    pub last: Date,
    /// Work of the nightly search for each trip.
    pub work: u64,
    /// What all of it follows from.
    pub seed: u64,
}

/// What a rider wants, before it is known when she may be fetched.
struct Wish {
    rider: usize,
    goal: Coordinate,
    out: Timing,
    home: Option<Timing>,
    on: Date,
}

impl Demand {
    /// Draws a year.
    ///
    /// # Panics
    /// If the zone database is not there, which is compiled in.
    pub fn new(region: &Region, size: Size, coops: usize, seed: u64) -> Self {
        let weeks = size.weeks.clamp(1, 52);
        let last = later(FIRST, i64::try_from(weeks * 7).unwrap_or(364) - 1);
        #[allow(clippy::expect_used)]
        let zone = Zone::named("Europe/Berlin").expect("the zone database is compiled in");
        let people = People::new(region, size, coops, seed, FIRST, last);
        let mut demand = Demand {
            people,
            trips: Vec::new(),
            calls: Vec::new(),
            policy: Policy::default(),
            zone,
            coops,
            last,
            work: size.work,
            seed,
        };
        let chance = &mut luck::of(seed, Of::Calls, 0, 0);
        let mut wishes = demand.dialysis(region, chance);
        let standing = wishes.len() * 2;
        let out = wishes.iter().map(|wish| (wish.rider, wish.out.date())).collect();
        wishes.extend(demand.errands(
            region,
            (size.trips * weeks / 52).saturating_sub(standing),
            weeks,
            out,
            chance,
        ));
        wishes.sort_by_key(|wish| wish.on);
        for wish in wishes {
            demand.add(region, &wish);
        }
        demand
    }

    /// Three times a week to one of the two largest clinics and home again, ordered once.
    fn dialysis(&self, region: &Region, chance: &mut Chance) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for rider in 0..self.people.riders.len() / RIDERS_PER_DIALYSIS {
            let (rule, first) = match rider % 2 {
                0 => ("FREQ=WEEKLY;BYDAY=MO,WE,FR", FIRST),
                _ => ("FREQ=WEEKLY;BYDAY=TU,TH,SA", later(FIRST, 1)),
            };
            let begins = if chance.percent(50) { 7 } else { 12 };
            let goal = region.clinics[rider % region.clinics.len().clamp(1, 2)];
            let at = first.at(begins, 0, 0, 0);
            let days = subscription::dates(rule, at, FIRST, self.last, &self.zone).unwrap_or_default();
            let ahead = i64::from(self.policy.subscription_days);
            wishes.extend(days.into_iter().map(|day| Wish {
                rider,
                goal,
                out: Timing::Appointment(day.at(begins, 0, 0, 0)),
                home: Some(Timing::PickUp(day.at(begins + 4, 30, 0, 0))),
                on: later(day, -ahead),
            }));
        }
        wishes
    }

    /// Everything else: to the doctor, to the shops, on weekdays for the most part, some days ahead.
    fn errands(
        &self,
        region: &Region,
        trips: usize,
        weeks: usize,
        mut days_out: BTreeSet<(usize, Date)>,
        chance: &mut Chance,
    ) -> Vec<Wish> {
        let weights: Vec<u32> = self.people.riders.iter().map(|rider| rider.weight).collect();
        let (mut wishes, mut made) = (Vec::new(), 0);
        while made < trips {
            let week = i64::try_from(chance.below(weeks)).unwrap_or(0);
            let day = later(FIRST, week * 7 + i64::try_from(weighted(chance, &WEEKDAYS)).unwrap_or(0));
            let (rider, goal) = (weighted(chance, &weights), goal(region, chance));
            let hour = 8 + i8::try_from(weighted(chance, &HOURS)).unwrap_or(0);
            let at = day.at(hour, [0, 15, 30, 45][chance.below(4)], 0, 0);
            let stay = Span::new().minutes(15 * chance.between(3, 10));
            let one_way = chance.percent(ONE_WAY) || made + 1 == trips;
            let ahead = 1 + i64::try_from(weighted(chance, &DAYS_AHEAD)).unwrap_or(0);
            // Nobody calls twice for a day, and nobody goes where she lives.
            let home = self.people.riders.get(rider).map(|rider| rider.home);
            if home == Some(goal) || !days_out.insert((rider, day)) {
                continue;
            }
            let home = (!one_way).then(|| Timing::PickUp(at.saturating_add(stay)));
            made += 1 + usize::from(home.is_some());
            wishes.push(Wish { rider, goal, out: Timing::Appointment(at), home, on: later(day, -ahead) });
        }
        wishes
    }

    /// Adds a call with its trips, if a road leads there and back.
    fn add(&mut self, region: &Region, wish: &Wish) {
        let call = self.calls.len();
        let rider = self.people.riders[wish.rider].clone();
        let chance = &mut luck::of(self.seed, Of::Call, wish.rider as u64, days_of(wish.out.date()));
        let fates = fates(wish, chance);
        let late = [
            Minutes(if chance.percent(15) { minutes(chance, 1, 8) } else { 0 }),
            // Appointments take longer than was thought, a quarter of them.
            Minutes(if chance.percent(25) { minutes(chance, 5, 35) } else { 0 }),
        ];
        let legs = [(Some(wish.out), rider.home, wish.goal), (wish.home, wish.goal, rider.home)];
        let mut trips = Vec::new();
        for (k, (timing, from, to)) in legs.into_iter().enumerate() {
            let Some(timing) = timing else { continue };
            let Some(mut asked) = self.asked(region, &rider, timing, from, to) else { continue };
            asked.rider = wish.rider;
            (asked.call, asked.fate, asked.ready_late) = (call, fates[k], late[k]);
            trips.push(asked.request.key);
            self.trips.push(asked);
        }
        self.calls.push(Call { on: wish.on, trips });
    }

    /// Returns a trip as the coop's rules make it of what the caller said.
    fn asked(
        &self,
        region: &Region,
        rider: &Rider,
        timing: Timing,
        from: Coordinate,
        to: Coordinate,
    ) -> Option<Asked> {
        let key = u32::try_from(self.trips.len()).ok()?;
        let drive = region.travel(from, to)?;
        let direct = drive.minutes();
        let dwell = Dwell { pick_up: self.policy.dwell, drop_off: self.policy.dwell };
        let max_ride = self.policy.max_ride(direct);
        let when = windows(&timing, direct, max_ride, &dwell, &self.policy, &self.zone).ok()??;
        let (from_cell, to_cell) = (cell_of(from, GOSSIP_RESOLUTION), cell_of(to, GOSSIP_RESOLUTION));
        let (from_about, to_about) = (centre(from_cell).ok()?, centre(to_cell).ok()?);
        let by_cells = region.travel(from_about, to_about).map_or(direct, |drive| drive.minutes());
        let way = Way { from: from_cell, to: to_cell, direct, by_cells, metres: drive.metres };
        let request = TripRequest {
            key,
            pick_up: from,
            drop_off: to,
            pick_up_window: when.pick_up,
            drop_off_window: when.drop_off,
            dwell_pick_up: dwell.pick_up,
            dwell_drop_off: dwell.drop_off,
            requirement: rider.requirement,
            max_ride,
            preferred_pick_up: when.preferred,
            apart: Vec::new(),
        };
        let details = TripDetails {
            rider: MemberId(0),
            timing,
            way,
            requirement: rider.requirement,
            dwell,
            max_ride,
            windows: Some(when),
        };
        let body = TicketBody::of(TicketId::from_bytes([0; 16]), &details, &when, &self.policy);
        let ticket = TripRequest {
            pick_up: from_about,
            drop_off: to_about,
            pick_up_window: body.pick_up.window(),
            drop_off_window: body.drop_off.window(),
            dwell_pick_up: body.dwell_pick_up,
            dwell_drop_off: body.dwell_drop_off,
            requirement: Requirement { ..body.requirement() },
            max_ride: body.max_ride,
            ..request.clone()
        };
        let (coop, date) = (rider.coop, timing.date());
        let (fate, ready_late) = (Fate::Comes, Minutes(0));
        Some(Asked {
            rider: 0,
            coop,
            from,
            to,
            date,
            timing,
            windows: when,
            request,
            ticket,
            fate,
            ready_late,
            call: 0,
        })
    }

    /// Returns the trips of each day.
    pub fn by_day(&self) -> BTreeMap<Date, Vec<u32>> {
        let mut days: BTreeMap<Date, Vec<u32>> = BTreeMap::new();
        for trip in &self.trips {
            days.entry(trip.date).or_default().push(trip.request.key);
        }
        days
    }
}

/// Two calls of three go to a clinic, the larger the likelier.
fn goal(region: &Region, chance: &mut Chance) -> Coordinate {
    let (clinic, shop) = (chance.percent(66), chance.pick(&region.shops));
    let size: Vec<u32> = (1..=region.clinics.len()).map(|k| 60 / u32::try_from(k).unwrap_or(60)).collect();
    let nearest = region.clinics[weighted(chance, &size)];
    shop.filter(|_| !clinic).unwrap_or(nearest)
}

/// Returns what becomes of the way out and of the way home.
fn fates(wish: &Wish, chance: &mut Chance) -> [Fate; 2] {
    let day = wish.out.date();
    let (cancelled, late) = (chance.per_mille(CANCELLED), chance.percent(LATE));
    let notice = Minutes(minutes(chance, 15, 115));
    let lead = wish.on.until(day).map_or(1, |span| i64::from(span.get_days()));
    let called_off = later(day, -chance.between(1, lead.clamp(1, 10)));
    let not_there = [chance.per_mille(NO_SHOW), chance.per_mille(NO_SHOW)];
    match (cancelled, late, not_there) {
        (true, false, _) => [Fate::CalledOff(called_off); 2],
        (true, true, _) => [Fate::CalledOffLate(notice); 2],
        (_, _, [true, _]) => [Fate::NotThere, Fate::NotNeeded],
        (_, _, [_, true]) => [Fate::Comes, Fate::NotThere],
        _ => [Fate::Comes; 2],
    }
}

fn minutes(chance: &mut Chance, low: i64, high: i64) -> u32 {
    u32::try_from(chance.between(low, high)).unwrap_or(0)
}

/// Returns the day so much later.
pub(super) fn later(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days))
}

/// Returns the number of a day, for drawing.
pub(super) fn days_of(day: Date) -> u64 {
    let days = FIRST.until(day).map_or(0, |span| i64::from(span.get_days()));
    days.cast_unsigned()
}
