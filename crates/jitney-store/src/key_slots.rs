//! The keys of persons, in a file that can forget.
//!
//! Personal data is encrypted with a key per person; destroying the key destroys the data everywhere it was
//! written. So these keys are never in the journal or in sled, neither of which overwrites anything, but in
//! slots of fixed size that are overwritten in place. The keys are wrapped (encrypted) before they come here.
//!
//! Overwriting in place reaches the medium on common file systems and disks. Copy-on-write file systems,
//! snapshots, backups and the spare blocks of flash disks may keep an old copy of the *wrapped* key; against
//! those the wrapping protects.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::IoContext;
use crate::reader::Reader;
use crate::{StoreError, files};

/// Name of the file in the store's directory.
const KEYS_FILE: &str = "people.keys";

/// Bytes of a slot. A power of two, so that no slot crosses a disk sector.
const SLOT_BYTES: usize = 128;

/// Longest wrapped key, in bytes.
pub const MAX_WRAPPED_KEY_BYTES: usize = 96;

/// First four bytes of a slot in use.
const SLOT_MAGIC: [u8; 4] = *b"JyK1";

/// The number of a person in the vault; meaningless outside this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// What opening the slots found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySlotsReport {
    /// Persons with a key.
    pub persons: usize,
    /// Whether the file ended in an unfinished slot, never acknowledged, as a crash leaves it.
    pub torn_tail: bool,
    /// Positions of unreadable slots elsewhere. Each may have been a person's key: compare the persons of the
    /// vault with the keys, and restore what is missing from a backup.
    pub damaged: Vec<usize>,
}

/// A wrapped key with its place in the file.
struct Slot {
    position: usize,
    version: u32,
    wrapped: Zeroizing<Vec<u8>>,
}

/// The wrapped keys of all persons, in memory and on disk.
///
/// ```
/// use jitney_store::{KeySlots, PersonId};
///
/// let dir = tempfile::tempdir()?;
/// let (mut keys, _) = KeySlots::open(dir.path())?;
/// keys.put(PersonId(7), b"wrapped key")?; // durable from here on
/// assert_eq!(keys.get(PersonId(7)), Some(&b"wrapped key"[..]));
/// assert!(keys.erase(PersonId(7))?); // gone from here on
/// assert_eq!(keys.get(PersonId(7)), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct KeySlots {
    path: PathBuf,
    file: File,
    slots: BTreeMap<PersonId, Slot>,
    /// Positions that hold nothing.
    free: Vec<usize>,
    /// Unreadable slots, with the person their bytes seem to name.
    damaged: Vec<(usize, Option<PersonId>)>,
    /// Positions in the file.
    len: usize,
}

/// Shows no key.
impl fmt::Debug for KeySlots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySlots").field("persons", &self.slots.len()).field("positions", &self.len).finish()
    }
}

/// Lets the lock go at once, also when a child process being started still shares the file.
impl Drop for KeySlots {
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::warn!(target: "jitney::store", %error, "cannot unlock the keys; they are free when the process ends");
        }
    }
}

