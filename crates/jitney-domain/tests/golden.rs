//! Golden vectors: what coops tell each other about trips, byte for byte, as every release since the first writes and
//! reads it. A line once committed is never changed; a new form gets a new one.
//!
//! `JITNEY_BLESS=1 cargo test -p jitney-domain --test golden` writes the files that are missing.
#![allow(clippy::unwrap_used)] // The helpers of tests may fail like the tests themselves.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::PathBuf;

use jitney_domain::booking::{
    BookingMessage, CapacityBody, CapacityWithdrawn, Disagreement, Progress, RefusalReason, TicketBody,
    TicketClosed,
};
use jitney_domain::{
    Assistance, CapacityId, Cents, ClaimId, Metres, Minutes, Outcome, Rate, Statement, TicketId, Timestamp,
};
use jitney_identity::SecretKey;
use serde::Serialize;
use serde::de::DeserializeOwned;

const NOON: Timestamp = Timestamp(1_773_140_400_000);
const TICKET: TicketId = TicketId::from_bytes([0x11; 16]);
const CLAIM: ClaimId = ClaimId::from_bytes([0xc1; 16]);
const CAPACITY: CapacityId = CapacityId::from_bytes([0xca; 16]);

/// Compares what we write with a committed file, line by line, and reads every line; writes the file first if it is
/// missing and blessing is asked for.
fn compare<T: Serialize + DeserializeOwned + PartialEq + Debug>(file: &str, ours: &[T]) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    let written: Vec<String> = ours.iter().map(|one| serde_json::to_string(one).unwrap()).collect();
    if !path.exists() && std::env::var_os("JITNEY_BLESS").is_some() {
        std::fs::write(&path, written.join("\n") + "\n").unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines, written, "{file}");
    for (line, one) in lines.iter().zip(ours) {
        assert_eq!(&serde_json::from_str::<T>(line).unwrap(), one);
    }
    lines
}

/// A ticket as the protocol's description shows it.
fn ticket() -> TicketBody {
    let body = r#"{"ticket":"11111111111111111111111111111111","from":"871fb4670ffffff","to":"871fb4662ffffff",
        "pick_up":{"from":1773129600000,"to":1773131400000},"drop_off":{"from":1773130500000,"to":1773134100000},
        "max_ride":40,"load":{"seats":1,"wheelchairs":0},"ramp":false,"stow":true,"service_animal":false,
        "assistance":"door-to-door","never_leave_alone":false,"dwell_pick_up":5,"dwell_drop_off":5}"#;
    serde_json::from_str(body).unwrap()
}

fn in_a_wheelchair() -> TicketBody {
    let mut body = ticket();
    body.load.seats = 2;
    body.load.wheelchairs = 1;
    TicketBody {
        ramp: true,
        stow: false,
        service_animal: true,
        assistance: Assistance::HandToHand,
        never_leave_alone: true,
        max_ride: Minutes(60),
        dwell_pick_up: Minutes(15),
        ..body
    }
}

fn capacity() -> CapacityBody {
    let (ticket, other) = (ticket(), in_a_wheelchair());
    CapacityBody {
        capacity: CAPACITY,
        from: ticket.from,
        to: ticket.to,
        leaves: ticket.pick_up,
        arrives: ticket.drop_off,
        spare: other.load,
        ramp: true,
        service_animals: false,
        assistance: Assistance::DoorThroughDoor,
    }
}

fn statement(outcome: Outcome) -> Statement {
    let carried = outcome == Outcome::Completed;
    Statement {
        ticket: TICKET,
        claim: CLAIM,
        outcome,
        picked_up: carried.then_some(NOON),
        dropped_off: carried.then_some(NOON.after(Minutes(25))),
        metres: carried.then_some(Metres(11_200)),
    }
}

