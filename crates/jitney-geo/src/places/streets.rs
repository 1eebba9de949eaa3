//! Streets: the lines and addresses of one name in one town are one street, unless they lie apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::document::{Document, House, Kind};
use super::fold::words;
use super::locality::{Localities, cell};
use super::rank::metres;
use super::tags::Told;
use crate::Spot;

/// Two entries of one house number nearer than this, in metres, are one house: its outline and its door.
const ONE_HOUSE: f64 = 60.0;

/// A line that bears a street's name, or an address on it.
struct Piece {
    at: Spot,
    name: String,
    aliases: Vec<String>,
    postcode: String,
    /// House numbers; none for a line.
    numbers: Vec<String>,
}

/// Streets in the making.
#[derive(Default)]
pub(super) struct Streets {
    lines: Vec<(Spot, Told)>,
    addresses: Vec<(Spot, Told)>,
}

impl Streets {
    pub(super) fn line(&mut self, at: Spot, told: Told) {
        self.lines.push((at, told));
    }

    pub(super) fn address(&mut self, at: Spot, told: Told) {
        self.addresses.push((at, told));
    }

    /// Returns the streets, each with its houses.
    pub(super) fn documents(self, localities: &Localities) -> Vec<Document> {
        let mut pieces: BTreeMap<(Vec<String>, String), Vec<Piece>> = BTreeMap::new();
        // What a street's own addresses say of its town, by name and cell.
        let mut said: HashMap<(Vec<String>, (i32, i32)), String> = HashMap::new();
        for (at, told) in self.addresses {
            let town = if told.city.is_empty() { localities.of(at).to_owned() } else { told.city };
            let name = words(&told.street);
            said.entry((name.clone(), cell(at))).or_insert_with(|| town.clone());
            pieces.entry((name, town)).or_default().push(Piece {
                at,
                name: told.street,
                aliases: Vec::new(),
                postcode: told.postcode,
                numbers: told.numbers,
            });
        }
        for (at, told) in self.lines {
            let name = words(&told.name);
            let (row, column) = cell(at);
            let around = (-1..=1).flat_map(|up| (-1..=1).map(move |across| (up, across)));
            let mut said = around.filter_map(|(up, across): (i32, i32)| {
                let cell = (row.saturating_add(up), column.saturating_add(across));
                said.get(&(name.clone(), cell))
            });
            let town = said.next().cloned().unwrap_or_else(|| localities.of(at).to_owned());
            pieces.entry((name, town)).or_default().push(Piece {
                at,
                name: told.name,
                aliases: told.aliases,
                postcode: String::new(),
                numbers: Vec::new(),
            });
        }
        let streets = pieces.into_iter().flat_map(|((_, town), pieces)| {
            apart(pieces).into_iter().filter_map(move |pieces| street(pieces, &town))
        });
        streets.collect()
    }
}

/// Parts pieces that no chain of neighbouring cells joins: two streets of one name in a large town.
fn apart(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut left: BTreeSet<(i32, i32)> = pieces.iter().map(|piece| cell(piece.at)).collect();
    let mut group_of: HashMap<(i32, i32), usize> = HashMap::new();
    let mut groups = 0usize;
    while let Some(start) = left.pop_first() {
        let mut open = vec![start];
        while let Some((row, column)) = open.pop() {
            group_of.insert((row, column), groups);
            for (up, across) in (-1..=1).flat_map(|up| (-1..=1).map(move |across| (up, across))) {
                let next = (row.saturating_add(up), column.saturating_add(across));
                if left.remove(&next) {
                    open.push(next);
                }
            }
        }
        groups = groups.saturating_add(1);
    }
    let mut parted: Vec<Vec<Piece>> = (0..groups).map(|_| Vec::new()).collect();
    for piece in pieces {
        if let Some(group) = group_of.get(&cell(piece.at)).and_then(|&group| parted.get_mut(group)) {
            group.push(piece);
        }
    }
    parted
}

fn street(pieces: Vec<Piece>, town: &str) -> Option<Document> {
    // A line says better how a street is written, and where it is, than an address beside it does.
    let lines = pieces.iter().filter(|piece| piece.numbers.is_empty());
    let telling: Vec<&Piece> =
        if lines.clone().next().is_some() { lines.collect() } else { pieces.iter().collect() };
    let middle = middle(telling.iter().map(|piece| piece.at))?;
    let telling = telling.into_iter().min_by(|a, b| metres(a.at, middle).total_cmp(&metres(b.at, middle)))?;
    let (name, at) = (telling.name.clone(), telling.at);
    let mut document = Document::new(Kind::Street, name, at.into());
    document.locality = town.to_owned();
    for piece in pieces {
        for alias in piece.aliases {
            if !document.aliases.contains(&alias) {
                document.aliases.push(alias);
            }
        }
        let houses = piece.numbers.into_iter().map(|number| House {
            number,
            postcode: piece.postcode.clone(),
            at: piece.at.into(),
        });
        document.houses.extend(houses);
    }
    document.aliases.sort_unstable();
    one_entry_a_house(&mut document.houses);
    Some(document)
}

/// Returns the mean of points. None of none.
pub(super) fn middle(points: impl Iterator<Item = Spot>) -> Option<Spot> {
    let (mut lat, mut lon, mut count) = (0i64, 0i64, 0i64);
    for point in points {
        lat = lat.saturating_add(i64::from(point.lat()));
        lon = lon.saturating_add(i64::from(point.lon()));
        count = count.saturating_add(1);
    }
    let mean = |sum: i64| sum.checked_div(count).and_then(|mean| i32::try_from(mean).ok());
    Spot::new(mean(lat)?, mean(lon)?)
}

fn one_entry_a_house(houses: &mut Vec<House>) {
    houses.sort_by_cached_key(|house| {
        let spot = Spot::from(house.at);
        (house.number.clone(), house.postcode.is_empty(), spot.lat(), spot.lon())
    });
    houses.dedup_by(|later, first| {
        later.number == first.number && metres(later.at.into(), first.at.into()) < ONE_HOUSE
    });
}
