//! Torn tails, damage in the middle, segments.

use std::fs;

use super::*;
use crate::{RowChange, TableTag};

const SMALL: JournalLimits = JournalLimits { segment_bytes: 4096, step_bytes: 512 };

fn batch(seq: u64) -> Batch {
    let value = vec![seq as u8; 40 + (seq as usize * 37) % 300];
    Batch {
        events: format!("event {seq}").into_bytes(),
        changes: vec![RowChange::put(TableTag(1), seq.to_be_bytes(), value)],
    }
}

fn filled(dir: &Path, limits: JournalLimits, last: u64) -> Journal {
    let mut journal = Journal::open(dir, limits).unwrap();
    for seq in journal.seq() + 1..=last {
        assert_eq!(journal.append(&batch(seq).encode().unwrap()).unwrap(), seq);
    }
    journal
}

fn read_all(journal: &Journal, from: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    journal
        .replay(from, &mut |seq, found| {
            assert_eq!(*found, batch(seq));
            seen.push(seq);
            Ok(())
        })
        .unwrap();
    seen
}

#[test]
fn batches_come_back_in_order_over_several_segments_and_from_any_number() {
    let dir = tempfile::tempdir().unwrap();
    let journal = filled(dir.path(), SMALL, 60);
    assert!(journal.number > 3, "the test must cross segments");
    drop(journal);
    let journal = Journal::open(dir.path(), SMALL).unwrap();
    assert_eq!(journal.seq(), 60);
    for from in [1, 2, 30, 60, 61] {
        assert_eq!(read_all(&journal, from), (from..=60).collect::<Vec<_>>());
    }
}

#[test]
fn a_batch_larger_than_a_segment_gets_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), SMALL, 3);
    let big = Batch { events: vec![7; 20_000], changes: Vec::new() };
    journal.append(&big.encode().unwrap()).unwrap();
    journal.append(&batch(5).encode().unwrap()).unwrap();
    drop(journal);
    let journal = Journal::open(dir.path(), SMALL).unwrap();
    assert_eq!((journal.seq(), journal.number), (5, 3));
    let mut lengths = Vec::new();
    journal
        .replay(3, &mut |_, batch| {
            lengths.push(batch.events.len());
            Ok(())
        })
        .unwrap();
    assert_eq!(lengths, [7, 20_000, 7]);
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_nothing_else_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), SMALL, 4);
    let (start, path) = (journal.offset as usize, journal.path.clone());
    journal.append(&batch(5).encode().unwrap()).unwrap();
    let end = journal.offset as usize;
    drop(journal);
    let good = fs::read(&path).unwrap();
    for cut in start..end {
        for zeros_follow in [true, false] {
            let mut torn = good[..cut].to_vec();
            if zeros_follow {
                torn.resize(good.len(), 0);
            }
            fs::write(&path, torn).unwrap();
            let mut journal = Journal::open(dir.path(), SMALL).unwrap();
            assert_eq!(journal.seq(), 4, "cut at {cut}");
            let bytes = journal.cut_tail().unwrap();
            assert!(bytes <= (cut - start) as u64 && (cut == start) == (bytes == 0), "cut at {cut}: {bytes}");
            assert_eq!(journal.append(&batch(5).encode().unwrap()).unwrap(), 5);
            drop(journal);
            assert_eq!(read_all(&Journal::open(dir.path(), SMALL).unwrap(), 1), [1, 2, 3, 4, 5]);
        }
    }
}

#[test]
fn a_tail_whose_sectors_arrived_out_of_order_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), SMALL, 4);
    let (start, path) = (journal.offset as usize, journal.path.clone());
    journal.append(&batch(5).encode().unwrap()).unwrap();
    drop(journal);
    let mut bytes = fs::read(&path).unwrap();
    bytes[start..start + 60].fill(0);
    fs::write(&path, bytes).unwrap();
    let mut journal = Journal::open(dir.path(), SMALL).unwrap();
    assert_eq!(journal.seq(), 4);
    assert!(journal.cut_tail().unwrap() > 60);
    assert_eq!(Journal::open(dir.path(), SMALL).unwrap().torn, 0);
}

#[test]
fn damage_in_the_middle_is_an_error_that_names_segment_and_offset() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), SMALL, 2);
    let (start, path) = (journal.offset as usize, journal.path.clone());
    for seq in 3..=4 {
        journal.append(&batch(seq).encode().unwrap()).unwrap();
    }
    let third = batch(3).encode().unwrap().len() + frame::FRAME_HEADER_BYTES;
    drop(journal);
    let good = fs::read(&path).unwrap();
    for at in start..start + third {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        fs::write(&path, bad).unwrap();
        match Journal::open(dir.path(), SMALL) {
            Err(StoreError::DamagedJournal { segment, offset, .. }) => {
                assert_eq!((segment, offset), (path.clone(), start as u64), "byte {at}");
            }
            other => panic!("byte {at}: {other:?}"),
        }
    }
}

#[test]
fn damage_in_an_earlier_segment_is_found_when_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let journal = filled(dir.path(), SMALL, 40);
    let path = Segment::path(&journal.dir, 2);
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    let found = journal.replay(1, &mut |_, _| Ok(())).unwrap_err();
    assert!(matches!(&found, StoreError::DamagedJournal { segment, .. } if *segment == path), "{found}");
}

#[test]
fn a_segment_of_another_journal_does_not_fit_in() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let journal = filled(one.path(), SMALL, 40);
    let mut other = Journal::open(two.path(), SMALL).unwrap();
    for _ in 0..40 {
        other.append(&batch(1).encode().unwrap()).unwrap();
    }
    fs::copy(Segment::path(&other.dir, 2), Segment::path(&journal.dir, 2)).unwrap();
    assert!(matches!(journal.replay(1, &mut |_, _| Ok(())), Err(StoreError::DamagedJournal { .. })));
}

#[test]
fn a_half_made_segment_is_ignored() {
    let dir = tempfile::tempdir().unwrap();
    let journal = filled(dir.path(), SMALL, 3);
    let next = Segment::path(&journal.dir, 2);
    fs::write(files::with_suffix(&next, ".new"), b"half").unwrap();
    drop(journal);
    assert_eq!(filled(dir.path(), SMALL, 40).seq(), 40);
}

#[test]
fn a_segment_just_begun_knows_where_the_chain_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), SMALL, 3);
    journal.roll().unwrap();
    drop(journal);
    let journal = filled(dir.path(), SMALL, 5);
    assert_eq!(read_all(&journal, 1), [1, 2, 3, 4, 5]);
}
