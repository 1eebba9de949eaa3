//! Partners in particular: agreements, round trips given away as pairs, offers to one coop, spare places.

use jiff::civil::date;

use super::fixture::*;
use crate::alarm::{Alarm, Kind};
use crate::booking::{BookingMessage, ClaimPhase, TicketPhase};
use crate::trip::Timing;
use crate::*;

const SUBSCRIPTION: SubscriptionId = SubscriptionId(1);

fn phase(w: &World, trip: TripId) -> &TicketPhase {
    &w.ticket(HOME, trip).1.phase
}

fn awarded_to(w: &World, trip: TripId) -> Option<usize> {
    let provider = w.ticket(HOME, trip).1.award()?.provider;
    w.coops.iter().position(|c| c.key == provider)
}

fn agree(w: &mut World, coop: usize, with: usize, agreement: Agreement) {
    let with = w.coops[with].key;
    w.act(coop, Command::SetAgreement { with, agreement: Some(agreement) });
}

/// Books a round trip, there at ten and home at one, and offers both ways to the neighbours.
fn round_trip(w: &mut World) -> (TripId, TripId) {
    let mut booking = w.booking(HOME, Timing::PickUp(tuesday_at(10, 0)));
    booking.home = Some(Timing::PickUp(tuesday_at(13, 0)));
    w.act(HOME, Command::BookTrip(booking));
    let trips: Vec<TripId> = w.state(HOME).open_trips().map(|(id, _)| id).collect();
    for trip in &trips {
        w.act(HOME, Command::ShareTrip(*trip));
    }
    (trips[0], trips[1])
}

fn claim_for(w: &mut World, coop: usize, trip: TripId, hour: i8) -> ClaimId {
    let ticket = w.ticket(HOME, trip).0;
    let willing = w.coops[coop].willing;
    w.claim(coop, ticket, willing, tue(hour, 0))
}

#[test]
fn gathered_claims_go_to_the_partner_who_comes_first_in_order() {
    let mut w = World::of(3);
    w.policy(HOME, |p| (p.award_wait, p.award_wait_until) = (Minutes(30), Minutes(60)));
    agree(&mut w, HOME, THIRD, Agreement { rank: Some(1), ..Agreement::default() });
    let (trip, _) = w.shared();
    claim_for(&mut w, NEXT, trip, 10);
    claim_for(&mut w, THIRD, trip, 10);
    w.drain();
    assert_eq!(*phase(&w, trip), TicketPhase::Open, "others may still come");
    w.until(w.now.after(Minutes(29)));
    assert_eq!(*phase(&w, trip), TicketPhase::Open);
    w.until(w.now.after(Minutes(1)));
    assert_eq!(awarded_to(&w, trip), Some(THIRD));
}

#[test]
fn a_partner_that_left_an_award_unanswered_comes_after_one_that_did_not() {
    let mut w = World::of(3);
    w.policy(HOME, |p| (p.award_wait, p.award_wait_until) = (Minutes(30), Minutes(60)));
    w.policy(HOME, |p| p.award_patience = Minutes(15));
    let (first, _) = w.shared();
    claim_for(&mut w, NEXT, first, 10);
    w.drain();
    w.until(w.now.after(Minutes(30)));
    assert_eq!(awarded_to(&w, first), Some(NEXT));
    w.wire.clear(); // The award never gets there.
    w.until(w.now.after(Minutes(20)));
    assert_eq!(*phase(&w, first), TicketPhase::Open);
    w.drain();
    let (second, _) = w.shared();
    claim_for(&mut w, NEXT, second, 10);
    claim_for(&mut w, THIRD, second, 10);
    w.drain();
    w.until(w.now.after(Minutes(30)));
    assert_eq!(awarded_to(&w, second), Some(THIRD));
    // The order that people agreed on holds all the same, and a restart knows as much.
    let mut again = w.state(HOME).clone();
    again.reindex();
    assert_eq!(&again, w.state(HOME));
}

#[test]
fn nobody_waits_for_better_claims_when_the_pick_up_is_near() {
    let mut w = World::of(2);
    w.policy(HOME, |p| (p.award_wait, p.award_wait_until) = (Minutes(600), Minutes(120)));
    w.until(tue(8, 30));
    let (trip, _) = w.shared();
    claim_for(&mut w, NEXT, trip, 10);
    w.drain();
    assert_eq!(awarded_to(&w, trip), Some(NEXT));
}

