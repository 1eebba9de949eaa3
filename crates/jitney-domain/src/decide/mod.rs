//! All rules: what a command makes happen, or why it does not.

mod access;
mod award;
mod bar;
mod capacity;
mod company;
mod desk;
mod members;
mod moves;
mod offers;
mod originator;
mod provider;
mod report;
mod rights;
mod subscriptions;
mod tick;
mod trips;

use rand::Rng;

pub use award::waits_for_other_half;
pub use bar::WHY_MAX;
pub(crate) use company::{has_break, met};
#[cfg(test)]
pub(crate) use members::VEHICLES_PER_DRIVER_MAX;
pub use report::no_show_allowed_from;
pub use rights::{may_act_for, takes_part};
pub(crate) use tick::{claim_deadline, ticket_deadline, trip_deadline};
pub(crate) use trips::may_be_given;

use crate::MemberId;
use crate::actor::Actor;
use crate::command::Command;
use crate::event::Event;
use crate::member::{Member, Role};
use crate::refusal::Refusal;
use crate::state::{Coop, Invitation, State};
use crate::time::Timestamp;

/// What a decision may lean on besides the state: who asks, when, and randomness for fresh ids.
#[derive(Debug)]
pub struct Context<'a, R> {
    /// Who asks.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
    /// For fresh ids.
    pub rng: &'a mut R,
}

/// Returns what `command` makes happen. Nothing has changed yet: apply the events to make it so.
///
/// # Errors
/// A [`Refusal`] that says why not and what to do; then nothing happens at all.
pub fn decide<R: Rng>(
    state: &State,
    command: Command,
    cx: &mut Context<'_, R>,
) -> Result<Vec<Event>, Refusal> {
    let founding = matches!(command, Command::FoundCoop { .. });
    if state.coop().is_none() && !founding {
        return Err(Refusal::NoCoop);
    }
    rights::authorise(state, &cx.actor, &command)?;
    match command {
        Command::FoundCoop { key, zone, policy } => match state.coop() {
            Some(_) => Err(Refusal::CoopExists),
            None => Ok(vec![Event::CoopFounded { key, zone, policy }]),
        },
        Command::SetPolicy(policy) => Ok(vec![Event::PolicySet { policy }]),
        Command::AddMember { roles } => Ok(vec![Event::MemberAdded { member: state.next_member(), roles }]),
        Command::AddRole { member, role } => members::add_role(state, member, role),
        Command::Suspend(member) => members::suspend(state, member),
        Command::Reinstate(member) => members::reinstate(state, member),
        Command::SetWish { rider, driver, wish } => members::set_wish(state, rider, driver, wish),
        Command::SetApart { one, other, apart } => members::set_apart(state, one, other, apart),
        Command::RecordVetting { member, item, valid_until } => {
            members::record_vetting(state, member, item, valid_until)
        }
        Command::SetDriverTerms { member, terms } => members::set_terms(state, member, terms),
        Command::AddVehicle { owner, capability } => members::add_vehicle(state, owner, capability),
        Command::ChangeVehicle { vehicle, capability } => members::change_vehicle(state, vehicle, capability),
        Command::SetWeeklyHours { member, weekly } => members::set_weekly_hours(state, member, weekly),
        Command::SetBreaks { member, breaks } => members::set_breaks(state, member, breaks),
        Command::OfferHours { member, date, hours } => members::offer_hours(state, member, date, hours),
        Command::TakeLeave { member, leave } => members::take_leave(state, member, leave),
        Command::Invite { invitation, role, member, secret, expires } => {
            let row = Invitation { role, member, secret, expires, used_by: None };
            members::invite(state, invitation, row)
        }
        Command::Enrol { invitation, secret, key } => members::enrol(state, invitation, secret, key, cx.now),
        Command::IssueCard { card, member, role, secret } => access::issue(state, card, member, role, secret),
        Command::RevokeCard(card) => access::revoke(state, card),
        Command::SignIn { card, secret, session, until } => {
            access::sign_in(state, card, secret, session, until, cx.now)
        }
        Command::SignOut(session) => access::sign_out(state, session),
        Command::Entrust { rider, caregiver, scope } => access::entrust(state, rider, caregiver, scope),
        Command::Dismiss { rider, caregiver } => access::dismiss(state, rider, caregiver),
        Command::AskForCall(rider) => desk::ask_for_call(state, rider),
        Command::CallMade(rider) => desk::call_made(state, rider),
        Command::TakeAlarm { alarm, about } => desk::take_alarm(alarm, about, &cx.actor, cx.now),
        Command::BookTrip(booking) => trips::book(state, booking, cx),
        Command::ChangeTrip { trip, change } => trips::change(state, trip, change, cx.now),
        Command::CancelTrip { trip, with_return } => trips::cancel(state, trip, with_return, cx.now),
        Command::CallReady { trip, at } => trips::call_ready(state, trip, at, cx.now),
        Command::ExceptDate { subscription, date } => {
            subscriptions::except(state, subscription, date, cx.now)
        }
        Command::EndSubscription { subscription, last } => {
            subscriptions::end(state, subscription, last, cx.now)
        }
        Command::AssignTrip { trip, plan, agreed } => provider::assign(state, trip, plan, agreed, cx),
        Command::UnassignTrip(trip) => originator::unassign(state, trip, cx.now),
        Command::LockTrip { trip, locked } => trips::lock(state, trip, locked),
        Command::MoveTrips { moves, agreed } => moves::moves(state, moves, agreed, cx),
        Command::ShareTrip(trip) => originator::share(state, trip, cx),
        Command::ClaimTicket { body, originator, plan, agreed } => {
            provider::claim(state, body, originator, plan, agreed, cx.now)
        }
        Command::SetAgreement { with, agreement } => offers::agree(state, with, agreement),
        Command::OfferTrip { trip, to, capacity } => offers::offer(state, trip, to, capacity, cx),
        Command::PassOffer(ticket) => offers::pass(state, ticket),
        Command::OfferSeries { subscription, to } => offers::series(state, subscription, to),
        Command::PostCapacity(run) => capacity::post(state, run, cx),
        Command::WithdrawCapacity(capacity) => capacity::withdraw(state, capacity),
        Command::AwardClaim { ticket, claim } => award::by_hand(state, ticket, claim, cx.now),
        Command::StateOutcome { trip, outcome } => originator::state_outcome(state, trip, outcome, cx.now),
        Command::Report { report, lift, step, at } => report::take(state, report, lift, step, at, cx.now),
        Command::BarCoop(coop) => bar::bar(state, coop),
        Command::ClearCoop { coop, why } => bar::clear(state, coop, why),
        Command::TurnBack { from, claim } => originator::unfit(state, from, claim, cx.now),
        Command::Receive { from, message } => receive(state, from, message, cx.now),
        Command::Tick => tick::tick(state, cx),
    }
}

