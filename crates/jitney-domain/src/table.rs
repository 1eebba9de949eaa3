//! State as tables of rows that remember which of them changed, so that a node can write just those.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeBounds;

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Rows by key, in key order, with the set of keys touched since the last [`Table::take_changed`].
///
/// ```
/// use jitney_domain::table::Table;
/// let mut seats: Table<u32, &str> = Table::new();
/// seats.insert(7, "free");
/// assert!(seats.update(&7, |seat| *seat = "taken"));
/// assert_eq!(seats.take_changed().into_iter().collect::<Vec<_>>(), [7]);
/// assert!(seats.take_changed().is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Table<K, V> {
    rows: BTreeMap<K, V>,
    changed: BTreeSet<K>,
}

impl<K: Ord, V> Default for Table<K, V> {
    fn default() -> Self {
        Table { rows: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

/// Tables are equal when their rows are, whatever was touched on the way.
impl<K: PartialEq, V: PartialEq> PartialEq for Table<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    /// Returns an empty table.
    pub fn new() -> Self {
        Table::default()
    }

    /// Returns the row of `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    /// Tells whether there is a row of `key`.
    pub fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// Returns all rows in key order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    /// Returns all rows' values in key order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.rows.values()
    }

    /// Returns the rows within `keys`, in key order.
    pub fn range(&self, keys: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.range(keys)
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Tells whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the last row in key order.
    pub fn last(&self) -> Option<(&K, &V)> {
        self.rows.last_key_value()
    }

    /// Writes a row, in place of one that may be there.
    pub fn insert(&mut self, key: K, value: V) {
        self.changed.insert(key.clone());
        self.rows.insert(key, value);
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let row = self.rows.remove(key);
        if row.is_some() {
            self.changed.insert(key.clone());
        }
        row
    }

    /// Changes a row in place; tells whether there was one.
    pub fn update(&mut self, key: &K, change: impl FnOnce(&mut V)) -> bool {
        match self.rows.get_mut(key) {
            Some(row) => {
                change(row);
                self.changed.insert(key.clone());
                true
            }
            None => false,
        }
    }

    /// Puts back a row that was read from the store: nothing has changed by it.
    pub fn restore(&mut self, key: K, value: V) {
        self.rows.insert(key, value);
    }

    /// Returns the keys touched since the last call, and forgets them.
    pub fn take_changed(&mut self) -> BTreeSet<K> {
        std::mem::take(&mut self.changed)
    }
}

/// A row as the store keeps it: the table's tag, the key's bytes, the value's bytes or none if it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// Which table.
    pub table: u8,
    /// The key, in an encoding whose byte order is the key order.
    pub key: Vec<u8>,
    /// The new value; `None` when the row was removed.
    pub value: Option<Vec<u8>>,
}

/// Says why a stored row could not be read back.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the stored row {key} of table {table} cannot be read: {why}; run `jitney verify`")]
pub struct RowError {
    /// The table's tag.
    pub table: u8,
    /// The key in hex.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

/// A key that a store can keep in order.
pub trait RowKey: Ord + Clone + Sized {
    /// Returns bytes whose order is the key order.
    fn to_bytes(&self) -> Vec<u8>;
    /// Reads what [`RowKey::to_bytes`] wrote.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl RowKey for u32 {
    fn to_bytes(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(u32::from_be_bytes)
    }
}

impl RowKey for () {
    fn to_bytes(&self) -> Vec<u8> {
        Vec::new()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.is_empty().then_some(())
    }
}

macro_rules! row_key {
    (number: $($name:ident),*) => {$(
        impl RowKey for crate::$name {
            fn to_bytes(&self) -> Vec<u8> { self.0.to_be_bytes().to_vec() }
            fn from_bytes(bytes: &[u8]) -> Option<Self> { u32::from_bytes(bytes).map(crate::$name) }
        }
    )*};
    (random: $($name:ident),*) => {$(
        impl RowKey for crate::$name {
            fn to_bytes(&self) -> Vec<u8> { self.as_bytes().to_vec() }
            fn from_bytes(bytes: &[u8]) -> Option<Self> { bytes.try_into().ok().map(crate::$name::from_bytes) }
        }
    )*};
}
row_key!(number: MemberId, VehicleId, RunId, SubscriptionId, TripId, LiftNumber);
row_key!(random: TicketId, ClaimId, CapacityId, InvitationId, ReportId, AlarmId, CardId, SessionId);

impl RowKey for jitney_identity::credential::CredentialId {
    fn to_bytes(&self) -> Vec<u8> {
        self.as_str().as_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        String::from_utf8(bytes.to_vec()).ok()?.try_into().ok()
    }
}

impl RowKey for jitney_identity::PublicKey {
    fn to_bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        jitney_identity::PublicKey::from_bytes(bytes.try_into().ok()?).ok()
    }
}

impl<K: RowKey, V: Serialize + DeserializeOwned> Table<K, V> {
    /// Appends the rows touched since the last call to `out`, values as JSON.
    ///
    /// # Errors
    /// [`RowError`] if a value has no JSON form, which is a fault of the program.
    pub fn drain_changes(&mut self, table: u8, out: &mut Vec<RowChange>) -> Result<(), RowError> {
        for key in self.take_changed() {
            let bytes = key.to_bytes();
            let value = match self.rows.get(&key) {
                Some(row) => {
                    Some(serde_json::to_vec(row).map_err(|e| row_error(table, &bytes, &e.to_string()))?)
                }
                None => None,
            };
            out.push(RowChange { table, key: bytes, value });
        }
        Ok(())
    }

    /// Puts back a row as [`Table::drain_changes`] wrote it.
    ///
    /// # Errors
    /// [`RowError`] for bytes that are no such row.
    pub fn restore_row(&mut self, table: u8, key: &[u8], value: &[u8]) -> Result<(), RowError> {
        let parsed = K::from_bytes(key).ok_or_else(|| row_error(table, key, "its key is malformed"))?;
        let row = serde_json::from_slice(value).map_err(|e| row_error(table, key, &e.to_string()))?;
        self.restore(parsed, row);
        Ok(())
    }
}

fn row_error(table: u8, key: &[u8], why: &str) -> RowError {
    RowError { table, key: data_encoding::HEXLOWER.encode(key), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_drained_restores_the_same_table(
            ops in prop::collection::vec((0u32..6, prop::option::of(0u32..100)), 0..60)
        ) {
            let mut table: Table<u32, u32> = Table::new();
            let mut disk = BTreeMap::new();
            for (key, value) in ops {
                match value {
                    Some(value) => table.insert(key, value),
                    None => { table.remove(&key); }
                }
                if key == 0 { continue; } // several changes in one batch
                let mut out = Vec::new();
                table.drain_changes(1, &mut out).unwrap();
                for change in out {
                    match change.value {
                        Some(value) => disk.insert(change.key, value),
                        None => disk.remove(&change.key),
                    };
                }
            }
            let mut out = Vec::new();
            table.drain_changes(1, &mut out).unwrap();
            for change in out {
                match change.value {
                    Some(value) => disk.insert(change.key, value),
                    None => disk.remove(&change.key),
                };
            }
            let mut back: Table<u32, u32> = Table::new();
            for (key, value) in &disk {
                back.restore_row(1, key, value).unwrap();
            }
            prop_assert_eq!(back, table);
        }
    }
}