#[test]
fn a_hold_never_runs_out_while_better_claims_are_waited_for() {
    let mut w = World::of(2);
    w.policy(HOME, |p| (p.award_wait, p.award_wait_until) = (Minutes(6000), Minutes(0)));
    w.policy(NEXT, |p| p.hold = Minutes(20));
    let (trip, _) = w.shared();
    claim_for(&mut w, NEXT, trip, 10);
    w.drain();
    w.until(w.now.after(Minutes(18)));
    assert_eq!(awarded_to(&w, trip), Some(NEXT));
}

#[test]
fn who_asks_for_more_than_was_agreed_is_awarded_by_a_person_only() {
    let mut w = World::of(2);
    let rate = |per_trip| Rate { per_trip: Cents(per_trip), per_km: Cents(40) };
    agree(&mut w, HOME, NEXT, Agreement { rate: Some(rate(300)), ..Agreement::default() });
    agree(&mut w, NEXT, HOME, Agreement { rate: Some(rate(500)), ..Agreement::default() });
    let (trip, ticket) = w.shared();
    let dear = claim_for(&mut w, NEXT, trip, 10);
    w.drain();
    assert_eq!(*phase(&w, trip), TicketPhase::Open);
    assert_eq!(w.ticket(HOME, trip).1.claims[&dear].rate, Some(rate(500)));
    w.act(HOME, Command::AwardClaim { ticket, claim: dear });
    w.drain();
    assert!(matches!(phase(&w, trip), TicketPhase::Confirmed(..)));
}

#[test]
fn short_notice_and_a_partner_without_trust_are_left_to_a_person() {
    for agreement in [
        Agreement { least_notice: Some(Minutes(48 * 60)), ..Agreement::default() },
        Agreement { award: Some(false), ..Agreement::default() },
    ] {
        let mut w = World::of(2);
        agree(&mut w, HOME, NEXT, agreement);
        let (trip, _) = w.shared();
        claim_for(&mut w, NEXT, trip, 10);
        w.drain();
        assert_eq!(*phase(&w, trip), TicketPhase::Open, "{agreement:?}");
    }
}

#[test]
fn nobody_agrees_with_themselves_and_an_agreement_can_be_taken_back() {
    let mut w = World::of(2);
    let us = w.coops[HOME].key;
    let own = Command::SetAgreement { with: us, agreement: Some(Agreement::default()) };
    assert_eq!(w.refused(HOME, own), Refusal::OurOwnCoop);
    agree(&mut w, HOME, NEXT, Agreement { rank: Some(3), ..Agreement::default() });
    let next = w.coops[NEXT].key;
    assert_eq!(w.state(HOME).terms_with(&next).rank, 3);
    w.act(HOME, Command::SetAgreement { with: next, agreement: None });
    assert!(w.state(HOME).agreements.is_empty());
}

#[test]
fn a_way_out_is_not_given_away_while_nobody_brings_the_rider_home() {
    let mut w = World::of(3);
    let (out, home) = round_trip(&mut w);
    claim_for(&mut w, NEXT, out, 10);
    w.drain();
    assert_eq!(*phase(&w, out), TicketPhase::Open, "the rider would be stranded");
    let ticket = w.ticket(HOME, out).1.clone();
    assert!(waits_for_other_half(w.state(HOME), &ticket, w.now));
    let waits = |w: &World| {
        let kind =
            |a: &Alarm| matches!(a.kind, Kind::WaitsForOtherHalf { provider, .. } if provider == key(2));
        w.alarms(HOME).into_iter().find(kind)
    };
    assert_eq!(waits(&w).unwrap().trips, [out, home], "the dispatcher is shown for what the claim waits");
    claim_for(&mut w, THIRD, home, 13);
    w.drain();
    assert_eq!((awarded_to(&w, out), awarded_to(&w, home)), (Some(NEXT), Some(THIRD)), "as a pair");
    assert!(matches!(phase(&w, out), TicketPhase::Confirmed(..)));
    assert!(matches!(phase(&w, home), TicketPhase::Confirmed(..)));
    assert_eq!(waits(&w), None);
}

#[test]
fn a_way_home_waits_for_somebody_to_take_the_rider_there() {
    let mut w = World::of(2);
    let (out, home) = round_trip(&mut w);
    claim_for(&mut w, NEXT, home, 13);
    w.drain();
    assert_eq!(*phase(&w, home), TicketPhase::Open);
    let willing = w.coops[HOME].willing;
    w.assign(HOME, out, willing, tue(10, 0));
    w.drain();
    w.until(w.now.after(Minutes(1)));
    assert_eq!(awarded_to(&w, home), Some(NEXT), "now that our own driver takes the rider there");
}

