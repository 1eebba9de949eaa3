//! One durable step of a node, and its bytes in the journal.

use std::collections::BTreeMap;
use std::fmt;

use crate::StoreError;
use crate::reader::{Reader, hex};

/// Longest key of a row, in bytes.
pub const MAX_KEY_BYTES: usize = 512;

/// Longest value of a row, in bytes.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// Longest encoded batch, in bytes.
pub const MAX_BATCH_BYTES: usize = 8 * 1024 * 1024;

/// First byte of an encoded batch: the version of its layout.
const BATCH_LAYOUT: u8 = 1;

/// The number of a table. The program above declares its tables as constants and never reuses a number.
///
/// ```
/// use jitney_store::TableTag;
/// const TRIPS: TableTag = TableTag(3);
/// assert_eq!(TRIPS.to_string(), "table 3");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableTag(pub u8);

impl fmt::Display for TableTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table {}", self.0)
    }
}

/// One row written or deleted.
#[derive(Clone, PartialEq, Eq)]
pub struct RowChange {
    /// The table the row belongs to.
    pub table: TableTag,
    /// The row's key, at most [`MAX_KEY_BYTES`]. Scans go in the order of these bytes.
    pub key: Vec<u8>,
    /// The new value, at most [`MAX_VALUE_BYTES`]; `None` deletes the row, also when there is none.
    pub value: Option<Vec<u8>>,
}

impl RowChange {
    /// Returns the change that writes a row.
    pub fn put(table: TableTag, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        RowChange { table, key: key.into(), value: Some(value.into()) }
    }

    /// Returns the change that deletes a row.
    pub fn delete(table: TableTag, key: impl Into<Vec<u8>>) -> Self {
        RowChange { table, key: key.into(), value: None }
    }
}

/// Shows sizes only: rows may hold personal data, and debug output ends up in logs.
impl fmt::Debug for RowChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowChange")
            .field("table", &self.table.0)
            .field("key_bytes", &self.key.len())
            .field("value_bytes", &self.value.as_ref().map(Vec::len))
            .finish()
    }
}

/// One durable step: what happened, and the rows that follow from it. It is kept whole or not at all.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// What happened, in bytes that only the program above understands. The journal keeps them.
    pub events: Vec<u8>,
    /// The rows that change, in order; of two changes of one row the later counts.
    pub changes: Vec<RowChange>,
}

/// Shows sizes only, as [`RowChange`] does.
impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("events_bytes", &self.events.len())
            .field("changes", &self.changes)
            .finish()
    }
}

/// The last change of each row of a batch, in the order of rows.
pub(crate) type Effective<'a> = BTreeMap<(TableTag, &'a [u8]), Option<&'a [u8]>>;

impl Batch {
    /// Returns the batch as the journal keeps it: layout version, events with their length, number of
    /// changes, and each change as table, key with length, 0 or 1, and for 1 the value with its length.
    /// All numbers are little endian.
    ///
    /// # Errors
    /// [`StoreError::KeyTooLong`], [`StoreError::ValueTooLarge`] or [`StoreError::BatchTooLarge`].
    pub fn encode(&self) -> Result<Vec<u8>, StoreError> {
        let len = self.check()?;
        let mut bytes = Vec::with_capacity(len);
        bytes.push(BATCH_LAYOUT);
        bytes.extend_from_slice(&length32(self.events.len())?);
        bytes.extend_from_slice(&self.events);
        bytes.extend_from_slice(&length32(self.changes.len())?);
        for change in &self.changes {
            bytes.push(change.table.0);
            let key_len = u16::try_from(change.key.len()).map_err(|_| key_too_long(change))?;
            bytes.extend_from_slice(&key_len.to_le_bytes());
            bytes.extend_from_slice(&change.key);
            match &change.value {
                None => bytes.push(0),
                Some(value) => {
                    bytes.push(1);
                    bytes.extend_from_slice(&length32(value.len())?);
                    bytes.extend_from_slice(value);
                }
            }
        }
        Ok(bytes)
    }

    /// Reads what [`Batch::encode`] wrote. Every batch has exactly one encoding.
    ///
    /// # Errors
    /// [`StoreError::UnreadableBatch`] with the first thing wrong.
    pub fn decode(bytes: &[u8]) -> Result<Batch, StoreError> {
        if bytes.len() > MAX_BATCH_BYTES {
            return Err(StoreError::BatchTooLarge { len: bytes.len(), limit: MAX_BATCH_BYTES });
        }
        let mut reader = Reader::new(bytes);
        if reader.u8() != Some(BATCH_LAYOUT) {
            return unreadable("its layout version is not known");
        }
        let events = reader.len32().and_then(|len| reader.take(len));
        let Some(events) = events else { return unreadable("its events are cut off") };
        let Some(count) = reader.u32() else { return unreadable("its number of changes is cut off") };
        let mut changes = Vec::new();
        for _ in 0..count {
            changes.push(decode_change(&mut reader)?);
        }
        if !reader.is_empty() {
            return unreadable("bytes follow its last change");
        }
        Ok(Batch { events: events.to_vec(), changes })
    }

