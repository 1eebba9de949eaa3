//! Made-up people: riders, drivers with cars and hours, places. Everything personal about them is marked.

use jiff::civil::{Date, Weekday, date, time};
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::member::Consent;
use jitney_domain::{
    Actor, Assistance, Capability, Coordinate, Load, MemberId, Metres, Minutes, Mobility, Policy,
    Requirement, Role, VettingItem,
};
use jitney_federation::InvitationLink;
use jitney_net::Channel;
use jitney_node::api::{Enrol, Enrolled, Fault, Limit, Reply, Request};
use jitney_node::person::{Place, Profile};

use crate::marker::MARKER;
use crate::rng::Chance;
use crate::world::World;

/// Where the first coop has its office.
const OFFICE: (f64, f64) = (48.52, 9.05);
/// How far apart neighbouring coops have their offices, in degrees: about eight kilometres.
const APART: f64 = 0.07;
/// How far from the office its people live at most, in degrees.
const AROUND: f64 = 0.05;
/// Until when everybody is vetted.
pub const VETTED_UNTIL: Date = date(2030, 1, 1);

/// Draws a place near a coop's office. Its label is marked.
pub fn place(coop: usize, what: &str, chance: &mut Chance) -> Place {
    #[allow(clippy::cast_precision_loss)] // There are a few dozen coops.
    let step = coop as f64 * APART;
    let near = |centre: f64, chance: &mut Chance| centre + (chance.share() - 0.5) * 2.0 * AROUND;
    let (lat, lon) = (near(OFFICE.0 + step % 1.0, chance), near(OFFICE.1 + step % 1.3, chance));
    let at = Coordinate::new(lat, lon).unwrap_or_else(|_| unreachable_place());
    Place { label: format!("{what} {MARKER}"), at, note: format!("ring twice {MARKER}") }
}

/// Stands in for a point off the globe, which none of these is.
fn unreachable_place() -> Coordinate {
    #[allow(clippy::unwrap_used)] // 0, 0 lies on the globe.
    Coordinate::new(0.0, 0.0).unwrap()
}

/// Draws rules of service: holds short and long, with and without asking a dispatcher.
pub fn policy(chance: &mut Chance) -> Policy {
    Policy {
        hold: Minutes(if chance.percent(30) { 20 } else { 240 }),
        award_patience: Minutes(if chance.percent(40) { 15 } else { 120 }),
        share_unserved: chance.percent(85),
        claim_for_partners: chance.percent(80),
        award_first_claim: chance.percent(70),
        award_wait: Minutes(if chance.percent(30) { 10 } else { 0 }),
        post_capacity: chance.percent(40),
        ..Policy::default()
    }
}

fn profile(coop: usize, what: &str, number: usize, chance: &mut Chance) -> Profile {
    Profile {
        name: format!("{what}{number}{MARKER} Family{MARKER}"),
        phone: Some(format!("+49 7071 {MARKER} {number}")),
        home: Some(place(coop, &format!("{what} street {number}"), chance)),
        born: Some(date(1941, 5, 3)),
        emergency: Some(format!("daughter {MARKER}")),
        note: format!("hard of hearing {MARKER}"),
        requirement: None,
        vehicle: Some(format!("blue car {MARKER}")),
        ..Profile::default()
    }
}

fn add_member(
    world: &mut World,
    at: usize,
    profile: Profile,
    roles: impl IntoIterator<Item = Role>,
) -> Option<MemberId> {
    let roles = roles.into_iter().collect();
    match world.operator(at, Request::AddMember { profile, roles })? {
        Ok(Reply::Member(member)) => Some(member.member),
        _ => None,
    }
}

/// Adds a rider; one in six travels in a wheelchair.
pub fn add_rider(world: &mut World, at: usize, number: usize, chance: &mut Chance) -> Option<MemberId> {
    let mut profile = profile(at, "Rider", number, chance);
    if chance.percent(16) {
        let mobility = Mobility::Wheelchair;
        profile.requirement = Some(Requirement { mobility, ..Requirement::default() });
    }
    add_member(world, at, profile, [Role::Rider])
}

/// Adds a dispatcher.
pub fn add_dispatcher(world: &mut World, at: usize, chance: &mut Chance) -> Option<MemberId> {
    let profile = profile(at, "Dispatcher", 0, chance);
    add_member(world, at, profile, [Role::Dispatcher])
}

