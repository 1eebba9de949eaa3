//! Roads as a file.
//!
//! A fixed head, then the sections as little-endian numbers one after the other, then a checksum. It is made on
//! the machine that reads it and is rebuilt from the extract when the version changes, so no old one is read.

use thiserror::Error;

use super::cost::MILLIS_END;
use super::edges::NOWHERE;
use super::hierarchy::{Hierarchy, Hop, Hops};
use super::snap::Grid;
use super::{Roads, Stretch};
use crate::spot::Spot;

/// Which layout this is. Another one is refused.
pub const FILE_VERSION: u32 = 1;
const MAGIC: &[u8; 8] = b"JITNEYRD";
/// Stands for a map that does not say when it was taken.
const NO_DATE: i64 = i64::MIN;

/// Says why a file of roads cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FileError {
    /// It is something else.
    #[error("this is no file of roads; import the map again")]
    NotRoads,
    /// It was written by another version of the program.
    #[error("the roads are kept in layout {found}, this version reads {FILE_VERSION}; import the map again")]
    OtherVersion {
        /// Its layout.
        found: u32,
    },
    /// It is not what was written.
    #[error("the file of roads is damaged or cut short; import the map again")]
    Damaged,
}

impl Roads {
    /// Returns the roads as the content of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.file_size());
        bytes.extend_from_slice(MAGIC);
        let put = |bytes: &mut Vec<u8>, number: u32| bytes.extend_from_slice(&number.to_le_bytes());
        put(&mut bytes, FILE_VERSION);
        bytes.extend_from_slice(&self.as_of.unwrap_or(NO_DATE).to_le_bytes());
        let Hierarchy { up, down } = &self.hierarchy;
        let counts = [
            self.hierarchy.vertices() as usize,
            up.hops.len(),
            down.hops.len(),
            self.stretches.len(),
            self.points.len(),
            self.tails.len(),
        ];
        counts.iter().for_each(|count| put(&mut bytes, *count as u32));
        for hops in [up, down] {
            hops.first.iter().skip(1).for_each(|first| put(&mut bytes, *first));
            let parts = hops.hops.iter().flat_map(|hop| [hop.to, hop.millis, hop.metres]);
            parts.for_each(|part| put(&mut bytes, part));
        }
        for stretch in &self.stretches {
            let Stretch { first_point, metres, millis, heads } = *stretch;
            let parts = [first_point, metres, millis[0], millis[1], heads[0], heads[1]];
            parts.iter().for_each(|part| put(&mut bytes, *part));
        }
        for point in &self.points {
            put(&mut bytes, point.lat() as u32);
            put(&mut bytes, point.lon() as u32);
        }
        self.tails_first.iter().chain(&self.tails).for_each(|part| put(&mut bytes, *part));
        Self::with_checksum(bytes)
    }

    /// Returns how many bytes the file takes at most, so that memory is taken once.
    fn file_size(&self) -> usize {
        let Hierarchy { up, down } = &self.hierarchy;
        let hops = 3 * (up.hops.len() + down.hops.len()) + up.first.len() + down.first.len();
        let places =
            6 * self.stretches.len() + 2 * self.points.len() + self.tails_first.len() + self.tails.len();
        MAGIC.len() + 4 * (hops + places + 16)
    }

    /// Returns the content of a file with its checksum, as [`Roads::from_bytes`] reads it.
    #[doc(hidden)]
    pub fn with_checksum(mut content: Vec<u8>) -> Vec<u8> {
        content.extend_from_slice(&crc32fast::hash(&content).to_le_bytes());
        content
    }

    /// Reads roads from the content of a file. Every number in it is checked, so that roads which were read
    /// cannot lead out of bounds or round in circles.
    ///
    /// # Errors
    /// [`FileError`] says what is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(FileError::NotRoads)?;
        let (version, _) = rest.split_first_chunk().ok_or(FileError::NotRoads)?;
        let found = u32::from_le_bytes(*version);
        if found != FILE_VERSION {
            return Err(FileError::OtherVersion { found });
        }
        let (content, checksum) = bytes.split_last_chunk().ok_or(FileError::Damaged)?;
        if crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
            return Err(FileError::Damaged);
        }
        let content = content.get(MAGIC.len() + version.len()..).ok_or(FileError::Damaged)?;
        let mut roads = read(content).filter(sound).ok_or(FileError::Damaged)?;
        roads.grid = Grid::of(&roads);
        Ok(roads)
    }
}

