//! A coop without drivers of its own whose riders' trips all go to partners, and a partner that only looks on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jitney_domain::booking::{TicketBody, TimeBucket};
use jitney_domain::trip::Timing;
use jitney_domain::{
    Assistance, Coordinate, MemberId, Minutes, Mobility, Policy, Requirement, Role, TicketId, Timestamp,
    TripId,
};
use jitney_federation::Kind;
use jitney_node::api::{FaultKind, PlaceAsked, Reply, Request, TripAsked};
use jitney_node::core::URGENT;
use jitney_node::person::{Place, Profile};
use jitney_sim::scenario::{federation, new_world};
use jitney_sim::{Chance, World};

use crate::attacker::Sighting;

/// Riders of the town.
const RIDERS: usize = 90;
/// Days that are lived; the trips of the first ones are over by then.
const DAYS: u32 = 14;
/// The two villages people live in, and where they go: all within a few cells.
const VILLAGES: [(f64, f64); 2] = [(48.520, 9.050), (48.560, 9.110)];
/// Where people go.
const GOALS: [(&str, f64, f64); 3] =
    [("clinic", 48.531, 9.036), ("dialysis", 48.503, 9.093), ("market", 48.548, 9.071)];

/// Which way the partner sees the town's tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// As they were told.
    Told,
    /// As they would have been told to the minute and in the moment of booking.
    Unprotected,
}

/// What happened in a town.
pub struct Town {
    told: Vec<Sighting>,
    unprotected: Vec<Sighting>,
}

struct Rider {
    member: MemberId,
    goal: &'static str,
    dwell: Option<Minutes>,
    hour: i8,
    minute: i8,
}

impl Town {
    /// Lets a town live its days.
    pub fn live(seed: u64) -> Town {
        let mut chance = Chance::new(seed);
        let mut world = new_world(seed, &mut chance);
        federation(&mut world, 2, |_| Policy { claim_for_partners: false, ..Policy::default() }, &mut chance);
        for (name, lat, lon) in GOALS {
            let place = Place { label: name.to_owned(), at: at(lat, lon), note: String::new() };
            world
                .operator(0, Request::AddPlace { name: name.to_owned(), place, replace: false })
                .unwrap()
                .unwrap();
        }
        let riders: Vec<Rider> = (0..RIDERS).map(|n| rider(&mut world, n, &mut chance)).collect();
        let mut booked = BTreeMap::new();
        let mut heard = BTreeMap::new();
        // A standing order for every third, begun some day of the first week.
        let orders: Vec<(u32, usize)> =
            (0..RIDERS).step_by(3).map(|n| (u32::try_from(chance.between(0, 6)).unwrap(), n)).collect();
        for day in 0..DAYS {
            for (_, n) in orders.iter().filter(|(begins, _)| *begins == day) {
                book(&mut world, &riders[*n], true, &mut booked, &mut chance);
            }
            for _ in 0..chance.between(16, 24) {
                let n = chance.below(RIDERS);
                book(&mut world, &riders[n], false, &mut booked, &mut chance);
                world.run_for(Minutes(u32::try_from(chance.between(1, 30)).unwrap()));
            }
            let next = world.now().0.div_euclid(86_400_000) * 86_400_000 + 86_400_000 + 6 * 3_600_000;
            world.run_until(Timestamp(next));
            listen(&world, &mut heard);
        }
        assert!(world.watch.violations.is_empty(), "{:?}", world.watch.violations);
        Town { unprotected: unprotected(&world, &booked), told: told(&world, heard) }
    }

    /// Returns the tickets as the partner sees them.
    pub fn seen(&self, view: View) -> Vec<Sighting> {
        match view {
            View::Told => self.told.clone(),
            View::Unprotected => self.unprotected.clone(),
        }
    }
}

fn at(lat: f64, lon: f64) -> Coordinate {
    Coordinate::new(lat, lon).unwrap()
}

/// Adds a rider: one in four takes long to board, some need a ramp, stow a walker or bring somebody.
fn rider(world: &mut World, number: usize, chance: &mut Chance) -> Rider {
    let (lat, lon) = VILLAGES[number % VILLAGES.len()];
    let near = |chance: &mut Chance| (chance.share() - 0.5) * 0.024;
    let home = at(lat + near(chance), lon + near(chance));
    let mobility = match chance.below(10) {
        0 => Mobility::Wheelchair,
        1 => Mobility::Walker,
        _ => Mobility::Ambulatory,
    };
    let requirement = Requirement {
        mobility,
        attendants: u8::from(chance.percent(5)),
        assistance: if chance.percent(10) { Assistance::DoorToDoor } else { Assistance::CurbToCurb },
        ..Requirement::default()
    };
    let profile = Profile {
        name: format!("Rider {number}"),
        phone: None,
        home: Some(Place { label: format!("street {number}"), at: home, note: String::new() }),
        born: None,
        emergency: None,
        note: String::new(),
        requirement: Some(requirement),
        vehicle: None,
        ..Profile::default()
    };
    let add = Request::AddMember { profile, roles: [Role::Rider].into() };
    let Some(Ok(Reply::Member(member))) = world.operator(0, add) else { panic!("no rider {number}") };
    Rider {
        member: member.member,
        goal: GOALS[chance.below(GOALS.len())].0,
        dwell: chance.percent(25).then(|| Minutes(u32::try_from(chance.between(6, 14)).unwrap())),
        hour: i8::try_from(chance.between(9, 10)).unwrap(),
        minute: i8::try_from(chance.between(0, 3) * 15).unwrap(),
    }
}

