use proptest::prelude::*;

use super::census::Finding;
use super::*;
use crate::charter::SignedCharter;
use crate::roster::Roster;
use crate::testing::{charter, key, node, now, record};

fn roster() -> Roster {
    Roster::found(&SignedCharter::sign(&charter("orchard"), &key("orchard")).unwrap()).unwrap().0
}

/// The log of the coop "orchard" as its own node writes it.
struct Writer {
    log: Log,
    roster: Roster,
}

impl Writer {
    fn new() -> Self {
        let mut log = Log::default();
        log.begin(Incarnation(1));
        Writer { log, roster: roster() }
    }

    fn write_at(&mut self, text: &str, now: Timestamp, minutes: u32) -> Entry {
        let draft = Draft {
            kind: Kind::TICKET_OPENED,
            body: text.as_bytes(),
            expires_at: now.after(Minutes(minutes)),
        };
        let coop = key("orchard").public();
        self.log.append(self.roster.federation(), coop, &node("orchard"), draft, now).unwrap()
    }

    fn write(&mut self, text: &str) -> Entry {
        self.write_at(text, now(), 60)
    }
}

fn accept(log: &mut Log, entry: &Entry) -> Result<Accepted, EntryRefusal> {
    log.accept(entry.clone(), Way::Gossip, &roster(), now(), now())
}

const PLAIN: Result<Accepted, EntryRefusal> = Ok(Accepted::New { gap: false, contradiction: false });
const GAP: Result<Accepted, EntryRefusal> = Ok(Accepted::New { gap: true, contradiction: false });

#[test]
fn entries_out_of_order_are_kept_and_the_head_follows_when_the_hole_closes() {
    let mut writer = Writer::new();
    let entries: Vec<Entry> = ["a", "b", "c"].map(|text| writer.write(text)).into();
    let mut log = Log::default();
    assert_eq!(accept(&mut log, &entries[2]), GAP);
    assert_eq!(accept(&mut log, &entries[0]), PLAIN);
    let head = |log: &Log| log.frontier().0.values().map(|s| (s.floor, s.head, s.top)).next().unwrap();
    assert_eq!(head(&log), (1, 1, 3));
    assert_eq!(accept(&mut log, &entries[1]), PLAIN);
    assert_eq!(head(&log), (1, 3, 3));
    assert_eq!(accept(&mut log, &entries[1]), Ok(Accepted::Duplicate));
    assert_eq!(log.frontier(), writer.log.frontier());
}

#[test]
fn two_entries_of_one_number_are_kept_as_proof_until_a_person_clears_it() {
    let (mut one, mut two) = (Writer::new(), Writer::new());
    let (honest, forked) = (one.write("to the clinic"), two.write("to the market"));
    let origin = key("orchard").public();
    let mut log = Log::default();
    assert_eq!(accept(&mut log, &honest), PLAIN);
    assert!(!log.is_suspended(&origin));
    assert_eq!(accept(&mut log, &forked), Ok(Accepted::Contradiction));
    assert!(log.is_suspended(&origin));
    assert_eq!(log.entries.get(&honest.key()), Some(&honest));
    let proof = log.proofs.get(&honest.header().log()).unwrap().proof.clone();
    assert_eq!(proof.open(roster().federation()), Ok(Some((honest, forked))));
    assert!(log.clear(&origin));
    assert!(!log.is_suspended(&origin));
    assert!(!log.clear(&origin));
}

#[test]
fn an_entry_that_names_another_predecessor_is_proof_too() {
    let (mut one, mut two) = (Writer::new(), Writer::new());
    let first = one.write("a");
    two.write("b");
    let second = two.write("c");
    let contradiction = Ok(Accepted::New { gap: false, contradiction: true });
    let mut log = Log::default();
    assert_eq!(accept(&mut log, &first), PLAIN);
    assert_eq!(accept(&mut log, &second), contradiction);
    assert!(log.is_suspended(&key("orchard").public()));
    let mut reversed = Log::default();
    assert_eq!(accept(&mut reversed, &second), GAP);
    assert_eq!(accept(&mut reversed, &first), contradiction);
}

