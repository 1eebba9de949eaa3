//! Offline search for addresses and places.
//!
//! [`collect`] reads what can be found out of an OpenStreetMap extract, [`build`] makes a compact file of it, and
//! [`Places`] searches that file where it lies: as it is typed, in local spelling, in spite of slips, nearest
//! first. [`find`] asks all sources at once: a rider's own places, the coop's, coordinates, plus codes and
//! the map; [`choose`] never guesses. [`Places::nearest`] answers the other way round.
//!
//! Nothing here is logged and nothing leaves the machine: who looks for which address is a secret of the coop.

mod abbreviations;
mod addresses;
mod bytes;
mod collect;
mod dictionary;
mod document;
mod edits;
mod file;
mod find;
mod fold;
mod hit;
mod house;
mod houses;
mod index;
mod locality;
mod matches;
mod plus_code;
mod query;
mod rank;
mod reverse;
mod search;
mod slot;
mod streets;
mod tags;

pub use addresses::{AddressListError, add_addresses};
pub use collect::{CollectError, Collected, collect};
pub use document::{Document, House, Kind};
#[doc(hidden)]
pub use file::seal;
pub use file::{Counts, Places, PlacesFileError};
pub use find::{Around, Choice, Saved, choose, find};
pub use fold::fold;
pub use hit::{Hit, Source};
pub use house::Number;
pub use index::{BuildError, ENTRIES_MAX, build};
pub use locality::Localities;
pub use plus_code::PlusCode;
pub use reverse::Nearby;

#[cfg(test)]
mod tests;
