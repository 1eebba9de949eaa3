//! Members, drivers' time, invitations.

use jiff::civil::date;
use jitney_identity::{Hash, PublicKey};

use super::fixture::*;
use crate::availability::Leave;
use crate::member::{Consent, WISHES_MAX};
use crate::trip::Timing;
use crate::*;

const INVITATION: InvitationId = InvitationId::from_bytes([7; 16]);

fn invite(w: &mut World, role: Role, member: Option<MemberId>) -> Command {
    let secret = Hash::of(b"spoken over the phone");
    let expires = w.now.after(Minutes(60));
    let command = Command::Invite { invitation: INVITATION, role, member, secret, expires };
    w.act(HOME, command.clone());
    command
}

fn enrol(w: &mut World, secret: &[u8], key: PublicKey) -> Result<Vec<Event>, Refusal> {
    let command = Command::Enrol { invitation: INVITATION, secret: Hash::of(secret), key };
    w.ask(HOME, Actor::Stranger(key), command)
}

#[test]
fn an_invitation_admits_a_new_member_once_and_answers_the_same_key_alike() {
    let mut w = World::alone();
    invite(&mut w, Role::Driver, None);
    enrol(&mut w, b"spoken over the phone", key(50)).unwrap();
    let member = w.state(HOME).member_of_key(&key(50)).unwrap();
    assert!(w.state(HOME).members.get(&member).unwrap().acts_as(Role::Driver));
    assert_eq!(enrol(&mut w, b"spoken over the phone", key(50)), Ok(vec![]));
    let other = enrol(&mut w, b"spoken over the phone", key(51));
    assert_eq!(other, Err(Refusal::InvitationUsed(INVITATION)));
}

#[test]
fn a_wrong_secret_or_an_unknown_invitation_tell_nothing() {
    let mut w = World::alone();
    assert_eq!(enrol(&mut w, b"spoken over the phone", key(50)), Err(Refusal::NoInvitation));
    invite(&mut w, Role::Rider, None);
    assert_eq!(enrol(&mut w, b"guessed", key(50)), Err(Refusal::NoInvitation));
}

#[test]
fn an_invitation_works_until_its_last_moment_and_not_after() {
    let mut w = World::alone();
    invite(&mut w, Role::Rider, None);
    let last = w.now.after(Minutes(60));
    w.now = Timestamp(last.0 + 1);
    let late = enrol(&mut w.clone(), b"spoken over the phone", key(50));
    assert_eq!(late, Err(Refusal::InvitationExpired(last)));
    w.now = last;
    assert!(enrol(&mut w, b"spoken over the phone", key(50)).is_ok());
}

#[test]
fn an_invitation_sent_twice_is_one_and_one_that_was_used_never_works_again() {
    let mut w = World::alone();
    let command = invite(&mut w, Role::Rider, None);
    assert_eq!(w.act(HOME, command.clone()), []);
    enrol(&mut w, b"spoken over the phone", key(50)).unwrap();
    assert_eq!(w.act(HOME, command), []);
    assert!(enrol(&mut w, b"spoken over the phone", key(51)).is_err());
    let other = Command::Invite {
        invitation: INVITATION,
        role: Role::Driver,
        member: None,
        secret: Hash::ZERO,
        expires: tue(0, 0),
    };
    assert_eq!(w.refused(HOME, other), Refusal::InvitationUsed(INVITATION));
}

