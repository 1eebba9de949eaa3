//! The map of a coop: what was imported from an OpenStreetMap extract.
//!
//! ```text
//! map/roads        driving times by road
//! map/places       addresses and places that can be searched
//! ```
//!
//! Each part is a file of its own, made by [`Map::import`] and replaced whole or not at all. The maps are © OpenStreetMap
//! contributors, under the Open Database Licence.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use jitney_geo::places::{
    AddressListError, BuildError, CollectError, Collected, Places, PlacesFileError, add_addresses, build,
    collect,
};
use jitney_geo::roads::{Counts, FileError, ImportError, Roads, Surveyed};
use serde::Serialize;
use thiserror::Error;

use crate::home::{Home, HomeError, write_private};

/// The file of roads in the map's directory.
const ROADS: &str = "roads";
/// The file of places in the map's directory.
const PLACES: &str = "places";
/// What must be said wherever something made of the map is shown.
pub const ATTRIBUTION: &str = "© OpenStreetMap contributors, ODbL";

/// Why a map cannot be imported or used.
#[derive(Debug, Error)]
pub enum MapError {
    /// The extract cannot be opened.
    #[error("{} cannot be opened: {source}", .path.display())]
    Extract {
        /// Where it was looked for.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The extract is no good.
    #[error("{} was not imported: {source}", .path.display())]
    Import {
        /// The extract.
        path: PathBuf,
        /// Why.
        source: ImportError,
    },
    /// What can be searched cannot be collected from the extract.
    #[error("{} was not imported: {source}", .path.display())]
    Collect {
        /// The extract.
        path: PathBuf,
        /// Why.
        source: CollectError,
    },
    /// The extract holds more places than can be searched.
    #[error(transparent)]
    Places(#[from] BuildError),
    /// The list of addresses is no good.
    #[error("{} was not imported: {source}", .path.display())]
    Addresses {
        /// The list.
        path: PathBuf,
        /// Why.
        source: AddressListError,
    },
    /// What was imported cannot be written.
    #[error(transparent)]
    Write(#[from] HomeError),
    /// What was imported cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What was imported is not sound any more.
    #[error("{}: {source} with `jitney map import`", .path.display())]
    Unsound {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: FileError,
    },
    /// The places that were imported are not sound any more.
    #[error("{}: {source}", .path.display())]
    UnsoundPlaces {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: PlacesFileError,
    },
}

/// What an import found and wrote.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// Where it was written.
    pub dir: PathBuf,
    /// Ways that cars use.
    pub roads: usize,
    /// Kilometres of them, each direction counted.
    pub km: u64,
    /// Crossings by boat that carry cars.
    pub ferries: usize,
    /// Turns that are forbidden.
    pub turn_restrictions: u32,
    /// When the map was taken from OpenStreetMap, in seconds since 1970, if it says so.
    pub as_of: Option<i64>,
    /// Streets, towns and places with a name that can be searched.
    pub streets_and_places: u32,
    /// House numbers that can be searched.
    pub houses: u32,
    /// Bytes written.
    pub bytes: usize,
}

/// A map that has been imported.
#[derive(Debug, Clone)]
pub struct Map {
    dir: PathBuf,
}

impl Map {
    /// Names the map of a node's directory, whether there is one or not.
    pub fn of(home: &Home) -> Self {
        Map { dir: home.dir().join("map") }
    }

    /// Names the map in a directory of its own.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Map { dir: dir.into() }
    }

    /// Returns where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Imports an extract in place of what was imported before, with the addresses of an official list if one is
    /// given. If either cannot be read, what was imported before stays.
    ///
    /// # Errors
    /// [`MapError`] says what is wrong and what to do.
    pub fn import(&self, extract: &Path, addresses: Option<&Path>) -> Result<Imported, MapError> {
        let file =
            File::open(extract).map_err(|source| MapError::Extract { path: extract.to_owned(), source })?;
        let refused = |source| MapError::Import { path: extract.to_owned(), source };
        let (roads, counts, _) = Surveyed::read(&mut BufReader::new(file)).map_err(refused)?.prepare();
        let bytes = roads.to_bytes();
        let places = self.places_of(extract, addresses)?;
        let found = Places::open(places.as_slice())
            .map_err(|source| MapError::UnsoundPlaces { path: extract.to_owned(), source })?
            .counts();
        let io = |source| HomeError::Io { path: self.dir.clone(), source };
        fs::create_dir_all(&self.dir).map_err(io)?;
        write_private(&self.dir.join(ROADS), &bytes)?;
        write_private(&self.dir.join(PLACES), &places)?;
        let Counts { roads: ways, ferries, turns, .. } = counts;
        Ok(Imported {
            dir: self.dir.clone(),
            roads: ways,
            km: roads.km(),
            ferries,
            turn_restrictions: turns,
            as_of: roads.as_of(),
            streets_and_places: found.sites,
            houses: found.houses,
            bytes: bytes.len().saturating_add(places.len()),
        })
    }

    /// Returns the file of the places in an extract and in a list of addresses.
    fn places_of(&self, extract: &Path, addresses: Option<&Path>) -> Result<Vec<u8>, MapError> {
        let open = || File::open(extract).map(BufReader::new);
        let refused = |source| MapError::Collect { path: extract.to_owned(), source };
        let Collected { mut documents, localities, .. } = collect(open).map_err(refused)?;
        if let Some(path) = addresses {
            let list = fs::read_to_string(path)
                .map_err(|source| MapError::Read { path: path.to_owned(), source })?;
            add_addresses(&mut documents, &list, &localities)
                .map_err(|source| MapError::Addresses { path: path.to_owned(), source })?;
        }
        Ok(build(documents)?)
    }

    /// Returns which file holds the places, if any were imported.
    pub fn places_file(&self) -> PathBuf {
        self.dir.join(PLACES)
    }

    /// Opens the places; `None` if none were imported.
    ///
    /// # Errors
    /// [`MapError`] if they cannot be read or are not sound.
    pub fn places(&self) -> Result<Option<Places<Vec<u8>>>, MapError> {
        let path = self.places_file();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(MapError::Read { path, source }),
        };
        Places::open(bytes).map(Some).map_err(|source| MapError::UnsoundPlaces { path, source })
    }

    /// Opens the roads; `None` if none were imported.
    ///
    /// # Errors
    /// [`MapError`] if they cannot be read or are not sound.
    pub fn roads(&self) -> Result<Option<Roads>, MapError> {
        let path = self.dir.join(ROADS);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(MapError::Read { path, source }),
        };
        Roads::from_bytes(&bytes).map(Some).map_err(|source| MapError::Unsound { path, source })
    }
}