#[test]
fn a_person_may_give_away_one_half_alone() {
    let mut w = World::of(2);
    let (out, _) = round_trip(&mut w);
    let claim = claim_for(&mut w, NEXT, out, 10);
    w.drain();
    let ticket = w.ticket(HOME, out).0;
    w.act(HOME, Command::AwardClaim { ticket, claim });
    w.drain();
    assert!(matches!(phase(&w, out), TicketPhase::Confirmed(..)));
}

#[test]
fn the_half_that_failed_is_given_to_the_next_and_the_other_stands() {
    let mut w = World::of(3);
    let (out, home) = round_trip(&mut w);
    claim_for(&mut w, NEXT, out, 10);
    claim_for(&mut w, THIRD, home, 13);
    w.drain();
    let lift = w.last_claim(THIRD).1.number;
    w.report(THIRD, lift, Step::Decline).unwrap();
    w.drain();
    assert_eq!(*phase(&w, home), TicketPhase::Open);
    assert!(matches!(phase(&w, out), TicketPhase::Confirmed(..)), "a promise is not taken back by itself");
    claim_for(&mut w, NEXT, home, 13);
    w.drain();
    assert_eq!(awarded_to(&w, home), Some(NEXT));
}

#[test]
fn a_will_call_way_home_has_an_owner_so_the_way_out_may_go() {
    let mut w = World::of(2);
    let mut booking = w.booking(HOME, Timing::PickUp(tuesday_at(10, 0)));
    booking.home = Some(Timing::WillCall(TUESDAY));
    w.act(HOME, Command::BookTrip(booking));
    let out = w.state(HOME).open_trips().map(|(id, _)| id).next().unwrap();
    w.act(HOME, Command::ShareTrip(out));
    claim_for(&mut w, NEXT, out, 10);
    w.drain();
    assert_eq!(awarded_to(&w, out), Some(NEXT));
}

#[test]
fn an_offer_is_seen_by_one_partner_and_claimed_like_any_ticket() {
    let mut w = World::of(3);
    w.policy(HOME, |p| p.award_first_claim = false);
    let trip = w.book(HOME, 10, 0);
    let to = w.coops[NEXT].key;
    w.act(HOME, Command::OfferTrip { trip, to, capacity: None });
    assert_eq!(w.act(HOME, Command::OfferTrip { trip, to, capacity: None }), [], "asked is asked");
    w.drain();
    assert!(w.gossip.is_empty() && w.state(THIRD).offered.is_empty());
    let ticket = w.ticket(HOME, trip).0;
    assert!(w.state(NEXT).offered.contains(&ticket));
    claim_for(&mut w, NEXT, trip, 10);
    w.drain();
    assert!(matches!(phase(&w, trip), TicketPhase::Confirmed(..)), "who was asked needs no second yes");
    assert!(w.state(NEXT).offered.is_empty());
}

#[test]
fn a_partner_who_was_not_asked_cannot_claim_what_was_offered_to_another() {
    let mut w = World::of(3);
    let trip = w.book(HOME, 10, 0);
    let to = w.coops[NEXT].key;
    w.act(HOME, Command::OfferTrip { trip, to, capacity: None });
    let (ticket, body) = (w.ticket(HOME, trip).0, w.body(HOME, trip));
    w.gossip.insert(ticket, (w.coops[HOME].key, body));
    let claim = claim_for(&mut w, THIRD, trip, 10);
    w.drain();
    assert!(matches!(w.state(THIRD).claims.get(&claim).unwrap().phase, ClaimPhase::Ended(_)));
    assert_eq!(*phase(&w, trip), TicketPhase::Open);
}

#[test]
fn an_offer_ends_by_passing_or_by_silence_and_others_may_be_asked() {
    let mut w = World::of(2);
    let to = w.coops[NEXT].key;
    let offer = |trip| Command::OfferTrip { trip, to, capacity: None };
    let (first, second) = (w.book(HOME, 10, 0), w.book(HOME, 15, 0));
    w.act(HOME, offer(first));
    w.act(HOME, offer(second));
    w.drain();
    let ticket = w.ticket(HOME, first).0;
    w.act(NEXT, Command::PassOffer(ticket));
    assert_eq!(w.refused(NEXT, Command::PassOffer(ticket)), Refusal::NoOffer(ticket));
    w.drain();
    assert_eq!(w.ticket(HOME, first).1.offered, None);
    let (_, until) = w.ticket(HOME, second).1.offered.unwrap();
    assert!(until <= tue(3, 30), "half of the time that is left is kept for asking others");
    w.wire.clear();
    w.until(until.after(Minutes(5)));
    let (ticket, row) = w.ticket(HOME, second);
    assert_eq!(row.offered, None, "even if the answer was lost");
    // Theirs has run out by their own clock, if it goes right.
    let told = |letter: &Letter| letter.to == to && letter.message == BookingMessage::Rescind { ticket };
    assert!(w.wire.iter().any(told), "who was asked is told, whatever the time is there");
    assert!(w.state(NEXT).offered.is_empty());
}