/// Numbers one after the other.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    /// Takes so many, and memory for them only if they are there.
    fn take(&mut self, count: usize) -> Option<impl Iterator<Item = u32>> {
        let (taken, rest) = self.0.split_at_checked(count.checked_mul(4)?)?;
        self.0 = rest;
        let (numbers, _) = taken.as_chunks::<4>();
        Some(numbers.iter().map(|number| u32::from_le_bytes(*number)))
    }

    fn list(&mut self, count: usize) -> Option<Vec<u32>> {
        Some(self.take(count)?.collect())
    }

    /// Takes so many groups of `N` numbers.
    fn groups<const N: usize, T>(&mut self, count: usize, make: impl Fn([u32; N]) -> T) -> Option<Vec<T>> {
        let mut numbers = self.take(count.checked_mul(N)?)?;
        let mut groups = Vec::with_capacity(count);
        while groups.len() < count {
            let mut group = [0; N];
            for part in &mut group {
                *part = numbers.next()?;
            }
            groups.push(make(group));
        }
        Some(groups)
    }
}

fn read(content: &[u8]) -> Option<Roads> {
    let (date, content) = content.split_first_chunk()?;
    let date = i64::from_le_bytes(*date);
    let mut numbers = Numbers(content);
    let counts = numbers.list(6)?;
    let [vertices, ups, downs, stretches, points, tails] = counts[..] else { return None };
    let mut hops = |count: u32| {
        let mut first = vec![0];
        first.extend(numbers.take(vertices as usize)?);
        let hops = numbers.groups(count as usize, |[to, millis, metres]| Hop { to, millis, metres })?;
        Some(Hops { first, hops })
    };
    let hierarchy = Hierarchy { up: hops(ups)?, down: hops(downs)? };
    let stretches = numbers.groups(stretches as usize, |[first_point, metres, there, back, to, from]| {
        Stretch { first_point, metres, millis: [there, back], heads: [to, from] }
    })?;
    let points = numbers.groups(points as usize, |[lat, lon]| Spot::new(lat as i32, lon as i32))?;
    let points: Vec<Spot> = points.into_iter().collect::<Option<_>>()?;
    let tails_first = numbers.list(stretches.len().checked_mul(2)?)?;
    let tails = numbers.list(tails as usize)?;
    let as_of = (date != NO_DATE).then_some(date);
    let roads = Roads { hierarchy, stretches, points, tails_first, tails, as_of, grid: Grid::default() };
    numbers.0.is_empty().then_some(roads)
}

/// Tells whether every number means something.
fn sound(roads: &Roads) -> bool {
    let vertices = roads.hierarchy.vertices();
    let hops_lead_up = |hops: &Hops| {
        climbs_to(&hops.first, hops.hops.len())
            && (0..vertices).all(|vertex| {
                let lead_up = |hop: &Hop| hop.to > vertex && hop.to < vertices && hop.millis < MILLIS_END;
                hops.of_vertex(vertex).iter().all(lead_up)
            })
    };
    let points = roads.points.len();
    let mut ends = roads.stretches.iter().skip(1).map(|next| next.first_point as usize).chain([points]);
    let stretch_is_sound = |stretch: &Stretch| {
        let long_enough =
            ends.next().is_some_and(|end| stretch.first_point as usize + 2 <= end && end <= points);
        let leads_somewhere = stretch.heads.iter().all(|head| *head < vertices || *head == NOWHERE);
        long_enough && leads_somewhere && stretch.millis.iter().all(|millis| *millis < MILLIS_END)
    };
    hops_lead_up(&roads.hierarchy.up)
        && hops_lead_up(&roads.hierarchy.down)
        && roads.stretches.first().is_none_or(|first| first.first_point == 0)
        && (roads.stretches.is_empty() == roads.points.is_empty())
        && roads.stretches.iter().all(stretch_is_sound)
        && climbs_to(&roads.tails_first, roads.tails.len())
        && roads.tails.iter().all(|tail| *tail < vertices)
}

fn climbs_to(firsts: &[u32], end: usize) -> bool {
    firsts.is_sorted() && firsts.last().map_or(end == 0, |last| *last as usize == end)
}
