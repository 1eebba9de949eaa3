//! What came of a year.

use jitney_domain::Outcome;
use serde::Serialize;

use super::driving::{Driven, Ride};

/// Sums while the year goes by; times in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Tally {
    outcomes: Vec<Outcome>,
    /// Hours away from home, by driver.
    away: Vec<i64>,
    planned: Driven,
    driven: Driven,
    late: Vec<i64>,
    in_window: u32,
    appointments: u32,
    in_time: u32,
    took: i64,
    direct: i64,
    by_partners: u32,
    moved_driver: u32,
    moved_time: u32,
}

impl Tally {
    pub fn new(drivers: usize) -> Self {
        Tally { away: vec![0; drivers], ..Tally::default() }
    }

    pub fn outcome(&mut self, outcome: Outcome) {
        self.outcomes.push(outcome);
    }

    /// Counts a promise that the plan moved.
    pub fn moved(&mut self, driver: bool, time: bool) {
        self.moved_driver += u32::from(driver);
        self.moved_time += u32::from(time);
    }

    pub fn ride(&mut self, ride: &Ride, by_partner: bool) {
        self.late.push(ride.late);
        self.in_window += u32::from(ride.in_window);
        self.appointments += u32::from(ride.in_time.is_some());
        self.in_time += u32::from(ride.in_time == Some(true));
        self.took += ride.took;
        self.direct += ride.direct;
        self.by_partners += u32::from(by_partner);
    }

    pub fn run(&mut self, driver: usize, planned: &Driven, driven: &Driven) {
        self.away[driver] += driven.away;
        for (sum, run) in [(&mut self.planned, planned), (&mut self.driven, driven)] {
            sum.drive += run.drive;
            sum.away += run.away;
            sum.metres += run.metres;
            sum.deadhead += run.deadhead;
        }
    }

    pub fn figures(mut self) -> Figures {
        let count = |wanted| count(self.outcomes.iter().filter(|outcome| **outcome == wanted).count());
        let rides = self.late.len();
        self.late.sort_unstable();
        let late_p95 = self.late.get((rides * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
        let mean_late = per(hours(self.late.iter().sum()) * 60.0, rides);
        let percent = |part: u32, of: usize| per(100.0 * f64::from(part), of);
        let away: Vec<f64> = self.away.iter().map(|millis| hours(*millis)).collect();
        let mean_away = per(away.iter().sum(), away.len());
        let most_away = away.iter().copied().fold(0.0, f64::max);
        Figures {
            asked: self::count(self.outcomes.len()),
            completed: count(Outcome::Completed),
            cancelled: count(Outcome::Cancelled),
            late_cancelled: count(Outcome::LateCancelled),
            cancelled_at_door: count(Outcome::CancelledAtDoor),
            no_show: count(Outcome::NoShow),
            missed: count(Outcome::MissedTrip),
            unmet: count(Outcome::Unmet),
            by_partners: self.by_partners,
            planned: Driving::of(&self.planned, rides),
            driven: Driving::of(&self.driven, rides),
            in_window_percent: percent(self.in_window, rides),
            mean_late_minutes: mean_late,
            p95_late_minutes: hours(late_p95) * 60.0,
            in_time_percent: percent(self.in_time, self.appointments as usize),
            mean_ride_minutes: per(hours(self.took) * 60.0, rides),
            mean_direct_minutes: per(hours(self.direct) * 60.0, rides),
            drivers_used: self::count(away.iter().filter(|hours| **hours > 0.0).count()),
            gini: gini(&away),
            most_over_mean: if mean_away > 0.0 { most_away / mean_away } else { 0.0 },
            moved_driver: self.moved_driver,
            moved_time: self.moved_time,
        }
    }
}

/// What came of a year of calls. Every trip asked for is in one of the counts from `completed` to `unmet`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// One-way trips asked for.
    pub asked: u32,
    /// Riders driven.
    pub completed: u32,
    /// Called off on an earlier day.
    pub cancelled: u32,
    /// Called off on the day, the driver not yet on the way to her.
    pub late_cancelled: u32,
    /// Called off with the driver on the way to her door.
    pub cancelled_at_door: u32,
    /// Nobody at the door.
    pub no_show: u32,
    /// Promised, and nobody came: the driver ill and nobody else found; with the other half of the round trip.
    pub missed: u32,
    /// Nobody could be found; with the other half of the round trip.
    pub unmet: u32,
    /// Of those completed, driven by another coop.
    pub by_partners: u32,
    /// Driving as it was planned in the morning.
    pub planned: Driving,
    /// Driving as it went.
    pub driven: Driving,
    /// Pick-ups within the window that was agreed, of a hundred.
    pub in_window_percent: f64,
    /// How much later than told drivers came.
    pub mean_late_minutes: f64,
    /// The same: of twenty pick-ups nineteen were not later.
    pub p95_late_minutes: f64,
    /// Appointments for which the rider was there in time, of a hundred.
    pub in_time_percent: f64,
    /// How long a ride took.
    pub mean_ride_minutes: f64,
    /// What the direct drives are reckoned with.
    pub mean_direct_minutes: f64,
    /// Drivers with at least one run.
    pub drivers_used: u32,
    /// How unevenly hours are spread over all drivers: 0 if all have the same, 1 if one has them all (Gini 1912).
    pub gini: f64,
    /// Hours of the busiest driver by the mean of all.
    pub most_over_mean: f64,
    /// Promises whose driver the plan changed, within what was agreed.
    pub moved_driver: u32,
    /// Promises whose time the plan changed, within the window that was agreed.
    pub moved_time: u32,
}

/// Driving of a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Driving {
    /// Hours at the wheel.
    pub drive_hours: f64,
    /// Hours from leaving home to coming home, waiting included.
    pub away_hours: f64,
    /// Kilometres.
    pub km: f64,
    /// Of those with no rider on board.
    pub deadhead_km: f64,
    /// Kilometres by riders driven.
    pub km_per_trip: f64,
}

impl Driving {
    fn of(driven: &Driven, rides: usize) -> Self {
        #[allow(clippy::cast_precision_loss)] // A year's way is not round the sun.
        let km = |metres: u64| metres as f64 / 1000.0;
        Driving {
            drive_hours: hours(driven.drive),
            away_hours: hours(driven.away),
            km: km(driven.metres),
            deadhead_km: km(driven.deadhead),
            km_per_trip: per(km(driven.metres), rides),
        }
    }
}

impl Figures {
    /// Returns the share of trips that were wanted to the end and not served, of a hundred.
    pub fn unserved_percent(&self) -> f64 {
        let called_off = self.cancelled + self.late_cancelled + self.cancelled_at_door;
        per(100.0 * f64::from(self.unmet + self.missed), (self.asked - called_off) as usize)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[allow(clippy::cast_precision_loss)] // A year has few milliseconds.
fn hours(millis: i64) -> f64 {
    millis as f64 / 3_600_000.0
}

#[allow(clippy::cast_precision_loss)] // A few thousand.
fn per(sum: f64, count: usize) -> f64 {
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// Returns the Gini coefficient.
pub(super) fn gini(shares: &[f64]) -> f64 {
    let mut sorted = shares.to_vec();
    sorted.sort_by(f64::total_cmp);
    let sum: f64 = sorted.iter().sum();
    if sum <= 0.0 {
        return 0.0;
    }
    #[allow(clippy::cast_precision_loss)] // A few hundred.
    let n = sorted.len() as f64;
    let ranked: f64 = (1u32..).zip(&sorted).map(|(rank, share)| f64::from(rank) * share).sum();
    2.0 * ranked / (n * sum) - (n + 1.0) / n
}
