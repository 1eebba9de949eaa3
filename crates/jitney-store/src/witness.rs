//! The witness: a small file beside the store that remembers how far it had come.
//!
//! A store that was rolled back (an old copy put in place, a truncated log taken for a crash) can look
//! perfectly healthy. The witness is written separately, so such a store knows less than its witness.

use std::path::Path;

use crate::reader::hex;
use crate::store::Committed;
use crate::{StoreError, files};

/// Name of the witness file in the store's directory.
const WITNESS_FILE: &str = "witness";

/// First line of the file.
const TITLE: &str = "jitney-witness 1";

/// What the witness file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WitnessState {
    /// There is none yet.
    Absent,
    /// It was made durable when the store had come this far.
    Saw(Committed),
    /// Its content is damaged; a new one is written, and this time nothing vouches against a rollback.
    Unreadable,
}

/// Reads the witness of `dir`.
pub(crate) fn read(dir: &Path) -> Result<WitnessState, StoreError> {
    Ok(match files::read_if_there(&dir.join(WITNESS_FILE))? {
        None => WitnessState::Absent,
        Some(bytes) => parse(&bytes).map_or(WitnessState::Unreadable, WitnessState::Saw),
    })
}

/// Replaces the witness of `dir`, durably.
pub(crate) fn write(dir: &Path, seen: Committed) -> Result<(), StoreError> {
    let path = dir.join(WITNESS_FILE);
    let body = format!("{TITLE}\nbatch {}\nstate {}\n", seen.seq, seen.digest);
    files::replace_file(&path, format!("{body}check {}\n", check(&body)).as_bytes())
}

fn check(body: &str) -> String {
    hex(&crc32fast::hash(body.as_bytes()).to_be_bytes())
}

pub(crate) fn parse(bytes: &[u8]) -> Option<Committed> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (body, last) = text.split_at_checked(text.rfind("check ")?)?;
    if last.strip_prefix("check ")?.strip_suffix('\n')? != check(body) {
        return None;
    }
    let mut lines = body.lines();
    if lines.next()? != TITLE {
        return None;
    }
    let seq = lines.next()?.strip_prefix("batch ")?.parse().ok()?;
    let digest = lines.next()?.strip_prefix("state ")?.parse().ok()?;
    lines.next().is_none().then_some(Committed { seq, digest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Digest, TableTag};

    #[test]
    fn the_witness_says_what_it_saw() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), WitnessState::Absent);
        let seen = Committed { seq: 42, digest: Digest::EMPTY.with(TableTag(1), b"a", b"b") };
        write(dir.path(), seen).unwrap();
        assert_eq!(read(dir.path()).unwrap(), WitnessState::Saw(seen));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(WITNESS_FILE);
        write(dir.path(), Committed { seq: 42, digest: Digest::EMPTY }).unwrap();
        let good = std::fs::read(&path).unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(parse(&bad), None, "bit {bit}");
        }
    }
}
