//! Rules for members, drivers' time and invitations.

use jiff::civil::Date;
use jitney_identity::{Hash, PublicKey};

use super::active;
use crate::availability::{BREAKS_MAX, DAYS_MAX, Hours, Leave, WEEKLY_MAX, WeeklyBreak, WeeklyHours};
use crate::event::Event;
use crate::member::{APART_MAX, DriverTerms, Member, Role, VettingItem, WISHES_MAX, Wish};
use crate::needs::Capability;
use crate::refusal::Refusal;
use crate::state::{Invitation, State};
use crate::time::{Minutes, Timestamp};
use crate::{InvitationId, MemberId, VehicleId};

type Decided = Result<Vec<Event>, Refusal>;

fn known(state: &State, member: MemberId) -> Result<&Member, Refusal> {
    state.members.get(&member).ok_or(Refusal::NoMember(member))
}

fn room_for_days(state: &State, member: MemberId) -> Result<(), Refusal> {
    match state.availability.get(&member) {
        Some(row) if row.days.len().max(row.leave.len()) >= DAYS_MAX => Err(Refusal::TooManyHours),
        _ => Ok(()),
    }
}

fn driver(state: &State, member: MemberId) -> Result<(), Refusal> {
    if known(state, member)?.roles.contains(&Role::Driver) {
        Ok(())
    } else {
        Err(Refusal::LacksRole { member, role: Role::Driver })
    }
}

/// Returns the event unless what it says is so already.
fn unless(already: bool, event: Event) -> Vec<Event> {
    if already { Vec::new() } else { vec![event] }
}

pub(super) fn add_role(state: &State, member: MemberId, role: Role) -> Decided {
    let has = known(state, member)?.roles.contains(&role);
    Ok(unless(has, Event::RoleAdded { member, role }))
}

pub(super) fn suspend(state: &State, member: MemberId) -> Decided {
    let suspended = known(state, member)?.suspended;
    Ok(unless(suspended, Event::MemberSuspended { member }))
}

pub(super) fn reinstate(state: &State, member: MemberId) -> Decided {
    let active = !known(state, member)?.suspended;
    Ok(unless(active, Event::MemberReinstated { member }))
}

/// What stands is not taken away by a wish: who has a trip with that driver is for a dispatcher to see to.
pub(super) fn set_wish(state: &State, rider: MemberId, of: MemberId, wish: Option<Wish>) -> Decided {
    let row = known(state, rider)?;
    if !row.roles.contains(&Role::Rider) {
        return Err(Refusal::LacksRole { member: rider, role: Role::Rider });
    }
    let standing = row.wishes.get(&of).copied();
    if wish.is_some() {
        driver(state, of)?;
        if standing.is_none() && row.wishes.len() >= WISHES_MAX {
            return Err(Refusal::TooManyWishes(rider));
        }
    }
    Ok(unless(standing == wish, Event::WishSet { rider, driver: of, wish }))
}

/// Who sits together already is for a dispatcher to see to: an alarm tells of it.
pub(super) fn set_apart(state: &State, one: MemberId, other: MemberId, apart: bool) -> Decided {
    if one == other {
        return Err(Refusal::OneRider(one));
    }
    let already = state.are_apart(one, other);
    for member in [one, other] {
        let row = known(state, member)?;
        if apart && !row.roles.contains(&Role::Rider) {
            return Err(Refusal::LacksRole { member, role: Role::Rider });
        }
        if apart && !already && row.apart.len() >= APART_MAX {
            return Err(Refusal::TooManyApart(member));
        }
    }
    Ok(unless(already == apart, Event::ApartSet { one, other, apart }))
}

pub(super) fn record_vetting(
    state: &State,
    member: MemberId,
    item: VettingItem,
    valid_until: Date,
) -> Decided {
    driver(state, member)?;
    Ok(vec![Event::VettingRecorded { member, item, valid_until }])
}

pub(super) fn set_terms(state: &State, member: MemberId, terms: DriverTerms) -> Decided {
    driver(state, member)?;
    if let Some(vehicle) = terms.vehicle {
        state.vehicles.get(&vehicle).ok_or(Refusal::NoVehicle(vehicle))?;
    }
    Ok(vec![Event::DriverTermsSet { member, terms }])
}

/// Most vehicles of one driver: a device of theirs may add some, and they are kept for ever.
pub const VEHICLES_PER_DRIVER_MAX: usize = 16;

pub(super) fn add_vehicle(state: &State, owner: Option<MemberId>, capability: Capability) -> Decided {
    if let Some(owner) = owner {
        driver(state, owner)?;
        let theirs = state.vehicles.values().filter(|vehicle| vehicle.owner == Some(owner)).count();
        if theirs >= VEHICLES_PER_DRIVER_MAX {
            return Err(Refusal::TooManyVehicles(owner));
        }
    }
    Ok(vec![Event::VehicleAdded { vehicle: state.next_vehicle(), owner, capability }])
}

