//! The places file: one table of sections, checked once when it is opened, then read where it lies.
//!
//! ```text
//! magic   8 bytes  "JTNYPLCS"
//! version 4 bytes  little-endian, as all numbers are
//! unused  4 bytes  zero
//! hash    32 bytes BLAKE3 of all bytes that follow
//! table   10 × (offset u64, length u64), offsets from the front of the file
//! sections, one after the other
//! ```
//!
//! Nothing is unpacked or copied: a file that is mapped into memory costs what a search touches. The hash finds
//! damage, not malice; so every offset that is read is checked again where it is used, and what is not there
//! is not found.

use std::fmt;

use thiserror::Error;

use super::bytes::{Numbers, Texts, WIDTH};
use super::dictionary::Dictionary;
use crate::Spot;

const MAGIC: &[u8; 8] = b"JTNYPLCS";
/// Version of the layout that is written and read.
const VERSION: u32 = 1;
const HASH_AT: usize = 16;
const TABLE_AT: usize = 48;
const ENTRY: usize = 16;

/// The sections, in their order in the file.
#[derive(Debug, Clone, Copy)]
#[repr(usize)]
pub(super) enum Section {
    /// Where each text starts in the next section.
    TextStarts,
    /// Names, localities, numbers: each text once. The first is empty.
    Texts,
    /// Where each word starts in the next section.
    WordStarts,
    /// Words, folded, sorted by bytes.
    Words,
    /// Where the list of each word starts in the next section.
    PostingStarts,
    /// Numbers of the sites that have the word.
    Postings,
    /// [`Site`]s, the most important first, and one that ends the lists of the last.
    Sites,
    /// Words of sites with their places in it: [`super::slot`].
    Slots,
    /// [`HouseRecord`]s, street by street, by number.
    Houses,
    /// Cells of a grid with what lies in them, sorted: [`super::reverse`].
    Grid,
}

const SECTIONS: usize = 10;
/// Numbers of one site.
pub(super) const SITE_NUMBERS: u32 = 10;
/// Most words of one site, in all their spellings; a forged file may claim more.
const SLOTS_MAX: u32 = 2048;
/// Numbers of one house.
pub(super) const HOUSE_NUMBERS: u32 = 4;

/// Says why a places file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlacesFileError {
    /// It is something else.
    #[error("this is no places file; make one with `jitney map import FILE.osm.pbf`")]
    Foreign,
    /// Another version of Jitney wrote it.
    #[error(
        "the places file has layout {found}, this version reads {VERSION}; make it anew with `jitney map import FILE.osm.pbf`"
    )]
    OtherVersion {
        /// Its layout.
        found: u32,
    },
    /// It ends too early, or bytes in it have changed.
    #[error("the places file is damaged ({what}); make it anew with `jitney map import FILE.osm.pbf`")]
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
}

/// Places that can be searched: a places file in memory, read or mapped.
pub struct Places<B> {
    bytes: B,
    table: [(usize, usize); SECTIONS],
}

impl<B> fmt::Debug for Places<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").field("table", &self.table).finish_non_exhaustive()
    }
}

impl<B: AsRef<[u8]>> Places<B> {
    /// Opens the bytes of a places file, all of which are read once to be checked.
    ///
    /// # Errors
    /// [`PlacesFileError`] for a file that is foreign, of another version or damaged.
    pub fn open(bytes: B) -> Result<Self, PlacesFileError> {
        let file = bytes.as_ref();
        if file.get(..MAGIC.len()) != Some(MAGIC) {
            return Err(PlacesFileError::Foreign);
        }
        let damaged = |what| PlacesFileError::Damaged { what };
        let version = number(file, MAGIC.len()).ok_or(damaged("it ends in its head"))?;
        if version != VERSION {
            return Err(PlacesFileError::OtherVersion { found: version });
        }
        let hash = file.get(HASH_AT..TABLE_AT).ok_or(damaged("it ends in its head"))?;
        let body = file.get(TABLE_AT..).ok_or(damaged("it ends in its head"))?;
        if blake3::hash(body).as_bytes() != hash {
            return Err(damaged("its checksum is wrong"));
        }
        let table = table(file).ok_or(damaged("a section lies outside"))?;
        let places = Places { bytes, table };
        if !places.view().dictionary.is_sorted() {
            return Err(damaged("its words are out of order"));
        }
        Ok(places)
    }

