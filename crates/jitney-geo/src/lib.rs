//! Places, coarse cells and travel times.
//!
//! A coop knows its riders' doors; everybody else learns of a door only the hexagon of the
//! [H3 grid](https://h3geo.org) that it lies in, and how long the drive would take. This crate makes those
//! hexagons ([`cell_of`]), large enough that a crowd shares them ([`Crowd`]), measures between points and between hexagons ([`distance`],
//! [`cell_distance`]), reads points that people type or paste ([`parse_place`]), and says how long a drive
//! takes ([`TravelTimes`]), by default with nothing to install ([`StraightLine`]), or by the [`roads`] of an
//! OpenStreetMap extract ([`osm`]).
//!
//! [`places`] finds addresses and places in a file made of a map, offline.
//!
//! It knows no rider, no trip and no clock, and it never asks the network: a server of travel times is somebody
//! else's [`TravelTimes`].
//!
//! ```
//! use jitney_geo::{GOSSIP_RESOLUTION, StraightLine, TravelTimes, cell_of, parse_place};
//!
//! let home = parse_place("48.5216, 9.0576")?;
//! let clinic = parse_place("geo:48.5300,9.0370")?;
//!
//! // What partner coops see of the address: a hexagon of about five square kilometres.
//! assert_eq!(cell_of(home, GOSSIP_RESOLUTION).resolution(), 7);
//!
//! // What the planner reckons with.
//! let drive = StraightLine::default().travel(home, clinic).expect("a straight line always arrives");
//! assert_eq!((drive.metres.0 / 100, drive.minutes().0), (24, 5));
//! # Ok::<(), jitney_geo::PlaceError>(())
//! ```

mod cell;
mod crowd;
mod distance;
pub mod osm;
mod place;
pub mod places;
pub mod roads;
mod rush;
mod spot;
mod travel;

pub use cell::{
    ADDRESS_RESOLUTION, GOSSIP_RESOLUTION, GridError, Resolution, cell_distance, cell_of, centre, coarser,
};
pub use crowd::{
    AddressRegister, COARSEST_RESOLUTION, Crowd, CrowdError, REGISTER_CELLS_MAX, RegisterError, TooFew,
};
pub use distance::distance;
pub use place::{PlaceError, parse_place};
pub use rush::{PERCENT_MAX, Rush, RushError, Rushed};
pub use spot::Spot;
pub use travel::{ProfileError, StraightLine, Travel, TravelTimes};
