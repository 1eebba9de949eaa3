//! What an extract holds of roads: ways for cars, their nodes, and the turns that are forbidden.
//!
//! The extract is read twice: first the ways and restrictions, then the nodes that those ways use, so that
//! the many nodes of houses and woods take no memory.

use std::io::{Read, Seek, SeekFrom};

use super::ImportError;
use super::access::Point;
use super::speed::{Drivable, drivable};
use crate::osm::{self, Element, MemberKind, Relation, Wanted};
use crate::spot::Spot;

/// Most nodes on roads: what a large state has, and what still fits a small machine.
pub(super) const NODES_MAX: usize = 1 << 24;
/// Most turn restrictions.
const TURNS_MAX: usize = 1 << 20;

/// A way for cars.
#[derive(Debug)]
pub(super) struct Road {
    pub id: i64,
    pub drivable: Drivable,
    /// Its nodes in [`Survey::along`].
    pub nodes: std::ops::Range<u32>,
}

/// A node of a road.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoadNode {
    /// Where it is; none if the extract does not hold it.
    pub at: Option<Spot>,
    pub point: Point,
    /// How often roads pass; a junction if more than once.
    pub uses: u8,
}

/// Over what a turn leads from one way to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Via {
    /// A node, by its OpenStreetMap number.
    Node(i64),
    /// A way, by its number.
    Way(i64),
}

/// A turn that is forbidden, or the only one allowed. Ways by their numbers.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub from: i64,
    pub via: Via,
    pub to: i64,
    /// Whether every other turn is forbidden instead.
    pub only: bool,
}

/// What an extract holds of roads.
#[derive(Debug)]
pub(super) struct Survey {
    pub header: osm::Header,
    pub roads: Vec<Road>,
    /// Places in `nodes`, road after road.
    pub along: Vec<u32>,
    /// Sorted by number.
    pub ids: Vec<i64>,
    /// By place in `ids`.
    pub nodes: Vec<RoadNode>,
    pub turns: Vec<Turn>,
}

impl Survey {
    pub fn of(extract: &mut (impl Read + Seek)) -> Result<Self, ImportError> {
        let (mut roads, mut refs, mut turns) = (Vec::new(), Vec::new(), Vec::new());
        let wanted = Wanted { nodes: false, ..Wanted::ALL };
        let header = osm::read(&mut *extract, wanted, |element| {
            match element {
                Element::Way(way) => {
                    let Some(drivable) = drivable(way.tags).filter(|_| way.refs.len() > 1) else {
                        return Ok(());
                    };
                    let begin = refs.len();
                    if begin + way.refs.len() > NODES_MAX {
                        return Err(ImportError::TooManyNodes);
                    }
                    refs.extend_from_slice(way.refs);
                    roads.push(Road { id: way.id, drivable, nodes: begin as u32..refs.len() as u32 });
                }
                Element::Relation(relation) if turns.len() < TURNS_MAX => turns.extend(turn(&relation)),
                _ => {}
            }
            Ok(())
        })?;

        let mut ids = refs.clone();
        ids.sort_unstable();
        ids.dedup();
        ids.shrink_to_fit();
        let mut nodes = vec![RoadNode { at: None, point: Point::Plain, uses: 0 }; ids.len()];
        let mut along = Vec::with_capacity(refs.len());
        for id in &refs {
            let place = ids.binary_search(id).unwrap_or_default();
            nodes[place].uses = nodes[place].uses.saturating_add(1);
            along.push(place as u32);
        }
        drop(refs);

        extract.seek(SeekFrom::Start(0)).map_err(osm::ReadError::from)?;
        let mut next = 0;
        osm::read(extract, Wanted::NODES, |element| {
            if let Element::Node(node) = element {
                // Extracts are sorted almost always: the next node is the one expected, or none of ours.
                if ids.get(next).is_none_or(|expected| *expected != node.id) {
                    match ids.binary_search(&node.id) {
                        Ok(place) => next = place,
                        Err(_) => return Ok(()),
                    }
                }
                nodes[next].at = Some(node.at);
                nodes[next].point = Point::of(node.tags);
                next += 1;
            }
            Ok::<(), ImportError>(())
        })?;
        Ok(Survey { header, roads, along, ids, nodes, turns })
    }
}

/// Reads a turn restriction, or `None` if the relation is none that concerns cars at all hours.
///
/// <https://wiki.openstreetmap.org/wiki/Relation:restriction>
fn turn(relation: &Relation<'_>) -> Option<Turn> {
    let tags = relation.tags;
    if !tags.has("type", "restriction") {
        return None;
    }
    let rule = ["restriction:motorcar", "restriction:motor_vehicle", "restriction"];
    let rule = rule.iter().find_map(|key| tags.get(key))?;
    let excepted = tags.get("except").unwrap_or_default();
    if excepted.split(';').any(|kind| matches!(kind.trim(), "motorcar" | "motor_vehicle" | "vehicle")) {
        return None;
    }
    let only = rule.starts_with("only_");
    if !only && !rule.starts_with("no_") {
        return None;
    }
    // Several ways in one role mean several turns; the wiki has them for "no entry" and "no exit" only.
    let one = |role: &str| {
        let mut members = relation.members.iter().filter(|member| member.role == role);
        let first = members.next()?;
        members.next().is_none().then_some(first)
    };
    let way = |role| one(role).filter(|member| member.kind == MemberKind::Way).map(|member| member.id);
    let via = one("via")?;
    let via = match via.kind {
        MemberKind::Node => Via::Node(via.id),
        MemberKind::Way => Via::Way(via.id),
        MemberKind::Relation => return None,
    };
    Some(Turn { from: way("from")?, via, to: way("to")?, only })
}