#[test]
fn only_so_many_proofs_against_one_coop_are_kept() {
    let mut log = Log::default();
    let accuse = |log: &mut Log, life: u64| {
        let bytes = ["to the clinic", "to the market"].map(|text| {
            let mut writer = Writer::new();
            writer.log.begin(Incarnation(life));
            Blob(writer.write(text).bytes().to_vec())
        });
        let [first, second] = bytes;
        log.accept_proof(&EquivocationProof { first, second }, &roster(), now()).is_some()
    };
    for life in 0..4 {
        assert!(accuse(&mut log, life));
    }
    assert!(!accuse(&mut log, 4), "a coop cannot fill a disk with proofs against itself");
    assert!(log.is_suspended(&key("orchard").public()));
    assert_eq!(log.proofs.len(), MAX_PROOFS_PER_COOP);
}

#[test]
fn a_proof_of_nothing_is_no_proof() {
    let mut writer = Writer::new();
    let (first, second) = (writer.write("a"), writer.write("b"));
    let blob = |entry: &Entry| Blob(entry.bytes().to_vec());
    let proof = EquivocationProof { first: blob(&first), second: blob(&second) };
    assert_eq!(proof.open(roster().federation()), Ok(None));
    assert_eq!(Log::default().accept_proof(&proof, &roster(), now()), None);
}

#[test]
fn an_entry_from_the_future_waits_for_its_time() {
    let ahead = now().after(Minutes(11));
    let entry = Writer::new().write_at("early", ahead, 60);
    let mut log = Log::default();
    assert_eq!(accept(&mut log, &entry), Ok(Accepted::Parked));
    assert_eq!(accept(&mut log, &entry), Ok(Accepted::Parked));
    assert_eq!(log.parked(), 1);
    assert!(log.entries.is_empty() && log.unpark(now()).is_empty());
    assert_eq!(log.next_parked(), Some(now().after(Minutes(1))));
    assert_eq!(log.unpark(now().after(Minutes(1))), [entry]);
    assert_eq!(log.parked(), 0);
}

#[test]
fn what_a_log_had_dated_ahead_waits_no_longer_once_it_begins_anew() {
    let mut writer = Writer::new();
    let soon = writer.write("soon");
    let early = writer.write_at("early", now().after(Minutes(600)), 60);
    writer.log.begin(Incarnation(2));
    let [anew, more] = ["early", "more"].map(|text| writer.write(text));
    let mut log = Log::default();
    assert_eq!(accept(&mut log, &soon), PLAIN);
    assert_eq!(accept(&mut log, &early), Ok(Accepted::Parked));
    assert_eq!(accept(&mut log, &anew), PLAIN);
    assert_eq!(log.parked(), 0);
    // Only the beginning says so: after it, another that is dated ahead may be of a clock that leapt again.
    assert_eq!(accept(&mut log, &early), Ok(Accepted::Parked));
    assert_eq!(accept(&mut log, &more), PLAIN);
    assert_eq!(log.parked(), 1);
}

#[test]
fn only_so_many_entries_from_the_future_wait() {
    let mut writer = Writer::new();
    let mut log = Log::default();
    let outcomes: Vec<_> = (0..=MAX_PARKED_PER_COOP)
        .map(|_| accept(&mut log, &writer.write_at("early", now().after(Minutes(60)), 60)))
        .collect();
    assert!(outcomes[..MAX_PARKED_PER_COOP].iter().all(|outcome| outcome == &Ok(Accepted::Parked)));
    assert!(matches!(outcomes[MAX_PARKED_PER_COOP], Err(EntryRefusal::FutureFull { .. })));
}

#[test]
fn an_entry_of_a_stranger_or_an_uncertified_node_is_refused() {
    let mut writer = Writer::new();
    let entry = writer.write("a");
    let coop = key("stranger").public();
    let foreign = Entry::sign(EntryHeader { origin: coop, ..entry.header().clone() }, b"", &node("stranger"));
    let foreign = foreign.unwrap();
    assert_eq!(accept(&mut Log::default(), &foreign), Err(EntryRefusal::NotOnRoster { origin: coop }));
    let forged = Entry::sign(entry.header().clone(), b"", &node("stranger")).unwrap();
    assert!(matches!(accept(&mut Log::default(), &forged), Err(EntryRefusal::NotCertified { .. })));
}

