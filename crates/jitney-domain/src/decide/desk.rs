//! Rules for calls that were asked for and alarms that somebody takes.

use super::active;
use crate::actor::Actor;
use crate::desk::Taken;
use crate::event::Event;
use crate::member::Role;
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::Timestamp;
use crate::{AlarmId, MemberId};

type Decided = Result<Vec<Event>, Refusal>;

/// Asks the office to call a rider; asking again changes nothing.
pub(super) fn ask_for_call(state: &State, rider: MemberId) -> Decided {
    active(state, rider, Role::Rider)?;
    Ok(if state.calls.contains(&rider) { Vec::new() } else { vec![Event::CallAsked { rider }] })
}

/// The office has called.
pub(super) fn call_made(state: &State, rider: MemberId) -> Decided {
    state.calls.get(&rider).ok_or(Refusal::NoCallAsked(rider))?;
    Ok(vec![Event::CallMade { rider }])
}

/// Takes an alarm. Who takes it again, or from somebody else, has it.
pub(super) fn take_alarm(alarm: AlarmId, about: Taken, actor: &Actor, now: Timestamp) -> Decided {
    let by = match actor {
        Actor::Member(member, _) => Some(*member),
        _ => None,
    };
    Ok(vec![Event::AlarmTaken { alarm, taken: Taken { by, at: now, ..about } }])
}
