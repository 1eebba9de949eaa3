//! What a day consists of.

use jitney_domain::Minutes;

use crate::model::{RunState, TripRequest};

/// What becomes of a wheelchair space that nobody uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Convertible {
    /// Nothing.
    #[default]
    Fixed,
    /// A seat folds down in it.
    OneSeat,
    /// Two seats fold down in it.
    TwoSeats,
}

/// A run that can be planned.
#[derive(Debug, Clone, PartialEq)]
pub struct DayRun<K, S> {
    /// Driver, vehicle, block of time, and the stops so far. A barred run keeps whoever is on board, nobody else.
    pub state: RunState<K, S>,
    /// The longest from leaving the start to reaching the end; `None` if only the block counts.
    pub max_duration: Option<Minutes>,
    /// Whether wheelchair spaces give seats when nobody uses them.
    pub convertible: Convertible,
    /// Trips whose rider this driver knows.
    pub knows: Vec<S>,
}

impl<K, S> DayRun<K, S> {
    /// Returns a run without terms of its own.
    pub fn plain(state: RunState<K, S>) -> Self {
        let convertible = Convertible::Fixed;
        DayRun { state, max_duration: None, convertible, knows: Vec::new() }
    }
}

/// A trip of the day, on a run already or not.
#[derive(Debug, Clone, PartialEq)]
pub struct DayTrip<K, S> {
    /// What is wanted; for a trip on a run the windows that were agreed.
    pub request: TripRequest<S>,
    /// It has been promised, on a run or not: undone it counts many times.
    pub promised: bool,
    /// No other run than this may take it.
    pub locked: Option<K>,
    /// Runs that must not take it: vetting, incompatibility, a no.
    pub barred: Vec<K>,
    /// The runs of the driver whom the rider would like best.
    pub preferred: Vec<K>,
    /// The rider may not be left alone in the vehicle while the driver is at somebody's door.
    pub guarded: bool,
    /// The other half of a round trip: both are driven or neither.
    pub linked: Option<S>,
}

impl<K, S> DayTrip<K, S> {
    /// Returns a trip without terms of its own.
    pub fn plain(request: TripRequest<S>) -> Self {
        DayTrip {
            request,
            promised: false,
            locked: None,
            barred: Vec::new(),
            preferred: Vec::new(),
            guarded: false,
            linked: None,
        }
    }
}
