//! Who may ask for what: the table of rights, applied to a command and the state.

use crate::MemberId;
use crate::access::Scope;
use crate::actor::{Actor, CommandKind, Right, right};
use crate::command::Command;
use crate::member::Role;
use crate::refusal::Refusal;
use crate::state::State;

/// Refuses what the table of rights does not give.
pub(super) fn authorise(state: &State, actor: &Actor, command: &Command) -> Result<(), Refusal> {
    let kind = kind(state, command);
    let refused = || Refusal::NotAllowed { actor: *actor, kind };
    let takes_part = takes_part(state, actor);
    takes_part.map_err(|why| if let Refusal::LacksRole { .. } = why { refused() } else { why })?;
    match right(actor, kind) {
        Right::All => match (actor, command) {
            (Actor::Partner(theirs), Command::Receive { from: named, .. })
            | (Actor::Stranger(theirs), Command::Enrol { key: named, .. })
                if theirs != named =>
            {
                Err(refused())
            }
            _ => Ok(()),
        },
        Right::None => Err(refused()),
        Right::Own => match (actor, subject(state, command)) {
            (Actor::Member(id, Role::Caregiver), Some(rider))
                if may_act_for(state, *id, rider) == Some(Scope::Book) =>
            {
                Ok(())
            }
            (Actor::Member(_, Role::Caregiver), _) => Err(refused()),
            (Actor::Member(id, _), Some(subject)) if *id == subject => Ok(()),
            _ => Err(match command {
                Command::Report { lift, .. } => Refusal::NotYourLift { lift: *lift },
                _ => refused(),
            }),
        },
    }
}

/// Checks that a member who acts is known, not suspended, and has the role they act in; whoever is no member
/// passes.
///
/// # Errors
/// [`Refusal::NoMember`], [`Refusal::Suspended`] or [`Refusal::LacksRole`].
pub fn takes_part(state: &State, actor: &Actor) -> Result<(), Refusal> {
    let Actor::Member(id, role) = actor else { return Ok(()) };
    let member = state.members.get(id).ok_or(Refusal::NoMember(*id))?;
    if member.suspended {
        return Err(Refusal::Suspended(*id));
    }
    if !member.roles.contains(role) {
        return Err(Refusal::LacksRole { member: *id, role: *role });
    }
    Ok(())
}

/// Returns what a caregiver may do for a rider, if anything.
pub fn may_act_for(state: &State, caregiver: MemberId, rider: MemberId) -> Option<Scope> {
    state.caregivers.get(&rider)?.scope_of(caregiver)
}

/// Returns the kind of right a command needs. Who runs the coop is the operators' own affair: nobody else
/// makes an operator, suspends one or gives out a key in one's name.
fn kind(state: &State, command: &Command) -> CommandKind {
    let is_operator =
        |id: &MemberId| state.members.get(id).is_some_and(|m| m.roles.contains(&Role::Operator));
    let operators = match command {
        Command::AddMember { roles } => roles.contains(&Role::Operator),
        Command::AddRole { role, .. } => *role == Role::Operator,
        Command::Suspend(member) | Command::Reinstate(member) => is_operator(member),
        Command::Invite { role, member, .. } => {
            *role == Role::Operator || member.as_ref().is_some_and(is_operator)
        }
        Command::IssueCard { role, member, .. } => *role == Role::Operator || is_operator(member),
        Command::RevokeCard(card) => state.cards.get(card).is_some_and(|card| is_operator(&card.member)),
        _ => false,
    };
    if operators { CommandKind::RunCoop } else { command.kind() }
}

/// Returns whose affair a command is.
fn subject(state: &State, command: &Command) -> Option<MemberId> {
    match command {
        Command::SetDriverTerms { member, .. }
        | Command::SetWeeklyHours { member, .. }
        | Command::SetBreaks { member, .. }
        | Command::OfferHours { member, .. }
        | Command::TakeLeave { member, .. } => Some(*member),
        Command::AddVehicle { owner, .. } => *owner,
        Command::ChangeVehicle { vehicle, .. } => state.vehicles.get(vehicle).and_then(|v| v.owner),
        Command::Entrust { rider, .. } | Command::Dismiss { rider, .. } | Command::AskForCall(rider) => {
            Some(*rider)
        }
        Command::BookTrip(booking) => Some(booking.rider),
        Command::ChangeTrip { trip, .. }
        | Command::CancelTrip { trip, .. }
        | Command::CallReady { trip, .. } => state.trips.get(trip).map(|t| t.details.rider),
        Command::ExceptDate { subscription, .. } | Command::EndSubscription { subscription, .. } => {
            state.subscriptions.get(subscription).map(|s| s.pattern.rider)
        }
        Command::Report { lift, .. } => {
            let (_, claim) = state.claim_of_lift(*lift)?;
            state.runs.get(&claim.run).map(|run| run.frame.driver)
        }
        _ => None,
    }
}