#[test]
fn a_new_device_takes_the_place_of_the_old_key_and_no_key_has_two_members() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    invite(&mut w, Role::Rider, Some(rider));
    enrol(&mut w, b"spoken over the phone", key(50)).unwrap();
    let again = |seed: u8, member| Command::Invite {
        invitation: InvitationId::from_bytes([seed; 16]),
        role: Role::Rider,
        member,
        secret: Hash::ZERO,
        expires: tue(0, 0),
    };
    let use_it = |w: &mut World, seed: u8, key| {
        let invitation = InvitationId::from_bytes([seed; 16]);
        w.ask(HOME, Actor::Stranger(key), Command::Enrol { invitation, secret: Hash::ZERO, key })
    };
    w.act(HOME, again(1, Some(rider)));
    use_it(&mut w, 1, key(51)).unwrap();
    assert_eq!(w.state(HOME).member_of_key(&key(50)), None);
    assert_eq!(w.state(HOME).member_of_key(&key(51)), Some(rider));
    w.act(HOME, again(2, None));
    assert_eq!(use_it(&mut w, 2, key(51)), Err(Refusal::KeyTaken(key(51))));
}

#[test]
fn a_credential_is_issued_on_enrolment_and_again_when_a_role_or_a_paper_is_added() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let paper = Command::RecordVetting { member: driver, item: VettingItem::Training, valid_until: TUESDAY };
    let issued = |w: &World, events: &[Event]| {
        events.iter().flat_map(|e| effects(w.state(HOME), e)).collect::<Vec<_>>()
    };
    let events = w.act(HOME, paper.clone());
    assert_eq!(issued(&w, &events), []);
    invite(&mut w, Role::Driver, Some(driver));
    let events = enrol(&mut w, b"spoken over the phone", key(50)).unwrap();
    assert_eq!(issued(&w, &events), [Effect::IssueCredential(driver)]);
    let events = w.act(HOME, paper);
    assert_eq!(issued(&w, &events), [Effect::IssueCredential(driver)]);
    let events = w.act(HOME, Command::AddRole { member: driver, role: Role::Rider });
    assert_eq!(issued(&w, &events), [Effect::IssueCredential(driver)]);
}

#[test]
fn what_is_so_already_records_nothing() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    assert_eq!(w.act(HOME, Command::Reinstate(rider)), []);
    assert_eq!(w.act(HOME, Command::AddRole { member: rider, role: Role::Rider }), []);
    assert_eq!(w.act(HOME, Command::Suspend(rider)).len(), 1);
    assert_eq!(w.act(HOME, Command::Suspend(rider)), []);
}

#[test]
fn a_suspended_rider_is_not_booked_for_until_reinstated() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    w.act(HOME, Command::Suspend(rider));
    let booking = Command::BookTrip(w.booking(HOME, Timing::PickUp(tuesday_at(10, 0))));
    assert_eq!(w.refused(HOME, booking.clone()), Refusal::Suspended(rider));
    w.act(HOME, Command::Reinstate(rider));
    w.act(HOME, booking);
}

#[test]
fn driver_matters_are_for_drivers_and_hours_end_after_they_begin() {
    let mut w = World::alone();
    let (rider, driver) = (w.coops[HOME].rider, w.coops[HOME].driver);
    let no_driver = Refusal::LacksRole { member: rider, role: Role::Driver };
    let paper = Command::RecordVetting { member: rider, item: VettingItem::Licence, valid_until: TUESDAY };
    assert_eq!(w.refused(HOME, paper), no_driver);
    let car = Command::AddVehicle { owner: Some(rider), capability: CAR };
    assert_eq!(w.refused(HOME, car), no_driver);
    let backwards = Command::OfferHours { member: driver, date: TUESDAY, hours: hours(12, 12) };
    assert_eq!(w.refused(HOME, backwards), Refusal::EmptyHours);
    let weekly = every_day(hours(12, 9));
    assert_eq!(w.refused(HOME, Command::SetWeeklyHours { member: driver, weekly }), Refusal::EmptyHours);
    let leave = Leave { from: TUESDAY, to: MONDAY };
    assert_eq!(w.refused(HOME, Command::TakeLeave { member: driver, leave }), Refusal::EmptyHours);
    let stranger = MemberId(4711);
    let paper = Command::RecordVetting { member: stranger, item: VettingItem::Licence, valid_until: TUESDAY };
    assert_eq!(w.refused(HOME, paper), Refusal::NoMember(stranger));
}

