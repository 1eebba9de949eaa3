//! A block of elements.

use super::element::{Element, Member, MemberKind, Node, Relation, Tags, Way};
use super::wire::{Deltas, Fields, Packed, zigzag};
use super::{Flaw, MEMBERS_MAX, REFS_MAX, STRINGS_MAX, Stop, TAGS_MAX, Wanted};
use crate::spot::Spot;

/// Nanodegrees to a ten-millionth of a degree.
const NANOS: i64 = 100;

const UNEVEN: Flaw = Flaw::Corrupt("lists that belong together differ in length");
const NO_TEXT: Flaw = Flaw::Corrupt("a text is missing from its table");

/// What holds for all elements of a block.
struct Frame<'a> {
    strings: Vec<&'a str>,
    granularity: i64,
    lat_offset: i64,
    lon_offset: i64,
}

/// Lists that are filled anew for each element, to take memory once.
#[derive(Default)]
struct Lists<'a> {
    tags: Vec<(u32, u32)>,
    refs: Vec<i64>,
    members: Vec<Member<'a>>,
}

/// Shows the wanted elements of a block.
pub(super) fn read<E>(
    block: &[u8],
    wanted: Wanted,
    visit: &mut impl FnMut(Element<'_>) -> Result<(), E>,
) -> Result<(), Stop<E>> {
    let frame = Frame::read(block)?;
    let mut lists = Lists::default();
    for field in Fields(block) {
        let (2, group) = field? else { continue };
        for field in Fields(group.bytes()?) {
            let (number, value) = field?;
            match number {
                1 if wanted.nodes => frame.node(value.bytes()?, &mut lists, visit)?,
                2 if wanted.nodes => frame.dense(value.bytes()?, &mut lists, visit)?,
                3 if wanted.ways => frame.way(value.bytes()?, &mut lists, visit)?,
                4 if wanted.relations => frame.relation(value.bytes()?, &mut lists, visit)?,
                _ => {}
            }
        }
    }
    Ok(())
}

impl<'a> Frame<'a> {
    fn read(block: &'a [u8]) -> Result<Self, Flaw> {
        let mut frame = Frame { strings: Vec::new(), granularity: 100, lat_offset: 0, lon_offset: 0 };
        for field in Fields(block) {
            match field? {
                (1, table) => {
                    for field in Fields(table.bytes()?) {
                        let (1, text) = field? else { continue };
                        if frame.strings.len() == STRINGS_MAX {
                            return Err(Flaw::TooLarge("a block of more than a million texts"));
                        }
                        let text = std::str::from_utf8(text.bytes()?);
                        frame.strings.push(text.map_err(|_| Flaw::Corrupt("a text is not UTF-8"))?);
                    }
                }
                (17, value) => frame.granularity = value.number()? as i64,
                (19, value) => frame.lat_offset = value.number()? as i64,
                (20, value) => frame.lon_offset = value.number()? as i64,
                _ => {}
            }
        }
        Ok(frame)
    }

    fn spot(&self, lat: i64, lon: i64) -> Result<Spot, Flaw> {
        let part = |offset: i64, steps: i64| {
            let nanos = steps.checked_mul(self.granularity)?.checked_add(offset)?;
            i32::try_from(nanos / NANOS).ok()
        };
        let spot = part(self.lat_offset, lat).zip(part(self.lon_offset, lon));
        spot.and_then(|(lat, lon)| Spot::new(lat, lon)).ok_or(Flaw::Corrupt("a point lies off the globe"))
    }

    fn text(&self, at: u64) -> Result<u32, Flaw> {
        let at = usize::try_from(at).ok().filter(|at| *at < self.strings.len()).ok_or(NO_TEXT)?;
        u32::try_from(at).map_err(|_| NO_TEXT)
    }

    fn tags(&self, keys: &[u8], values: &[u8], into: &mut Vec<(u32, u32)>) -> Result<(), Flaw> {
        into.clear();
        let mut values = Packed(values);
        for key in Packed(keys) {
            let value = values.next().ok_or(UNEVEN)?;
            push_tag(into, self.text(key?)?, self.text(value?)?)?;
        }
        if values.next().is_some() { Err(UNEVEN) } else { Ok(()) }
    }

    fn shown<'b>(&'b self, pairs: &'b [(u32, u32)]) -> Tags<'b> {
        Tags { pairs, strings: &self.strings }
    }

    fn node<E>(
        &self,
        bytes: &'a [u8],
        lists: &mut Lists<'a>,
        visit: &mut impl FnMut(Element<'_>) -> Result<(), E>,
    ) -> Result<(), Stop<E>> {
        let (mut id, mut lat, mut lon) = (0, 0, 0);
        let (mut keys, mut values): (&[u8], &[u8]) = (&[], &[]);
        for field in Fields(bytes) {
            match field? {
                (1, value) => id = zigzag(value.number()?),
                (2, value) => keys = value.bytes()?,
                (3, value) => values = value.bytes()?,
                (8, value) => lat = zigzag(value.number()?),
                (9, value) => lon = zigzag(value.number()?),
                _ => {}
            }
        }
        self.tags(keys, values, &mut lists.tags)?;
        let node = Node { id, at: self.spot(lat, lon)?, tags: self.shown(&lists.tags) };
        visit(Element::Node(node)).map_err(Stop::Visitor)
    }

    /// Nodes that are written as one list for each of their properties.
    fn dense<E>(
        &self,
        bytes: &'a [u8],
        lists: &mut Lists<'a>,
        visit: &mut impl FnMut(Element<'_>) -> Result<(), E>,
    ) -> Result<(), Stop<E>> {
        let [mut ids, mut lats, mut lons] = [Deltas::default(); 3];
        let mut tags = Packed::default();
        for field in Fields(bytes) {
            match field? {
                (1, value) => ids = Deltas::new(value.bytes()?),
                (8, value) => lats = Deltas::new(value.bytes()?),
                (9, value) => lons = Deltas::new(value.bytes()?),
                (10, value) => tags = Packed(value.bytes()?),
                _ => {}
            }
        }
        for id in ids {
            let (lat, lon) = lats.next().zip(lons.next()).ok_or(UNEVEN)?;
            // Keys and values by turns; a zero ends those of one node.
            lists.tags.clear();
            while let Some(key) = tags.next() {
                let key = key?;
                if key == 0 {
                    break;
                }
                let value = tags.next().ok_or(UNEVEN)??;
                push_tag(&mut lists.tags, self.text(key)?, self.text(value)?)?;
            }
            let node = Node { id: id?, at: self.spot(lat?, lon?)?, tags: self.shown(&lists.tags) };
            visit(Element::Node(node)).map_err(Stop::Visitor)?;
        }
        if lats.next().is_some() || lons.next().is_some() { Err(UNEVEN.into()) } else { Ok(()) }
    }

    fn way<E>(
        &self,
        bytes: &'a [u8],
        lists: &mut Lists<'a>,
        visit: &mut impl FnMut(Element<'_>) -> Result<(), E>,
    ) -> Result<(), Stop<E>> {
        let mut id = 0;
        let [mut keys, mut values, mut refs]: [&[u8]; 3] = [&[]; 3];
        for field in Fields(bytes) {
            match field? {
                (1, value) => id = value.number()? as i64,
                (2, value) => keys = value.bytes()?,
                (3, value) => values = value.bytes()?,
                (8, value) => refs = value.bytes()?,
                _ => {}
            }
        }
        self.tags(keys, values, &mut lists.tags)?;
        lists.refs.clear();
        for node in Deltas::new(refs) {
            if lists.refs.len() == REFS_MAX {
                return Err(Flaw::TooLarge("a way of more than 65,536 nodes").into());
            }
            lists.refs.push(node?);
        }
        let way = Way { id, tags: self.shown(&lists.tags), refs: &lists.refs };
        visit(Element::Way(way)).map_err(Stop::Visitor)
    }

    fn relation<E>(
        &self,
        bytes: &'a [u8],
        lists: &mut Lists<'a>,
        visit: &mut impl FnMut(Element<'_>) -> Result<(), E>,
    ) -> Result<(), Stop<E>> {
        let mut id = 0;
        let [mut keys, mut values, mut roles, mut ids, mut kinds]: [&[u8]; 5] = [&[]; 5];
        for field in Fields(bytes) {
            match field? {
                (1, value) => id = value.number()? as i64,
                (2, value) => keys = value.bytes()?,
                (3, value) => values = value.bytes()?,
                (8, value) => roles = value.bytes()?,
                (9, value) => ids = value.bytes()?,
                (10, value) => kinds = value.bytes()?,
                _ => {}
            }
        }
        self.tags(keys, values, &mut lists.tags)?;
        lists.members.clear();
        let (mut roles, mut kinds) = (Packed(roles), Packed(kinds));
        for member in Deltas::new(ids) {
            if lists.members.len() == MEMBERS_MAX {
                return Err(Flaw::TooLarge("a relation of more than 131,072 members").into());
            }
            let role = self.text(roles.next().ok_or(UNEVEN)??)?;
            let kind = match kinds.next().ok_or(UNEVEN)?? {
                0 => MemberKind::Node,
                1 => MemberKind::Way,
                2 => MemberKind::Relation,
                _ => return Err(Flaw::Corrupt("a relation has a member of no known kind").into()),
            };
            let role = self.strings.get(role as usize).copied().ok_or(NO_TEXT)?;
            lists.members.push(Member { kind, id: member?, role });
        }
        let relation = Relation { id, tags: self.shown(&lists.tags), members: &lists.members };
        visit(Element::Relation(relation)).map_err(Stop::Visitor)
    }
}

fn push_tag(tags: &mut Vec<(u32, u32)>, key: u32, value: u32) -> Result<(), Flaw> {
    if tags.len() == TAGS_MAX {
        return Err(Flaw::TooLarge("an element of more than 4,096 tags"));
    }
    tags.push((key, value));
    Ok(())
}
