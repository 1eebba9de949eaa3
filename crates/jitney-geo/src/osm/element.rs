//! What a visitor is shown.

use crate::spot::Spot;

/// An element of the map.
#[derive(Debug, Clone, Copy)]
pub enum Element<'a> {
    /// A point.
    Node(Node<'a>),
    /// A line or an outline.
    Way(Way<'a>),
    /// A group of elements.
    Relation(Relation<'a>),
}

/// A point of the map.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// Its number; negative if made by a program and never uploaded.
    pub id: i64,
    /// Where it is.
    pub at: Spot,
    /// What it is.
    pub tags: Tags<'a>,
}

/// A line of the map; an outline if it ends where it begins.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub tags: Tags<'a>,
    /// Its nodes, in order. Not all of them need be in the extract.
    pub refs: &'a [i64],
}

/// A group of elements of the map.
#[derive(Debug, Clone, Copy)]
pub struct Relation<'a> {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub tags: Tags<'a>,
    /// What belongs to it, in order. Not all need be in the extract, and one may belong to itself.
    pub members: &'a [Member<'a>],
}

/// What belongs to a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// Of what kind it is.
    pub kind: MemberKind,
    /// Its number among those of its kind.
    pub id: i64,
    /// As what it belongs to the relation; often empty.
    pub role: &'a str,
}

/// Kind of a relation's member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberKind {
    /// A node.
    Node,
    /// A way.
    Way,
    /// Another relation.
    Relation,
}

/// Keys and values that say what an element is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tags<'a> {
    /// Places in `strings`, all of them checked.
    pub(super) pairs: &'a [(u32, u32)],
    pub(super) strings: &'a [&'a str],
}

impl<'a> Tags<'a> {
    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.iter().find(|(own, _)| *own == key).map(|(_, value)| value)
    }

    /// Tells whether a key has that value.
    pub fn has(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// Tells whether there is not one tag.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Returns all keys with their values, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let strings = self.strings;
        let text = move |at: u32| strings.get(at as usize).copied().unwrap_or_default();
        self.pairs.iter().map(move |(key, value)| (text(*key), text(*value)))
    }
}

/// Shows tags that are written in a test.
#[cfg(test)]
pub(crate) fn tags_for_tests<T>(
    tags: &[(&'static str, &'static str)],
    look: impl FnOnce(Tags<'_>) -> T,
) -> T {
    let strings: Vec<&str> = tags.iter().flat_map(|(key, value)| [*key, *value]).collect();
    let pairs: Vec<(u32, u32)> = (0..tags.len() as u32).map(|at| (2 * at, 2 * at + 1)).collect();
    look(Tags { pairs: &pairs, strings: &strings })
}