#[test]
fn papers_are_good_up_to_and_including_their_day() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let item = VettingItem::Licence;
    w.act(HOME, Command::RecordVetting { member: driver, item, valid_until: TUESDAY });
    let row = w.state(HOME).members.get(&driver).unwrap().driver.clone().unwrap();
    let required = Policy::default().required_vetting;
    assert_eq!(row.unvetted(&required, TUESDAY), None);
    let unvetted = row.unvetted(&required, date(2026, 3, 11)).unwrap();
    assert_eq!((unvetted.item, unvetted.expired), (item, Some(TUESDAY)));
}

#[test]
fn a_driver_adds_as_many_vehicles_as_anybody_drives_and_no_more() {
    use crate::decide::VEHICLES_PER_DRIVER_MAX;
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let capability = w.state(HOME).vehicles.values().next().unwrap().capability;
    let add = Command::AddVehicle { owner: Some(driver), capability };
    let has = w.state(HOME).vehicles.values().filter(|v| v.owner == Some(driver)).count();
    for _ in has..VEHICLES_PER_DRIVER_MAX {
        w.act(HOME, add.clone());
    }
    assert_eq!(w.refused(HOME, add), Refusal::TooManyVehicles(driver));
    w.act(HOME, Command::AddVehicle { owner: None, capability });
}

#[test]
fn a_driver_who_is_never_to_drive_a_rider_is_given_none_of_her_trips() {
    let mut w = World::alone();
    let (trip, driver) = (w.book(HOME, 10, 0), w.new_driver(HOME, Consent::Standing, CAR));
    let rider = w.state(HOME).trips.get(&trip).unwrap().details.rider;
    let wish = |wish| Command::SetWish { rider, driver, wish };
    let body = w.body(HOME, trip);
    let plan = w.plan(HOME, &body, driver, tue(10, 0));
    let assign = Command::AssignTrip { trip, plan, agreed: true };

    w.act(HOME, wish(Some(Wish::Never)));
    assert_eq!(w.refused(HOME, assign.clone()), Refusal::KeptApart { driver, rider });
    let moved = Move { trip, plan: w.plan(HOME, &body, driver, tue(10, 0)) };
    let moves = Command::MoveTrips { moves: vec![moved], agreed: true };
    assert_eq!(w.refused(HOME, moves), Refusal::KeptApart { driver, rider });

    for other in [Some(Wish::Preferred), None] {
        w.act(HOME, wish(other));
        assert_eq!(w.state(HOME).wish(rider, driver), other);
        assert_eq!(w.act(HOME, wish(other)), vec![], "it is so already");
        assert!(w.clone().ask(HOME, Actor::Operator, assign.clone()).is_ok());
    }
}

#[test]
fn wishes_are_a_riders_about_drivers_and_bounded() {
    let mut w = World::alone();
    let (rider, driver) = (w.coops[HOME].rider, w.new_driver(HOME, Consent::Ask, CAR));
    let wish = |rider, driver| Command::SetWish { rider, driver, wish: Some(Wish::Never) };
    let lacks = |member, role| Refusal::LacksRole { member, role };
    assert_eq!(w.refused(HOME, wish(driver, driver)), lacks(driver, Role::Rider));
    assert_eq!(w.refused(HOME, wish(rider, rider)), lacks(rider, Role::Driver));
    for _ in 0..WISHES_MAX {
        let driver = w.new_driver(HOME, Consent::Ask, CAR);
        w.act(HOME, wish(rider, driver));
    }
    assert_eq!(w.refused(HOME, wish(rider, driver)), Refusal::TooManyWishes(rider));
    let first = *w.state(HOME).members.get(&rider).unwrap().wishes.keys().next().unwrap();
    w.act(HOME, Command::SetWish { rider, driver: first, wish: None });
    w.act(HOME, wish(rider, driver));
}