    /// Returns how many houses, and how many other places can be found.
    pub fn counts(&self) -> Counts {
        let view = self.view();
        Counts {
            sites: view.sites(),
            houses: view.houses.len() / HOUSE_NUMBERS,
            words: view.dictionary.0.len(),
        }
    }

    /// Returns the sections to read in.
    pub(super) fn view(&self) -> View<'_> {
        let section = |section: Section| {
            let (start, end) = self.table[section as usize];
            self.bytes.as_ref().get(start..end).unwrap_or_default()
        };
        let numbers = |of| Numbers(section(of));
        View {
            texts: Texts { starts: numbers(Section::TextStarts), bytes: section(Section::Texts) },
            dictionary: Dictionary(Texts {
                starts: numbers(Section::WordStarts),
                bytes: section(Section::Words),
            }),
            posting_starts: numbers(Section::PostingStarts),
            postings: numbers(Section::Postings),
            sites: numbers(Section::Sites),
            slots: numbers(Section::Slots),
            houses: numbers(Section::Houses),
            grid: numbers(Section::Grid),
        }
    }
}

/// How much can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Streets, settlements and named places.
    pub sites: u32,
    /// Houses with a number.
    pub houses: u32,
    /// Different words.
    pub words: u32,
}

impl Counts {
    /// Returns how many different answers there are.
    pub fn entries(self) -> u32 {
        self.sites.saturating_add(self.houses)
    }
}

fn number(file: &[u8], at: usize) -> Option<u32> {
    let bytes = file.get(at..at.checked_add(WIDTH)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn table(file: &[u8]) -> Option<[(usize, usize); SECTIONS]> {
    let mut table = [(0, 0); SECTIONS];
    for (entry, at) in table.iter_mut().zip((TABLE_AT..).step_by(ENTRY)) {
        let long = |at: usize| {
            let bytes = file.get(at..at.checked_add(8)?)?;
            usize::try_from(u64::from_le_bytes(bytes.try_into().ok()?)).ok()
        };
        let start = long(at)?;
        let end = start.checked_add(long(at.checked_add(8)?)?)?;
        if end > file.len() {
            return None;
        }
        *entry = (start, end);
    }
    Some(table)
}

/// Puts a file together from its sections.
pub(super) fn write(sections: [Vec<u8>; SECTIONS]) -> Vec<u8> {
    let head = TABLE_AT.saturating_add(ENTRY.saturating_mul(SECTIONS));
    let mut body = Vec::new();
    let mut start = head;
    for section in &sections {
        body.extend((start as u64).to_le_bytes());
        body.extend((section.len() as u64).to_le_bytes());
        start = start.saturating_add(section.len());
    }
    for section in sections {
        body.extend(section);
    }
    let mut file = Vec::with_capacity(start);
    file.extend(MAGIC);
    file.extend(VERSION.to_le_bytes());
    file.extend([0; 4]);
    file.extend(blake3::hash(&body).as_bytes());
    file.extend(body);
    file
}

/// Makes the hash of a changed file right again, so that tests get past it.
#[doc(hidden)]
pub fn seal(file: &mut [u8]) {
    if let Some((head, body)) = file.split_at_mut_checked(TABLE_AT)
        && let Some(hash) = head.get_mut(HASH_AT..)
    {
        hash.copy_from_slice(blake3::hash(body).as_bytes());
    }
}

/// The sections of an open file.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) texts: Texts<'a>,
    pub(super) dictionary: Dictionary<'a>,
    pub(super) posting_starts: Numbers<'a>,
    pub(super) postings: Numbers<'a>,
    sites: Numbers<'a>,
    pub(super) slots: Numbers<'a>,
    houses: Numbers<'a>,
    pub(super) grid: Numbers<'a>,
}

/// A street, settlement or named place, as the file has it. Texts by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) name: u32,
    pub(super) locality: u32,
    pub(super) postcode: u32,
    pub(super) address: u32,
    pub(super) what: u32,
    pub(super) kind: u32,
    pub(super) lat: u32,
    pub(super) lon: u32,
    pub(super) first_slot: u32,
    pub(super) first_house: u32,
}