impl KeySlots {
    /// Opens or creates the slots in a store's directory and reads them all.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has them open, [`StoreError::Io`] if they cannot be read.
    pub fn open(dir: &Path) -> Result<(KeySlots, KeySlotsReport), StoreError> {
        files::create_private_dir(dir)?;
        let path = dir.join(KEYS_FILE);
        let created = !path.exists();
        let file = files::private().open(&path).doing("open", &path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { dir: dir.to_owned(), pid: None });
            }
            Err(TryLockError::Error(source)) => return Err(StoreError::Io { doing: "lock", path, source }),
        }
        if created {
            files::sync_dir(dir)?;
        }
        let bytes = Zeroizing::new(std::fs::read(&path).doing("read", &path)?);
        let mut keys =
            KeySlots { path, file, slots: BTreeMap::new(), free: Vec::new(), damaged: Vec::new(), len: 0 };
        let torn_tail = keys.load(&bytes)?;
        let report = KeySlotsReport {
            persons: keys.slots.len(),
            torn_tail,
            damaged: keys.damaged.iter().map(|(position, _)| *position).collect(),
        };
        Ok((keys, report))
    }

    /// Keeps a person's wrapped key and returns once it is durable. A key the person had is overwritten after
    /// the new one is safe.
    ///
    /// # Errors
    /// [`StoreError::WrappedKeyLength`], which writes nothing, or [`StoreError::Io`].
    pub fn put(&mut self, person: PersonId, wrapped: &[u8]) -> Result<(), StoreError> {
        if wrapped.is_empty() || wrapped.len() > MAX_WRAPPED_KEY_BYTES {
            return Err(StoreError::WrappedKeyLength { len: wrapped.len(), limit: MAX_WRAPPED_KEY_BYTES });
        }
        let version = self.slots.get(&person).map_or(0, |slot| slot.version.wrapping_add(1));
        let position = self.free.last().copied().unwrap_or(self.len);
        self.write(position, &encode(person, version, wrapped))?;
        self.free.pop();
        self.len = self.len.max(position.saturating_add(1));
        let slot = Slot { position, version, wrapped: Zeroizing::new(wrapped.to_vec()) };
        if let Some(old) = self.slots.insert(person, slot) {
            self.clear(old.position)?;
        }
        Ok(())
    }

    /// Returns a person's wrapped key.
    pub fn get(&self, person: PersonId) -> Option<&[u8]> {
        self.slots.get(&person).map(|slot| slot.wrapped.as_slice())
    }

    /// Overwrites a person's key with zeros, and returns once that is durable whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Io`]; the key may still be there, so it must be tried again.
    pub fn erase(&mut self, person: PersonId) -> Result<bool, StoreError> {
        let remains: Vec<usize> = self
            .damaged
            .iter()
            .filter(|(_, of)| *of == Some(person))
            .map(|(position, _)| *position)
            .collect();
        for position in &remains {
            self.clear(*position)?;
        }
        self.damaged.retain(|(position, _)| !remains.contains(position));
        let Some(position) = self.slots.get(&person).map(|slot| slot.position) else {
            return Ok(!remains.is_empty());
        };
        self.clear(position)?;
        self.slots.remove(&person);
        Ok(true)
    }

    /// Returns all persons with their wrapped keys, in the order of persons.
    pub fn iter(&self) -> impl Iterator<Item = (PersonId, &[u8])> {
        self.slots.iter().map(|(person, slot)| (*person, slot.wrapped.as_slice()))
    }

    /// Sorts every slot of the file into used, free and damaged. Returns whether the last one was torn.
    fn load(&mut self, bytes: &[u8]) -> Result<bool, StoreError> {
        let mut older = Vec::new();
        for (position, chunk) in bytes.chunks(SLOT_BYTES).enumerate() {
            self.len = position.saturating_add(1);
            if chunk.iter().all(|byte| *byte == 0) {
                self.free.push(position);
                continue;
            }
            let Some((person, version, wrapped)) = decode(chunk) else {
                self.damaged.push((position, person_in(chunk)));
                continue;
            };
            // A crash between the two writes of `put` leaves two versions; the newer is the durable one.
            let newest = self.slots.get(&person).is_none_or(|held| newer(version, held.version));
            if !newest {
                older.push(position);
            } else if let Some(held) = self.slots.insert(person, Slot { position, version, wrapped }) {
                older.push(held.position);
            }
        }
        for position in older {
            self.clear(position)?;
        }
        let torn = self.len.checked_sub(1).and_then(|last| self.damaged.pop_if(|(at, _)| *at == last));
        if let Some((position, _)) = torn {
            self.free.push(position);
        }
        Ok(torn.is_some())
    }

    /// Overwrites a slot with zeros, durably, and gives it free.
    fn clear(&mut self, position: usize) -> Result<(), StoreError> {
        self.write(position, &[0; SLOT_BYTES])?;
        self.free.push(position);
        Ok(())
    }

    fn write(&mut self, position: usize, slot: &[u8; SLOT_BYTES]) -> Result<(), StoreError> {
        let at = (position as u64).saturating_mul(SLOT_BYTES as u64);
        self.file.seek(SeekFrom::Start(at)).doing("write", &self.path)?;
        self.file.write_all(slot).doing("write", &self.path)?;
        self.file.sync_all().doing("sync", &self.path)
    }
}

/// Layout, little endian: magic (4), person (4), version (4), key length (1), key (96), zeros (15), CRC-32 of
/// everything before it (4).
fn encode(person: PersonId, version: u32, wrapped: &[u8]) -> Zeroizing<[u8; SLOT_BYTES]> {
    let mut bytes = Vec::with_capacity(SLOT_BYTES);
    bytes.extend_from_slice(&SLOT_MAGIC);
    bytes.extend_from_slice(&person.0.to_le_bytes());
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.push(u8::try_from(wrapped.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(wrapped);
    bytes.resize(SLOT_BYTES.saturating_sub(4), 0);
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    let bytes = Zeroizing::new(bytes);
    let mut slot = Zeroizing::new([0; SLOT_BYTES]);
    for (to, from) in slot.iter_mut().zip(bytes.iter()) {
        *to = *from;
    }
    slot
}

fn decode(bytes: &[u8]) -> Option<(PersonId, u32, Zeroizing<Vec<u8>>)> {
    let (body, crc) = bytes.split_last_chunk::<4>()?;
    if bytes.len() != SLOT_BYTES || crc32fast::hash(body) != u32::from_le_bytes(*crc) {
        return None;
    }
    let mut reader = Reader::new(body);
    if reader.array() != Some(SLOT_MAGIC) {
        return None;
    }
    let (person, version) = (PersonId(reader.u32()?), reader.u32()?);
    let len = usize::from(reader.u8()?);
    let wrapped = (1..=MAX_WRAPPED_KEY_BYTES).contains(&len).then(|| reader.take(len))??;
    Some((person, version, Zeroizing::new(wrapped.to_vec())))
}

/// Reads a slot as opening does, whatever becomes of it.
pub(crate) fn read(bytes: &[u8]) {
    if let Some((_, _, wrapped)) = decode(bytes) {
        assert!((1..=MAX_WRAPPED_KEY_BYTES).contains(&wrapped.len()));
    } else {
        let _ = person_in(bytes);
    }
}

/// Returns the person that a damaged slot seems to belong to.
fn person_in(bytes: &[u8]) -> Option<PersonId> {
    let mut reader = Reader::new(bytes);
    reader.take(SLOT_MAGIC.len())?;
    reader.u32().map(PersonId)
}

/// Versions wrap around; of two that exist at once one is the successor of the other.
fn newer(one: u32, other: u32) -> bool {
    one.wrapping_sub(other) == 1
}
