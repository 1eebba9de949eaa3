//! Writes small extracts, for tests and examples that bring their own map.
//!
//! No part of the product writes one.

use std::collections::HashMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use prost::encoding::{WireType, encode_key, encode_varint};

use super::MemberKind;
use crate::spot::Spot;

/// Keys with their values.
pub type TagList<'a> = &'a [(&'a str, &'a str)];

/// A small extract in the making: one block, elements in the order in which they are given.
#[derive(Debug, Default)]
pub struct Extract {
    strings: Vec<u8>,
    places: HashMap<String, u64>,
    groups: Vec<u8>,
}

impl Extract {
    /// Begins an empty extract.
    pub fn new() -> Self {
        let mut extract = Extract::default();
        // The first text is never referred to: a zero ends the tags of a node.
        extract.text("");
        extract
    }

    /// Adds a node. The point is in degrees and must be on the globe.
    pub fn node(&mut self, id: i64, lat: f64, lon: f64, tags: TagList<'_>) -> &mut Self {
        let spot = jitney_domain::Coordinate::new(lat, lon).map(Spot::from);
        let spot = spot.expect("a point on the globe");
        let (keys, values) = self.tags(tags);
        let mut node = Vec::new();
        number(&mut node, 1, fold(id));
        bytes(&mut node, 2, &packed(keys));
        bytes(&mut node, 3, &packed(values));
        number(&mut node, 8, fold(i64::from(spot.lat())));
        number(&mut node, 9, fold(i64::from(spot.lon())));
        self.group(1, &node)
    }

    /// Adds nodes without tags, written as lists.
    pub fn nodes(&mut self, nodes: &[(i64, f64, f64)]) -> &mut Self {
        let spots = nodes.iter().map(|(_, lat, lon)| {
            Spot::from(jitney_domain::Coordinate::new(*lat, *lon).expect("a point on the globe"))
        });
        let spots: Vec<Spot> = spots.collect();
        let mut dense = Vec::new();
        bytes(&mut dense, 1, &deltas(nodes.iter().map(|(id, ..)| *id)));
        bytes(&mut dense, 8, &deltas(spots.iter().map(|spot| i64::from(spot.lat()))));
        bytes(&mut dense, 9, &deltas(spots.iter().map(|spot| i64::from(spot.lon()))));
        self.group(2, &dense)
    }

    /// Adds a way.
    pub fn way(&mut self, id: i64, refs: &[i64], tags: TagList<'_>) -> &mut Self {
        let (keys, values) = self.tags(tags);
        let mut way = Vec::new();
        number(&mut way, 1, id as u64);
        bytes(&mut way, 2, &packed(keys));
        bytes(&mut way, 3, &packed(values));
        bytes(&mut way, 8, &deltas(refs.iter().copied()));
        self.group(3, &way)
    }

    /// Adds a relation of members, each with kind, number and role.
    pub fn relation(&mut self, id: i64, members: &[(MemberKind, i64, &str)], tags: TagList<'_>) -> &mut Self {
        let (keys, values) = self.tags(tags);
        let roles: Vec<u64> = members.iter().map(|(.., role)| self.text(role)).collect();
        let kinds = members.iter().map(|(kind, ..)| match kind {
            MemberKind::Node => 0,
            MemberKind::Way => 1,
            MemberKind::Relation => 2,
        });
        let kinds: Vec<u64> = kinds.collect();
        let mut relation = Vec::new();
        number(&mut relation, 1, id as u64);
        bytes(&mut relation, 2, &packed(keys));
        bytes(&mut relation, 3, &packed(values));
        bytes(&mut relation, 8, &packed(roles));
        bytes(&mut relation, 9, &deltas(members.iter().map(|(_, id, _)| *id)));
        bytes(&mut relation, 10, &packed(kinds));
        self.group(4, &relation)
    }

    /// Returns the extract as a file.
    pub fn file(&self) -> Vec<u8> {
        let mut file = blob("OSMHeader", &header(&["OsmSchema-V0.6", "DenseNodes"]));
        file.extend(blob("OSMData", &self.block()));
        file
    }

    /// Returns the block that holds all elements.
    pub fn block(&self) -> Vec<u8> {
        // Coordinates are given in parts of ten millions: a hundred nanodegrees, the default.
        let mut block = Vec::new();
        bytes(&mut block, 1, &self.strings);
        block.extend_from_slice(&self.groups);
        block
    }

    fn group(&mut self, kind: u32, element: &[u8]) -> &mut Self {
        let mut group = Vec::new();
        bytes(&mut group, kind, element);
        bytes(&mut self.groups, 2, &group);
        self
    }

    fn text(&mut self, text: &str) -> u64 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.places.len() as u64;
        bytes(&mut self.strings, 1, text.as_bytes());
        self.places.insert(text.to_owned(), place);
        place
    }

    fn tags(&mut self, tags: TagList<'_>) -> (Vec<u64>, Vec<u64>) {
        tags.iter().map(|(key, value)| (self.text(key), self.text(value))).unzip()
    }
}

/// Returns the content of a header that needs those features.
pub fn header(features: &[&str]) -> Vec<u8> {
    let mut header = Vec::new();
    features.iter().for_each(|feature| bytes(&mut header, 4, feature.as_bytes()));
    header
}

/// Returns a blob of that type around packed content, with its header.
pub fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(content).expect("memory takes everything");
    blob_of(kind, content.len() as u64, &zlib.finish().expect("memory takes everything"))
}

/// Returns a blob of that type around content that is not packed, with its header.
pub fn raw_blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    bytes(&mut blob, 1, content);
    with_header(kind, &blob)
}

/// Returns a blob that says of itself what one likes.
pub fn blob_of(kind: &str, size: u64, zlib: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    number(&mut blob, 2, size);
    bytes(&mut blob, 3, zlib);
    with_header(kind, &blob)
}

fn with_header(kind: &str, blob: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    bytes(&mut head, 1, kind.as_bytes());
    number(&mut head, 3, blob.len() as u64);
    let mut file = (head.len() as u32).to_be_bytes().to_vec();
    file.extend(head);
    file.extend_from_slice(blob);
    file
}

/// Writes a field that is a number.
pub fn number(into: &mut Vec<u8>, field: u32, value: u64) {
    encode_key(field, WireType::Varint, into);
    encode_varint(value, into);
}

/// Writes a field of bytes.
pub fn bytes(into: &mut Vec<u8>, field: u32, value: &[u8]) {
    encode_key(field, WireType::LengthDelimited, into);
    encode_varint(value.len() as u64, into);
    into.extend_from_slice(value);
}

/// Packs numbers one after the other.
pub fn packed(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut into = Vec::new();
    numbers.into_iter().for_each(|number| encode_varint(number, &mut into));
    into
}

/// Packs numbers as the difference of each to the one before.
pub fn deltas(numbers: impl IntoIterator<Item = i64>) -> Vec<u8> {
    let mut before = 0_i64;
    packed(
        numbers.into_iter().map(|number| fold(number.wrapping_sub(std::mem::replace(&mut before, number)))),
    )
}

/// Folds a signed number: 0, -1, 1, -2, …
fn fold(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}
