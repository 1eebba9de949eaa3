//! The other way round: which address or place is nearest to a point.
//!
//! Sites and houses are listed by the cells of a grid of hundredths of a degree (some 1.1 km), so that a look
//! around a point is a look into the cells around it.

use jitney_domain::{Coordinate, Metres};

use super::document::Kind;
use super::file::{Places, View};
use super::hit::label;
use super::rank;
use crate::Spot;

/// Cells of one degree's side.
const PARTS_PER_CELL: i32 = 100_000;
/// Cells around the globe.
const COLUMNS: u32 = 36_000;
/// Rings of cells that are looked into: what is farther than some 5 km is no neighbour.
const RINGS: i32 = 5;
/// Numbers of one entry of the grid.
const ENTRY: u32 = 2;
/// Of two things about as far, the more telling one is named: a house before a street, a street before a stop.
const DOOR_WORTH: f64 = 25.0;

/// What lies nearest to a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearby {
    /// The address, street or place, with its locality.
    pub label: String,
    /// How far it is.
    pub distance: Metres,
}

impl Nearby {
    /// Returns it in words: `12 Mill Lane, Ashford`, or, from some way off, `240 m from 12 Mill Lane, Ashford`.
    pub fn words(&self) -> String {
        match self.distance.0 {
            0..=30 => self.label.clone(),
            metres @ 31..1000 => format!("{} m from {}", metres.div_ceil(10).saturating_mul(10), self.label),
            _ => format!("{:.1} km from {}", self.distance.km(), self.label),
        }
    }
}

/// Returns the cell of the grid that a point lies in.
pub(super) fn cell_of(spot: Spot) -> u32 {
    let row = row_of(spot);
    let column = column_of(spot);
    row.saturating_mul(COLUMNS).saturating_add(column)
}

fn row_of(spot: Spot) -> u32 {
    spot.lat().saturating_add(900_000_000).div_euclid(PARTS_PER_CELL).unsigned_abs()
}

fn column_of(spot: Spot) -> u32 {
    // The 180th meridian is one line, whichever way it is written.
    spot.lon().saturating_add(1_800_000_000 - 1).saturating_add(1).div_euclid(PARTS_PER_CELL).unsigned_abs()
        % COLUMNS
}

impl<B: AsRef<[u8]>> Places<B> {
    /// Returns the nearest address, street or place within some 5 km; none in the wilderness.
    pub fn nearest(&self, point: Coordinate) -> Option<Nearby> {
        self.nearest_of(point, |_, _| true)
    }

    /// Returns the nearest town, village or quarter within some 5 km: what is known of a point only coarsely has no
    /// street and no house.
    pub fn nearest_settlement(&self, point: Coordinate) -> Option<Nearby> {
        self.nearest_of(point, |view, item| match item {
            Item::House(_) => false,
            Item::Site(at) => {
                let kind = view.site(at).and_then(|site| Kind::from_number(site.kind));
                kind.is_some_and(Kind::is_settlement)
            }
        })
    }

    fn nearest_of(&self, point: Coordinate, wanted: impl Fn(&View<'_>, Item) -> bool) -> Option<Nearby> {
        let view = self.view();
        let spot = Spot::from(point);
        let mut best: Option<(f64, Item)> = None;
        for ring in 0..=RINGS {
            for cell in cells_of_ring(spot, ring) {
                for item in items(&view, cell).filter(|item| wanted(&view, *item)) {
                    let Some(worth) = item.worth(&view, spot) else { continue };
                    if best.as_ref().is_none_or(|(least, _)| worth < *least) {
                        best = Some((worth, item));
                    }
                }
            }
            // A cell is at least so wide: what lies in rings further out is farther.
            let covered = f64::from(ring) * 1_113.0 * point.lat().to_radians().cos();
            if best.as_ref().is_some_and(|(least, _)| *least <= covered - 4.0 * DOOR_WORTH) {
                break;
            }
        }
        let (_, item) = best?;
        item.named(&view, spot)
    }
}

/// Something in a cell.
#[derive(Debug, Clone, Copy)]
enum Item {
    Site(u32),
    House(u32),
}

impl Item {
    fn spot(self, view: &View<'_>) -> Option<Spot> {
        match self {
            Item::Site(at) => view.site(at)?.spot(),
            Item::House(at) => view.house(at)?.spot(),
        }
    }

    /// Returns the distance in metres, with what a driver is better off without counted as farther.
    fn worth(self, view: &View<'_>, spot: Spot) -> Option<f64> {
        let metres = rank::metres(self.spot(view)?, spot);
        let detour = match self {
            Item::House(_) => 0.0,
            Item::Site(at) => match Kind::from_number(view.site(at)?.kind)? {
                Kind::Health | Kind::Venue => 1.0,
                Kind::Street => 2.0,
                Kind::Stop => 3.0,
                _ => 4.0,
            },
        };
        Some(metres + detour * DOOR_WORTH)
    }

    fn named(self, view: &View<'_>, spot: Spot) -> Option<Nearby> {
        let own = self.spot(view)?;
        let label = match self {
            Item::Site(at) => label(view, &view.site(at)?, "", None),
            Item::House(at) => {
                let house = view.house(at)?;
                let site = view.site(street_of(view, at)?)?;
                let postcode = Some(view.texts.get(house.postcode)).filter(|code| !code.is_empty());
                label(view, &site, view.texts.get(house.number), postcode)
            }
        };
        let metres = crate::distance(own.into(), spot.into());
        Some(Nearby { label, distance: metres })
    }
}

/// Returns the site that a house belongs to: the last whose houses begin at it or before.
fn street_of(view: &View<'_>, house: u32) -> Option<u32> {
    let (mut low, mut high) = (0, view.sites());
    while low < high {
        let middle = low.midpoint(high);
        if view.houses_of(middle).1 > house {
            high = middle;
        } else {
            low = middle.saturating_add(1);
        }
    }
    (low < view.sites()).then_some(low)
}

fn items<'a>(view: &View<'a>, cell: u32) -> impl Iterator<Item = Item> + use<'a> {
    let grid = view.grid;
    let entries = grid.len() / ENTRY;
    let key = move |at: u32| grid.get(at.saturating_mul(ENTRY)).unwrap_or(u32::MAX);
    let (mut low, mut high) = (0, entries);
    while low < high {
        let middle = low.midpoint(high);
        if key(middle) >= cell {
            high = middle;
        } else {
            low = middle.saturating_add(1);
        }
    }
    (low..entries).take_while(move |&at| key(at) == cell).filter_map(move |at| {
        let item = grid.get(at.saturating_mul(ENTRY).saturating_add(1))?;
        Some(if item & 1 == 1 { Item::House(item >> 1) } else { Item::Site(item >> 1) })
    })
}

fn cells_of_ring(spot: Spot, ring: i32) -> Vec<u32> {
    let (row, column) = (i64::from(row_of(spot)), i64::from(column_of(spot)));
    let ring = i64::from(ring);
    let mut cells = Vec::new();
    for up in -ring..=ring {
        let whole_row = up.abs() == ring;
        let step = if whole_row || ring == 0 { 1 } else { 2i64.saturating_mul(ring) };
        let mut across = -ring;
        while across <= ring {
            let row = u32::try_from(row.saturating_add(up)).ok();
            let column = column.saturating_add(across).rem_euclid(i64::from(COLUMNS));
            let cell = row.zip(u32::try_from(column).ok());
            cells.extend(cell.map(|(row, column)| row.saturating_mul(COLUMNS).saturating_add(column)));
            across = across.saturating_add(step);
        }
    }
    cells
}