/// Books a trip there, mostly also back, six to fourteen days ahead, once or twice a week.
fn book(
    world: &mut World,
    rider: &Rider,
    standing: bool,
    booked: &mut BTreeMap<TripId, Timestamp>,
    chance: &mut Chance,
) {
    let zone = world.nodes[0].zone.clone();
    let ahead = if standing { 1 } else { chance.between(6, 14) };
    let date = world.now().local(&zone).date().checked_add(ahead.days()).unwrap();
    let out = date.at(rider.hour, rider.minute, 0, 0);
    let home = out.checked_add(2.hours()).unwrap();
    let asked = TripAsked {
        rider: rider.member,
        from: PlaceAsked::Home,
        to: PlaceAsked::Named(rider.goal.to_owned()),
        timing: Timing::Appointment(out),
        home: (standing || chance.percent(70)).then_some(Timing::PickUp(home)),
        requirement: None,
        dwell: rider.dwell,
        rule: standing.then(|| "FREQ=WEEKLY;COUNT=12".to_owned()),
        except: BTreeSet::new(),
        note: String::new(),
        offer_to: None,
    };
    let before = world.now();
    match world.operator(0, Request::BookTrip(asked)) {
        Some(Ok(Reply::Booked(done))) => booked.extend(done.trips.iter().map(|trip| (trip.trip, before))),
        // She rides at that time already.
        Some(Err(fault)) if fault.kind == FaultKind::Conflict => {}
        other => panic!("not booked: {other:?}"),
    }
}

/// Notes what the partner's node holds of the town's log.
fn listen(world: &World, heard: &mut BTreeMap<TicketId, (TicketBody, u64, Timestamp)>) {
    let town = world.nodes[0].coop();
    let partner = world.nodes[1].core.as_ref().unwrap();
    for entry in partner.federation().live_entries(world.now()) {
        let header = entry.header();
        if header.origin == town && header.kind == Kind::TICKET_OPENED {
            let body: TicketBody = serde_json::from_slice(entry.body()).unwrap();
            heard.entry(body.ticket).or_insert((body, header.seq, header.issued_at));
        }
    }
}

/// Judges what was heard by what only the town knows.
fn told(world: &World, heard: BTreeMap<TicketId, (TicketBody, u64, Timestamp)>) -> Vec<Sighting> {
    let state = world.state(0).unwrap();
    let rider = |ticket: &TicketId| {
        state.tickets.get(ticket).and_then(|t| state.trips.get(&t.trip)).map(|t| t.details.rider)
    };
    heard
        .into_iter()
        .map(|(ticket, (body, seq, at))| Sighting { rider: rider(&ticket).unwrap(), body, seq, at })
        // What is urgent is told at once, with its way home: that is said openly, see the decision.
        .filter(|seen| seen.body.pick_up.window().to >= seen.at.after(URGENT))
        .collect()
}

/// Writes the same trips down as they were booked, to the minute.
fn unprotected(world: &World, booked: &BTreeMap<TripId, Timestamp>) -> Vec<Sighting> {
    let state = world.state(0).unwrap();
    let mut chance = Chance::new(1);
    let trips = booked.iter().filter_map(|(trip, at)| Some((state.trips.get(trip)?, at)));
    trips
        .zip(1..)
        .filter_map(|((trip, at), seq)| {
            let windows = trip.details.windows?;
            let ticket = TicketId::from_bytes(chance.bytes());
            let rounded = TicketBody::of(ticket, &trip.details, &windows, &Policy::default());
            let body = TicketBody {
                pick_up: TimeBucket::around(windows.pick_up),
                drop_off: TimeBucket::ending_by(windows.drop_off),
                max_ride: trip.details.max_ride,
                dwell_pick_up: trip.details.dwell.pick_up,
                dwell_drop_off: trip.details.dwell.drop_off,
                ..rounded
            };
            Some(Sighting { body, seq, at: *at, rider: trip.details.rider })
        })
        .collect()
}