/// Routes a partner's message to the side it speaks to.
fn receive(
    state: &State,
    from: jitney_identity::PublicKey,
    message: crate::booking::BookingMessage,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    use crate::booking::BookingMessage as M;
    match message {
        M::Claim { ticket, claim, hold_until, pick_up_at, rate } => {
            let offer = originator::Offer { hold_until, pick_up_at, rate };
            originator::claimed(state, from, ticket, claim, offer, now)
        }
        M::Withdraw { claim } => originator::given_up(state, from, claim, None, now),
        M::Refuse { claim, reason } => originator::given_up(state, from, claim, Some(reason), now),
        M::Confirm { claim, pick_up_at, credential: _, seal_to, card } => {
            originator::confirmed(state, from, claim, pick_up_at, seal_to, card, now)
        }
        M::Status { claim, progress, at } => originator::progressed(state, from, claim, progress, at),
        M::State { statement } => originator::stated(state, from, statement, now),
        M::Award { ticket, claim, respond_by } => provider::awarded(state, from, ticket, claim, respond_by),
        M::TurnDown { claim } => provider::turned_down(state, from, claim),
        M::Cancel { claim } => provider::cancelled(state, from, claim),
        M::Details { claim, sealed } => provider::details(state, from, claim, sealed),
        M::Agree { statement } => provider::agreed(state, from, &statement),
        M::Offer { ticket, until, capacity } => offers::offered(state, from, *ticket, until, capacity, now),
        M::Rescind { ticket } => Ok(offers::rescinded(state, from, ticket)),
        M::Pass { ticket } => offers::passed(state, from, ticket),
        M::Dispute { claim, why } => provider::disputed(state, from, claim, why),
    }
}

pub(crate) fn coop(state: &State) -> Result<&Coop, Refusal> {
    state.coop().ok_or(Refusal::NoCoop)
}

/// Returns the member if they may take part in `role` at present.
pub(crate) fn active(state: &State, id: MemberId, role: Role) -> Result<&Member, Refusal> {
    let member = state.members.get(&id).ok_or(Refusal::NoMember(id))?;
    if member.suspended {
        return Err(Refusal::Suspended(id));
    }
    if !member.roles.contains(&role) {
        return Err(Refusal::LacksRole { member: id, role });
    }
    Ok(member)
}