/// Returns the places of a van or of a car.
pub(crate) fn places(van: bool) -> Load {
    Load { seats: if van { 6 } else { 3 }, wheelchairs: u8::from(van) }
}

/// Adds a driver with everything a driver needs; every other one enrols a device.
pub fn add_driver(world: &mut World, at: usize, number: usize, chance: &mut Chance) -> Option<MemberId> {
    let profile = profile(at, "Driver", number, chance);
    let member = add_member(world, at, profile, [Role::Driver])?;
    let van = chance.percent(40);
    let capability = Capability {
        places: places(van),
        ramp_or_lift: van,
        service_animals: true,
        assistance: Assistance::CurbToCurb,
    };
    let description = format!("car {number} {MARKER}");
    world.operator(at, Request::AddVehicle { owner: member, description, capability })?.ok()?;
    let consent = if chance.percent(55) { Consent::Standing } else { Consent::Ask };
    let terms = Request::SetDriverTerms {
        member,
        radius: Some(Limit::At(Metres(if chance.percent(80) { 40_000 } else { 9_000 }))),
        max_trips: chance.percent(30).then_some(Limit::At(4)),
        consent: Some(consent),
        assistance: Some(Assistance::DoorThroughDoor),
        vehicle: None,
    };
    world.operator(at, terms)?.ok()?;
    world.operator(at, Request::SetWeeklyHours { member, weekly: weekly(chance) })?.ok()?;
    for item in [VettingItem::Licence, VettingItem::CriminalRecord, VettingItem::Insurance] {
        world.operator(at, Request::Vet { member, item, valid_until: VETTED_UNTIL })?.ok()?;
    }
    if chance.percent(50) {
        enrol(world, at, member, chance);
    }
    Some(member)
}

fn weekly(chance: &mut Chance) -> Vec<WeeklyHours> {
    let hours = |from, to| Hours { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) };
    let days = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    let shift = chance.between(0, 2);
    let mut weekly = Vec::new();
    for day in days {
        if shift != 1 {
            weekly.push(WeeklyHours { day, hours: hours(7, 12) });
        }
        if shift != 0 {
            weekly.push(WeeklyHours { day, hours: hours(13, 19) });
        }
    }
    weekly
}

/// Lets a member enrol a device: invitation, key, credential.
fn enrol(world: &mut World, at: usize, member: MemberId, chance: &mut Chance) -> Option<()> {
    let invite = Request::Invite { role: Role::Driver, member: Some(member), valid: Minutes(60) };
    let Ok(Reply::Invitation(invitation)) = world.operator(at, invite)? else { return None };
    let link: InvitationLink = invitation.link.parse().ok()?;
    let key = chance.key();
    let asked = Enrol { enrol: data_encoding::HEXLOWER.encode(&link.secret.0), profile: None };
    let asked = serde_json::to_vec(&asked).ok()?;
    let answer = world.device(at, key.public(), Channel::Join, asked)?;
    match serde_json::from_slice::<Result<Enrolled, Fault>>(&answer).ok()? {
        Ok(_) => drop(world.nodes[at].devices.insert(member, key)),
        Err(fault) => world.violated(at, "enrolling", fault.message),
    }
    Some(())
}

/// Gives a coop its people.
pub fn populate(world: &mut World, at: usize, riders: usize, drivers: usize, chance: &mut Chance) {
    add_dispatcher(world, at, chance);
    for number in 0..riders {
        add_rider(world, at, number, chance);
    }
    for number in 0..drivers {
        add_driver(world, at, number, chance);
    }
    let clinic = place(at, "clinic", chance);
    world.operator(at, Request::AddPlace { name: "clinic".to_owned(), place: clinic, replace: false });
}

/// Returns a coop's dispatcher, or the operator while it has none.
pub fn office(world: &World, at: usize) -> Actor {
    let dispatcher = world
        .state(at)
        .and_then(|state| state.members.iter().find(|(_, m)| m.acts_as(Role::Dispatcher)).map(|(id, _)| *id));
    dispatcher.map_or(Actor::Operator, |id| Actor::Member(id, Role::Dispatcher))
}
