//! Who may ask for what, for every command and every kind of actor.

use jitney_identity::Hash;

use super::fixture::*;
use crate::access::Scope;
use crate::availability::Leave;
use crate::booking::BookingMessage;
use crate::member::DriverTerms;
use crate::trip::Timing;
use crate::*;

/// Who asks: the letters of the table below.
fn actors(w: &mut World) -> Vec<(char, Actor)> {
    let mut member = |role| Actor::Member(w.member(HOME, role), role);
    let (operator, dispatcher) = (member(Role::Operator), member(Role::Dispatcher));
    let (other_driver, other_rider) = (member(Role::Driver), member(Role::Rider));
    let caregiver = member(Role::Caregiver);
    let home = &w.coops[HOME];
    vec![
        ('O', Actor::Operator),
        ('P', operator),
        ('D', dispatcher),
        ('V', Actor::Member(home.willing, Role::Driver)),
        ('v', other_driver),
        ('R', Actor::Member(home.rider, Role::Rider)),
        ('r', other_rider),
        ('C', caregiver),
        ('N', Actor::Partner(key(2))),
        ('n', Actor::Partner(key(3))),
        ('S', Actor::Stranger(key(50))),
        ('s', Actor::Stranger(key(51))),
        ('Y', Actor::System),
    ]
}

fn tells_of_rights(answer: &Result<Vec<Event>, Refusal>) -> bool {
    matches!(answer, Err(Refusal::NotAllowed { .. } | Refusal::NotYourLift { .. }))
}

fn people(w: &World) -> Vec<(&'static str, Command)> {
    let rider = w.coops[HOME].rider;
    let member = w.coops[HOME].willing;
    let owned = w.state(HOME).members.get(&member).and_then(|m| m.driver.as_ref()?.terms.vehicle).unwrap();
    let operator = *w.state(HOME).members.iter().find(|(_, m)| m.roles.contains(&Role::Operator)).unwrap().0;
    let invite = |seed: u8, role, member| Command::Invite {
        invitation: InvitationId::from_bytes([seed; 16]),
        role,
        member,
        secret: Hash::of(b"secret"),
        expires: tue(0, 0),
    };
    let enrol = Command::Enrol {
        invitation: InvitationId::from_bytes([9; 16]),
        secret: Hash::of(b"secret"),
        key: key(50),
    };
    let secret = Hash::of(b"secret");
    let card = |seed: u8, member, role| Command::IssueCard {
        card: CardId::from_bytes([seed; 16]),
        member,
        role,
        secret,
    };
    let sign_in = Command::SignIn {
        card: CardId::from_bytes([1; 16]),
        secret,
        session: SessionId::from_bytes([1; 16]),
        until: tue(0, 0),
    };
    vec![
        ("OP", Command::FoundCoop { key: key(9), zone: paris(), policy: Policy::default() }),
        ("OP", Command::SetPolicy(Policy::default())),
        ("OPD", Command::AddMember { roles: [Role::Rider, Role::Dispatcher].into() }),
        ("OP", Command::AddMember { roles: [Role::Rider, Role::Operator].into() }),
        ("OPD", Command::AddRole { member: rider, role: Role::Dispatcher }),
        ("OP", Command::AddRole { member: rider, role: Role::Operator }),
        ("OPD", Command::Suspend(rider)),
        ("OPD", Command::Reinstate(rider)),
        ("OP", Command::Suspend(operator)),
        ("OP", Command::Reinstate(operator)),
        ("OPD", Command::RecordVetting { member, item: VettingItem::Training, valid_until: TUESDAY }),
        ("OPD", Command::SetWish { rider, driver: member, wish: Some(Wish::Preferred) }),
        ("OPD", Command::SetApart { one: rider, other: member, apart: false }),
        ("OPD", invite(1, Role::Driver, None)),
        ("OPD", invite(2, Role::Rider, Some(rider))),
        ("OP", invite(3, Role::Operator, None)),
        ("OP", invite(4, Role::Operator, Some(operator))),
        ("S", enrol),
        ("OPD", card(1, rider, Role::Rider)),
        ("OP", card(2, operator, Role::Operator)),
        ("OP", card(3, operator, Role::Rider)),
        ("OPD", Command::RevokeCard(CardId::from_bytes([1; 16]))),
        ("Y", sign_in),
        ("Y", Command::SignOut(SessionId::from_bytes([1; 16]))),
        ("OPDR", Command::Entrust { rider, caregiver: member, scope: Scope::Book }),
        ("OPDR", Command::Dismiss { rider, caregiver: member }),
        ("OPDV", Command::SetDriverTerms { member, terms: DriverTerms::default() }),
        ("OPDV", Command::AddVehicle { owner: Some(member), capability: CAR }),
        ("OPD", Command::AddVehicle { owner: None, capability: CAR }),
        ("OPDV", Command::ChangeVehicle { vehicle: owned, capability: CAR }),
        ("OPDV", Command::SetWeeklyHours { member, weekly: every_day(hours(8, 12)) }),
        ("OPDV", Command::SetBreaks { member, breaks: Vec::new() }),
        ("OPDV", Command::OfferHours { member, date: TUESDAY, hours: hours(18, 19) }),
        ("OPDV", Command::TakeLeave { member, leave: Leave { from: MONDAY, to: TUESDAY } }),
    ]
}

