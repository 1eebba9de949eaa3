//! Random small problems.

use crate::plan::dice::Dice;
use crate::plan::{ANYWHERE, Job, KINDS, Leg, NO_WAY, Parts, Request, Vehicle, Visit, Weights};

/// What a random problem may contain.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub requests: usize,
    pub vehicles: usize,
    /// Straight lines, or any table of times.
    pub metric: bool,
    /// Breaks, people aboard, guarded riders, incompatible ones, weights.
    pub rich: bool,
}

pub fn roll(dice: &mut Dice, from: i64, to: i64) -> i64 {
    from + dice.below((to - from + 1) as usize) as i64
}

pub fn once_in(dice: &mut Dice, times: usize) -> bool {
    dice.below(times) == 0
}

/// Returns a problem of the kind.
pub fn parts(kind: Kind, seed: u64) -> Parts {
    let dice = &mut Dice::new(seed);
    let (n, m) = (kind.requests, kind.vehicles);
    let places = 2 * n + 2;
    let points: Vec<(i64, i64)> = (0..places).map(|_| (roll(dice, 0, 30), roll(dice, 0, 30))).collect();
    let mut legs = Vec::new();
    for a in &points {
        for b in &points {
            let mut time = ((a.0 - b.0).abs() + (a.1 - b.1).abs()) as u32;
            let mut cost = time * 10;
            if !kind.metric {
                time = if once_in(dice, 30) { NO_WAY } else { roll(dice, 0, 30) as u32 };
                cost = roll(dice, 0, 300) as u32;
            }
            legs.push(Leg { time, cost });
        }
    }
    (0..places).for_each(|k| legs[k * places + k] = Leg::default());
    let requests = (0..n).map(|r| request(dice, r, kind)).collect::<Vec<_>>();
    let vehicle = |dice: &mut Dice| {
        let from = roll(dice, 0, 30);
        let mut place = [0; KINDS];
        (place[0], place[1]) = (roll(dice, 1, 3) as i16, roll(dice, 0, 2) as i16);
        Vehicle {
            start: 2 * n as u32,
            end: 2 * n as u32 + roll(dice, 0, 1) as u32,
            from,
            to: from + roll(dice, 120, 300),
            max_duration: once_in(dice, 2).then(|| roll(dice, 80, 200)),
            places: place,
            max_rides: (kind.rich && once_in(dice, 4)).then(|| roll(dice, 1, 3) as u32),
            fixed_cost: if once_in(dice, 2) { 0 } else { roll(dice, 0, 100) },
            rides_before: if kind.rich { roll(dice, 0, 3) as u32 } else { 0 },
        }
    };
    let vehicles: Vec<Vehicle> = (0..m).map(|_| vehicle(dice)).collect();
    let mut parts = Parts { places, legs, requests, vehicles, ..Parts::default() };
    for r in 0..n as u32 {
        let bound = !matches!(parts.requests[r as usize].job, Job::Ride(..));
        let only = dice.below(m) as u32;
        parts.forbidden.extend((0..m as u32).filter(|v| bound && *v != only).map(|v| (v, r)));
        if !bound && kind.rich && once_in(dice, 8) {
            parts.forbidden.push((only, r));
        }
        if kind.rich && once_in(dice, 4) {
            parts.liking.push((dice.below(m) as u32, r, roll(dice, -50, 50)));
        }
    }
    if kind.rich {
        for _ in 0..n / 3 {
            let (a, b) = (dice.below(n) as u32, dice.below(n) as u32);
            if a != b {
                parts.apart.push((a, b));
            }
        }
        if once_in(dice, 2) {
            parts.weights = Weights {
                deadhead_permille: roll(dice, 0, 3) as u32 * 1000,
                rider_permille: roll(dice, 0, 3) as u32 * 1000,
                fairness: roll(dice, 0, 20),
            };
        }
    }
    parts
}

fn request(dice: &mut Dice, r: usize, kind: Kind) -> Request {
    let span = |dice: &mut Dice, place: usize| {
        let from = roll(dice, 0, 150);
        let wide = if once_in(dice, 3) { 300 } else { roll(dice, 0, 40) };
        Visit {
            place: place as u32,
            from,
            to: from + wide,
            dwell: roll(dice, 0, 4),
            leaves_vehicle: kind.rich && once_in(dice, 3),
        }
    };
    let get_in = span(dice, 2 * r);
    let mut get_out = span(dice, 2 * r + 1);
    if !once_in(dice, 3) {
        (get_out.from, get_out.to) = (get_in.from, get_in.to + 60);
    }
    let mut load = [0; KINDS];
    (load[0], load[1]) = if once_in(dice, 4) { (roll(dice, 0, 1) as i16, 1) } else { (1, 0) };
    let mut request = Request {
        job: Job::Ride(get_in, get_out),
        load,
        riders: 1 + u16::from(once_in(dice, 4)),
        max_ride: (!once_in(dice, 4)).then(|| roll(dice, 10, 60)),
        unserved: 100_000,
        guarded: kind.rich && once_in(dice, 5),
        linked: None,
    };
    if kind.rich && once_in(dice, 7) {
        let place = if once_in(dice, 2) { ANYWHERE } else { get_in.place };
        let pause = Visit { place, to: get_in.from + 100, dwell: 10, leaves_vehicle: false, ..get_in };
        request = Request { job: Job::Break(pause), load: [0; KINDS], riders: 0, guarded: false, ..request };
    } else if kind.rich && once_in(dice, 9) {
        request.job = Job::Aboard(Visit { to: 120, from: 0, ..get_out });
        request.load = [1, 0, 0, 0, 0, 0];
    }
    request
}