#[test]
fn an_expired_entry_is_refused_so_a_replay_changes_nothing() {
    let entry = Writer::new().write_at("a", now().before(Minutes(60)), 60);
    let mut log = Log::default();
    assert!(matches!(accept(&mut log, &entry), Err(EntryRefusal::Expired { .. })));
    assert!(log.entries.is_empty() && log.heads.is_empty());
}

#[test]
fn expired_entries_go_ten_minutes_later_and_heads_remain() {
    let mut writer = Writer::new();
    writer.write_at("short", now(), 5);
    writer.write_at("long", now(), 500);
    let frontier = writer.log.frontier();
    assert!(writer.log.expire(now().after(Minutes(15))).is_empty());
    let dropped = writer.log.expire(Timestamp(now().after(Minutes(15)).0 + 1));
    assert_eq!(dropped.len(), 1);
    assert_eq!(writer.log.held_of(&key("orchard").public()), 1);
    let after: Vec<Span> = writer.log.frontier().0.into_values().collect();
    let before: Vec<Span> = frontier.0.into_values().collect();
    assert_eq!((before[0].floor, after[0].floor), (1, 2));
    assert_eq!((before[0].head, after[0].head), (2, 2));
}

#[test]
fn what_expires_all_at_once_is_dropped_in_pieces_that_one_batch_of_the_store_holds() {
    let mut writer = Writer::new();
    for n in 0..=2 * MAX_DROPPED {
        writer.write_at(&n.to_string(), now(), 5);
    }
    let later = now().after(Minutes(60));
    let pieces = [MAX_DROPPED, MAX_DROPPED, 1, 0];
    for piece in pieces {
        assert_eq!(
            writer.log.next_expiry().is_some_and(|at| at <= later),
            piece > 0,
            "the rest is due at once"
        );
        assert_eq!(writer.log.expire(later).len(), piece);
    }
    assert_eq!(writer.log.held_of(&key("orchard").public()), 0);
}

#[test]
fn a_flood_is_cut_off_after_the_burst_but_sync_still_fetches_it() {
    let mut writer = Writer::new();
    let entries: Vec<Entry> = (0..=BURST).map(|n| writer.write(&n.to_string())).collect();
    let mut log = Log::default();
    let refused = entries.iter().filter(|entry| accept(&mut log, entry).is_err()).count();
    assert_eq!(refused, 1);
    let last = entries.last().unwrap().clone();
    assert_eq!(log.accept(last, Way::Sync, &roster(), now(), now()), PLAIN);
}

#[test]
fn a_hole_is_covered_by_the_coops_word_and_later_heads_follow() {
    let mut writer = Writer::new();
    writer.write("lost");
    let (two, log_id) = (writer.write("b"), writer.log.own_log(key("orchard").public()).unwrap());
    let mut log = Log::default();
    accept(&mut log, &two).unwrap();
    assert_eq!(log.heads.get(&log_id).unwrap().head, 0);
    assert!(log.cover(log_id, 1, now()));
    assert_eq!(log.heads.get(&log_id).unwrap().head, 2);
    assert!(!log.cover(log_id, 1, now()));
}

/// Writes the manifest that is due.
fn manifest(writer: &mut Writer, now: Timestamp) -> Entry {
    let log_id = writer.log.own_log(key("orchard").public()).unwrap();
    let body = serde_json::to_vec(&writer.log.manifest_due(&log_id, now).unwrap()).unwrap();
    let draft = Draft { kind: Kind::MANIFEST, body: &body, expires_at: now.after(MANIFEST_LIFE) };
    let coop = key("orchard").public();
    let entry = writer.log.append(roster().federation(), coop, &node("orchard"), draft, now).unwrap();
    assert_eq!(writer.log.manifest_due(&log_id, now), None, "once an hour is enough");
    entry
}

#[test]
fn a_manifest_shows_what_is_missing() {
    let mut writer = Writer::new();
    let (first, second) = (writer.write("withheld"), writer.write("b"));
    let manifest = manifest(&mut writer, now());
    let log_id = first.header().log();
    let mut log = Log::default();
    accept(&mut log, &second).unwrap();
    accept(&mut log, &manifest).unwrap();
    assert_eq!(log.examine(&manifest, now()), Finding::Missing);
    log.cover(log_id, 2, now());
    assert_eq!(log.examine(&manifest, now()), Finding::Missing);
    assert_eq!(log.heads.get(&log_id).unwrap().head, 0, "gone through again from the hole on");
    accept(&mut log, &first).unwrap();
    assert_eq!(log.examine(&manifest, now()), Finding::Complete);
    assert_eq!(log.examine(&manifest, now().after(Minutes(11))), Finding::Stale);
}