/// A change breaks no promise by itself: lifts that the vehicle can no longer serve raise an alarm each.
pub(super) fn change_vehicle(state: &State, vehicle: VehicleId, capability: Capability) -> Decided {
    let row = state.vehicles.get(&vehicle).ok_or(Refusal::NoVehicle(vehicle))?;
    Ok(unless(row.capability == capability, Event::VehicleChanged { vehicle, capability }))
}

pub(super) fn set_weekly_hours(state: &State, member: MemberId, weekly: Vec<WeeklyHours>) -> Decided {
    active(state, member, Role::Driver)?;
    if weekly.iter().any(|w| w.hours.from >= w.hours.to) {
        return Err(Refusal::EmptyHours);
    }
    if weekly.len() > WEEKLY_MAX {
        return Err(Refusal::TooManyHours);
    }
    Ok(vec![Event::WeeklyHoursSet { member, weekly }])
}

/// Breaks of one day do not overlap: each is had on its own.
pub(super) fn set_breaks(state: &State, member: MemberId, breaks: Vec<WeeklyBreak>) -> Decided {
    active(state, member, Role::Driver)?;
    if breaks.len() > BREAKS_MAX {
        return Err(Refusal::TooManyHours);
    }
    for (k, this) in breaks.iter().enumerate() {
        let Hours { from, to } = this.between;
        if from >= to {
            return Err(Refusal::EmptyHours);
        }
        let room = Minutes(u32::try_from(from.duration_until(to).as_mins()).unwrap_or(0));
        if this.length == Minutes(0) || this.length > room {
            return Err(Refusal::BreakDoesNotFit { length: this.length, room });
        }
        let overlaps = |other: &&WeeklyBreak| {
            other.day == this.day && other.between.from < to && from < other.between.to
        };
        if breaks.iter().take(k).any(|other| overlaps(&other)) {
            return Err(Refusal::BreaksOverlap);
        }
    }
    let same = state.availability.get(&member).map(|row| row.breaks.as_slice()).unwrap_or_default() == breaks;
    Ok(unless(same, Event::BreaksSet { member, breaks }))
}

pub(super) fn offer_hours(state: &State, member: MemberId, date: Date, hours: Hours) -> Decided {
    active(state, member, Role::Driver)?;
    if hours.from >= hours.to {
        return Err(Refusal::EmptyHours);
    }
    room_for_days(state, member)?;
    Ok(vec![Event::HoursOffered { member, date, hours }])
}

pub(super) fn take_leave(state: &State, member: MemberId, leave: Leave) -> Decided {
    active(state, member, Role::Driver)?;
    if leave.from > leave.to {
        return Err(Refusal::EmptyHours);
    }
    room_for_days(state, member)?;
    Ok(vec![Event::LeaveTaken { member, leave }])
}

/// Issues an invitation; the same one again changes nothing, and one that stands is never written over.
pub(super) fn invite(state: &State, invitation: InvitationId, row: Invitation) -> Decided {
    if let Some(member) = row.member {
        active(state, member, row.role)?;
    }
    if let Some(standing) = state.invitations.get(&invitation) {
        let same = Invitation { used_by: None, ..standing.clone() } == row;
        return if same { Ok(Vec::new()) } else { Err(Refusal::InvitationUsed(invitation)) };
    }
    let Invitation { role, member, secret, expires, .. } = row;
    Ok(vec![Event::InvitationIssued { invitation, role, member, secret, expires }])
}

/// An invitation works once, until it expires, for one key; asked again by the same key it answers alike.
pub(super) fn enrol(
    state: &State,
    invitation: InvitationId,
    secret: Hash,
    key: PublicKey,
    now: Timestamp,
) -> Decided {
    let row = state.invitations.get(&invitation).ok_or(Refusal::NoInvitation)?;
    if row.secret != secret {
        return Err(Refusal::NoInvitation);
    }
    let holder = state.member_of_key(&key);
    if let Some(used_by) = row.used_by {
        return if holder == Some(used_by) {
            Ok(Vec::new())
        } else {
            Err(Refusal::InvitationUsed(invitation))
        };
    }
    if row.expires < now {
        return Err(Refusal::InvitationExpired(row.expires));
    }
    if holder.is_some() && holder != row.member {
        return Err(Refusal::KeyTaken(key));
    }
    let mut events = Vec::new();
    let member = match row.member {
        Some(member) => {
            active(state, member, row.role)?;
            member
        }
        None => {
            let member = state.next_member();
            events.push(Event::MemberAdded { member, roles: [row.role].into() });
            member
        }
    };
    events.push(Event::KeyEnrolled { member, key });
    events.push(Event::InvitationUsed { invitation, member });
    Ok(events)
}
