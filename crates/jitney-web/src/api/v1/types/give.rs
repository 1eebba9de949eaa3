//! Trips that change hands together.

use jitney_domain::{MemberId, TripId};
use jitney_node::{api, view};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basic::{Moment, TripNumber, at_most};

/// Who is to have a trip.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum To {
    /// This driver.
    Driver(u32),
    /// Whichever of our drivers has this trip now.
    DriverOf(TripNumber),
}

/// A trip that is to go to another driver.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Give {
    /// Which trip.
    pub(crate) trip: TripNumber,
    /// To whom.
    pub(crate) to: To,
}

impl From<Give> for api::Give {
    fn from(give: Give) -> Self {
        let to = match give.to {
            To::Driver(driver) => api::GiveTo::Driver(MemberId(driver)),
            To::DriverOf(TripNumber(trip)) => api::GiveTo::DriverOf(trip),
        };
        api::Give { trip: give.trip.0, to }
    }
}

/// Trips that are to change hands together: all of them or none.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gives {
    /// Which.
    #[serde(deserialize_with = "at_most::<100, _, _>")]
    #[schema(min_items = 1, max_items = 100)]
    pub(crate) gives: Vec<Give>,
    /// The drivers have said yes already.
    #[serde(default)]
    pub(crate) agreed: bool,
    /// Do it; else it is only said what it would cost.
    #[serde(default)]
    pub(crate) apply: bool,
}

/// Who comes, and when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Comes {
    /// Who.
    driver: u32,
    /// The driver's name.
    name: String,
    /// When the pick-up begins.
    at: Moment,
    /// Only if the driver says yes.
    to_be_asked: bool,
}

impl From<view::Comes> for Comes {
    fn from(comes: view::Comes) -> Self {
        Comes {
            driver: comes.driver.0,
            name: comes.name,
            at: comes.at.into(),
            to_be_asked: comes.to_be_asked,
        }
    }
}

/// A trip that changes hands, and what that costs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Given {
    /// Which trip.
    trip: TripNumber,
    /// Whose: somebody has to be told.
    rider: String,
    /// Who was to come; nobody if none.
    from: Option<Comes>,
    /// Who comes.
    to: Comes,
    /// Further minutes of driving for who comes.
    added_minutes: u32,
    /// Why this driver, in words that can be read out.
    reasons: Vec<String>,
}

impl From<view::Given> for Given {
    fn from(given: view::Given) -> Self {
        let trip: TripId = given.trip;
        Given {
            trip: trip.into(),
            rider: given.rider,
            from: given.from.map(Into::into),
            to: given.to.into(),
            added_minutes: given.added.0,
            reasons: given.reasons,
        }
    }
}

/// All trips that change hands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllGiven {
    /// Each.
    pub(crate) items: Vec<Given>,
}