fn messages() -> Vec<BookingMessage> {
    use BookingMessage as M;
    let until = NOON.before(Minutes(24 * 60));
    let rate = Rate { per_trip: Cents(150), per_km: Cents(30) };
    let offer = |capacity| M::Offer { ticket: Box::new(ticket()), until, capacity };
    let claim = |rate| M::Claim { ticket: TICKET, claim: CLAIM, hold_until: until, pick_up_at: NOON, rate };
    let confirm = |credential| M::Confirm {
        claim: CLAIM,
        pick_up_at: NOON,
        credential,
        seal_to: SecretKey::from_seed([2; 32]).public(),
        card: "c2VhbGVk".into(),
    };
    let mut all = vec![
        offer(None),
        offer(Some(CAPACITY)),
        M::Rescind { ticket: TICKET },
        M::Pass { ticket: TICKET },
        claim(None),
        claim(Some(rate)),
        M::Withdraw { claim: CLAIM },
        M::TurnDown { claim: CLAIM },
        M::Award { ticket: TICKET, claim: CLAIM, respond_by: until },
        confirm(None),
        confirm(Some(serde_json::json!({"any": ["credential", 1, null]}))),
        M::Details { claim: CLAIM, sealed: "c2VhbGVk".into() },
        M::Cancel { claim: CLAIM },
    ];
    use RefusalReason as R;
    let reasons = [
        R::HoldExpired,
        R::DriverDeclined,
        R::DriverSilent,
        R::ProviderFailed,
        R::UnknownClaim,
        R::NoLongerQualified,
    ];
    all.extend(reasons.map(|reason| M::Refuse { claim: CLAIM, reason }));
    use Progress as P;
    let steps = [P::Booked, P::EnRoute, P::Arrived, P::OnBoard, P::Done];
    all.extend(steps.map(|progress| M::Status { claim: CLAIM, progress, at: NOON }));
    all.extend(Outcome::ALL.map(|outcome| M::State { statement: statement(outcome) }));
    all.push(M::Agree { statement: statement(Outcome::Completed) });
    let disputes = [Disagreement::RiderSaysOtherwise, Disagreement::NotConfirmed];
    all.extend(disputes.map(|why| M::Dispute { claim: CLAIM, why }));
    all
}

/// Does not compile once there is a message or a value of which there is no vector above.
fn is_in_the_list(message: &BookingMessage) {
    use {BookingMessage as M, Disagreement as D, Progress as P, RefusalReason as R};
    match message {
        M::Offer { .. } | M::Rescind { .. } | M::Pass { .. } | M::Claim { .. } | M::Withdraw { .. } => {}
        M::TurnDown { .. } | M::Award { .. } | M::Confirm { .. } | M::Details { .. } | M::Cancel { .. } => {}
        M::Refuse { reason, .. } => match reason {
            R::HoldExpired | R::DriverDeclined | R::DriverSilent => {}
            R::ProviderFailed | R::UnknownClaim | R::NoLongerQualified => {}
        },
        M::Status { progress, .. } => match progress {
            P::Booked | P::EnRoute | P::Arrived | P::OnBoard | P::Done => {}
        },
        M::State { .. } | M::Agree { .. } => {}
        M::Dispute { why, .. } => match why {
            D::RiderSaysOtherwise | D::NotConfirmed => {}
        },
    }
}

#[test]
fn bookings_are_spoken_of_as_they_ever_were() {
    let lines = compare("booking_messages.jsonl", &messages());
    let kind = |line: &String| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].to_string();
    messages().iter().for_each(is_in_the_list);
    assert_eq!(lines.iter().map(kind).collect::<BTreeSet<_>>().len(), 15, "every message there is");
}

#[test]
fn tickets_and_spare_places_are_told_as_they_ever_were() {
    compare("ticket_opened.jsonl", &[ticket(), in_a_wheelchair()]);
    compare("ticket_closed.jsonl", &[TicketClosed { ticket: TICKET }]);
    compare("capacity_posted.jsonl", &[capacity()]);
    compare("capacity_withdrawn.jsonl", &[CapacityWithdrawn { capacity: CAPACITY }]);
}

#[test]
fn what_a_later_version_adds_to_a_message_is_passed_over_and_what_it_adds_to_a_ticket_is_refused() {
    let later = |line: String| line.replacen('{', r#"{"later":[1,{"x":null}],"#, 1);
    for message in messages() {
        let line = later(serde_json::to_string(&message).unwrap());
        assert_eq!(serde_json::from_str::<BookingMessage>(&line).unwrap(), message, "{line}");
    }
    let unknown = r#"{"type":"haggle","claim":"c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"}"#;
    assert!(serde_json::from_str::<BookingMessage>(unknown).is_err());
    // It has no room for anything that could name somebody.
    let ticket = later(serde_json::to_string(&ticket()).unwrap());
    assert!(serde_json::from_str::<TicketBody>(&ticket).is_err());
    let capacity = later(serde_json::to_string(&capacity()).unwrap());
    assert!(serde_json::from_str::<CapacityBody>(&capacity).is_err());
}
