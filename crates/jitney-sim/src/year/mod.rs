//! A year of a coop, driven on paper: the same calls answered in different ways.
//!
//! A [`Region`] is where people live and where they go, made up or taken from an OpenStreetMap extract. [`Demand`]
//! draws riders, volunteers and a year of calls in it: weekday patterns, dialysis three times a week, cancellations,
//! riders who are not there. [`desk`] answers the calls in one of three [`Method`]s, with the engine that a node uses,
//! and [`driving`] drives what was planned through traffic, late starts and appointments that take longer. [`Figures`]
//! say what came of it.
//!
//! The figures of the field behind it: 370 riders, 78 volunteers and 4,300 one-way trips a year for an ordinary
//! American programme (NVTC 2016); of a hundred trips of London's (Ontario) paratransit 10.7 are cancelled, almost
//! half of them late, and 1.9 end with nobody at the door. What nobody has counted is set to what seems usual, and is a
//! constant beside its use.
//!
//! Everything follows from one seed. What happens to a trip (cancelled, not there, traffic) is drawn from the trip, not
//! from the order of things, so that two ways of planning meet the same year.

pub mod demand;
pub mod desk;
pub mod driving;
pub mod figures;
mod luck;
pub mod people;
pub mod region;
mod table;

#[cfg(test)]
mod tests;

use serde::Serialize;

pub use demand::Demand;
pub use desk::Method;
pub use figures::Figures;
pub use region::Region;
pub use table::table;

/// Coops of a region that is not one.
const COOPS: usize = 3;

/// How large a year.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Size {
    /// Riders of the region.
    pub riders: usize,
    /// Volunteers who drive.
    pub drivers: usize,
    /// One-way trips asked for in 52 weeks.
    pub trips: usize,
    /// Weeks, 1 to 52.
    pub weeks: usize,
    /// Work of the nightly search for each trip of the day ([`Budget::work`](jitney_dispatch::plan::Budget)).
    pub work: u64,
}

/// Work for each trip of a day, as a node spends it.
pub const WORK_PER_TRIP: u64 = 100_000;

impl Default for Size {
    fn default() -> Self {
        Size { riders: 370, drivers: 78, trips: 4_300, weeks: 52, work: WORK_PER_TRIP }
    }
}

/// One way to answer the year, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// In a few words.
    pub name: &'static str,
    /// What came of it.
    pub figures: Figures,
}

/// Answers the same year in five ways: as one coop by hand, by insertion, and by insertion with a plan each night;
/// then with the plan as three coops that know nothing of each other, and as three that federate.
pub fn compare(region: &Region, size: Size, seed: u64) -> Vec<Answered> {
    let one = Demand::new(region, size, 1, seed);
    let three = Demand::new(region, size, COOPS, seed);
    let answer = |name, demand: &Demand, method, federated| Answered {
        name,
        figures: desk::run(region, demand, method, federated),
    };
    vec![
        answer("first of the list", &one, Method::FirstOfList, false),
        answer("insertion", &one, Method::Insertion, false),
        answer("nightly plan", &one, Method::NightlyPlan, false),
        answer("three alone", &three, Method::NightlyPlan, false),
        answer("three federated", &three, Method::NightlyPlan, true),
    ]
}
