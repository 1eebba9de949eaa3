//! Cards, sessions and caregivers.

use jitney_identity::Hash;

use super::fixture::*;
use crate::access::{CARDS_MAX, SESSIONS_MAX, Scope};
use crate::trip::Timing;
use crate::*;

fn card(seed: u8) -> CardId {
    CardId::from_bytes([seed; 16])
}

fn session(seed: u8) -> SessionId {
    SessionId::from_bytes([seed; 16])
}

fn issue(w: &mut World, seed: u8) -> Vec<Event> {
    let member = w.coops[HOME].rider;
    w.act(HOME, Command::IssueCard { card: card(seed), member, role: Role::Rider, secret: Hash::of(&[seed]) })
}

fn sign_in(w: &mut World, seed: u8, shown: &[u8], as_session: u8) -> Result<Vec<Event>, Refusal> {
    let until = w.now.after(Minutes(60));
    let command =
        Command::SignIn { card: card(seed), secret: Hash::of(shown), session: session(as_session), until };
    w.ask(HOME, Actor::System, command)
}

fn is_open(w: &World, seed: u8) -> bool {
    w.state(HOME).sessions.get(&session(seed)).is_some()
}

#[test]
fn a_card_opens_a_session_and_takes_it_along_when_it_is_revoked() {
    let mut w = World::alone();
    issue(&mut w, 1);
    issue(&mut w, 2);
    sign_in(&mut w, 1, &[1], 1).unwrap();
    sign_in(&mut w, 2, &[2], 2).unwrap();
    assert_eq!(w.state(HOME).sessions.get(&session(1)).unwrap().member, w.coops[HOME].rider);
    w.act(HOME, Command::RevokeCard(card(1)));
    assert_eq!((is_open(&w, 1), is_open(&w, 2)), (false, true));
    assert_eq!(sign_in(&mut w, 1, &[1], 3), Err(Refusal::NoCard));
    assert_eq!(w.refused(HOME, Command::RevokeCard(card(1))), Refusal::NoCard);
}

#[test]
fn a_wrong_code_an_unknown_card_and_a_session_used_before_tell_nothing() {
    let mut w = World::alone();
    issue(&mut w, 1);
    assert_eq!(sign_in(&mut w, 1, b"guessed", 1), Err(Refusal::NoCard));
    assert_eq!(sign_in(&mut w, 9, &[9], 1), Err(Refusal::NoCard));
    sign_in(&mut w, 1, &[1], 1).unwrap();
    assert_eq!(sign_in(&mut w, 1, &[1], 1), Err(Refusal::NoCard));
}

#[test]
fn a_member_who_was_suspended_does_not_get_in() {
    let mut w = World::alone();
    issue(&mut w, 1);
    let rider = w.coops[HOME].rider;
    w.act(HOME, Command::Suspend(rider));
    assert_eq!(sign_in(&mut w, 1, &[1], 1), Err(Refusal::Suspended(rider)));
}

#[test]
fn the_oldest_card_and_the_oldest_session_go_for_one_too_many() {
    let mut w = World::alone();
    for seed in 0..=CARDS_MAX as u8 {
        w.now = w.now.after(Minutes(1));
        issue(&mut w, seed);
    }
    let first = w.state(HOME).cards.get(&card(0)).is_none();
    assert!(first && w.state(HOME).cards.len() == CARDS_MAX);
    for seed in 0..=SESSIONS_MAX as u8 {
        w.now = w.now.after(Minutes(1));
        sign_in(&mut w, 1, &[1], seed).unwrap();
    }
    assert!(!is_open(&w, 0) && is_open(&w, 1) && w.state(HOME).sessions.len() == SESSIONS_MAX);
}

#[test]
fn sessions_that_are_over_are_cleared_away_by_the_next_one() {
    let mut w = World::alone();
    issue(&mut w, 1);
    sign_in(&mut w, 1, &[1], 1).unwrap();
    sign_in(&mut w, 1, &[1], 2).unwrap();
    w.now = w.now.after(Minutes(61));
    sign_in(&mut w, 1, &[1], 3).unwrap();
    assert_eq!((is_open(&w, 1), is_open(&w, 2), is_open(&w, 3)), (false, false, true));
}

#[test]
fn a_caregiver_books_for_who_said_so_in_that_scope_and_until_it_is_taken_back() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    let caregiver = w.member(HOME, Role::Caregiver);
    let actor = Actor::Member(caregiver, Role::Caregiver);
    let booking = Command::BookTrip(w.booking(HOME, Timing::PickUp(tuesday_at(12, 0))));
    let may = |w: &World| w.clone().ask(HOME, actor, booking.clone()).is_ok();
    let entrust = |w: &mut World, scope| {
        w.ask(HOME, Actor::Member(rider, Role::Rider), Command::Entrust { rider, caregiver, scope }).unwrap()
    };
    assert!(!may(&w));
    entrust(&mut w, Scope::See);
    assert!(!may(&w));
    entrust(&mut w, Scope::Book);
    assert!(may(&w));
    assert_eq!(entrust(&mut w, Scope::Book), vec![]);
    w.act(HOME, Command::Dismiss { rider, caregiver });
    assert!(!may(&w));
    assert_eq!(
        w.refused(HOME, Command::Dismiss { rider, caregiver }),
        Refusal::NoCaregiver { rider, caregiver }
    );
}

#[test]
fn a_caregiver_who_is_also_a_rider_books_as_a_caregiver_only_for_others() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    w.act(HOME, Command::AddRole { member: rider, role: Role::Caregiver });
    assert_eq!(
        w.refused(HOME, Command::Entrust { rider, caregiver: rider, scope: Scope::Book }),
        Refusal::OwnCaregiver(rider)
    );
    let booking = Command::BookTrip(w.booking(HOME, Timing::PickUp(tuesday_at(12, 0))));
    assert!(w.ask(HOME, Actor::Member(rider, Role::Caregiver), booking).is_err());
}
