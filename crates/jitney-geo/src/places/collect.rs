//! Reads what can be searched out of an OpenStreetMap extract.
//!
//! The extract is walked three times, backwards through what refers to what: relations (whose boundaries are
//! lines), ways (whose lines are points), nodes. So only what is needed is ever kept.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read};

use thiserror::Error;

use super::document::{Document, Kind};
use super::fold::fold;
use super::locality::{Boundary, Localities, rings};
use super::streets::{Streets, middle};
use super::tags::{Told, told};
use crate::Spot;
use crate::osm::{Element, Header, MemberKind, ReadError, Relation, Wanted, Way, read};

/// Levels of administration whose areas are towns to their people: 7 in Portugal, 8 nearly everywhere, 9 where
/// a municipality has several villages. OpenStreetMap's `admin_level`.
const TOWN_LEVELS: [&str; 3] = ["7", "8", "9"];
/// Same name, same kind, and nearer than a cell of this side in ten-millionths of a degree (some 200 m): one
/// place, mapped as building and as door.
const ONE_PLACE: i32 = 20_000;

/// Most that is kept of an extract at a time, in points of lines. One takes some 28 bytes until it is known where it
/// is, so that all of them take no more than about 2 GB.
const KEPT_MAX: usize = 1 << 26;
/// What is told of one place takes about as much memory as so many points.
const TOLD: usize = 10;

/// Says why an extract cannot be searched.
#[derive(Debug, Error)]
pub enum CollectError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is too large.
    #[error(
        "the extract has more streets, buildings and places than can be kept at once; cut out the area that you drive \
         in, for example with: osmium extract --bbox LEFT,BOTTOM,RIGHT,TOP IN -o OUT.osm.pbf"
    )]
    TooMuch,
}

/// What an extract holds that can be searched.
#[derive(Debug)]
pub struct Collected {
    /// Streets, settlements and named places.
    pub documents: Vec<Document>,
    /// Which town a point belongs to.
    pub localities: Localities,
    /// What the extract says of itself.
    pub header: Header,
}

/// Reads what can be searched out of an extract, which `open` opens anew for each of three walks.
///
/// # Errors
/// [`CollectError`] for an extract that cannot be opened or read to its end, or is too large.
pub fn collect<R: Read>(open: impl FnMut() -> io::Result<R>) -> Result<Collected, CollectError> {
    collect_within(KEPT_MAX, open)
}

/// Collects within a limit, in points.
fn collect_within<R: Read>(
    limit: usize,
    mut open: impl FnMut() -> io::Result<R>,
) -> Result<Collected, CollectError> {
    let mut open = || open().map_err(ReadError::from);
    let mut areas = Areas { room: Room(limit), ..Areas::default() };
    let relations = Wanted { nodes: false, ways: false, relations: true };
    let header = read(open()?, relations, |element| {
        if let Element::Relation(relation) = element {
            areas.relation(&relation)?;
        }
        Ok::<(), CollectError>(())
    })?;
    read(open()?, Wanted::WAYS, |element| {
        if let Element::Way(way) = element {
            areas.way(&way)?;
        }
        Ok::<(), CollectError>(())
    })?;
    let mut points = Points::needed(&areas);
    let mut told_points = Vec::new();
    read(open()?, Wanted::NODES, |element| {
        if let Element::Node(node) = element {
            points.note(node.id, node.at);
            if let Some(told) = told(&node.tags, false) {
                areas.room.take(TOLD)?;
                told_points.push((node.at, told));
            }
        }
        Ok::<(), CollectError>(())
    })?;
    let (documents, localities) = documents(areas, &points, told_points);
    Ok(Collected { documents, localities, header })
}

/// Points that may still be kept.
#[derive(Default)]
struct Room(usize);

impl Room {
    fn take(&mut self, points: usize) -> Result<(), CollectError> {
        self.0 = self.0.checked_sub(points).ok_or(CollectError::TooMuch)?;
        Ok(())
    }
}

/// Lines, outlines and groups of them that are wanted.
#[derive(Default)]
struct Areas {
    /// Boundaries of towns: name and lines.
    towns: Vec<(String, Vec<i64>)>,
    /// Named places made of several outlines; the first stands for all.
    groups: Vec<(i64, Told)>,
    /// Ways that relations need.
    needed: HashSet<i64>,
    needed_refs: HashMap<i64, Vec<i64>>,
    told: Vec<(Vec<i64>, Told)>,
    room: Room,
}