#[test]
fn an_offer_is_taken_back_when_the_trip_goes_elsewhere_or_is_called_off() {
    let mut w = World::of(3);
    let (next, third) = (w.coops[NEXT].key, w.coops[THIRD].key);
    let offer = |trip, to| Command::OfferTrip { trip, to, capacity: None };
    let (first, second, third_trip) = (w.book(HOME, 10, 0), w.book(HOME, 12, 0), w.book(HOME, 15, 0));
    for trip in [first, second, third_trip] {
        w.act(HOME, offer(trip, next));
    }
    w.drain();
    assert_eq!(w.state(NEXT).offered.len(), 3);
    w.act(HOME, Command::CancelTrip { trip: first, with_return: false });
    let willing = w.coops[HOME].willing;
    w.assign(HOME, second, willing, tue(12, 0));
    w.act(HOME, offer(third_trip, third));
    w.drain();
    assert!(w.state(NEXT).offered.is_empty());
    assert_eq!(w.state(THIRD).offered.len(), 1);
    let ticket = w.ticket(HOME, third_trip).0;
    let message = BookingMessage::Rescind { ticket };
    let forged = Letter { from: next, to: third, message };
    assert_eq!(w.deliver(forged), Ok(Vec::new()));
    assert_eq!(w.state(THIRD).offered.len(), 1, "only who offered takes back");
}

#[test]
fn an_offer_that_comes_twice_late_or_for_another_coops_ticket_changes_nothing() {
    let mut w = World::of(3);
    let trip = w.book(HOME, 10, 0);
    let to = w.coops[NEXT].key;
    w.act(HOME, Command::OfferTrip { trip, to, capacity: None });
    let letter = w.pick(|m| matches!(m, BookingMessage::Offer { .. }));
    w.deliver(letter.clone()).unwrap();
    assert_eq!(w.deliver(letter.clone()).unwrap(), []);
    let mut forged = letter.clone();
    forged.from = w.coops[THIRD].key;
    assert_eq!(w.deliver(forged), Err(Refusal::NotTheirs));
    claim_for(&mut w, NEXT, trip, 10);
    assert_eq!(w.deliver(letter.clone()).unwrap(), [], "claimed already");
    let mut late = letter;
    if let BookingMessage::Offer { ticket, .. } = &mut late.message {
        ticket.ticket = TicketId::from_bytes([7; 16]);
    }
    w.until(tue(12, 0));
    w.wire.clear();
    w.deliver(late).unwrap();
    assert!(matches!(w.wire[0].message, BookingMessage::Pass { .. }));
}

#[test]
fn a_series_names_its_partner_until_it_is_taken_back() {
    let mut w = World::of(2);
    let mut booking = w.booking(HOME, Timing::PickUp(tuesday_at(10, 0)));
    let except = [date(2026, 3, 17)].into();
    booking.repeat = Some(Repeat { rule: "FREQ=WEEKLY;BYDAY=TU".to_owned(), except });
    w.act(HOME, Command::BookTrip(booking));
    let to = Some(w.coops[NEXT].key);
    w.act(HOME, Command::OfferSeries { subscription: SUBSCRIPTION, to });
    assert_eq!(w.state(HOME).subscriptions.get(&SUBSCRIPTION).unwrap().carried_by, to);
    assert_eq!(w.act(HOME, Command::OfferSeries { subscription: SUBSCRIPTION, to }), []);
    let us = Some(w.coops[HOME].key);
    let own = Command::OfferSeries { subscription: SUBSCRIPTION, to: us };
    assert_eq!(w.refused(HOME, own), Refusal::OurOwnCoop);
    w.act(HOME, Command::OfferSeries { subscription: SUBSCRIPTION, to: None });
    assert_eq!(w.state(HOME).subscriptions.get(&SUBSCRIPTION).unwrap().carried_by, None);
}

