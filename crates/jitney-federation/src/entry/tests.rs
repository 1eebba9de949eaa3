use super::*;
use proptest::prelude::*;

const FEDERATION: FederationId = FederationId(Hash::from_bytes([9; 32]));

fn node() -> SecretKey {
    SecretKey::from_seed([2; 32])
}

fn header() -> EntryHeader {
    EntryHeader {
        kind: Kind::TICKET_OPENED,
        federation: FEDERATION,
        origin: SecretKey::from_seed([1; 32]).public(),
        node: node().public(),
        incarnation: Incarnation(7),
        seq: 1,
        prev: Hash::ZERO,
        issued_at: Timestamp(1_700_000_000_000),
        expires_at: Timestamp(1_700_000_600_000),
    }
}

fn entry() -> Entry {
    Entry::sign(header(), b"{\"seats\":1}", &node()).unwrap()
}

/// Changes the bytes of a good entry and signs them again, as a faulty program would.
fn resigned(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = entry().bytes().to_vec();
    bytes.truncate(bytes.len() - 64);
    change(&mut bytes);
    let signature = node().sign(Domain::ENTRY, &bytes);
    bytes.extend_from_slice(signature.as_bytes());
    bytes
}

#[test]
fn an_entry_reads_back_as_it_was_written() {
    let entry = entry();
    assert_eq!(Entry::decode(entry.bytes(), FEDERATION), Ok(entry.clone()));
    assert_eq!(entry.body(), b"{\"seats\":1}");
    assert_eq!(entry.bytes().len(), ENTRY_OVERHEAD_BYTES + entry.body().len());
    assert_eq!(entry.id().0, Hash::of(entry.bytes()));
}

#[test]
fn the_largest_entry_fits_and_one_byte_more_does_not() {
    let largest = Entry::sign(header(), &[b' '; MAX_ENTRY_BODY_BYTES], &node()).unwrap();
    assert_eq!(largest.bytes().len(), MAX_ENTRY_BYTES);
    assert!(Entry::decode(largest.bytes(), FEDERATION).is_ok());
    let refused = Entry::sign(header(), &[b' '; MAX_ENTRY_BODY_BYTES + 1], &node());
    assert_eq!(refused, Err(EntryError::Oversize { length: MAX_ENTRY_BYTES + 1 }));
    let mut longer = largest.bytes().to_vec();
    longer.push(0);
    assert_eq!(Entry::parse(&longer), Err(EntryError::Oversize { length: MAX_ENTRY_BYTES + 1 }));
}

#[test]
fn an_entry_cut_off_anywhere_is_refused() {
    let entry = entry();
    for length in 0..entry.bytes().len() {
        let refused = Entry::decode(&entry.bytes()[..length], FEDERATION).unwrap_err();
        assert_eq!(refused, EntryError::Truncated { length });
    }
}

#[test]
fn bytes_after_the_signature_are_refused() {
    let mut bytes = entry().bytes().to_vec();
    bytes.extend_from_slice(b"xy");
    assert_eq!(Entry::parse(&bytes), Err(EntryError::TrailingBytes { extra: 2 }));
}

#[test]
fn an_entry_of_another_federation_is_refused() {
    let other = FederationId(Hash::from_bytes([8; 32]));
    assert_eq!(Entry::decode(entry().bytes(), other), Err(EntryError::WrongFederation { found: FEDERATION }));
}

#[test]
fn a_layout_of_the_future_is_named_as_such() {
    let bytes = resigned(|bytes| bytes[0] = 2);
    assert_eq!(Entry::parse(&bytes), Err(EntryError::UnknownVersion { version: 2 }));
}

#[test]
fn a_key_that_is_none_is_refused() {
    let origin = resigned(|bytes| bytes[35..67].fill(0xff));
    assert_eq!(Entry::parse(&origin), Err(EntryError::BadKey { which: "origin" }));
    let node = resigned(|bytes| bytes[67..99].fill(0));
    assert_eq!(Entry::parse(&node), Err(EntryError::BadKey { which: "node" }));
}

#[test]
fn the_first_entry_names_no_predecessor_and_the_second_must() {
    let zero = resigned(|bytes| bytes[107..115].fill(0));
    assert_eq!(Entry::parse(&zero), Err(EntryError::BadPlace { seq: 0 }));
    let second = EntryHeader { seq: 2, ..header() };
    assert_eq!(Entry::sign(second, b"", &node()), Err(EntryError::BadPlace { seq: 2 }));
    let first = EntryHeader { prev: Hash::of(b"x"), ..header() };
    assert_eq!(Entry::sign(first, b"", &node()), Err(EntryError::BadPlace { seq: 1 }));
}

#[test]
fn an_entry_lives_thirty_days_and_not_a_millisecond_more() {
    let until = |expires_at| EntryHeader { expires_at, ..header() };
    let last = header().issued_at.after(MAX_ENTRY_LIFE);
    assert!(Entry::sign(until(last), b"", &node()).is_ok());
    let past = Timestamp(last.0 + 1);
    assert!(matches!(Entry::sign(until(past), b"", &node()), Err(EntryError::BadValidity { .. })));
    let before = Timestamp(header().issued_at.0 - 1);
    assert!(matches!(Entry::sign(until(before), b"", &node()), Err(EntryError::BadValidity { .. })));
    let beyond = resigned(|bytes| bytes[155..163].fill(0xff));
    assert!(matches!(Entry::parse(&beyond), Err(EntryError::BadValidity { expires_at: u64::MAX, .. })));
}

proptest! {
    #[test]
    fn any_changed_bit_is_noticed(at in 0usize..10_000, bit in 0u8..8) {
        let mut bytes = entry().bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        prop_assert!(Entry::decode(&bytes, FEDERATION).is_err());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..4200)) {
        let mut framed = bytes;
        if let Some(first) = framed.first_mut() { *first = 1; }
        prop_assert!(Entry::decode(&framed, FEDERATION).is_err());
    }

    #[test]
    fn what_is_signed_is_read(
        kind in any::<u16>(), incarnation in any::<u64>(), seq in 2u64.., life in 0i64..2_592_000_001,
        body in prop::collection::vec(any::<u8>(), 0..MAX_ENTRY_BODY_BYTES),
    ) {
        let header = EntryHeader {
            kind: Kind(kind), incarnation: Incarnation(incarnation), seq, prev: Hash::of(&body),
            expires_at: Timestamp(header().issued_at.0 + life), ..header()
        };
        let entry = Entry::sign(header.clone(), &body, &node()).unwrap();
        let read = Entry::decode(entry.bytes(), FEDERATION).unwrap();
        prop_assert_eq!(read.header(), &header);
        prop_assert_eq!(read.body(), &body[..]);
    }
}