impl Areas {
    fn relation(&mut self, relation: &Relation<'_>) -> Result<(), CollectError> {
        let ways = relation.members.iter().filter(|member| member.kind == MemberKind::Way);
        let outer: Vec<i64> = ways.filter(|way| way.role != "inner").map(|way| way.id).collect();
        let level = relation.tags.get("admin_level");
        if relation.tags.has("boundary", "administrative") {
            if let Some(name) =
                relation.tags.get("name").filter(|_| level.is_some_and(|l| TOWN_LEVELS.contains(&l)))
            {
                self.room.take(outer.len().saturating_add(TOLD))?;
                self.needed.extend(&outer);
                self.towns.push((name.to_owned(), outer));
            }
        } else if relation.tags.has("type", "multipolygon")
            && let (Some(told), Some(&first)) = (told(&relation.tags, false), outer.first())
        {
            self.room.take(TOLD)?;
            self.needed.insert(first);
            self.groups.push((first, told));
        }
        Ok(())
    }

    fn way(&mut self, way: &Way<'_>) -> Result<(), CollectError> {
        if self.needed.contains(&way.id) {
            self.room.take(way.refs.len())?;
            self.needed_refs.insert(way.id, way.refs.to_vec());
        }
        if let Some(told) = told(&way.tags, true) {
            self.room.take(way.refs.len().saturating_add(TOLD))?;
            self.told.push((way.refs.to_vec(), told));
        }
        Ok(())
    }
}

/// Where the nodes are that ways need.
struct Points {
    ids: Vec<i64>,
    spots: Vec<Option<Spot>>,
}

impl Points {
    fn needed(areas: &Areas) -> Self {
        let told = areas.told.iter().flat_map(|(refs, _)| refs);
        let mut ids: Vec<i64> = told.chain(areas.needed_refs.values().flatten()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let spots = vec![None; ids.len()];
        Points { ids, spots }
    }

    fn note(&mut self, id: i64, at: Spot) {
        if let Ok(place) = self.ids.binary_search(&id)
            && let Some(spot) = self.spots.get_mut(place)
        {
            *spot = Some(at);
        }
    }

    fn get(&self, id: i64) -> Option<Spot> {
        self.ids.binary_search(&id).ok().and_then(|place| self.spots.get(place).copied().flatten())
    }

    /// Returns the middle of an outline; of a street, one of its own points.
    fn of(&self, refs: &[i64], is_street: bool) -> Option<Spot> {
        let known = || refs.iter().filter_map(|&id| self.get(id));
        if is_street {
            return known().nth(known().count() / 2);
        }
        // A closed line names its first point twice.
        let closed = usize::from(refs.len() > 1 && refs.first() == refs.last());
        middle(known().take(refs.len().saturating_sub(closed)))
    }
}

fn documents(areas: Areas, points: &Points, told_points: Vec<(Spot, Told)>) -> (Vec<Document>, Localities) {
    let mut found = told_points;
    for (refs, told) in areas.told {
        let at = points.of(&refs, told.kind == Some(Kind::Street));
        found.extend(at.map(|at| (at, told)));
    }
    for (way, told) in areas.groups {
        let at = areas.needed_refs.get(&way).and_then(|refs| points.of(refs, false));
        found.extend(at.map(|at| (at, told)));
    }
    let mut localities = Localities::default();
    let boundaries = areas.towns.into_iter().filter_map(|(name, ways)| {
        let lines = ways.iter().filter_map(|way| areas.needed_refs.get(way).cloned()).collect();
        let spots = |ring: Vec<i64>| ring.into_iter().filter_map(|id| points.get(id)).collect();
        Boundary::new(name, rings(lines).into_iter().map(spots).collect())
    });
    localities.bound(boundaries.collect());
    for (at, told) in &found {
        match told.kind.filter(|kind| kind.is_settlement()) {
            Some(kind) => localities.settle(*at, kind, told.name.clone()),
            None if !told.city.is_empty() => localities.lend(*at, &told.city),
            None => {}
        }
    }
    let mut streets = Streets::default();
    let mut named: BTreeMap<(Kind, String, i32, i32), Document> = BTreeMap::new();
    for (at, told) in found {
        if !told.numbers.is_empty() {
            streets.address(at, told.clone());
        }
        match told.kind {
            None => {}
            Some(Kind::Street) => streets.line(at, told),
            Some(kind) => {
                let key =
                    (kind, fold(&told.name), at.lat().div_euclid(ONE_PLACE), at.lon().div_euclid(ONE_PLACE));
                named.entry(key).or_insert_with(|| place(kind, at, told, &localities));
            }
        }
    }
    let mut documents = streets.documents(&localities);
    documents.extend(named.into_values());
    (documents, localities)
}

fn place(kind: Kind, at: Spot, told: Told, localities: &Localities) -> Document {
    let town = if told.city.is_empty() { localities.of(at).to_owned() } else { told.city };
    let number = told.numbers.first().map(String::as_str).unwrap_or_default();
    let address = super::hit::street_with_number(&told.street, number);
    Document {
        what: told.what,
        aliases: told.aliases,
        address,
        // A town is not in itself.
        locality: if kind.is_settlement() && town == told.name { String::new() } else { town },
        postcode: told.postcode,
        ..Document::new(kind, told.name, at.into())
    }
}

#[cfg(test)]
mod tests;
