//! What is faulty, foreign, early, late or too much is refused by name, and nothing good is lost by it.

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::Hash;

use super::net::Net;
use crate::direct::{DirectDraft, DirectMessage, DirectRefusal, DirectReply};
use crate::entry::{Entry, EntryHeader, Kind, MAX_ENTRY_BYTES};
use crate::ids::{FederationId, Incarnation, MessageId};
use crate::machine::*;
use crate::sync::{SyncRefusal, SyncReply, write};
use crate::testing::{key, node};

fn header(net: &Net, seq: u64) -> EntryHeader {
    EntryHeader {
        kind: Kind::TICKET_OPENED,
        federation: net.machine("orchard").roster().unwrap().federation(),
        origin: key("harbour").public(),
        node: node("harbour").public(),
        incarnation: Incarnation(77),
        seq,
        prev: Hash::ZERO,
        issued_at: net.now,
        expires_at: net.now.after(Minutes(60)),
    }
}

fn signed(header: EntryHeader) -> Entry {
    Entry::sign(header, b"by hand", &node("harbour")).unwrap()
}

#[test]
fn faulty_gossip_is_rejected_and_good_gossip_still_accepted() {
    let mut net = Net::federation(51, &["orchard", "harbour"]);
    let good = signed(header(&net, 1));
    let mut forged = good.bytes().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let federation = FederationId(Hash::of(b"elsewhere"));
    let foreign = signed(EntryHeader { federation, ..header(&net, 1) });
    for bytes in [&forged[..], foreign.bytes(), &[1; MAX_ENTRY_BYTES + 1], &good.bytes()[..100], b""] {
        assert_eq!(net.inject("orchard", "harbour", bytes), Verdict::Reject);
    }
    assert!(net.tickets("orchard").is_empty());
    assert_eq!(net.inject("orchard", "harbour", good.bytes()), Verdict::Accept);
    assert_eq!(net.inject("orchard", "harbour", good.bytes()), Verdict::Ignore, "a replay changes nothing");
    assert_eq!(net.tickets("orchard"), ["by hand"]);
    assert_eq!(net.machine("orchard").counters().entries_duplicate, 1);
}

#[test]
fn what_is_nobodys_fault_is_ignored() {
    let mut net = Net::federation(52, &["orchard", "harbour"]);
    let mut newer = signed(header(&net, 1)).bytes().to_vec();
    newer[0] = 2;
    assert_eq!(net.inject("orchard", "harbour", &newer), Verdict::Ignore);
    let origin = key("stranger").public();
    let unknown = signed(EntryHeader { origin, ..header(&net, 1) });
    assert_eq!(net.inject("orchard", "harbour", unknown.bytes()), Verdict::Ignore);
    let (issued_at, expires_at) = (net.now.before(Minutes(60)), net.now.before(Minutes(1)));
    let expired = signed(EntryHeader { issued_at, expires_at, ..header(&net, 1) });
    assert_eq!(net.inject("orchard", "harbour", expired.bytes()), Verdict::Ignore);
    assert!(net.tickets("orchard").is_empty());
}

#[test]
fn an_entry_from_the_future_is_taken_up_when_its_time_comes() {
    let mut net = Net::federation(53, &["orchard", "harbour"]);
    let (issued_at, expires_at) = (net.now.after(Minutes(30)), net.now.after(Minutes(90)));
    let early = signed(EntryHeader { issued_at, expires_at, ..header(&net, 1) });
    assert_eq!(net.inject("orchard", "harbour", early.bytes()), Verdict::Ignore);
    net.run(Minutes(19));
    assert!(net.tickets("orchard").is_empty());
    net.run(Minutes(2));
    assert_eq!(net.tickets("orchard"), ["by hand"]);
    assert_eq!(net.count("orchard", |o| matches!(o, Output::EntryAccepted { .. })), 1);
}

#[test]
fn an_unknown_kind_is_kept_and_relayed() {
    let mut net = Net::federation(54, &["orchard", "harbour", "mill"]);
    net.partition(&["harbour"], &["mill"]);
    let unknown = signed(EntryHeader { kind: Kind(60_000), ..header(&net, 1) });
    assert_eq!(net.inject("orchard", "harbour", unknown.bytes()), Verdict::Accept);
    net.run(Minutes(11));
    let held = net.machine("mill").live_entries(net.now).any(|entry| entry.id() == unknown.id());
    assert!(held);
}