fn trips(w: &mut World) -> Vec<(&'static str, Command)> {
    let (trip, _, lift) = w.confirmed();
    let mut daily = w.booking(HOME, Timing::PickUp(tuesday_at(14, 0)));
    daily.repeat = Some(Repeat { rule: "FREQ=DAILY".to_owned(), except: Default::default() });
    w.act(HOME, Command::BookTrip(daily));
    let subscription = SubscriptionId(1);
    let driver = w.coops[HOME].driver;
    let waiting = w.book(HOME, 16, 0);
    let assign = w.assignment(HOME, waiting, driver, tue(16, 0));
    let body = w.body(HOME, waiting);
    let plan = w.plan(HOME, &body, driver, tue(16, 0));
    let claim = ClaimId::from_bytes([1; 16]);
    let ticket = TicketId::from_bytes([1; 16]);
    let booking = w.booking(HOME, Timing::PickUp(tuesday_at(12, 0)));
    vec![
        ("OPDR", Command::BookTrip(booking)),
        ("OPDR", Command::ChangeTrip { trip, change: TripChange::default() }),
        ("OPDR", Command::CancelTrip { trip, with_return: false }),
        ("OPDR", Command::CallReady { trip, at: None }),
        ("OPDR", Command::ExceptDate { subscription, date: TUESDAY }),
        ("OPDR", Command::EndSubscription { subscription, last: TUESDAY }),
        ("OPDY", assign),
        ("OPDY", Command::UnassignTrip(trip)),
        ("OPDY", Command::LockTrip { trip, locked: true }),
        ("OPDY", Command::MoveTrips { moves: Vec::new(), agreed: false }),
        ("OPDY", Command::ShareTrip(waiting)),
        ("OPDY", Command::ClaimTicket { body, originator: key(2), plan, agreed: false }),
        ("OPDY", Command::AwardClaim { ticket, claim }),
        ("OPDY", Command::StateOutcome { trip, outcome: Outcome::TurnedDown }),
        ("OPDV", report_at(1, lift, Step::EnRoute, w.now)),
        ("OPDY", Command::BarCoop(key(2))),
        ("OP", Command::ClearCoop { coop: key(2), why: "a machine ran twice".to_owned() }),
        ("OPDY", Command::TurnBack { from: key(2), claim }),
        ("N", Command::Receive { from: key(2), message: BookingMessage::Withdraw { claim } }),
        ("Y", Command::Tick),
    ]
}

#[test]
fn every_command_is_for_these_and_for_nobody_else() {
    let mut w = World::alone();
    let actors = actors(&mut w);
    let mut table = trips(&mut w);
    table.extend(people(&w));
    for (allowed, command) in table {
        for (letter, actor) in &actors {
            let answer = w.clone().ask(HOME, *actor, command.clone());
            assert_eq!(
                !tells_of_rights(&answer),
                allowed.contains(*letter),
                "{letter} {actor}: {command:?} gave {answer:?}"
            );
        }
    }
}

#[test]
fn a_dispatcher_cannot_take_an_operators_key_by_a_lesser_role() {
    let mut w = World::alone();
    let dispatcher = Actor::Member(w.member(HOME, Role::Dispatcher), Role::Dispatcher);
    w.act(HOME, Command::AddMember { roles: [Role::Operator, Role::Rider].into() });
    let operator = *w.state(HOME).members.last().unwrap().0;
    let invite = Command::Invite {
        invitation: InvitationId::from_bytes([1; 16]),
        role: Role::Rider,
        member: Some(operator),
        secret: Hash::ZERO,
        expires: tue(0, 0),
    };
    assert!(tells_of_rights(&w.ask(HOME, dispatcher, invite.clone())));
    assert!(w.ask(HOME, Actor::Operator, invite).is_ok());
}

#[test]
fn a_member_who_is_suspended_unknown_or_not_in_that_role_does_nothing() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    let booking = Command::BookTrip(w.booking(HOME, Timing::PickUp(tuesday_at(12, 0))));
    let as_driver = Actor::Member(rider, Role::Driver);
    assert!(tells_of_rights(&w.ask(HOME, as_driver, booking.clone())));
    let nobody = Actor::Member(MemberId(4711), Role::Rider);
    assert_eq!(w.ask(HOME, nobody, booking.clone()), Err(Refusal::NoMember(MemberId(4711))));
    w.act(HOME, Command::Suspend(rider));
    let refused = w.ask(HOME, Actor::Member(rider, Role::Rider), booking);
    assert_eq!(refused, Err(Refusal::Suspended(rider)));
}

#[test]
fn before_the_coop_is_founded_nothing_else_goes_and_it_is_founded_once() {
    let mut w = World::of(1);
    let again = Command::FoundCoop { key: key(1), zone: paris(), policy: Policy::default() };
    assert_eq!(w.refused(HOME, again), Refusal::CoopExists);
    w.coops[HOME].state = State::default();
    assert_eq!(w.refused(HOME, Command::Tick), Refusal::NoCoop);
}