impl Site {
    pub(super) fn numbers(self) -> [u32; SITE_NUMBERS as usize] {
        [
            self.name,
            self.locality,
            self.postcode,
            self.address,
            self.what,
            self.kind,
            self.lat,
            self.lon,
            self.first_slot,
            self.first_house,
        ]
    }

    pub(super) fn spot(self) -> Option<Spot> {
        Spot::new(self.lat.cast_signed(), self.lon.cast_signed())
    }
}

/// A house, as the file has it. Texts by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HouseRecord {
    pub(super) number: u32,
    pub(super) postcode: u32,
    pub(super) lat: u32,
    pub(super) lon: u32,
}

impl HouseRecord {
    pub(super) fn numbers(self) -> [u32; HOUSE_NUMBERS as usize] {
        [self.number, self.postcode, self.lat, self.lon]
    }

    pub(super) fn spot(self) -> Option<Spot> {
        Spot::new(self.lat.cast_signed(), self.lon.cast_signed())
    }
}

impl View<'_> {
    /// Returns how many sites there are; the last record only ends the lists of the one before.
    pub(super) fn sites(&self) -> u32 {
        (self.sites.len() / SITE_NUMBERS).saturating_sub(1)
    }

    pub(super) fn site(&self, at: u32) -> Option<Site> {
        let start = at.checked_mul(SITE_NUMBERS)?;
        let mut numbers = self.sites.range(start, start.checked_add(SITE_NUMBERS)?);
        let mut next = || numbers.next();
        Some(Site {
            name: next()?,
            locality: next()?,
            postcode: next()?,
            address: next()?,
            what: next()?,
            kind: next()?,
            lat: next()?,
            lon: next()?,
            first_slot: next()?,
            first_house: next()?,
        })
    }

    /// Returns the words of a site with their places.
    pub(super) fn slots_of(&self, at: u32) -> impl Iterator<Item = u32> + Clone + use<'_> {
        // The first slot is the ninth number of a site.
        let first = |at: u32| self.sites.get(at.checked_mul(SITE_NUMBERS)?.checked_add(8)?);
        let (start, end) = first(at).zip(at.checked_add(1).and_then(first)).unwrap_or_default();
        self.slots.range(start, end.min(start.saturating_add(SLOTS_MAX)))
    }

    /// Returns the numbers of a site's houses: the first, and the one after the last.
    pub(super) fn houses_of(&self, at: u32) -> (u32, u32) {
        let first = |at: u32| self.sites.get(at.checked_mul(SITE_NUMBERS)?.checked_add(9)?);
        let known = self.houses.len() / HOUSE_NUMBERS;
        let (start, end) = first(at).zip(at.checked_add(1).and_then(first)).unwrap_or_default();
        (start.min(known), end.min(known))
    }

    pub(super) fn house(&self, at: u32) -> Option<HouseRecord> {
        let start = at.checked_mul(HOUSE_NUMBERS)?;
        let mut numbers = self.houses.range(start, start.checked_add(HOUSE_NUMBERS)?);
        let mut next = || numbers.next();
        Some(HouseRecord { number: next()?, postcode: next()?, lat: next()?, lon: next()? })
    }
}