#[test]
fn a_stranger_is_told_nothing() {
    let mut net = Net::federation(55, &["orchard", "harbour"]);
    let stranger = node("stranger").public();
    let answer = net.question("orchard", stranger, Channel::Sync, b"{}".to_vec());
    assert_eq!(SyncReply::decode(&answer), Ok(SyncReply::Refused(SyncRefusal::NotOnRoster)));
    let answer = net.question("orchard", stranger, Channel::Book, b"{}".to_vec());
    assert_eq!(answer, write(&DirectReply::Refused(DirectRefusal::NotOnRoster)));
    let answer = net.question("orchard", stranger, Channel::Join, b"{}".to_vec());
    assert_eq!(answer, br#"{"refused":"malformed"}"#);
}

#[test]
fn a_node_that_asks_without_end_is_told_to_wait() {
    let mut net = Net::federation(56, &["orchard", "harbour"]);
    let asker = node("harbour").public();
    let refusals: Vec<_> = (0..=crate::machine::serve::REQUESTS_PER_MINUTE)
        .map(|_| net.question("orchard", asker, Channel::Sync, b"nonsense".to_vec()))
        .map(|answer| SyncReply::decode(&answer).unwrap())
        .collect();
    assert_eq!(refusals[0], SyncReply::Refused(SyncRefusal::Malformed));
    assert_eq!(refusals.last(), Some(&SyncReply::Refused(SyncRefusal::Busy)));
    net.run(Minutes(2));
    let answer = net.question("orchard", asker, Channel::Sync, b"nonsense".to_vec());
    assert_eq!(SyncReply::decode(&answer), Ok(SyncReply::Refused(SyncRefusal::Malformed)));
}

#[test]
fn however_many_ask_without_end_each_of_the_others_gets_its_share() {
    use crate::machine::serve::{PAGES_PER_MINUTE, REQUESTS_PER_MINUTE};
    let greedy = ["harbour", "mill", "quarry", "meadow", "bridge"];
    let mut names = vec!["orchard", "modest"];
    names.extend(greedy);
    let mut net = Net::federation(59, &names);
    net.run(Minutes(2));
    let mark = net.machine("orchard").roster_mark().unwrap();
    let hello = net.machine("orchard").hello(mark, net.now).unwrap();
    let request = write(&crate::sync::SyncRequest { hello, limit: 0 });
    let mut answered = |name: &str| {
        let answer = net.question("orchard", node(name).public(), Channel::Sync, request.clone());
        matches!(SyncReply::decode(&answer).unwrap(), SyncReply::Page(_))
    };
    let mut given = |name: &str| (0..2 * REQUESTS_PER_MINUTE).filter(|_| answered(name)).count();
    let most = usize::try_from(REQUESTS_PER_MINUTE).unwrap();
    for name in greedy {
        let given = given(name);
        assert!(given > most - 10 && given <= most, "while there is room each may ask often: {given}");
    }
    assert!(greedy.iter().all(|name| given(name) == 0), "nearly all pages were given");
    let share = usize::try_from(PAGES_PER_MINUTE / 6).unwrap();
    let given = given("modest");
    assert!(given > share - 10 && given <= share, "its share is kept for it, and no more: {given}");
}

#[test]
fn faulty_direct_messages_are_refused_by_name() {
    let mut net = Net::federation(57, &["orchard", "harbour"]);
    let draft = DirectDraft {
        federation: net.machine("orchard").roster().unwrap().federation(),
        from: key("harbour").public(),
        to: key("orchard").public(),
        id: MessageId([1; 16]),
        issued_at: net.now,
        expires_at: net.now.after(Minutes(60)),
        body: b"claim",
    };
    let mut judge = |draft: DirectDraft<'_>, by: &str, spoil: bool| {
        let mut bytes = DirectMessage::sign(draft, &node(by)).unwrap().bytes().to_vec();
        bytes[200] ^= u8::from(spoil);
        let answer = net.question("orchard", node("harbour").public(), Channel::Book, bytes);
        serde_json::from_slice::<DirectReply>(&answer).unwrap()
    };
    let refused = DirectReply::Refused;
    let federation = FederationId(Hash::of(b"elsewhere"));
    let foreign = DirectDraft { federation, ..draft };
    assert_eq!(judge(foreign, "harbour", false), refused(DirectRefusal::WrongFederation));
    let astray = DirectDraft { to: key("mill").public(), ..draft };
    assert_eq!(judge(astray, "harbour", false), refused(DirectRefusal::NotForUs));
    assert_eq!(judge(draft, "mill", false), refused(DirectRefusal::BadSignature));
    assert_eq!(judge(draft, "harbour", true), refused(DirectRefusal::BadSignature));
    let issued_at = Timestamp(draft.issued_at.0 + 11 * 60_000);
    let early = DirectDraft { issued_at, ..draft };
    assert_eq!(judge(early, "harbour", false), refused(DirectRefusal::TooEarly));
    let issued_at = draft.issued_at.before(Minutes(60));
    let late = DirectDraft { issued_at, expires_at: draft.issued_at.before(Minutes(1)), ..draft };
    assert_eq!(judge(late, "harbour", false), refused(DirectRefusal::Expired));
    assert_eq!(judge(draft, "harbour", false), DirectReply::Ack(draft.id));
    assert_eq!(judge(draft, "harbour", false), DirectReply::Ack(draft.id));
    assert_eq!(net.letters("orchard"), ["claim"]);
}

#[test]
fn own_kinds_and_oversize_bodies_are_refused_before_they_are_written() {
    let mut net = Net::federation(58, &["orchard", "harbour"]);
    let until = net.now.after(Minutes(5));
    let before = net.machine("orchard").frontier();
    let mut append = |kind, body: &[u8], until| {
        net.command("orchard", |machine, cx| machine.append_bytes(kind, body, until, cx).map(|(_, out)| out))
    };
    let reserved = append(Kind::MANIFEST, b"{}", until);
    assert_eq!(reserved, Err(CommandError::ReservedKind { kind: Kind::MANIFEST }));
    let oversize = append(Kind::TICKET_OPENED, &[b' '; 4000], until);
    assert!(matches!(oversize, Err(CommandError::Entry(crate::EntryError::Oversize { .. }))));
    let endless = append(Kind::TICKET_OPENED, b"{}", until.after(Minutes(60 * 24 * 60)));
    assert!(matches!(endless, Err(CommandError::Entry(crate::EntryError::BadValidity { .. }))));
    assert_eq!(net.machine("orchard").frontier(), before);
}
