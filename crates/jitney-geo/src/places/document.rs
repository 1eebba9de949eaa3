//! What can be searched: streets with their houses, settlements, and places with a name.

use jitney_domain::Coordinate;

/// What a place is; the order is that of importance, so that of two equal matches the town comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A city.
    City = 0,
    /// A town.
    Town = 1,
    /// A village.
    Village = 2,
    /// A suburb, hamlet or quarter.
    Neighbourhood = 3,
    /// Where people are treated: hospital, clinic, doctor, pharmacy.
    Health = 4,
    /// A street, with what houses of it are known.
    Street = 5,
    /// Any other place with a name: shop, church, office.
    Venue = 6,
    /// A bus stop or station.
    Stop = 7,
}

impl Kind {
    const ALL: [Kind; 8] = [
        Kind::City,
        Kind::Town,
        Kind::Village,
        Kind::Neighbourhood,
        Kind::Health,
        Kind::Street,
        Kind::Venue,
        Kind::Stop,
    ];

    /// Returns the kind of that number in a file.
    pub(super) fn from_number(number: u32) -> Option<Kind> {
        Kind::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// Tells whether people live in it, rather than at it.
    pub fn is_settlement(self) -> bool {
        self <= Kind::Neighbourhood
    }

    /// Tells whether a driver who is sent there knows the door.
    pub fn is_door(self) -> bool {
        matches!(self, Kind::Health | Kind::Venue | Kind::Stop)
    }
}

/// A house of a street.
#[derive(Debug, Clone, PartialEq)]
pub struct House {
    /// Its number as it is written: `12`, `12a`, `12-14`.
    pub number: String,
    /// Its postcode, if it is known.
    pub postcode: String,
    /// Where it is.
    pub at: Coordinate,
}

/// Something that can be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it is.
    pub kind: Kind,
    /// What it is in a word or two, such as `pharmacy`; may be empty.
    pub what: String,
    /// Its name.
    pub name: String,
    /// Its other names: in other languages, short, old.
    pub aliases: Vec<String>,
    /// Street and number of a place that is no street; may be empty.
    pub address: String,
    /// The town or village it belongs to; may be empty.
    pub locality: String,
    /// Its postcode; may be empty. Houses have their own.
    pub postcode: String,
    /// Where it is; of a street, a point on it near its middle.
    pub at: Coordinate,
    /// Its houses.
    pub houses: Vec<House>,
}

impl Document {
    /// Builds a document of which only the name is known.
    pub fn new(kind: Kind, name: impl Into<String>, at: Coordinate) -> Self {
        Document {
            kind,
            what: String::new(),
            name: name.into(),
            aliases: Vec::new(),
            address: String::new(),
            locality: String::new(),
            postcode: String::new(),
            at,
            houses: Vec::new(),
        }
    }
}
