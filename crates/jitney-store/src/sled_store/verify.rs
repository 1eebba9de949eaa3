//! The audit of a store: everything is read and compared with everything it must agree with.

use std::collections::HashMap;

use super::SledStore;
use super::guard::Progress;
use crate::digest::row_hash;
use crate::store::{Committed, VerifyReport};
use crate::witness::WitnessState;
use crate::{Digest, StoreError, witness};

impl SledStore {
    /// Checks that the rows, the journal from its first batch on, the head in memory and the witness tell the
    /// same story. Takes 32 bytes of memory a row.
    pub(super) fn audit(&self) -> Result<VerifyReport, StoreError> {
        let rows = self.engine.check(&Progress::default())?.head;
        agree("the rows on disk", rows, "the running store", self.head)?;
        let seen = witness::read(&self.dir)?;
        let mut hashes: HashMap<u128, u128> = HashMap::new();
        let mut told = Committed { seq: 0, digest: Digest::EMPTY };
        let walked = self.journal.replay(1, &mut |seq, batch| {
            for ((table, key), value) in batch.effective() {
                let row = row_hash(table, key, b"");
                let new = value.map(|value| row_hash(table, key, value));
                let old = match new {
                    Some(new) => hashes.insert(row, new),
                    None => hashes.remove(&row),
                };
                told.digest = old.map_or(told.digest, |old| told.digest.minus(old));
                told.digest = new.map_or(told.digest, |new| told.digest.plus(new));
            }
            told.seq = seq;
            match seen {
                WitnessState::Saw(seen) if seen.seq == seq => agree("the witness", seen, "the journal", told),
                _ => Ok(()),
            }
        })?;
        agree("the journal", told, "the rows", rows)?;
        match seen {
            WitnessState::Unreadable => {
                return Err(StoreError::DamagedState { what: "the witness file is unreadable".to_owned() });
            }
            WitnessState::Saw(seen) if seen.seq > told.seq => {
                agree("the witness", seen, "the journal", told)?
            }
            _ => {}
        }
        Ok(VerifyReport {
            head: self.head,
            batches: walked.batches,
            segments: walked.segments,
            journal_bytes: walked.bytes,
        })
    }
}

fn agree(one: &str, a: Committed, other: &str, b: Committed) -> Result<(), StoreError> {
    if a == b {
        return Ok(());
    }
    let what = format!(
        "{one} is at batch {} with state {}, {other} at batch {} with state {}",
        a.seq, a.digest, b.seq, b.digest
    );
    Err(StoreError::DamagedState { what })
}
