//! Reads OpenStreetMap extracts in the binary format, `.osm.pbf`.
//!
//! [`read`] walks once through an extract and shows every element that is wanted, in the order of the file.
//! Everything is checked before it is shown: a visitor never sees an index out of range, text that is no UTF-8
//! or a point off the globe. What it takes in memory is bounded by the limits below, whatever the file says
//! of itself; of an extract that is truncated, damaged or built to do harm the error says where and what to do.
//!
//! The format is described at <https://wiki.openstreetmap.org/wiki/PBF_Format>. Extracts are © OpenStreetMap
//! contributors, under the Open Database Licence: what is made from them must say so.
//!
//! ```
//! use jitney_geo::osm::{Element, ReadError, Wanted, read};
//!
//! let mut named = 0;
//! let garbage: &[u8] = b"this is no extract";
//! let outcome = read(garbage, Wanted::WAYS, |element| {
//!     if let Element::Way(way) = element {
//!         named += u32::from(way.tags.get("name").is_some());
//!     }
//!     Ok::<(), ReadError>(())
//! });
//! assert!(matches!(outcome, Err(ReadError::NotAnExtract)));
//! ```

mod blob;
mod block;
mod element;
mod wire;
#[doc(hidden)]
pub mod write;

#[cfg(test)]
mod tests;

use std::io::{self, Read};

use thiserror::Error;

#[cfg(test)]
pub(crate) use element::tags_for_tests;
pub use element::{Element, Member, MemberKind, Node, Relation, Tags, Way};

/// Largest header of a blob, in bytes. The format's own limit.
pub const BLOB_HEADER_MAX: usize = 64 * 1024;
/// Largest blob, in bytes, packed and unpacked. The format's own limit.
pub const BLOB_MAX: usize = 32 * 1024 * 1024;
/// Most different texts in one block. A usual block holds 8,000 elements.
pub const STRINGS_MAX: usize = 1 << 20;
/// Most tags of one element; OpenStreetMap itself takes some 600 at most.
pub const TAGS_MAX: usize = 1 << 12;
/// Most nodes of one way; OpenStreetMap takes 2,000, and took more in its first years.
pub const REFS_MAX: usize = 1 << 16;
/// Most members of one relation; OpenStreetMap takes 32,000.
pub const MEMBERS_MAX: usize = 1 << 17;

/// Which kinds of element to show. What is not wanted is not even unpacked where that can be told beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Points.
    pub nodes: bool,
    /// Lines and outlines.
    pub ways: bool,
    /// Groups of elements, such as turn restrictions and boundaries.
    pub relations: bool,
}

impl Wanted {
    /// Nodes only.
    pub const NODES: Wanted = Wanted { nodes: true, ways: false, relations: false };
    /// Ways only.
    pub const WAYS: Wanted = Wanted { nodes: false, ways: true, relations: false };
    /// Everything.
    pub const ALL: Wanted = Wanted { nodes: true, ways: true, relations: true };
}

/// What an extract says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Header {
    /// When the data was taken from OpenStreetMap, in seconds since 1970, if it says so.
    pub as_of: Option<i64>,
}

/// Says why an extract cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file does not begin as extracts do.
    #[error(
        "this is no OpenStreetMap extract; a file that ends in .osm.pbf is needed, as Geofabrik offers them"
    )]
    NotAnExtract,
    /// The file ends too early.
    #[error("the extract ends in the middle of a block (byte {at}); download it again")]
    Truncated {
        /// Where the block begins, in bytes from the front.
        at: u64,
    },
    /// Something in it cannot be.
    #[error("the extract is damaged: {what} (in the block at byte {at}); download it again")]
    Corrupt {
        /// Where the block begins, in bytes from the front.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// It breaks a limit that every honest extract keeps.
    #[error(
        "the extract asks for too much: {what} (in the block at byte {at}); it is damaged or means harm, do not use it"
    )]
    TooLarge {
        /// Where the block begins, in bytes from the front.
        at: u64,
        /// What is too large.
        what: &'static str,
    },
    /// It is written in a way that this reader does not know.
    #[error(
        "the extract needs {feature}, which is not read here; write it anew with: osmium cat IN -o OUT.osm.pbf"
    )]
    Unsupported {
        /// What it needs.
        feature: String,
    },
    /// The file cannot be read.
    #[error("the extract cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Walks once through an extract and shows every wanted element to `visit`, in the order of the file.
///
/// An error of the visitor ends the walk. Extracts usually hold nodes, then ways, then relations, each sorted,
/// but need not: whoever needs the nodes of a way walks twice.
///
/// # Errors
/// [`ReadError`] for an extract that cannot be read to its end, and whatever `visit` returns. Elements that
/// came before the error have been shown.
pub fn read<E: From<ReadError>>(
    source: impl Read,
    wanted: Wanted,
    mut visit: impl FnMut(Element<'_>) -> Result<(), E>,
) -> Result<Header, E> {
    let mut blobs = blob::Blobs::new(source);
    let header = blobs.header()?;
    while let Some((at, block)) = blobs.next_block()? {
        block::read(block, wanted, &mut visit).map_err(|stop| stop.at(at))?;
    }
    Ok(header)
}

/// What is wrong with a piece of an extract, before it is known where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Corrupt(&'static str),
    TooLarge(&'static str),
}

impl Flaw {
    fn at(self, at: u64) -> ReadError {
        match self {
            Flaw::Corrupt(what) => ReadError::Corrupt { at, what },
            Flaw::TooLarge(what) => ReadError::TooLarge { at, what },
        }
    }
}

/// Why the walk through a block ended early.
#[derive(Debug)]
enum Stop<E> {
    Flaw(Flaw),
    Visitor(E),
}

impl<E> From<Flaw> for Stop<E> {
    fn from(flaw: Flaw) -> Self {
        Stop::Flaw(flaw)
    }
}

impl<E: From<ReadError>> Stop<E> {
    fn at(self, at: u64) -> E {
        match self {
            Stop::Flaw(flaw) => flaw.at(at).into(),
            Stop::Visitor(error) => error,
        }
    }
}