#[test]
fn a_date_left_out_of_a_series_frees_the_partners_driver_on_that_day_and_on_no_other() {
    let mut w = World::of(2);
    let mut booking = w.booking(HOME, Timing::PickUp(tuesday_at(10, 0)));
    booking.repeat = Some(Repeat { rule: "FREQ=WEEKLY;BYDAY=TU".to_owned(), except: Default::default() });
    w.act(HOME, Command::BookTrip(booking));
    let to = w.coops[NEXT].key;
    w.act(HOME, Command::OfferSeries { subscription: SUBSCRIPTION, to: Some(to) });
    let trips: Vec<TripId> = w.state(HOME).open_trips().map(|(id, _)| id).take(2).collect();
    for trip in &trips {
        w.act(HOME, Command::OfferTrip { trip: *trip, to, capacity: None });
        w.drain();
        let (ticket, row) = w.ticket(HOME, *trip);
        let at = row.body.pick_up.window().from;
        let willing = w.coops[NEXT].willing;
        w.claim(NEXT, ticket, willing, at);
        w.drain();
        assert!(matches!(phase(&w, *trip), TicketPhase::Confirmed(..)));
    }
    let day = w.trip(HOME, trips[0]).details.timing.date();
    w.act(HOME, Command::ExceptDate { subscription: SUBSCRIPTION, date: day });
    w.drain();
    assert_eq!(w.outcome(HOME, trips[0]), Outcome::Cancelled);
    assert!(matches!(phase(&w, trips[1]), TicketPhase::Confirmed(..)));
    let lifts: Vec<bool> = w.state(NEXT).claims.values().map(|claim| claim.holds_time()).collect();
    assert_eq!(lifts.iter().filter(|holds| **holds).count(), 1, "{lifts:?}");
}

#[test]
fn a_planned_run_with_places_to_spare_is_told_coarsely_and_taken_back_when_it_changes() {
    let mut w = World::of(2);
    let (_, claim, lift) = w.confirmed();
    let run = w.state(HOME).claims.get(&claim).unwrap().run;
    w.act(HOME, Command::PostCapacity(run));
    assert_eq!(w.act(HOME, Command::PostCapacity(run)), [], "told is told");
    let (_, body) = w.capacities.values().next().unwrap().clone();
    assert_eq!(body.spare, Load { seats: 2, wheelchairs: 0 });
    let ticket = &w.state(HOME).claims.get(&claim).unwrap().ticket;
    assert_eq!((body.from, body.to), (ticket.from, ticket.to), "as coarse as a ticket");
    assert_eq!(body.leaves.window().from.0 % (15 * 60_000), 0);
    let told = serde_json::to_string(&body).unwrap();
    let driver = w.coops[HOME].willing;
    assert!(!told.contains(&driver.to_string()), "{told}");
    w.until(w.now.after(Minutes(10)));
    assert!(w.capacities.contains_key(&body.capacity), "nothing has changed");
    w.report(HOME, lift, Step::Decline).unwrap();
    w.until(w.now.after(Minutes(1)));
    assert!(w.capacities.is_empty(), "the run is empty now");
    assert_eq!(w.refused(HOME, Command::PostCapacity(run)), Refusal::NothingSpare(run));
}

#[test]
fn a_neighbour_gets_a_seat_by_offering_a_ticket_for_it() {
    let mut w = World::of(2);
    w.policy(NEXT, |p| p.post_capacity = true);
    let theirs = w.book(NEXT, 10, 0);
    let willing = w.coops[NEXT].willing;
    w.assign(NEXT, theirs, willing, tue(10, 0));
    w.drain();
    w.until(w.now.after(Minutes(1)));
    let (to, told) = w.capacities.values().next().unwrap().clone();
    let trip = w.book(HOME, 11, 0);
    w.act(HOME, Command::OfferTrip { trip, to, capacity: Some(told.capacity) });
    w.drain();
    let ticket = w.ticket(HOME, trip).0;
    assert_eq!(w.state(NEXT).offered.get(&ticket).unwrap().capacity, Some(told.capacity));
    claim_for(&mut w, NEXT, trip, 11);
    w.drain();
    assert!(matches!(phase(&w, trip), TicketPhase::Confirmed(..)));
    w.until(w.now.after(Minutes(1)));
    assert!(!w.capacities.contains_key(&told.capacity), "the run is another now");
    let own = w.refused(NEXT, Command::WithdrawCapacity(told.capacity));
    assert_eq!(own, Refusal::NoCapacity(told.capacity));
}