#[test]
fn a_manifest_covers_what_has_expired_without_anybodys_word() {
    let mut writer = Writer::new();
    writer.write_at("short", now(), 5);
    let long = writer.write_at("long", now(), 500);
    let later = now().after(Minutes(60));
    let manifest = manifest(&mut writer, later);
    let mut log = Log::default();
    for entry in [&long, &manifest] {
        log.accept(entry.clone(), Way::Sync, &roster(), later, later).unwrap();
    }
    assert_eq!(log.frontier().0.values().next().unwrap().head, 0);
    assert_eq!(log.examine(&manifest, later), Finding::Complete);
    assert_eq!(log.frontier().0.values().next().unwrap().head, 3);
}

#[test]
fn a_coop_that_begins_anew_too_often_is_refused() {
    let mut log = Log::default();
    for incarnation in 0..MAX_LOGS_PER_COOP as u64 {
        let mut writer = Writer::new();
        writer.log.begin(Incarnation(incarnation));
        assert_eq!(accept(&mut log, &writer.write("a")), PLAIN);
    }
    let mut writer = Writer::new();
    writer.log.begin(Incarnation(99));
    assert!(matches!(accept(&mut log, &writer.write("a")), Err(EntryRefusal::TooManyLogs { .. })));
}

#[test]
fn an_entry_restores_only_under_its_own_number() {
    let mut writer = Writer::new();
    let entry = writer.write("a");
    let mut changes = Vec::new();
    writer.log.drain_entries(136, &mut changes);
    let row = &changes[0];
    let mut log = Log::default();
    log.restore_entry(136, &row.key, row.value.as_ref().unwrap()).unwrap();
    assert_eq!(log.entries.get(&entry.key()), Some(&entry));
    let other = entry.header().log().at(2).to_bytes();
    assert!(log.restore_entry(136, &other, entry.bytes()).is_err());
    assert!(log.restore_entry(136, &row.key, b"\x01garbage").is_err());
    assert!(record("orchard", 1).check().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_the_order_the_same_frontier_comes_out(
        order in Just((0..8usize).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let mut writer = Writer::new();
        let entries: Vec<Entry> = (0..8).map(|n| writer.write(&n.to_string())).collect();
        let mut log = Log::default();
        for at in order {
            accept(&mut log, &entries[at]).unwrap();
        }
        prop_assert_eq!(log.frontier(), writer.log.frontier());
        prop_assert!(log.proofs.is_empty());
    }
}

/// Looks for the newest entry of all logs, or of all but the coop's, head by head.
fn newest_by_heads(log: &Log, but: Option<PublicKey>) -> Option<Timestamp> {
    let heads = log.heads.iter().filter(|(log, _)| Some(log.origin) != but);
    heads.map(|(_, row)| row.newest).max()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_newest_entry_is_that_of_the_newest_head_whatever_comes_and_goes(
        steps in prop::collection::vec((0..4u64, 0..5u8, 0..60u32), 1..30)
    ) {
        let mut log = Log::default();
        let mut writers: Vec<Writer> = (0..4).map(|_| Writer::new()).collect();
        for (incarnation, writer) in (0..).zip(&mut writers) {
            writer.log.begin(Incarnation(incarnation));
        }
        for (which, what, minutes) in steps {
            let then = now().after(Minutes(minutes));
            let writer = &mut writers[usize::try_from(which).unwrap()];
            let id = writer.log.own_log(key("orchard").public()).unwrap();
            match what {
                0 | 1 => {
                    let _ = log.accept(writer.write_at("a", then, 90), Way::Sync, &roster(), then, then);
                }
                2 => {
                    log.take_back(&id, then, now());
                }
                3 => log.forget_head(&id),
                _ => log.rebuild(),
            }
            let orchard = key("orchard").public();
            prop_assert_eq!(log.newest(), newest_by_heads(&log, None));
            prop_assert_eq!(log.newest_of_others(&orchard), newest_by_heads(&log, Some(orchard)));
            let other = key("harbour").public();
            prop_assert_eq!(log.newest_of_others(&other), newest_by_heads(&log, Some(other)));
        }
    }
}
