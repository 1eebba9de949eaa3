//! The store on disk and the model in memory are the same store.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]

mod support;

use jitney_store::{Batch, MemStore, RowChange, SledStore, Store, TableTag};
use proptest::prelude::*;
use support::{assert_same, small};

#[derive(Debug, Clone)]
enum Step {
    Commit(Batch),
    Close,
    Drop,
    LoseRows,
}

fn change() -> impl Strategy<Value = RowChange> {
    let value = prop_oneof![
        8 => prop::collection::vec(any::<u8>(), 0..60),
        1 => (0_usize..65_537).prop_map(|len| vec![b'v'; len]),
    ];
    // Keys that are beginnings of each other, so that order and prefixes matter.
    let key = prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(255)], 0..4);
    (0..support::TABLES, key, prop::option::weighted(0.75, value)).prop_map(|(table, key, value)| RowChange {
        table: TableTag(table),
        key,
        value,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let batch = (prop::collection::vec(any::<u8>(), 0..40), prop::collection::vec(change(), 0..8));
    prop_oneof![
        12 => batch.prop_map(|(events, changes)| Step::Commit(Batch { events, changes })),
        1 => Just(Step::Close),
        1 => Just(Step::Drop),
        1 => Just(Step::LoseRows),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn random_histories_give_the_same_rows_and_digests_on_disk_and_in_memory(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut model = MemStore::new();
        let (mut store, _) = SledStore::open(dir.path(), &small()).unwrap();
        for step in steps {
            if let Step::Commit(batch) = &step {
                prop_assert_eq!(store.commit(batch).unwrap(), model.commit(batch).unwrap());
                continue;
            }
            if matches!(step, Step::Drop) {
                drop(store);
            } else {
                Box::new(store).close().unwrap();
            }
            if matches!(step, Step::LoseRows) {
                for entry in std::fs::read_dir(dir.path()).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() && !path.ends_with("journal") {
                        std::fs::remove_dir_all(path).unwrap();
                    }
                }
            }
            let (reopened, report) = SledStore::open(dir.path(), &small()).unwrap();
            prop_assert_eq!(report.rebuilt.is_some(), matches!(step, Step::LoseRows) && report.head.seq > 0);
            prop_assert_eq!(report.cut_tail_bytes, 0);
            store = reopened;
        }
        assert_same(&store, &model);
    }
}

#[test]
fn history_gives_back_every_batch_with_its_events() {
    let dir = tempfile::tempdir().unwrap();
    support::fill(dir.path(), 300);
    let (store, _) = SledStore::open(dir.path(), &small()).unwrap();
    assert!(store.verify().unwrap().segments > 2, "the test must cross segments");
    let mut expected = 250;
    store
        .history(250, &mut |seq, found| {
            assert_eq!((seq, found), (expected, &support::batch(expected)));
            expected += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(expected, 301);
}

#[test]
fn a_second_opener_is_refused_until_the_first_lets_go() {
    let dir = tempfile::tempdir().unwrap();
    let (first, _) = SledStore::open(dir.path(), &small()).unwrap();
    let refused = SledStore::open(dir.path(), &small()).unwrap_err().to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
    drop(first);
    SledStore::open(dir.path(), &small()).unwrap();
}