    /// Returns the last change of each row.
    pub(crate) fn effective(&self) -> Effective<'_> {
        self.changes
            .iter()
            .map(|change| ((change.table, change.key.as_slice()), change.value.as_deref()))
            .collect()
    }

    /// Checks every limit and returns the encoded length in bytes.
    fn check(&self) -> Result<usize, StoreError> {
        let mut len = 1 + 4 + self.events.len() + 4;
        for change in &self.changes {
            if change.key.len() > MAX_KEY_BYTES {
                return Err(key_too_long(change));
            }
            let value_len = change.value.as_ref().map_or(0, Vec::len);
            if value_len > MAX_VALUE_BYTES {
                return Err(StoreError::ValueTooLarge {
                    table: change.table,
                    key: hex(&change.key),
                    len: value_len,
                    limit: MAX_VALUE_BYTES,
                });
            }
            len += 1 + 2 + change.key.len() + 1 + change.value.as_ref().map_or(0, |value| 4 + value.len());
        }
        if len > MAX_BATCH_BYTES {
            return Err(StoreError::BatchTooLarge { len, limit: MAX_BATCH_BYTES });
        }
        Ok(len)
    }
}

fn decode_change(reader: &mut Reader<'_>) -> Result<RowChange, StoreError> {
    let Some(table) = reader.u8().map(TableTag) else { return unreadable("a change is cut off") };
    let key = match reader.u16().map(usize::from) {
        Some(len) if len > MAX_KEY_BYTES => return unreadable("a key is too long"),
        Some(len) => reader.take(len),
        None => None,
    };
    let Some(key) = key else { return unreadable("a key is cut off") };
    let value = match reader.u8() {
        Some(0) => None,
        Some(1) => match reader.len32() {
            Some(len) if len > MAX_VALUE_BYTES => return unreadable("a value is too long"),
            Some(len) => match reader.take(len) {
                Some(value) => Some(value.to_vec()),
                None => return unreadable("a value is cut off"),
            },
            None => return unreadable("a value is cut off"),
        },
        _ => return unreadable("a change neither writes nor deletes"),
    };
    Ok(RowChange { table, key: key.to_vec(), value })
}

fn unreadable<T>(what: &'static str) -> Result<T, StoreError> {
    Err(StoreError::UnreadableBatch { what })
}

fn key_too_long(change: &RowChange) -> StoreError {
    StoreError::KeyTooLong { table: change.table, len: change.key.len(), limit: MAX_KEY_BYTES }
}

fn length32(len: usize) -> Result<[u8; 4], StoreError> {
    u32::try_from(len)
        .map(u32::to_le_bytes)
        .map_err(|_| StoreError::BatchTooLarge { len, limit: MAX_BATCH_BYTES })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change() -> impl Strategy<Value = RowChange> {
        let bytes = |max| prop::collection::vec(any::<u8>(), 0..max);
        (any::<u8>(), bytes(20), prop::option::of(bytes(60))).prop_map(|(table, key, value)| RowChange {
            table: TableTag(table),
            key,
            value,
        })
    }

    proptest! {
        #[test]
        fn a_batch_reads_back_as_written(
            events in prop::collection::vec(any::<u8>(), 0..80),
            changes in prop::collection::vec(change(), 0..8),
        ) {
            let batch = Batch { events, changes };
            prop_assert_eq!(Batch::decode(&batch.encode().unwrap()).unwrap(), batch);
        }

        #[test]
        fn foreign_bytes_are_refused_or_read_exactly(mut bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            if let Some(first) = bytes.first_mut() {
                *first = BATCH_LAYOUT;
            }
            if let Ok(batch) = Batch::decode(&bytes) {
                prop_assert_eq!(batch.encode().unwrap(), bytes);
            }
        }

        #[test]
        fn a_cut_batch_is_refused(changes in prop::collection::vec(change(), 1..5), cut in any::<prop::sample::Index>()) {
            let bytes = Batch { events: vec![9; 5], changes }.encode().unwrap();
            prop_assert!(Batch::decode(&bytes[..cut.index(bytes.len())]).is_err());
        }
    }

    #[test]
    fn limits_are_checked_before_anything_is_written() {
        let put = |key: usize, value: usize| Batch {
            events: Vec::new(),
            changes: vec![RowChange::put(TableTag(1), vec![0; key], vec![0; value])],
        };
        assert!(put(MAX_KEY_BYTES, MAX_VALUE_BYTES).encode().is_ok());
        assert!(matches!(put(MAX_KEY_BYTES + 1, 0).encode(), Err(StoreError::KeyTooLong { len: 513, .. })));
        assert!(matches!(
            put(0, MAX_VALUE_BYTES + 1).encode(),
            Err(StoreError::ValueTooLarge { len: 65537, .. })
        ));
        let big = Batch { events: vec![0; MAX_BATCH_BYTES], changes: Vec::new() };
        assert!(matches!(big.encode(), Err(StoreError::BatchTooLarge { .. })));
    }

    #[test]
    fn a_huge_announced_count_costs_no_memory() {
        let mut bytes = vec![BATCH_LAYOUT, 0, 0, 0, 0];
        bytes.extend_from_slice(&u32::MAX.to_le_bytes());
        assert!(Batch::decode(&bytes).is_err());
    }

    #[test]
    fn debug_output_shows_no_content() {
        let batch =
            Batch { events: b"Mrs Lund".to_vec(), changes: vec![RowChange::put(TableTag(1), "k", "Elm St")] };
        let shown = format!("{batch:?}");
        assert!(!shown.contains("Lund") && !shown.contains("Elm") && !shown.contains("76"), "{shown}");
    }
}
